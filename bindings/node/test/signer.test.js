'use strict'

// Minters whose private key jeton never sees.

const assert = require('node:assert/strict')
const { constants, generateKeyPairSync, privateEncrypt, sign } = require('node:crypto')
const { test } = require('node:test')

const jeton = require('..')
const native = require('../lib/native.js')
const { MINTING, VERIFYING, pair, program, refused } = require('./support.js')

/** A private key of Node's, and its public half as jeton's. */
function elsewhere(type, options, algorithm) {
  const { privateKey, publicKey } = generateKeyPairSync(type, options)
  const pem = publicKey.export({ type: 'spki', format: 'pem' })
  return { privateKey, publicKeys: new jeton.Keys(pem, { algorithm, kid: 'k1' }) }
}

const EC = elsewhere('ec', { namedCurve: 'P-256' }, 'ES256')
const RSA = elsewhere('rsa', { modulusLength: 2048 }, 'RS256')
const PSS = elsewhere('rsa', { modulusLength: 2048 }, 'PS384')
const ED = elsewhere('ed25519', {}, 'EdDSA')

const raw = ({ message }) =>
  sign('sha256', message, { key: EC.privateKey, dsaEncoding: 'ieee-p1363' })
const der = ({ message }) => sign('sha256', message, EC.privateKey)

const ec = (signer) => jeton.Minter.external(EC.publicKeys, signer, MINTING)

const SIGNERS = {
  'ES256, r and s': [EC, raw],
  'ES256, DER': [EC, der],
  'ES256, a Uint8Array within another': [
    EC,
    (signing) => new Uint8Array([...raw(signing), 1, 2]).subarray(0, 64),
  ],
  'RS256, its message': [RSA, ({ message }) => sign('sha256', message, RSA.privateKey)],
  'RS256, its DigestInfo': [
    RSA,
    ({ digestInfo }) =>
      privateEncrypt({ key: RSA.privateKey, padding: constants.RSA_PKCS1_PADDING }, digestInfo),
  ],
  PS384: [
    PSS,
    ({ message }) =>
      sign('sha384', message, {
        key: PSS.privateKey,
        padding: constants.RSA_PKCS1_PSS_PADDING,
        saltLength: 48,
      }),
  ],
  EdDSA: [ED, ({ message }) => sign(null, message, ED.privateKey)],
}

for (const [name, [{ publicKeys }, signer]] of Object.entries(SIGNERS)) {
  test(`a token is signed elsewhere and verifies here: ${name}`, async () => {
    const asked = []
    const minter = jeton.Minter.external(
      publicKeys,
      (signing) => {
        asked.push(signing)
        return signer(signing)
      },
      MINTING,
    )
    const verifier = new jeton.Verifier(publicKeys, VERIFYING)
    for (const token of [minter.mintSync({ sub: 'ada' }), await minter.mint({ sub: 'ada' })]) {
      const claims = verifier.verifySync(token)
      assert.equal(claims.sub, 'ada')
      assert.equal(claims.kid, 'k1')
      const { algorithm, message, digest, digestInfo, ...rest } = asked.shift()
      assert.deepEqual(rest, {})
      assert.equal(algorithm, claims.algorithm === 'EdDSA' ? 'Ed25519' : claims.algorithm)
      assert.equal(message.toString(), token.slice(0, token.lastIndexOf('.')))
      assert.equal(digest?.length, { ES256: 32, RS256: 32, PS384: 48 }[algorithm])
      assert.equal(digestInfo?.length, algorithm === 'RS256' ? 19 + 32 : undefined)
    }
    assert.equal(asked.length, 0)
  })
}

test('what a signer throws is the cause, whatever it is', async () => {
  const away = new Error('the KMS at 10.0.0.7 is away')
  for (const thrown of [away, 'a text', undefined, null, 5, Object.freeze({})]) {
    const minter = ec(() => {
      throw thrown
    })
    for (const body of [() => minter.mintSync({}), () => minter.mint({})]) {
      const error = await refused('signer', body)
      assert.ok(error instanceof jeton.JetonError)
      assert.ok('cause' in error)
      assert.equal(error.cause, thrown)
      assert.equal(error.status, 500)
      assert.ok(!Object.keys(error).includes('cause')) // as of other errors
      assert.ok(!error.message.includes('10.0.0.7'))
    }
  }
})

test('attack: a wrong answer never gets into a token, and the next is good again', async () => {
  let answer
  const minter = ec((signing) => answer(signing))
  const other = elsewhere('ec', { namedCurve: 'P-256' }, 'ES256')
  const wrong = {
    nothing: () => new Uint8Array(),
    zeros: () => Buffer.alloc(64),
    'one byte short': (signing) => raw(signing).subarray(1),
    'one byte long': (signing) => Buffer.concat([raw(signing), Buffer.of(0)]),
    'more than there is room for': () => Buffer.alloc(1025),
    'much more': () => Buffer.alloc(1 << 20),
    'of another message': ({ message }) => raw({ message: Buffer.concat([message, message]) }),
    'of another key': ({ message }) => sign('sha256', message, other.privateKey),
  }
  const verifier = new jeton.Verifier(EC.publicKeys, VERIFYING)
  for (const [name, garbage] of Object.entries(wrong)) {
    answer = garbage
    const error = await refused('signer', () => minter.mintSync({}))
    assert.ok(!('cause' in error), name)
    answer = raw
    assert.ok(verifier.verifySync(minter.mintSync({})))
  }
})

