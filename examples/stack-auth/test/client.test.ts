// The small client: attaches the token, and refreshes it by the freshness rule.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { ApiError, Client, FreshToken } from '../web/client.js'
import { KEYS, ok, pause, payloadOf, Service } from './support.js'

let service: Service
before(async () => (service = await Service.start()))
after(() => service.stop())

const clientOf = (begun: { refresh_token: string; access_token?: string }, now?: () => number) =>
  new Client({
    base: service.base,
    project: 'internal',
    publishableClientKey: KEYS.client,
    refreshToken: begun.refresh_token,
    ...(begun.access_token !== undefined && { accessToken: begun.access_token }),
    ...(now && { now }),
  })

const refreshes = () => service.log.split('"event":"refresh"').length - 1

test('the token is attached to every request', async () => {
  const begun = await service.signUp('ada@example.com')
  const client = clientOf(begun)
  const response = await client.fetch('/api/v1/users/me')
  assert.equal(((await response.json()) as any).id, begun.user_id)
  const body = JSON.stringify({ display_name: 'Ada' })
  const headers = { 'content-type': 'application/json' }
  const changed = await client.fetch('/api/v1/users/me', { method: 'PATCH', headers, body })
  assert.equal(((await changed.json()) as any).display_name, 'Ada')
})

test('a token is used again while it was issued less than 75 s ago and lives for more than 20', async () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const token = (iat: number, exp: number) => `${part({})}.${part({ iat, exp })}.`
  for (const [age, remaining, isFresh] of [
    [0, 600, true],
    [74, 600, true],
    [75, 600, false],
    [10, 21, true],
    [10, 20, false],
    [10, -1, false],
  ] as const) {
    let asked = 0
    const next = async () => `${++asked}`
    const stored = token(1000 - age, 1000 + remaining)
    const got = await new FreshToken(next, stored, () => 1_000_000).get()
    assert.equal(got, isFresh ? stored : '1', `${age} ${remaining}`)
  }
})

test('a stale token is refreshed once, however many ask', async () => {
  const begun = await service.signUp('many@example.com')
  let now = Date.now()
  const client = clientOf(begun, () => now)
  assert.equal(await client.getAccessToken(), begun.access_token)
  now += 80_000
  const before = refreshes()
  const tokens = await Promise.all(Array.from({ length: 10 }, () => client.getAccessToken()))
  assert.equal(new Set(tokens).size, 1)
  assert.notEqual(tokens[0], begun.access_token)
  await pause(50) // the log comes through a pipe
  assert.equal(refreshes() - before, 1)
})

test('a token that the service refuses all the same is renewed and tried once more', async () => {
  const begun = await service.signUp('refused@example.com')
  const client = clientOf({ ...begun, access_token: `${begun.access_token}x` })
  assert.equal((await client.fetch('/api/v1/users/me')).status, 200)
})

test('a session that has ended is said to have', async () => {
  const begun = await service.signUp('ended@example.com')
  const client = clientOf(begun)
  assert.equal((await client.fetch('/api/v1/users/me')).status, 200)
  ok(await service.api('/auth/sessions/current', { method: 'DELETE', token: begun.access_token }))
  await assert.rejects(
    client.fetch('/api/v1/users/me'),
    (error) => error instanceof ApiError && error.code === 'REFRESH_TOKEN_NOT_FOUND_OR_EXPIRED',
  )
})

test('a user who may not come in is not refreshed for', async () => {
  const begun = await service.anonymous()
  const before = refreshes()
  const refused = await clientOf(begun).fetch('/api/v1/users/me')
  assert.equal(refused.headers.get('x-stack-known-error'), 'ANONYMOUS_AUTHENTICATION_NOT_ALLOWED')
  await pause(50)
  assert.equal(refreshes() - before, 0)
  assert.equal(payloadOf(begun.access_token).is_anonymous, true)
})
