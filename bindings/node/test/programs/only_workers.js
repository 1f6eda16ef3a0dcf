'use strict'

// The main thread never loads the addon: when its last worker has gone, Node
// would unload it, and with it the code that jeton's own threads run.

const { once } = require('node:events')
const { setTimeout: sleep } = require('node:timers/promises')
const { Worker } = require('node:worker_threads')

const body = `
  const jeton = require(${JSON.stringify(require.resolve('../..'))})
  const options = { url: 'https://192.0.2.1/', stale: null, private: true, timeout: 1 }
  const source = new jeton.Source(options)
  const verifier = new jeton.Verifier(source.keys(), { issuer: null, audience: null })
  try { verifier.verifySync('eyJhbGciOiJFUzI1NiIsImtpZCI6IngifQ.e30.AAAA') } catch {}`

async function main() {
  let ended = 0
  for (let n = 0; n < 4; n++) {
    await once(new Worker(body, { eval: true }), 'exit')
    ended++
    await sleep(400) // in which the refresher goes on, or ends
  }
  console.log(JSON.stringify({ ended }))
}

main()
