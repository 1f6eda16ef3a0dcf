'use strict'

// Handles: what they may be mistaken for, when they go, and that nothing leaks.
// JETON_TEST_HANDLES says how many of each are made; tests/long makes 10⁵.

const assert = require('node:assert/strict')
const { test } = require('node:test')

const jeton = require('..')
const native = require('../lib/native.js')
const { MINTING, VERIFYING, pair, program, refused, secret } = require('./support.js')

test('a handle is not taken for one of another kind', async () => {
  const { keys, minter, verifier } = pair()
  const lookalike = Object.create(jeton.Keys.prototype)
  for (const value of [undefined, null, 5, {}, minter, verifier, lookalike, new Proxy(keys, {})]) {
    await refused('misuse', () => new jeton.Minter(value, MINTING))
    await refused('misuse', () => new jeton.Verifier(value, VERIFYING))
    await refused('misuse', () => new jeton.Verifier([keys, value], VERIFYING))
    await refused('misuse', () => jeton.signSync(value, 'payload'))
    if (value !== null) {
      await refused('misuse', () => new jeton.Verifier(keys, VERIFYING, value))
    }
    if (value !== verifier && value !== null) {
      await refused('misuse', () => new jeton.Bearer(value))
    }
  }
  await refused('misuse', () => minter.mintSync.call(verifier, {}))
  new jeton.Bearer(null)
})

test('attack: a number made up reaches no handle', async () => {
  const { verifier } = pair()
  // A generation and a place, neither of which there is.
  const made = (2 ** 28 + 5) * 2 ** 24
  for (const id of [0, -1, 1, 0.5, made, made + 2 ** 23, 2 ** 53, NaN, Infinity, '1', {}, 7n]) {
    await refused('misuse', () => native.keysPublic(id))
    await refused('misuse', () => native.close(id))
  }
  await refused('misuse', () => native.verify(verifier, 'x'))
  await refused('misuse', () => native.verify())
  await refused('misuse', () => native.mint())
  await refused('misuse', () => native.later.mint())
  await refused('misuse', () => native.take(undefined, 0))
})

test('attack: claims cannot be made by hand', async () => {
  const { minter, verifier } = pair()
  const { constructor } = verifier.verifySync(minter.mintSync({ sub: 'ada' })) // whose parts are known
  await refused('misuse', () => new constructor('{"sub":"eve"}'))
  await refused('misuse', () => new jeton.Claims(undefined, '{"sub":"eve"}'))
})

test('what was closed is misuse, and closing twice is fine', async () => {
  const { keys, minter, verifier } = pair()
  const token = minter.mintSync({})
  for (const handle of [keys, minter]) {
    handle.close()
    handle.close()
  }
  verifier.verifySync(token) // it keeps what it needs
  verifier.close()
  await refused('misuse', () => keys.public())
  await refused('misuse', () => minter.mintSync({}))
  await refused('misuse', () => verifier.verifySync(token))
  await refused('misuse', () => verifier.verify(token))
  await refused('misuse', () => new jeton.Bearer(verifier))
})

test('what is closed while another thread uses it goes when that has ended', async () => {
  const keys = jeton.Keys.generateSync({ algorithm: 'RS256' })
  const minter = new jeton.Minter(keys, MINTING)
  const verifier = new jeton.Verifier(keys, VERIFYING)
  const minted = Promise.all(Array.from({ length: 8 }, () => minter.mint({})))
  minter.close()
  const tokens = await minted
  const verdicts = verifier.verifyMany(tokens)
  verifier.close()
  for (const { claims } of await verdicts) assert.equal(claims.aud, 'api')
  await refused('misuse', () => minter.mint({}))
})

test('what is collected while another thread uses it goes when that has ended', async () => {
  assert.deepEqual(await program('collected.js', '--expose-gc'), { tokens: 64 })
})

test('claims outlive their verifier, its keys and its revocations', async () => {
  const store = new jeton.Revocations('memory:')
  const { keys, minter, verifier } = pair({}, store)
  const claims = verifier.verifySync(minter.mintSync({ sub: 'ada' }))
  for (const handle of [store, verifier, minter, keys]) handle.close()
  assert.equal(claims.payload.sub, 'ada')
  const other = new jeton.Revocations('memory:')
  assert.equal(other.revokeClaimsSync(claims).value, claims.jti)
})

test('handles that nobody holds are freed: of each kind, and after failures', async () => {
  const grown = await program('handles.js', '--expose-gc', process.env.JETON_TEST_HANDLES ?? '4000')
  assert.ok(Object.keys(grown).length > 12)
  for (const [what, megabytes] of Object.entries(grown)) {
    assert.ok(megabytes < 24, `${what} grew by ${megabytes} MB`)
  }
})

test('a loop that never returns to the event loop keeps no claims', async () => {
  const { megabytes } = await program('loop.js', process.env.JETON_TEST_HANDLES ?? '100000')
  assert.ok(megabytes < 100, `${megabytes} MB`)
})
