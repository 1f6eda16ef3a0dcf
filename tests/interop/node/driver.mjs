// jose, fast-jwt and jsonwebtoken.

import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import * as jose from 'jose'
import * as fastJwt from 'fast-jwt'
import jsonwebtoken from 'jsonwebtoken'

class Absent extends Error {}
class Refused extends Error {}

function version(name) {
  const path = `node_modules/${name.split(' ')[0]}/package.json`
  return JSON.parse(readFileSync(new URL(path, import.meta.url))).version
}

// Those that a library documents; jose says itself what it hasn't.
const common = ['HS', 'RS', 'PS', 'ES'].flatMap((kind) => ['256', '384', '512'].map((size) => kind + size))
const algorithms = { 'fast-jwt': [...common, 'EdDSA'], 'jsonwebtoken (Node)': common }

const bytes = (secret) => new TextEncoder().encode(secret)

async function joseKey(algorithm, form, key, of) {
  if (form === 'secret') return bytes(key)
  if (form === 'jwk') return jose.importJWK(JSON.parse(key), algorithm)
  if (form === 'jwks') return jose.createLocalJWKSet(JSON.parse(key))
  return of === 'mint' ? jose.importPKCS8(key, algorithm) : jose.importSPKI(key, algorithm)
}

const peers = {
  jose: {
    async generate(algorithm) {
      if (algorithm.startsWith('HS')) {
        const key = await jose.generateSecret(algorithm, { extractable: true })
        const jwk = JSON.stringify({ ...(await jose.exportJWK(key)), alg: algorithm })
        return { private: jwk, public: jwk }
      }
      const pair = await jose.generateKeyPair(algorithm, { extractable: true })
      const [secret, open] = await Promise.all(
        [pair.privateKey, pair.publicKey].map(async (key) => jose.exportJWK(key)),
      )
      const kid = await jose.calculateJwkThumbprint(open)
      const named = (jwk) => JSON.stringify({ ...jwk, kid, alg: algorithm })
      return { private: named(secret), public: named(open) }
    },
    async mint({ algorithm, form, key, kid, claims }) {
      const header = { alg: algorithm, ...(kid && { kid }) }
      const using = await joseKey(algorithm, form, key, 'mint')
      return new jose.SignJWT(claims).setProtectedHeader(header).sign(using)
    },
    async verify({ algorithm, form, key, token, issuer, audience }) {
      const using = await joseKey(algorithm, form, key, 'verify')
      try {
        const expected = { algorithms: [algorithm], issuer, audience }
        return (await jose.jwtVerify(token, using, expected)).payload
      } catch (error) {
        if (error instanceof jose.errors.JWSSignatureVerificationFailed) throw new Refused(error.message)
        throw error
      }
    },
  },

  'fast-jwt': {
    async mint({ algorithm, form, key, kid, claims }) {
      if (form.startsWith('jwk')) throw new Absent('key')
      return fastJwt.createSigner({ key, algorithm, ...(kid && { kid }) })(claims)
    },
    async verify({ algorithm, form, key, token, issuer, audience }) {
      if (form.startsWith('jwk')) throw new Absent('key')
      const expected = { allowedIss: issuer, allowedAud: audience }
      try {
        return fastJwt.createVerifier({ key, algorithms: [algorithm], ...expected })(token)
      } catch (error) {
        if (error.code === 'FAST_JWT_INVALID_SIGNATURE') throw new Refused(error.message)
        throw error
      }
    },
  },

  'jsonwebtoken (Node)': {
    async mint({ algorithm, form, key, kid, claims }) {
      if (form.startsWith('jwk')) throw new Absent('key')
      return jsonwebtoken.sign(claims, key, { algorithm, ...(kid && { keyid: kid }) })
    },
    async verify({ algorithm, form, key, token, issuer, audience }) {
      if (form.startsWith('jwk')) throw new Absent('key')
      try {
        return jsonwebtoken.verify(token, key, { algorithms: [algorithm], issuer, audience })
      } catch (error) {
        if (error.message === 'invalid signature') throw new Refused(error.message)
        throw error
      }
    },
  },
}

async function answer(request) {
  if (request.do === 'peers')
    return { peers: Object.keys(peers).map((name) => ({ name, version: version(name) })) }
  const peer = peers[request.peer]
  if (algorithms[request.peer]?.includes(request.algorithm) === false) return { absent: 'algorithm' }
  try {
    if (request.do === 'mint') return { token: await peer.mint(request) }
    if (request.do === 'verify') return { claims: await peer.verify(request) }
    if (!peer.generate) return { absent: 'key' }
    return await peer.generate(request.algorithm)
  } catch (error) {
    if (error instanceof Absent) return { absent: error.message }
    if (error instanceof Refused) return { refused: error.message }
    if (error instanceof jose.errors.JOSENotSupported) return { absent: 'algorithm' }
    return { error: `${error.name}: ${error.message}` }
  }
}

for await (const line of createInterface({ input: process.stdin }))
  console.log(JSON.stringify(await answer(JSON.parse(line))))