test('an answer that is no Uint8Array is said to be none, a promise above all', async () => {
  const answers = [undefined, null, 'text', 5, {}, [1, 2], new Uint16Array(32), new ArrayBuffer(64)]
  for (const answer of [
    ...answers,
    Promise.resolve(Buffer.alloc(64)),
    new DataView(new ArrayBuffer(64)),
  ]) {
    const { cause } = await refused('signer', () => ec(() => answer).mintSync({}))
    assert.ok(cause instanceof TypeError)
    assert.match(cause.message, /Uint8Array, and at once/)
  }
})

test("what a signer does to what it was given doesn't change the token", () => {
  const minter = ec((signing) => {
    const signature = raw(signing)
    signing.message.fill(0)
    signing.digest.fill(0)
    return signature
  })
  assert.ok(new jeton.Verifier(EC.publicKeys, VERIFYING).verifySync(minter.mintSync({})))
})

test('a signer may mint and verify, also with its own minter', () => {
  const verifier = new jeton.Verifier(EC.publicKeys, VERIFYING)
  const local = pair()
  let depth = 0
  const minter = ec((signing) => {
    if (depth++ < 50) {
      assert.equal(verifier.verifySync(minter.mintSync({ sub: `${depth}` })).algorithm, 'ES256')
      assert.throws(() => failing.mintSync({}), { code: 'signer', cause: 'inner' })
      local.verifier.verifySync(local.minter.mintSync({}))
      // So many handles that the table of them moves.
      for (let n = 0; n < 20; n++) new jeton.Keys(EC.publicKeys.public())
    }
    return der(signing)
  })
  const failing = ec(() => {
    throw 'inner'
  })
  assert.equal(verifier.verifySync(minter.mintSync({ sub: 'outer' })).sub, 'outer')
  assert.equal(depth, 51)
})

test('a signer that never ends asking itself is ended by its stack', async () => {
  const minter = ec(() => minter.mintSync({}))
  await assert.rejects(async () => minter.mintSync({}))
  assert.ok(ec(raw).mintSync({}))
})

test('a signer may close its own minter, which goes once it has minted', async () => {
  const minter = ec((signing) => {
    minter.close()
    return raw(signing)
  })
  assert.ok(minter.mintSync({}))
  await refused('misuse', () => minter.mintSync({}))
  await refused('misuse', () => minter.mint({}))
})

test('a signer that leads back to its minter is collected with it', async () => {
  const { left, minted } = await program('signers.js', '--expose-gc')
  // Of 100. Bun's collector takes what is left over on the stack for pointers.
  assert.ok(left < 5, `${left} are left`)
  assert.ok(minted)
})

test('what cannot be such a minter is refused at once', async () => {
  const { external } = jeton.Minter
  const ec256 = jeton.Keys.generateSync({ algorithm: 'ES256' })
  await refused('misconfigured', () => external(ec256, raw, MINTING)) // a private key
  await refused('misconfigured', () => external(pair().keys, raw, MINTING))
  await refused('misconfigured', () =>
    external(EC.publicKeys, raw, { ...MINTING, algorithm: 'ES384' }),
  )
  await refused('unknown-key', () => external(EC.publicKeys, raw, { ...MINTING, kid: 'k2' }))
  await refused('options', () => external(EC.publicKeys, raw))
  for (const value of [undefined, null, {}, 'sign', Promise.resolve(raw)]) {
    await refused('misuse', () => external(EC.publicKeys, value, MINTING))
  }
  for (const value of [undefined, null, {}, pair().minter]) {
    await refused('misuse', () => external(value, raw, MINTING))
  }
  const minter = ec(raw)
  await refused('misuse', () => minter.mintSync())
  await refused('misuse', () => minter.mintSync({}, { now: undefined }))
  await refused('options', () => minter.mintSync('{'))
})

test('attack: such a minter is never asked on another thread', async () => {
  const owner = {}
  const keys = native.keysNew(owner, JSON.stringify(EC.publicKeys.public()))
  const id = native.externalNew(owner, keys, JSON.stringify(MINTING))
  await refused('misuse', () => native.later.mint(id, '{}'))
  await refused('misuse', () => native.mint(id, '{}'))
  // Not a function: nothing is called, and nothing minted.
  for (const value of [undefined, 5, {}]) {
    await refused('signer', () => native.mintExternal(id, '{}', value))
  }
  native.close(id)
  await refused('misuse', () => native.mintExternal(id, '{}', raw))
})

test('the dates of the key say when it may sign', async () => {
  const jwk = { ...EC.publicKeys.public().keys[0], iat: 1000, nbf: 2000, exp: 3000 }
  const publicKeys = new jeton.Keys(jwk)
  const { iat, nbf, exp } = publicKeys.status().keys[0]
  assert.deepEqual({ iat, nbf, exp }, { iat: 1000, nbf: 2000, exp: 3000 })
  const minter = jeton.Minter.external(publicKeys, raw, MINTING)
  for (const now of [1999, 3000]) await refused('key', () => minter.mintSync({}, { now }))
  for (const now of [2000, 2999]) assert.ok(minter.mintSync({}, { now }))
})
