'use strict'

// The types: what compiles, what must not, and that none lags behind the
// schema of the options, the header and what is exported.

const assert = require('node:assert/strict')
const { execFileSync, spawnSync } = require('node:child_process')
const { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')
const { before, test } = require('node:test')

const jeton = require('..')

const root = join(__dirname, '../../..')
const folder = join(__dirname, 'types')
const tsc = join(__dirname, '../node_modules/.bin/tsc')
const { $defs: schema } = JSON.parse(
  readFileSync(join(root, 'include/options.schema.json'), 'utf8'),
)
const header = readFileSync(join(root, 'include/jeton.h'), 'utf8')

/** The types that describe the schema's documents. */
const TYPES = {
  deny: 'DenyRule',
  limits: 'Limits',
  trust: 'TrustEntry',
  verifier: 'VerifierOptions',
  minter: 'MinterOptions',
  keys: 'KeyOptions',
  generate: 'GenerateOptions',
  source: 'SourceOptions',
  list: 'ListOptions',
  status_list: 'StatusListOptions',
  jws: 'JwsOptions',
  memory: 'MemoryOptions',
  sqlite: 'SqliteOptions',
  secret_place: 'SecretPlace',
  redis: 'RedisOptions',
  rule: 'Rule',
  revoke_claims: 'RevokeClaimsOptions',
  revoke_logout: 'RevokeLogoutOptions',
  bearer: 'BearerOptions',
  under: 'Under',
  case: 'MinterCase',
  spread: 'Spread',
  'stack-auth': 'StackAuth',
  pylon: 'Pylon',
  porter: 'Porter',
  foreign: 'Foreign',
  protekt: 'Protekt',
  'at+jwt': 'AtJwt',
  id_token: 'IdToken',
  'logout+jwt': 'LogoutJwt',
  dpop: 'Dpop',
  derive: 'DeriveOptions',
  called: 'NamedKind',
}
/** Definitions that are no document: each is part of one, or of a type below. */
const PARTS = [
  'algorithm',
  'asymmetric',
  'strings',
  'seconds',
  'matcher',
  'operator',
  'matchers',
].concat(['issuers', 'types', 'minted', 'system', 'kind'])

const statuses = Object.fromEntries(
  [...header.matchAll(/^ {2}JETON_(\w+) = (\d+),$/gm)]
    .filter(([, name]) => name !== 'OK')
    .map(([, name, number]) => [name.toLowerCase().replaceAll('_', '-'), Number(number)]),
)

/** An object with these names, which must be all that the type has. */
const record = (variable, type, names) =>
  `export const ${variable}: Record<${type}, 1> = ${JSON.stringify(
    Object.fromEntries([...names].map((name) => [name, 1])),
  )}\n`

function generated() {
  let text = `import * as jeton from 'jeton'
type Required<T> = { [K in keyof T]-?: {} extends Pick<T, K> ? never : K }[keyof T]
type Names<T> = T extends unknown ? keyof T : never
`
  for (const [document, type] of Object.entries(TYPES)) {
    const { properties, required = [], examples = [] } = schema[document]
    const name = document.replace(/\W/, '_')
    text += record(`${name}_names`, `Names<jeton.${type}>`, Object.keys(properties))
    // What these must say depends on what they say: trust, a system, a file.
    if (!['verifier', 'minter', 'secret_place'].includes(name))
      text += record(`${name}_required`, `Required<jeton.${type}>`, required)
    for (const [index, example] of examples.entries()) {
      text += `export const ${name}_${index}: jeton.${type} = ${JSON.stringify(example)}\n`
    }
  }
  text += record('algorithms', 'jeton.Algorithm', schema.algorithm.enum)
  text += record('operators', 'Names<jeton.Operator>', Object.keys(schema.operator.properties))
  text += record('codes', 'jeton.Code', Object.keys(statuses))
  text += record('exported', 'keyof typeof jeton', Object.keys(jeton))
  return text
}

before(() => {
  mkdirSync(join(folder, 'out'), { recursive: true })
  writeFileSync(join(folder, 'out/generated.ts'), generated())
})

const compiled = (project) => spawnSync(tsc, ['-p', project], { encoding: 'utf8' })

test('every document of the schema has a type', () => {
  assert.deepEqual(Object.keys(schema).sort(), [...Object.keys(TYPES), ...PARTS].sort())
})

test('the types are those of the schema, the header and the exports, and hold what they promise', () => {
  const { status, stdout } = compiled(folder)
  assert.equal(stdout, '')
  assert.equal(status, 0)
})

test('what must not compile is reported, each line of it', () => {
  const uses = readFileSync(join(folder, 'uses.ts'), 'utf8')
  const expected = uses.match(/@ts-expect-error/g).length
  const work = mkdtempSync(join(folder, 'out/unexpected-'))
  try {
    writeFileSync(join(work, 'uses.ts'), uses.replaceAll('@ts-expect-error', 'expected'))
    const config = { extends: '../../tsconfig.json', files: ['uses.ts'] }
    writeFileSync(join(work, 'tsconfig.json'), JSON.stringify(config))
    const reported = compiled(work).stdout.match(/^\S.*error TS\d+/gm) ?? []
    assert.equal(reported.length, expected, reported.join('\n'))
  } finally {
    rmSync(work, { recursive: true })
  }
})

test('a type that lags behind the schema is reported', () => {
  const work = mkdtempSync(join(folder, 'out/lagging-'))
  try {
    const lagging = generated().replace('"leeway":1', '"leeway":1,"newer":1')
    writeFileSync(join(work, 'generated.ts'), lagging)
    const config = { extends: '../../tsconfig.json', files: ['generated.ts'] }
    writeFileSync(join(work, 'tsconfig.json'), JSON.stringify(config))
    assert.match(compiled(work).stdout, /'newer'|"newer"|newer/)
  } finally {
    rmSync(work, { recursive: true })
  }
})

test('every status of the header is a code, with its number', () => {
  assert.ok(Object.keys(statuses).length > 30)
  for (const [name, number] of Object.entries(statuses)) {
    assert.equal(jeton.statusName(number), name)
  }
})

test('import and require give the same', () => {
  const program = `
    import * as all from 'jeton'
    import { createRequire } from 'node:module'
    const required = createRequire(import.meta.url)('jeton')
    const { default: _, ...imported } = all
    if (Object.keys(imported).sort().join() !== Object.keys(required).sort().join()) throw 1
    for (const name in imported) if (imported[name] !== required[name]) throw name
    console.log(Object.keys(imported).length)`
  const count = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: join(__dirname, '..'),
  })
  assert.equal(Number(count), Object.keys(jeton).length)
})
