'use strict'

// A worker thread: verifies, or is busy with everything until it is ended.

const { parentPort, workerData } = require('node:worker_threads')

const jeton = require('../..')

const keys = jeton.Keys.secret('0123456789abcdef0123456789abcdef', { algorithm: 'HS256' })
const verifying = { issuer: 'https://issuer.test', audience: 'api' }
const verifier = new jeton.Verifier(keys, verifying)

function verify(token) {
  let verified = 0
  for (let n = 0; n < 2000; n++) verified += verifier.verifySync(token).sub === 'ada'
  try {
    verifier.verifySync(`${token.slice(0, -4)}AAAA`)
  } catch ({ code }) {
    parentPort.postMessage({ verified, code })
  }
}

function busy() {
  const source = new jeton.Source({ url: 'https://192.0.2.1/', stale: null, private: true })
  const pending = new jeton.Verifier(source.keys(), verifying, new jeton.Revocations('memory:'))
  const rsa = jeton.Keys.generateSync({ algorithm: 'RS256' })
  const minter = new jeton.Minter(rsa, { ...verifying, lifetime: 60 })
  const token = minter.mintSync({})
  for (let n = 0; n < 200; n++) {
    minter.mint({ n })
    jeton.Keys.generate({ algorithm: 'ES256' })
    pending.verify(token).catch(() => {})
    verifier.verifyMany(Array(50).fill(token))
  }
  source.refresh().catch(() => {})
  setTimeout(() => parentPort.postMessage('busy'), 20)
}

if (workerData.what === 'verify') verify(workerData.token)
else busy()
