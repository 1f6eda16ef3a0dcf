'use strict'

const assert = require('node:assert/strict')
const { test } = require('node:test')

const jeton = require('..')
const { VERIFYING, MINTING, SECRET, pair, refused, secret } = require('./support.js')

const NOW = 1_700_000_000

test('claims say what the token says, and what verified it', () => {
  const keys = jeton.Keys.generateSync({ algorithm: 'ES256', kid: 'k1' })
  const minter = new jeton.Minter(keys, MINTING)
  const token = minter.mintSync({ sub: 'ada', roles: ['editor'] }, { now: NOW })
  const claims = new jeton.Verifier(keys, VERIFYING).verifySync(token, { now: NOW })
  assert.equal(claims.sub, 'ada')
  assert.equal(claims.exp, NOW + 600)
  assert.equal(claims.iat, NOW)
  assert.equal(claims.iss, VERIFYING.issuer)
  assert.equal(claims.aud, 'api')
  assert.equal(claims.nbf, undefined)
  assert.equal(claims.jti, claims.payload.jti)
  assert.deepEqual(claims.payload.roles, ['editor'])
  assert.deepEqual(JSON.parse(claims.json), claims.payload)
  assert.deepEqual(claims.header, { alg: 'ES256', typ: 'JWT', kid: 'k1' })
  assert.equal(claims.algorithm, 'ES256')
  assert.equal(claims.kid, 'k1')
  assert.equal(claims.thumbprint, keys.status().keys[0].thumbprint)
  assert.equal(claims.trust, 0)
  assert.equal(claims.expires, NOW + 600)
  assert.equal(JSON.stringify(claims), claims.json)
})

test('claims that differ in how long their parts are, and in their alphabets, are cut right', () => {
  const { keys } = pair()
  const minter = new jeton.Minter(keys, { ...MINTING, id: null })
  const verifier = new jeton.Verifier(keys, VERIFYING)
  for (const sub of [
    '',
    'a',
    'ä',
    '€uro',
    '𝄞',
    '\u0000',
    '"\\\n',
    'x'.repeat(9000),
    'é'.repeat(5000),
  ]) {
    const claims = verifier.verifySync(minter.mintSync({ sub, last: 'ω' }))
    assert.equal(claims.sub, sub)
    assert.equal(claims.payload.sub, sub)
    assert.equal(claims.payload.last, 'ω')
    assert.equal(claims.algorithm, 'HS256')
    assert.equal(claims.header.alg, 'HS256')
    assert.equal(claims.kid, undefined)
    assert.equal(claims.thumbprint, keys.status().keys[0].thumbprint)
  }
})

test('claims of many keys, with many headers, name the right one however they alternate', () => {
  const all = Array.from({ length: 150 }, (_, n) => {
    const keys = jeton.Keys.generateSync({ algorithm: 'EdDSA', kid: n % 3 ? `k${n % 7}` : 'ä' })
    const token = jeton.signSync(keys, `{"sub":"u${n}"}`, { type: 'x'.repeat(1 + (n % 5)) })
    const verifier = new jeton.Verifier(keys, { issuer: null, audience: null, require: [] })
    return { token, verifier, key: keys.status().keys[0], type: 'x'.repeat(1 + (n % 5)), n }
  })
  const held = []
  for (let round = 0; round < 3; round++) {
    for (const one of all) held.push({ ...one, claims: one.verifier.verifySync(one.token) })
    all.reverse()
  }
  for (const { claims, key, type, n } of held) {
    assert.equal(claims.sub, `u${n}`)
    assert.equal(claims.kid, key.kid)
    assert.equal(claims.thumbprint, key.thumbprint)
    assert.deepEqual(claims.header, { alg: 'EdDSA', typ: type, kid: key.kid })
  }
})

test('what a token lacks, or has in another form, is what JSON.parse makes of it', () => {
  const { keys } = pair()
  const minter = new jeton.Minter(keys, { lifetime: null, id: null, override: ['exp', 'iat'] })
  const verifier = new jeton.Verifier(keys, { issuer: null, audience: null, require: [] })
  const bare = verifier.verifySync(minter.mintSync({}))
  assert.equal(bare.sub, undefined)
  assert.equal(bare.exp, undefined)
  assert.equal(bare.expires, undefined)
  const number = verifier.verifySync(jeton.signSync(keys, '{"sub": 7}'))
  assert.equal(number.sub, 7)
  const decimal = verifier.verifySync(minter.mintSync('{"exp": 4000000000.5}'))
  assert.equal(decimal.exp, 4000000000.5)
  assert.equal(decimal.expires, 4000000001)
})

test('the payload is frozen to the last object', () => {
  const { minter, verifier } = pair()
  const { payload } = verifier.verifySync(minter.mintSync({ a: { b: [{ c: 1 }] }, text: '{[' }))
  for (const object of [payload, payload.a, payload.a.b, payload.a.b[0]]) {
    assert.ok(Object.isFrozen(object))
  }
  const { verifier: other } = pair()
  assert.ok(Object.isFrozen(other.verifySync(minter.mintSync({ text: 'flat' })).payload))
})

