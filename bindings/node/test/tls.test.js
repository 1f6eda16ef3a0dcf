'use strict'

// The crypto inside is hidden: Node's own OpenSSL, in the same process, goes on
// as if nothing else were there.

const assert = require('node:assert/strict')
const { execFileSync } = require('node:child_process')
const crypto = require('node:crypto')
const { once } = require('node:events')
const { readFileSync } = require('node:fs')
const { join } = require('node:path')
const { test } = require('node:test')
const tls = require('node:tls')
const { promisify } = require('node:util')

const jeton = require('..')
const { MINTING, VERIFYING } = require('./support.js')
const { serve } = require('./tls/server.js')

test('the addon shows nothing but what Node asks for', () => {
  const addon = join(__dirname, '../out/jeton.node')
  const symbols = execFileSync('nm', ['-D', '--defined-only', addon], { encoding: 'utf8' })
  assert.deepEqual(symbols.match(/\w+$/gm), [
    'napi_register_module_v1',
    'node_api_module_get_api_version_v1',
  ])
})

/** A handshake and an answer, through Node's own TLS. */
async function handshake(server, options = {}) {
  const { port } = new URL(server.url)
  const socket = tls.connect({ port, host: '127.0.0.1', servername: 'localhost', ...options })
  await once(socket, 'secureConnect')
  socket.end('GET / HTTP/1.0\r\n\r\n')
  let text = ''
  for await (const chunk of socket) text += chunk
  assert.match(text, /200 OK/)
  return socket
}

test("Node's TLS and crypto work before, between and after jeton's", async (t) => {
  const keys = jeton.Keys.generateSync({ algorithm: 'RS256' })
  const server = await serve(t, () => JSON.stringify(keys.public()))
  const ca = readFileSync(server.ca)
  for (const version of ['TLSv1.2', 'TLSv1.3']) {
    await handshake(server, { ca, minVersion: version, maxVersion: version })
  }
  await assert.rejects(handshake(server), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })

  const token = await new jeton.Minter(keys, MINTING).mint({ sub: 'ada' })
  const source = new jeton.Source({ url: server.url, ca: server.ca, private: true, stale: null })
  const verifier = new jeton.Verifier(source.keys(), VERIFYING)
  assert.equal((await verifier.verify(token)).sub, 'ada')
  await assert.rejects(verifier.verify(`${token.slice(0, -4)}AAAA`), { code: 'signature' })
  await handshake(server, { ca })
})

test("Node's crypto verifies what jeton signs, and the other way round", async () => {
  for (const [algorithm, hash, options] of [
    ['RS256', 'sha256', {}],
    ['PS256', 'sha256', { padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }],
    ['ES256', 'sha256', { dsaEncoding: 'ieee-p1363' }],
    ['ES384', 'sha384', { dsaEncoding: 'ieee-p1363' }],
    ['Ed25519', null, {}],
  ]) {
    const keys = jeton.Keys.generateSync({ algorithm })
    const [jwk] = keys.private().keys
    const key = crypto.createPrivateKey({ key: jwk, format: 'jwk' })
    const token = jeton.signSync(keys, 'payload')
    const [head, body, signature] = token.split('.')
    const signed = Buffer.from(`${head}.${body}`)
    const bytes = Buffer.from(signature, 'base64url')
    const publicKey = { key: crypto.createPublicKey(key), ...options }
    assert.ok(crypto.verify(hash, signed, publicKey, bytes), algorithm)
    const theirs = crypto.sign(hash, signed, { key, ...options }).toString('base64url')
    const payload = jeton.verifySignature(keys, `${head}.${body}.${theirs}`)
    assert.equal(Buffer.from(payload).toString(), 'payload')
  }
})

test('both work at once on threads of the pool', async () => {
  const keys = jeton.Keys.generateSync({ algorithm: 'RS256' })
  const minter = new jeton.Minter(keys, MINTING)
  const verifier = new jeton.Verifier(keys, VERIFYING)
  const scrypt = promisify(crypto.scrypt)
  const generate = promisify(crypto.generateKeyPair)
  const work = []
  for (let n = 0; n < 40; n++) {
    work.push(minter.mint({ n }).then((token) => verifier.verify(token)))
    work.push(scrypt('password', 'salt', 32, { N: 1024 }))
    work.push(generate('ec', { namedCurve: 'P-256' }), jeton.Keys.generate({ algorithm: 'ES256' }))
  }
  const done = await Promise.all(work)
  assert.equal(done[0].payload.n, 0)
  assert.equal(done[1].length, 32)
})
