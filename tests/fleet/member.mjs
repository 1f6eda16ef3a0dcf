// See README.md.

import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { Keys, Minter, Revocations, Verifier } from 'jeton'

const [, , location, ...numbers] = process.argv
const [own, members, count, others] = numbers.map(Number)
const keys = Keys.secret('0123456789abcdef0123456789abcdef', { algorithm: 'HS256' })
const minting = { issuer: 'fleet', audience: null, lifetime: 3600, id: null, override: ['jti'] }
const minter = new Minter(keys, minting)
const store = new Revocations(location, { stale: null })
const verifier = new Verifier(keys, { issuer: 'fleet', audience: null }, store)

const fail = (reason) => {
  console.error(reason)
  process.exit(1)
}

const verdict = (jti) => {
  try {
    verifier.verifySync(minter.mintSync({ jti }))
    return 'ok'
  } catch ({ code }) {
    return code
  }
}

const accept = (jti) => {
  const found = verdict(jti)
  if (found !== 'ok') fail(`${jti}, which nobody revoked: ${found}`)
}

for (let number = 0; number < count; number++) {
  const until = Math.floor(Date.now() / 1000) + 3600
  await store.revoke({ realm: 'fleet', claim: 'jti', value: `${own}-${number}`, until })
  accept(`other-${own}-${number}`)
  await sleep(Math.random())
}
const input = createInterface({ input: process.stdin })
console.log('revoked')

await once(input, 'line')
const started = performance.now()
for (let member = 0; member < members; member++) {
  for (let number = 0; number < count; number++) {
    for (;;) {
      const found = verdict(`${member}-${number}`)
      if (found === 'revoked') break
      if (found !== 'ok' || performance.now() - started > 60_000)
        fail(`${member}-${number}, which was revoked: ${found}`)
      await sleep(1)
    }
  }
}
const waited = Math.round(performance.now() - started)
for (let number = 0; number < others; number++) accept(`other-${own}-${number}`)
console.log(waited, members * count, others)
input.close()
