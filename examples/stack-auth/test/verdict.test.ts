// The verdicts that the viewer asks for.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose'

import { ok, pause, Service } from './support.js'

let service: Service
before(async () => (service = await Service.start()))
after(() => service.stop())

const verdict = async (body: object, by = service) =>
  ok(
    await by.get('/verdict', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  )

test("a token of this service is verified under the service's keys", async () => {
  const { access_token: token } = await service.anonymous()
  const { thumbprint, ...rest } = await verdict({ token })
  assert.deepEqual(rest, { verified: true, algorithm: 'ES256', kid: 'FInOUGcpZb24' })
  assert.match(thumbprint, /^[\w-]{43}$/)

  const [header, payload] = token.split('.')
  const forged = await verdict({ token: `${header}.${payload}.${'A'.repeat(86)}` })
  assert.deepEqual([forged.verified, forged.status], [false, 'signature'])
  assert.match(forged.message, /^Invalid signature/)
})

test('a token of this service that has expired is told so', async () => {
  const short = await Service.start({ STACK_ACCESS_TOKEN_EXPIRATION_TIME: '1s' })
  const { access_token: token } = await short.anonymous()
  await pause(2000)
  const expired = await verdict({ token }, short)
  await short.stop()
  assert.deepEqual([expired.verified, expired.status, expired.claim], [false, 'expired', 'exp'])
  assert.match(expired.message, /^JWT is expired/)
})

test("another issuer's token is verified under the keys that are given", async () => {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true })
  const token = await new SignJWT({})
    .setProtectedHeader({ alg: 'RS256', kid: 'k' })
    .setIssuer('https://a.example')
    .setAudience('api')
    .setExpirationTime('1h')
    .sign(privateKey)
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256' }
  const keys = JSON.stringify({ keys: [jwk] })
  assert.equal((await verdict({ token, keys })).kid, 'k')
  const right = { issuer: 'https://a.example', audience: 'api' }
  assert.equal((await verdict({ token, keys, ...right })).verified, true)
  assert.equal((await verdict({ token, keys, issuer: '', audience: '' })).verified, true)
  for (const [asked, status, message] of [
    [{ keys, audience: 'another' }, 'audience', /^Invalid audience/],
    [{ keys, issuer: 'https://b.example' }, 'issuer', /^Invalid issuer/],
    [{}, 'algorithm', /./],
    [{ keys: 'no keys at all' }, 'key', /./],
    [{ keys: '' }, 'key', /./],
    [{ keys: await exportSPKI(publicKey) }, 'key', /algorithm/],
  ] as const) {
    const { verified, ...rest } = await verdict({ token, ...asked })
    assert.equal(verified, false)
    assert.equal(rest.status, status)
    assert.match(rest.message, message)
  }
})

test('attack: a published key, given as it is, never becomes an HMAC secret', async () => {
  const keys = (await service.get('/api/v1/projects/internal/.well-known/jwks.json')).text
  const token = await new SignJWT({ sub: 'eve' })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(keys))
  const { verified, status } = await verdict({ token, keys })
  assert.deepEqual([verified, status], [false, 'algorithm'])
})
