// Says what a token on standard input is worth: prints its status, and exits with 0
// where it is "ok", with 1 where it isn't.
//
//     node verify.mjs KEYS OPTIONS REVOCATIONS < TOKEN

import { readFileSync } from 'node:fs'
import { Keys, Revocations, Verifier } from 'jeton'

const [keys, options, location] = process.argv.slice(2)
const revocations = new Revocations(location, { stale: 10 })
const verifier = new Verifier(new Keys(keys), options, revocations)

const token = readFileSync(0, 'utf8').trimEnd()
try {
  verifier.verifySync(token)
  console.log('ok')
} catch ({ code }) {
  console.log(code)
  process.exitCode = 1
}