test('attack: a claim called __proto__ changes no prototype', () => {
  const { minter, verifier } = pair()
  const token = minter.mintSync('{"__proto__": {"admin": true}, "constructor": 1}')
  const { payload } = verifier.verifySync(token)
  assert.equal(Object.getPrototypeOf(payload), Object.prototype)
  assert.equal(payload.admin, undefined)
  assert.deepEqual(Object.getOwnPropertyDescriptor(payload, '__proto__').value, { admin: true })
  assert.equal({}.admin, undefined)
})

test('attack: characters beyond Latin-1 are not folded into a token that holds', async () => {
  const { minter, verifier } = pair()
  const token = minter.mintSync({ sub: 'ada' })
  verifier.verifySync(token) // the twin
  for (let at = 0; at < token.length; at += 7) {
    for (const offset of [0x80, 0x100, 0x2000, 0xff00]) {
      const folded = String.fromCharCode(token.charCodeAt(at) + offset)
      const respelt = token.slice(0, at) + folded + token.slice(at + 1)
      await refused('malformed', () => verifier.verifySync(respelt))
    }
  }
  await refused('malformed', () => verifier.verifySync(`${token}\ud800`))
  await refused('malformed', () => verifier.verifySync(`${token}\0`))
})

test('a token may be bytes, also in a part of a buffer and in shared memory', async () => {
  const { minter, verifier } = pair()
  const token = minter.mintSync({ sub: 'ada' })
  const shared = new Uint8Array(new SharedArrayBuffer(token.length + 4), 2, token.length)
  shared.set(Buffer.from(token))
  for (const bytes of [Buffer.from(token), new TextEncoder().encode(token), shared]) {
    assert.equal(verifier.verifySync(bytes).sub, 'ada')
  }
  await refused('malformed', () => verifier.verifySync(new Uint8Array()))
  await refused('malformed', () => verifier.verifySync(''))
  const long = minter.mintSync({ long: 'x'.repeat(11_000) })
  assert.equal(verifier.verifySync(long).payload.long.length, 11_000)
  assert.equal(verifier.verifySync(Buffer.from(long)).payload.long.length, 11_000)
  await refused('too-large', () => verifier.verifySync('x'.repeat(1 << 20)))
})

test('what is no text is misuse', async () => {
  const { verifier } = pair()
  for (const value of [
    undefined,
    null,
    5,
    {},
    [],
    true,
    new Uint16Array(4),
    new DataView(new ArrayBuffer(4)),
    Symbol('x'),
  ]) {
    await refused('misuse', () => verifier.verifySync(value))
    await refused('misuse', () => verifier.verify(value))
  }
})

test('an error has a code, a number, an HTTP status, a claim and what was to be reported', async () => {
  const { minter, verifier } = pair({ report: ['exp', 'sub'] })
  const token = minter.mintSync({ sub: 'ada' }, { now: NOW })
  const error = await refused('expired', () => verifier.verifySync(token, { now: NOW + 600 }))
  assert.ok(error instanceof jeton.JetonError)
  assert.ok(error instanceof Error)
  assert.equal(error.name, 'JetonError')
  assert.equal(error.number, 304)
  assert.equal(error.status, 401)
  assert.equal(error.claim, 'exp')
  assert.deepEqual(error.claims, { exp: NOW + 600, sub: 'ada' })
  assert.match(error.message, /^JWT is expired/)
  assert.match(error.stack, /verify\.test\.js/)
  const other = await refused('signature', () => verifier.verifySync(respelt(token)))
  assert.equal(other.claim, undefined)
  assert.equal(other.claims, undefined)
})

/** The same with another signature, of the same length. */
const respelt = (token) => token.slice(0, -43) + Buffer.alloc(32).toString('base64url')

test('a call takes the time as a Date or in seconds', async () => {
  const { minter, verifier } = pair()
  const token = minter.mintSync({}, { now: new Date(NOW * 1000 + 999) })
  assert.equal(verifier.verifySync(token, { now: NOW }).iat, NOW)
  verifier.verifySync(token, { now: new Date((NOW + 599) * 1000) })
  await refused('expired', () => verifier.verifySync(token, { now: new Date((NOW + 600) * 1000) }))
  for (const now of ['1700000000', 1.5, NaN, new Date(NaN), 0, null, 2 ** 60]) {
    await refused('misuse', () => verifier.verifySync(token, { now }))
  }
})

test('attack: a nonce that was never set is not left unchecked', async () => {
  const { minter, verifier } = pair()
  const token = minter.mintSync({ nonce: 'n-1' })
  verifier.verifySync(token, { nonce: 'n-1' })
  await refused('claim', () => verifier.verifySync(token, { nonce: 'n-2' }))
  for (const nonce of [undefined, null, 5]) {
    await refused('misuse', () => verifier.verifySync(token, { nonce }))
  }
  await refused('misuse', () => verifier.verifySync(token, { nonse: 'n-1' }))
})

