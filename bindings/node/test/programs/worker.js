'use strict'

// A worker thread: verifies, mints over a signer, or is busy with everything, or
// in its signer, until it is ended.

const { generateKeyPairSync, sign: nodeSign } = require('node:crypto')
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

function external(sign) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const publicKeys = new jeton.Keys(publicKey.export({ type: 'spki', format: 'pem' }))
  const minter = jeton.Minter.external(publicKeys, (signing) => sign(signing, privateKey), {
    ...verifying,
    lifetime: 60,
  })
  const of = new jeton.Verifier(publicKeys, verifying)
  return of.verifySync(minter.mintSync({ sub: 'ada' })).sub
}

function mint() {
  parentPort.postMessage(external(({ message }, key) => nodeSign('sha256', message, key)))
}

function asked() {
  external(() => {
    parentPort.postMessage('asked')
    for (;;);
  })
}

const whats = { verify, mint, busy, asked }
whats[workerData.what](workerData.token)
