// Mints a token, verifies it, revokes it and is refused, as is an attack.

import { Keys, Minter, Revocations, Verifier } from 'jeton'

const keys = await Keys.generate({ algorithm: 'ES256' })
console.log('public keys:', JSON.stringify(keys.public()))

const minter = new Minter(keys, { issuer: 'https://a.example', audience: 'api', lifetime: 600 })
const token = await minter.mint({ sub: 'ada' })
console.log('token:', token)

const revocations = new Revocations('memory:')
const options = { issuer: 'https://a.example', audience: 'api' }
const verifier = new Verifier(keys, options, revocations)
const claims = await verifier.verify(token)
console.log('verified:', claims.sub, 'until', claims.exp)

await revocations.revokeClaims(claims)
try {
  verifier.verifySync(token) // the form without a promise
  process.exitCode = 1
} catch ({ code, message }) {
  console.log('once revoked:', code, message)
}

try {
  Keys.secret(JSON.stringify(keys.public()), { algorithm: 'HS256' })
  process.exitCode = 1 // not reached: a public key never becomes an HMAC secret
} catch ({ code, message }) {
  console.log('the public keys as an HMAC secret:', code, message)
}
