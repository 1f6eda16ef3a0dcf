'use strict'

// Verifies without a pause: whatever waits for the event loop would pile up.

const jeton = require('../..')

const keys = jeton.Keys.secret('0123456789abcdef0123456789abcdef', { algorithm: 'HS256' })
const minter = new jeton.Minter(keys, { issuer: 'i', audience: 'a', lifetime: 600 })
const options = { issuer: 'i', audience: 'a' }
const verifiers = [
  new jeton.Verifier(keys, options),
  new jeton.Verifier(keys, options, new jeton.Revocations('memory:')),
]
const token = minter.mintSync({ sub: 'ada', text: 'x'.repeat(500) })

const before = process.memoryUsage().rss
for (let n = 0; n < Number(process.argv[2]); n++) {
  if (verifiers[n % 2].verifySync(token).sub !== 'ada') throw new Error('not ada')
}
console.log(JSON.stringify({ megabytes: (process.memoryUsage().rss - before) / 2 ** 20 }))
