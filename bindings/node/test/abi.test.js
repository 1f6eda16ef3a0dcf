'use strict'

// Nothing of jeton.h is out of reach: every function is called by the addon,
// and every capability by the API. A function that the header gains fails here
// until it has its line.

const assert = require('node:assert/strict')
const { readFileSync, readdirSync } = require('node:fs')
const { join } = require('node:path')
const { test } = require('node:test')

const jeton = require('..')
const native = require('../lib/native.js')
const { MINTING, VERIFYING, pair, refused } = require('./support.js')

const root = join(__dirname, '../../..')
const header = readFileSync(join(root, 'include/jeton.h'), 'utf8').replace(/\/\*.*?\*\//gs, '')
const functions = [...header.matchAll(/\b(jeton_\w+)\(/g)].map(([, name]) => name)

const sources = join(__dirname, '../src')
const addon = readdirSync(sources)
  .filter((name) => name.endsWith('.c') || name.endsWith('.h'))
  .map((name) => readFileSync(join(sources, name), 'utf8'))
  .join('\n')

/** Functions that JavaScript has no use for, since claims are its own objects there. */
const OWN = {
  jeton_claims_value: 'a member of `payload`',
  jeton_claims_boolean: 'a member of `payload`',
  jeton_claims_has: 'a member of `payload`',
  jeton_claims_fresh: '`Claims.fresh`, of the numbers that a verdict brings',
}

const store = () => new jeton.Revocations('memory:')
const rule = { realm: 'r', claim: 'jti', value: 'x', until: null }

function hosted() {
  const source = new jeton.Source({ url: 'https://a.test/', stale: null, refresh: false })
  source.claim()
  return source
}

function fetched() {
  const source = hosted()
  source.accept(
    { status: 200 },
    JSON.stringify(jeton.Keys.generateSync({ algorithm: 'ES256' }).public()),
  )
  return source
}

/** Verified claims that can be revoked. */
function held(claims = {}) {
  const revocations = store()
  const { minter, verifier } = pair({}, revocations)
  return { revocations, claims: verifier.verifySync(minter.mintSync(claims)) }
}

const LISTING = { uri: 'https://a.test/1', realm: 'i', size: 8 }

function listed(keys) {
  const options = { uri: LISTING.uri, issuer: null, stale: null, refresh: false }
  return jeton.Source.statusList(keys, options)
}

const expired = () => {
  const { minter, verifier } = pair({ report: ['exp'] })
  return refused('expired', () => verifier.verifySync(minter.mintSync({}), { now: 4e9 }))
}

/** What reaches each function; what it returns must be true. */
const REACH = {
  abi_version: () => jeton.abiVersion >= 0,
  version: () => jeton.version === require('../package.json').version,
  status_name: () => jeton.statusName(304) === 'expired',
  error_status: async () => (await expired()).number === 304,
  error_message: async () => (await expired()).message.startsWith('JWT is expired'),
  error_claim: async () => (await expired()).claim === 'exp',
  error_claims: async () => (await expired()).claims.exp > 0,
  error_free: async () => (await expired()).status === 401,
  string_free: () => pair().minter.mintSync({}).length > 0,
  keys_new: () => new jeton.Keys(jeton.Keys.generateSync({ algorithm: 'ES256' }).private()),
  keys_secret: () => pair().keys,
  keys_derive: () => {
    const system = { name: 'stack-auth', project: 'internal' }
    return jeton.Keys.derive('secret', { system }, 'old').public().keys.length === 4
  },
  keys_generate: () => jeton.Keys.generate({ algorithm: 'ES256' }),
  keys_public: () => pair().keys.public().keys.length === 0,
  keys_private: () => pair().keys.private().keys.length === 1,
  keys_status: () => pair().keys.status().keys[0].algorithm === 'HS256',
  keys_replace: () => {
    const keys = jeton.Keys.generateSync({ algorithm: 'ES256', kid: 'old' })
    keys.replace(jeton.Keys.generateSync({ algorithm: 'ES256', kid: 'new' }).private())
    return keys.status().keys[0].kid === 'new'
  },
  keys_free: () => pair().keys.close() === undefined,
  source_open: () => hosted(),
  source_open_list: () => listed(pair().keys).status().uri === LISTING.uri,
  source_keys: () => fetched().keys().status().keys.length === 1,
  source_wait: async () => (await fetched().wait()) === undefined,
  source_refresh: async () => {
    const file = join(__dirname, 'tls/cert.pem')
    return (
      (await new jeton.Source({ file, algorithm: 'ES256', stale: null }).refresh()) === undefined
    )
  },
  source_claim: () => fetched().claim() === undefined,
  source_accept: () => fetched(),
  source_failed: () => hosted().failed('no route') === undefined,
  source_status: () => fetched().status().fetches === 1,
  source_events: () => fetched().events().length > 0,
  source_export: () => fetched().export().length > 0,
  source_free: () => hosted().close() === undefined,
  minter_new: () => new jeton.Minter(pair().keys, MINTING),
  minter_external: () => {
    const keys = jeton.Keys.generateSync({ algorithm: 'ES256' })
    const publicKeys = new jeton.Keys(keys.public())
    return jeton.Minter.external(publicKeys, () => Buffer.alloc(64), MINTING)
  },
  mint: () => pair().minter.mint({}),
  minter_free: () => pair().minter.close() === undefined,
  verifier_new: () => new jeton.Verifier(pair().keys, VERIFYING),
  verify: () => held().claims,
  verifier_wait: async () => {
    const { verifier } = pair()
    const error = await refused('malformed', () => verifier.verifySync('x'))
    return refused('malformed', () => verifier.wait(error))
  },
  introspect: async () => {
    const { minter, verifier } = pair()
    const active = JSON.parse(await verifier.introspect(minter.mintSync({}))).active
    return active && verifier.introspectSync('x') === '{"active":false}'
  },
  verifier_following: async () => {
    const { keys, minter, verifier } = pair()
    const list = listed(keys)
    const token = minter.mintSync({ status: { status_list: { idx: 1, uri: LISTING.uri } } })
    return refused('revocations-unavailable', () => verifier.following(list).verifySync(token))
  },
  verify_many: async () => (await pair().verifier.verifyMany(['x']))[0].error.code === 'malformed',
  verifier_free: () => pair().verifier.close() === undefined,
  claims_json: () => JSON.parse(held().claims.json).aud === 'api',
  claims_header: () => held().claims.header.alg === 'HS256',
  claims_text: () => held({ sub: 'ada' }).claims.sub === 'ada',
  claims_integer: () => held().claims.exp > 0,
  claims_value: () => held({ a: [1] }).claims.payload.a[0] === 1,
  claims_boolean: () => held({ a: true }).claims.payload.a,
  claims_has: () => 'a' in held({ a: null }).claims.payload,
  claims_algorithm: () => held().claims.algorithm === 'HS256',
  claims_key: () => held().claims.thumbprint.length === 43,
  claims_trust: () => held().claims.trust === 0,
  claims_expires: () => held().claims.expires > 0,
  claims_fresh: () => held().claims.fresh({ remaining: 1, age: 60 }),
  claims_free: () => held(),
  revocations_open: () => jeton.Revocations.open('memory:'),
  revocations_revoke: async () => (await store().revoke(rule)).value === 'x',
  revocations_revoke_claims: () => {
    const { revocations, claims } = held()
    return revocations.revokeClaims(claims)
  },
  revocations_revoke_logout: () => {
    const events = { 'http://schemas.openid.net/event/backchannel-logout': {} }
    const { revocations, claims } = held({ sid: 's', events })
    return revocations.revokeLogout(claims, { lifetime: 60 })
  },
  revocations_restore: async () =>
    !(await store().restore({ realm: 'r', claim: 'jti', value: 'x' })),
  revocations_switch: async () => (await store().switch('s', 'n', true)) === undefined,
  revocations_is_on: () => !store().isOn('s', 'n'),
  revocations_status_list: async () => {
    const keys = jeton.Keys.generateSync({ algorithm: 'ES256' })
    const minter = new jeton.Minter(keys, { lifetime: 60, type: 'statuslist+jwt' })
    const token = store().statusListSync(minter, LISTING)
    return token.split('.').length === 3 && (await store().statusList(minter, LISTING)) !== token
  },
  revocations_list: async () => (await store().list()).entries.length === 0,
  revocations_export: async () => (await store().export()).length > 0,
  revocations_import: async () => (await store().import(await store().export())) === 0,
  revocations_compact: async () => (await store().compact()) === 0,
  revocations_refresh: async () => (await store().refresh()) === undefined,
  revocations_events: () => store().events().length === 0,
  revocations_status: () => store().status().location === 'memory:',
  revocations_free: () => store().close() === undefined,
  bearer_new: () => new jeton.Bearer(null),
  bearer_resolve: async () => (await new jeton.Bearer(null).resolve({})).kind === 'none',
  bearer_free: () => new jeton.Bearer(null).close() === undefined,
  sign: () => jeton.sign(pair().keys, 'payload'),
  verify_signature: () => {
    const { keys } = pair()
    return Buffer.from(jeton.verifySignature(keys, jeton.signSync(keys, '\0'))).equals(Buffer.of(0))
  },
  inspect: () => jeton.inspect(pair().minter.mintSync({})).verified === false,
}

test('the header was read', () => {
  assert.ok(functions.length > 60, `${functions.length} functions`)
})

for (const name of functions) {
  test(`${name} is within reach`, async () => {
    const called = new RegExp(`\\b${name}\\(`).test(addon)
    if (name in OWN) assert.ok(!called, `${name} is called after all`)
    else assert.ok(called, `the addon doesn't call ${name}`)
    const reach = REACH[name.replace('jeton_', '')]
    assert.ok(reach, `the test doesn't reach ${name}`)
    assert.ok(await reach())
  })
}

test('the test reaches for nothing that the header lacks', () => {
  for (const name of Object.keys(REACH)) assert.ok(functions.includes(`jeton_${name}`), name)
})

test('the addon was compiled for the header of this tree', () => {
  const [, abi] = /#define JETON_ABI_VERSION (\d+)/.exec(header)
  assert.equal(native.abiVersion, Number(abi))
})

test('the packages have the version of the crate', () => {
  const cargo = readFileSync(join(root, 'Cargo.toml'), 'utf8')
  assert.equal(require('../package.json').version, /^version = "(.*)"$/m.exec(cargo)[1])
})
