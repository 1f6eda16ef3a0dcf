'use strict'

// The npm packages: what is in them, and that they work where they are installed.

const assert = require('node:assert/strict')
const { execFileSync, spawnSync } = require('node:child_process')
const {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { after, before, test } = require('node:test')

const { version } = require('../package.json')

const packages = join(__dirname, '../out/packages')
const root = join(__dirname, '../../..')
let folder, native

const modules = (...names) => join(folder, 'node_modules', ...names)
const manifest = (...names) => JSON.parse(readFileSync(modules(...names, 'package.json')))

/** Runs a program beside what is installed. */
function run(program, { type = 'commonjs' } = {}) {
  return spawnSync(process.execPath, [`--input-type=${type}`, '-e', program], {
    cwd: folder,
    encoding: 'utf8',
  })
}

before(() => {
  rmSync(packages, { recursive: true, force: true })
  execFileSync(join(root, 'scripts/node'), ['pack'], { stdio: 'ignore' })
  folder = mkdtempSync(join(tmpdir(), 'jeton-installed-'))
  writeFileSync(join(folder, 'package.json'), '{}')
  const files = readdirSync(packages).map((name) => join(packages, name))
  // Offline: all that it needs is here.
  const options = ['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund']
  execFileSync('npm', [...options, ...files], { cwd: folder, stdio: 'ignore' })
  native = Object.keys(manifest('jeton').optionalDependencies)
})

after(() => rmSync(folder, { recursive: true }))

test('the main package holds JavaScript, types and licences, and nothing else', () => {
  const files = readdirSync(modules('jeton'), { recursive: true })
  const kept = files.filter((name) => /^(lib|types)$/.test(name) || !/^(lib|types)\//.test(name))
  assert.deepEqual(kept.sort(), [
    'LICENSE-APACHE',
    'LICENSE-MIT',
    'README.md',
    'index.js',
    'index.mjs',
    'lib',
    'package.json',
    'types',
  ])
  const inside = (name) => readdirSync(join(__dirname, '..', name)).map((file) => `${name}/${file}`)
  assert.deepEqual(files.filter((name) => !kept.includes(name)).sort(), [
    ...inside('lib'),
    ...inside('types'),
  ])
})

test('no script runs when they are installed, and nothing is fetched', () => {
  for (const names of [['jeton'], [native[0]]]) {
    const { scripts, dependencies, devDependencies, bin, gypfile } = manifest(...names)
    assert.deepEqual(
      [scripts, dependencies, devDependencies, bin, gypfile],
      Array(5).fill(undefined),
    )
  }
  assert.deepEqual(readdirSync(modules(native[0])).sort(), [
    'LICENSE-APACHE',
    'LICENSE-MIT',
    'LICENSE-THIRD-PARTY',
    'README.md',
    'jeton.node',
    'package.json',
  ])
})

test("the platform's package holds the licences of all that is linked in", () => {
  const packed = readFileSync(modules(native[0], 'LICENSE-THIRD-PARTY'), 'utf8')
  assert.equal(packed, readFileSync(join(root, 'build/LICENSE-THIRD-PARTY'), 'utf8'))
  assert.match(packed, /AWS-LC is a fork of BoringSSL/)
})

test("the platform's package says where it works, and has the main one's version", () => {
  const { os, cpu, libc, version: its } = manifest(native[0])
  assert.deepEqual([os, cpu, its], [[process.platform], [process.arch], version])
  const { glibcVersionRuntime } = process.report.getReport().header
  assert.deepEqual(libc, os[0] === 'linux' ? [glibcVersionRuntime ? 'glibc' : 'musl'] : undefined)
  assert.equal(manifest('jeton').optionalDependencies[native[0]], version)
})

test('what is installed is imported and required, and verifies', () => {
  const body = `
    const keys = Keys.generateSync({ algorithm: 'ES256' })
    const token = new Minter(keys, { lifetime: 60 }).mintSync({ sub: 'ada' })
    const verifier = new Verifier(keys, { issuer: null, audience: null })
    console.log(verifier.verifySync(token).sub)`
  const imported = run(`import { Keys, Minter, Verifier } from 'jeton'${body}`, { type: 'module' })
  assert.equal(imported.stdout, 'ada\n', imported.stderr)
  const required = run(`const { Keys, Minter, Verifier } = require('jeton')${body}`)
  assert.equal(required.stdout, 'ada\n', required.stderr)
})

test("the README's example runs to its end", () => {
  const path = join(folder, 'quickstart.mjs')
  copyFileSync(join(root, 'examples/quickstart.mjs'), path)
  const { status, stdout, stderr } = spawnSync(process.execPath, [path], { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  assert.match(stdout, /^verified: ada until \d+$/m)
  assert.match(stdout, /^once revoked: revoked /m)
  assert.match(stdout, /^the public keys as an HMAC secret: key /m)
})

test('TypeScript finds the types, from either kind of module', () => {
  writeFileSync(
    join(folder, 'a.mts'),
    "import { Verifier } from 'jeton'\nexport const v: Verifier<{ a: 1 }>['close'] = () => {}\n",
  )
  writeFileSync(
    join(folder, 'b.cts'),
    "import jeton = require('jeton')\nexport const c: jeton.Code = 'expired'\n",
  )
  const compilerOptions = {
    strict: true,
    module: 'nodenext',
    target: 'es2022',
    noEmit: true,
    types: [],
  }
  const config = { compilerOptions, files: ['a.mts', 'b.cts'] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  const tsc = join(__dirname, '../node_modules/.bin/tsc')
  assert.equal(spawnSync(tsc, ['-p', folder], { encoding: 'utf8' }).stdout, '')
})

/** Installed, but for a change to a manifest. */
function changed(names, change) {
  const path = modules(...names, 'package.json')
  const before = readFileSync(path)
  writeFileSync(path, JSON.stringify(change(JSON.parse(before))))
  try {
    return run("require('jeton')").stderr
  } finally {
    writeFileSync(path, before)
  }
}

test('a native half of another version is refused', () => {
  const stderr = changed(['jeton'], (main) => ({ ...main, version: '9.9.9' }))
  assert.match(stderr, /jeton 9\.9\.9 has found a native part of version/)
})

test('a platform that has none is told which have', () => {
  const elsewhere = { '@jeton/plan9-mips': version }
  const stderr = changed(['jeton'], (main) => ({ ...main, optionalDependencies: elsewhere }))
  assert.match(stderr, /has no native part for \S+; there are @jeton\/plan9-mips/)
})

test('musl without a package is told so, although there is one for glibc', () => {
  const { status, stderr } = run(`
    require('./node_modules/jeton/lib/platform.js').platform = () => 'linux-x64-musl'
    require('jeton')`)
  assert.equal(status, 1)
  assert.match(stderr, /has no native part for linux-x64-musl; there are @jeton\//)
})

test('who left out optional dependencies is told what to do', () => {
  rmSync(modules(native[0]), { recursive: true })
  const { status, stderr } = run("require('jeton')")
  assert.equal(status, 1)
  assert.match(stderr, /optional dependency @jeton\/\S+: install without --omit=optional/)
})
