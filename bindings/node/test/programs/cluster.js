'use strict'

// Workers of a cluster share an SQLite store: what one of them revokes, all of
// them refuse. Prints how many verdicts there were of each kind.

const cluster = require('node:cluster')
const { once } = require('node:events')
const { setTimeout: sleep } = require('node:timers/promises')

const jeton = require('../..')

const WORKERS = 3
const TOKENS = 20
const location = `sqlite:${process.argv[2]}`
const keys = jeton.Keys.secret('0123456789abcdef0123456789abcdef', { algorithm: 'HS256' })
const options = { issuer: 'i', audience: 'a' }

/** Answers whether a token is accepted, and revokes those it is told to. */
async function worker() {
  const store = await jeton.Revocations.open(location, { stale: null })
  const verifier = new jeton.Verifier(keys, options, store)
  process.on('message', async ({ id, token, revoke }) => {
    try {
      const claims = await verifier.verify(token)
      if (revoke) await store.revokeClaims(claims)
      process.send({ id, code: 'ok' })
    } catch ({ code }) {
      process.send({ id, code })
    }
  })
  process.send('ready')
}

async function ask(worker, question) {
  worker.send({ id: 0, ...question })
  const [{ code }] = await once(worker, 'message')
  return code
}

async function main() {
  const workers = Array.from({ length: WORKERS }, () => cluster.fork())
  await Promise.all(workers.map((worker) => once(worker, 'message')))
  const minter = new jeton.Minter(keys, { ...options, lifetime: 600 })
  let [accepted, refused, missed] = [0, 0, 0]
  for (let n = 0; n < TOKENS; n++) {
    const token = minter.mintSync({ n })
    for (const worker of workers) accepted += (await ask(worker, { token })) === 'ok'
    if ((await ask(workers[n % WORKERS], { token, revoke: true })) !== 'ok')
      throw new Error('not revoked')
    for (const worker of workers) {
      let code = await ask(worker, { token })
      for (let tries = 0; code === 'ok' && tries < 100; tries++) {
        await sleep(5)
        code = await ask(worker, { token })
      }
      if (code === 'revoked') refused++
      else missed++
    }
  }
  console.log(JSON.stringify({ accepted, refused, missed }))
  for (const worker of workers) worker.kill()
}

if (cluster.isPrimary) main()
else worker()
