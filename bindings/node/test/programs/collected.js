'use strict'

// Jobs on other threads, whose handles nobody holds but they themselves.

const jeton = require('../..')

async function main() {
  const jobs = []
  for (let n = 0; n < 64; n++) {
    const keys = jeton.Keys.generateSync({ algorithm: 'ES256' })
    jobs.push(new jeton.Minter(keys, { lifetime: 60 }).mint({ n }))
    jobs.push(jeton.Keys.generate({ algorithm: 'ES256' }))
    global.gc()
    jeton.Keys.generateSync({ algorithm: 'EdDSA' }) // which sweeps
  }
  const made = await Promise.all(jobs)
  const tokens = made.filter((one) => typeof one === 'string' && one.split('.').length === 3)
  const keys = made.filter((one) => one instanceof jeton.Keys && one.public().keys.length === 1)
  if (keys.length !== 64) throw new Error(`${keys.length} key sets`)
  console.log(JSON.stringify({ tokens: tokens.length }))
}

main()
