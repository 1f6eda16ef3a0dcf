// What is measured: one token, and everybody's way to verify it, each with its
// keys prepared as its documentation advises, and issuer, audience and expiry
// checked.

import { createPublicKey, createSecretKey } from 'node:crypto'
import { createRequire } from 'node:module'

import { JwtVerifier } from 'aws-jwt-verify'
import { createVerifier } from 'fast-jwt'
import { importJWK, jwtVerify } from 'jose'
import jsonwebtoken from 'jsonwebtoken'

const require = createRequire(import.meta.url)
const { Keys, Minter, Verifier } = require('../index.js')

const ISSUER = 'https://issuer.example'
const SECRET = '0123456789abcdef0123456789abcdef'
const OPTIONS = { issuer: ISSUER, audience: 'api' }
const CLAIMS = {
  sub: 'user-1234567890',
  role: 'editor',
  tenant: 'f3b7e0a2-5a60-4c3c',
  scope: 'read write admin',
  email: 'ada@example.com',
  name: 'Ada Lovelace',
}

/** A subject that is called one after another, and checks what it got. */
function sync(name, verify) {
  return {
    name,
    run(calls) {
      for (let n = 0; n < calls; n++) if (verify() !== CLAIMS.sub) throw new Error(name)
    },
  }
}

/** One whose calls are promises, so many at a time; it may work on other threads too. */
function async(name, verify, inFlight) {
  return {
    name,
    isAsync: true,
    async run(calls) {
      for (let left = calls; left > 0; left -= inFlight) {
        const all = await Promise.all(Array.from({ length: Math.min(left, inFlight) }, verify))
        if (all.some((sub) => sub !== CLAIMS.sub)) throw new Error(name)
      }
    },
  }
}

/** Everything that verifies tokens of one algorithm: ours first. */
export async function subjectsOf(algorithm, engine) {
  const isSecret = algorithm.startsWith('HS')
  const keys = isSecret
    ? Keys.secret(SECRET, { algorithm })
    : Keys.generateSync({ algorithm, kid: 'k' })
  const token = new Minter(keys, { ...OPTIONS, lifetime: 36_000 }).mintSync(CLAIMS)
  const set = keys.public()
  const jwk = isSecret ? { kty: 'oct', k: Buffer.from(SECRET).toString('base64url') } : set.keys[0]
  const publicKey = isSecret
    ? createSecretKey(Buffer.from(SECRET))
    : createPublicKey({ key: jwk, format: 'jwk' })
  const verifier = new Verifier(keys, OPTIONS)
  const inC = engine.subject(
    isSecret ? SECRET : JSON.stringify(set),
    isSecret ? JSON.stringify({ algorithm }) : '',
    JSON.stringify(OPTIONS),
    token,
  )
  const subjects = {
    payload: sync('jeton, payload', () => {
      const { payload } = verifier.verifySync(token)
      return payload.exp && payload.sub
    }),
    brief: sync('jeton, sub and exp', () => {
      const claims = verifier.verifySync(token)
      return claims.exp && claims.sub
    }),
    promise: async('jeton, promise', async () => (await verifier.verify(token)).sub, 1),
    c: {
      name: 'C call',
      run(calls) {
        if (inC(calls) !== calls) throw new Error('C call')
      },
    },
    peers: [],
  }
  const fast = createVerifier({
    key: isSecret ? SECRET : publicKey.export({ type: 'spki', format: 'pem' }),
    algorithms: [algorithm],
    allowedIss: ISSUER,
    allowedAud: 'api',
  })
  subjects.peers.push(sync('fast-jwt', () => fast(token).sub))
  if (algorithm !== 'EdDSA') {
    const options = { ...OPTIONS, algorithms: [algorithm] }
    subjects.peers.push(
      sync('jsonwebtoken', () => jsonwebtoken.verify(token, publicKey, options).sub),
    )
  }
  const cryptoKey = await importJWK(jwk, algorithm)
  const options = { ...OPTIONS, algorithms: [algorithm] }
  const jose = async () => (await jwtVerify(token, cryptoKey, options)).payload.sub
  subjects.peers.push(async('jose', jose, 1), async('jose, 64 in flight', jose, 64))
  if (!isSecret) {
    const jwksUri = `${ISSUER}/jwks.json`
    const aws = JwtVerifier.create({ ...OPTIONS, jwksUri })
    aws.cacheJwks(set)
    subjects.peers.push(sync('aws-jwt-verify', () => aws.verifySync(token).sub))
  }
  return subjects
}