test('attack: an option that was never set waives no check', async () => {
  const keys = secret()
  const make = (options) => () => new jeton.Verifier(keys, options)
  make({ issuer: null, audience: null })() // the twin
  for (const options of [
    { issuer: null, audience: undefined },
    { issuer: null, audience: NaN },
    { issuer: null, audience: null, claims: { tenant: undefined } },
    { issuer: null, audience: null, claims: { tenant: [undefined] } },
    { issuer: null, audience: null, leeway: Infinity },
    { issuer: null, audience: null, claims: { id: 2 ** 53 } },
    { issuer: null, audience: null, claims: { id: 5n } },
  ]) {
    await refused('misuse', make(options))
  }
  for (const options of [undefined, null, {}, [], { issuer: null }, { audience: 'api' }, '', 5]) {
    await refused('options', make(options))
  }
  const error = await refused('options', make({ issuer: null, audience: null, leway: 5 }))
  assert.match(error.message, /leeway/)
  make('{"issuer": null, "audience": null, "claims": {"id": 9007199254740993}}')()
})

test('attack: revocations that were never set are not left out', async () => {
  const { keys } = pair()
  await refused('misuse', () => new jeton.Verifier(keys, VERIFYING, undefined))
  await refused('misuse', () => new jeton.Revocations(undefined))
  await refused('misuse', () => jeton.Revocations.open())
  new jeton.Verifier(keys, VERIFYING) // the twin
})

test('attack: half a character does not make one secret, scope or administrator of many', async () => {
  const { minter, verifier } = pair()
  const half = `${SECRET}\ud800`
  await refused('misuse', () => jeton.Keys.secret(half, { algorithm: 'HS256' }))
  const system = { name: 'porter' }
  await refused('misuse', () => jeton.Keys.derive(half, { system }))
  await refused('misuse', () => jeton.Keys.derive(SECRET, { system }, half))
  await refused('misuse', () => verifier.verifySync(minter.mintSync({}), { scope: half }))
  await refused('misuse', () => new jeton.Bearer(verifier, {}, half))
  const store = new jeton.Revocations('memory:')
  await refused('misuse', () => store.switch(half, 'name', true))
  await refused('misuse', () => store.switchSync('scope', half, true))
  await refused('misuse', () => store.switchSync('scope', 'name', 'true'))
  jeton.Keys.secret(`${SECRET}\ud83d\ude00`, { algorithm: 'HS256' }) // the twin
})

test('a verifier with trust says which entry accepted a token', () => {
  const [a, b] = ['a', 'b'].map((kid) => jeton.Keys.generateSync({ algorithm: 'EdDSA', kid }))
  const verifier = new jeton.Verifier([a, b], {
    trust: [
      { issuer: 'a', audience: 'api', keys: 0 },
      { issuer: 'b', audience: 'api', keys: 1 },
    ],
  })
  const token = new jeton.Minter(b, { issuer: 'b', audience: 'api', lifetime: 60 }).mintSync({})
  assert.equal(verifier.verifySync(token).trust, 1)
})

test('fresh tells when to renew', async () => {
  const { minter, verifier } = pair()
  const claims = verifier.verifySync(minter.mintSync({}, { now: NOW }), { now: NOW })
  assert.ok(claims.fresh({ remaining: 60, age: 540, now: NOW + 539 }))
  assert.ok(!claims.fresh({ remaining: 60, age: 540, now: NOW + 540 }))
  assert.ok(!claims.fresh({ remaining: 61, age: 600, now: NOW + 539 }))
  assert.ok(!claims.fresh({ remaining: 60, age: 600, now: NOW + 540 }))
  await refused('misuse', () => claims.fresh({ remaining: 60 }))
})

test('the promise has the same verdicts as its twin', async () => {
  const { minter, verifier } = pair()
  const token = minter.mintSync({ sub: 'ada' })
  assert.equal((await verifier.verify(token)).sub, 'ada')
  await refused('signature', () => verifier.verify(respelt(token)))
  await refused('expired', () => verifier.verify(token, { now: 4e9 }))
  await refused('misuse', () => verifier.verify(token, { nonse: '' }))
})

test('many tokens get a verdict each', async () => {
  const { minter, verifier } = pair()
  const tokens = Array.from({ length: 2000 }, (_, n) => minter.mintSync({ sub: `u${n}` }))
  tokens[7] = respelt(tokens[7])
  tokens[8] = Buffer.from(tokens[8])
  const verdicts = await verifier.verifyMany(tokens)
  assert.equal(verdicts.length, 2000)
  for (const [n, { claims, error }] of verdicts.entries()) {
    if (n === 7) assert.equal(error.code, 'signature')
    else assert.equal(claims.sub, `u${n}`)
  }
  assert.deepEqual(await verifier.verifyMany([]), [])
  await refused('misuse', () => verifier.verifyMany(['a', 5]))
  await refused('misuse', () => verifier.verifyMany('abc'))
})

test('attack: a published key is no secret', async () => {
  const jwks = JSON.stringify(jeton.Keys.generateSync({ algorithm: 'RS256' }).public())
  await refused('key', () => jeton.Keys.secret(jwks, { algorithm: 'HS256' }))
  jeton.Keys.secret(SECRET, { algorithm: 'HS256' }) // the twin
})
