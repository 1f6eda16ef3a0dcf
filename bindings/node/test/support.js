'use strict'

// What the tests share.

const assert = require('node:assert/strict')
const { execFile } = require('node:child_process')
const { join } = require('node:path')
const { promisify } = require('node:util')

const { Keys, Minter, Verifier } = require('..')

const ISSUER = 'https://issuer.test'
const VERIFYING = { issuer: ISSUER, audience: 'api' }
const MINTING = { issuer: ISSUER, audience: 'api', lifetime: 600 }
const SECRET = '0123456789abcdef0123456789abcdef'

const secret = () => Keys.secret(SECRET, { algorithm: 'HS256' })

/** Keys, a minter and a verifier that belong together. */
function pair(options = {}, revocations = null) {
  const keys = secret()
  return {
    keys,
    minter: new Minter(keys, { ...MINTING, override: ['exp', 'nbf', 'iat', 'jti'] }),
    verifier: new Verifier(keys, { ...VERIFYING, ...options }, revocations),
  }
}

/** The JetonError that `body` throws or rejects with, which must have this code. */
async function refused(code, body) {
  let error
  await assert.rejects(
    async () => body(),
    (thrown) => ((error = thrown), true),
  )
  assert.equal(error.code, code, error.stack)
  return error
}

/** Runs a program of test/programs in a process of its own; what it printed, as JSON. */
async function program(name, ...given) {
  const path = join(__dirname, 'programs', name)
  const [flags, values] = [
    given.filter((a) => a.startsWith('--')),
    given.filter((a) => !a.startsWith('--')),
  ]
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, path, ...values], {
    timeout: 1_800_000, // 10⁵ of each handle, on a busy machine
  })
  return stdout && JSON.parse(stdout)
}

module.exports = { ISSUER, MINTING, SECRET, VERIFYING, pair, program, refused, secret }
