// Refresh tokens, and sessions that end while their access tokens are still good.

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'

import { KEYS, ok, pause, payloadOf, Service, startRedis } from './support.js'

let service: Service
before(async () => (service = await Service.start()))
after(() => service.stop())

const me = (token: string) => service.api('/users/me', { token })
const code = async (answer: Promise<{ body: any }>) => (await answer).body.code
const refreshing = (token: string) =>
  service.api('/auth/sessions/current/refresh', {
    method: 'POST',
    headers: { 'x-stack-refresh-token': token },
  })
const oauth = (body: Record<string, string>) =>
  service.get('/api/v1/auth/oauth/token', { method: 'POST', body: new URLSearchParams(body) })

test('a refresh token makes access tokens again and again, and stays as it is', async () => {
  const begun = await service.signUp('ada@example.com')
  assert.match(begun.refresh_token, /^[0-9abcdefghjkmnpqrstvwxyz]{45}$/)
  const tokens = [
    await service.refresh(begun.refresh_token),
    await service.refresh(begun.refresh_token),
  ]
  const session = payloadOf(begun.access_token).refresh_token_id
  for (const token of tokens) {
    assert.equal(payloadOf(token).refresh_token_id, session)
    assert.equal(ok(await me(token)).id, begun.user_id)
  }
})

test("OAuth's token endpoint takes the same refresh tokens", async () => {
  const { refresh_token: refreshToken } = await service.signUp('oauth@example.com')
  const grant = {
    grant_type: 'refresh_token',
    client_id: 'internal',
    client_secret: KEYS.client,
    refresh_token: refreshToken,
  }
  const answer = await oauth(grant)
  const { access_token: token, ...rest } = ok(answer)
  assert.equal(answer.headers.get('cache-control'), 'no-store, max-age=0')
  assert.ok(rest.expires_in > 590 && rest.expires_in <= 600)
  assert.equal(rest.token_type, 'Bearer')
  assert.equal(rest.refresh_token, refreshToken)
  assert.equal((await me(token)).status, 200)
  assert.equal((await oauth({ ...grant, client_id: 'internal#main' })).status, 200)

  for (const [change, status, expected] of [
    [{ refresh_token: 'x' }, 401, 'REFRESH_TOKEN_NOT_FOUND_OR_EXPIRED'],
    [{ client_secret: 'x' }, 400, 'INVALID_OAUTH_CLIENT_ID_OR_SECRET'],
    [{ client_id: 'nobody' }, 400, 'INVALID_OAUTH_CLIENT_ID_OR_SECRET'],
    [{ client_id: 'internal#dev' }, 400, 'BRANCH_DOES_NOT_EXIST'],
    [{ grant_type: 'password' }, 400, 'SCHEMA_ERROR'],
  ] as const) {
    const refused = await oauth({ ...grant, ...change })
    assert.deepEqual([refused.status, refused.body.code], [status, expected])
  }
})

test('signing in takes the right password, and tells no more than that it was wrong', async () => {
  const { user_id: id } = await service.signUp('Carol@example.com')
  const signIn = (email: string, password: string) =>
    service.api('/auth/password/sign-in', { body: { email, password } })
  assert.equal(ok(await signIn('carol@EXAMPLE.com', 'correct horse')).user_id, id)
  const wrong = await signIn('carol@example.com', 'wrong horse')
  const nobody = await signIn('nobody@example.com', 'correct horse')
  assert.deepEqual([wrong.status, wrong.body], [nobody.status, nobody.body])
  assert.equal(wrong.body.code, 'EMAIL_PASSWORD_MISMATCH')

  const signUp = (email: string, password: string) =>
    service.api('/auth/password/sign-up', { body: { email, password } })
  assert.equal(
    await code(signUp('carol@example.com', 'battery staple')),
    'USER_EMAIL_ALREADY_EXISTS',
  )
  assert.equal(await code(signUp('dave@example.com', 'short')), 'PASSWORD_TOO_SHORT')
  assert.equal(await code(signUp('dave@example.com', 'x'.repeat(71))), 'PASSWORD_TOO_LONG')
})

test('whoever signs out is refused from then on, with the access token in hand, too', async () => {
  const { access_token: token, refresh_token: refreshToken } =
    await service.signUp('out@example.com')
  const another = await service.refresh(refreshToken)
  const rest = await service.anonymous()
  ok(await service.api('/auth/sessions/current', { method: 'DELETE', token }))
  for (const revoked of [token, another]) {
    assert.equal(await code(me(revoked)), 'UNPARSABLE_ACCESS_TOKEN')
  }
  assert.equal(await code(refreshing(refreshToken)), 'REFRESH_TOKEN_NOT_FOUND_OR_EXPIRED')
  assert.match(service.log, /"code":"revoked","message":"JWT is revoked"/)

  // The sessions of others go on, and after a restart it is still revoked.
  assert.equal((await refreshing(rest.refresh_token)).status, 200)
  await service.restart()
  assert.equal(await code(me(token)), 'UNPARSABLE_ACCESS_TOKEN')
  assert.equal((await refreshing(rest.refresh_token)).status, 200)
})

test('one session ends another, and not itself', async () => {
  const first = await service.signUp('two@example.com')
  const body = { email: 'two@example.com', password: 'correct horse' }
  const second = ok(await service.api('/auth/password/sign-in', { body }))
  const token = second.access_token
  const { items } = ok(await service.api('/auth/sessions?user_id=me', { token }))
  const [own, other] = [second, first].map(
    (begun) => payloadOf(begun.access_token).refresh_token_id,
  )
  assert.deepEqual(
    items.map((item: any) => [item.id, item.is_current_session]).sort(),
    [
      [own, true],
      [other, false],
    ].sort(),
  )
  const end = (id: string, by = token) =>
    service.api(`/auth/sessions/${id}`, { method: 'DELETE', token: by })
  assert.equal(await code(end(own)), 'CANNOT_DELETE_CURRENT_SESSION')
  ok(await end(other))
  assert.equal(await code(me(first.access_token)), 'UNPARSABLE_ACCESS_TOKEN')
  assert.equal((await me(token)).status, 200)

  const stranger = await service.signUp('stranger@example.com')
  const refused = await end(own, stranger.access_token)
  assert.deepEqual([refused.status, refused.text], [404, 'Session not found.'])
  const others = await service.api(`/auth/sessions?user_id=${first.user_id}`, {
    token: stranger.access_token,
  })
  assert.equal(others.status, 403)
})

test('a refresh token lasts as long as it was made for, in its own project', async () => {
  const { user_id: id } = await service.signUp('brief@example.com')
  const create = (expires: number) =>
    service.api('/auth/sessions', {
      as: 'server',
      body: { user_id: id, expires_in_millis: expires },
    })
  const brief = ok(await create(2000))
  const end = Date.now() + 2000
  assert.equal((await refreshing(brief.refresh_token)).status, 200)
  await pause(end - Date.now() + 50)
  assert.equal(await code(refreshing(brief.refresh_token)), 'REFRESH_TOKEN_NOT_FOUND_OR_EXPIRED')
  assert.equal(await code(create(368 * 24 * 3600 * 1000)), 'SCHEMA_ERROR')

  const { headers } = await service.project('Elsewhere')
  const mine = ok(await create(60_000))
  const elsewhere = await service.api('/auth/sessions/current/refresh', {
    method: 'POST',
    headers: { ...headers, 'x-stack-refresh-token': mine.refresh_token },
  })
  assert.equal(elsewhere.body.code, 'REFRESH_TOKEN_NOT_FOUND_OR_EXPIRED')
})

test('a user who is deleted is nobody at once', async () => {
  const {
    access_token: token,
    refresh_token: refreshToken,
    user_id: id,
  } = await service.signUp('gone@example.com')
  ok(await service.api(`/users/${id}`, { as: 'server', method: 'DELETE' }))
  assert.equal(await code(me(token)), 'UNPARSABLE_ACCESS_TOKEN')
  assert.equal(await code(refreshing(refreshToken)), 'REFRESH_TOKEN_NOT_FOUND_OR_EXPIRED')
  assert.equal(await code(service.api(`/users/${id}`, { as: 'server' })), 'USER_NOT_FOUND')
})

test('another process over the same folder knows of a revocation', async () => {
  const { access_token: token } = await service.signUp('shared@example.com')
  const settings = { DATA_FOLDER: service.folder, NEXT_PUBLIC_STACK_API_URL: service.base }
  const other = await Service.start(settings)
  try {
    assert.equal((await other.api('/users/me', { token })).status, 200)
    ok(await service.api('/auth/sessions/current', { method: 'DELETE', token }))
    const deadline = Date.now() + 5000
    while ((await other.api('/users/me', { token })).status === 200) {
      assert.ok(Date.now() < deadline, 'the other process never heard of it')
      await pause(20)
    }
    assert.equal(await code(other.api('/users/me', { token })), 'UNPARSABLE_ACCESS_TOKEN')
  } finally {
    await other.stop()
  }
})

test('revocations can be in Redis, where processes of other machines hear of them', async () => {
  const redis = await startRedis()
  const settings = { REVOCATIONS: redis.location, NEXT_PUBLIC_STACK_API_URL: service.base }
  const processes = [await Service.start(settings), await Service.start(settings)] as const
  try {
    const [one, other] = processes
    const { access_token: token } = await one.signUp('redis@example.com')
    assert.ok(!readdirSync(one.folder).some((name) => name.startsWith('revocations')))
    // The other knows nothing of the user, but that the token is good.
    const asked = { token, body: { display_name: 'x' } }
    const known = () => code(other.api('/internal/projects', asked))
    assert.equal(await known(), 'USER_AUTHENTICATION_REQUIRED')
    ok(await one.api('/auth/sessions/current', { method: 'DELETE', token }))
    assert.equal(await code(one.api('/users/me', { token })), 'UNPARSABLE_ACCESS_TOKEN')
    const deadline = Date.now() + 5000
    while ((await known()) !== 'UNPARSABLE_ACCESS_TOKEN') {
      assert.ok(Date.now() < deadline, 'the other process never heard of it')
      await pause(20)
    }
  } finally {
    for (const process of processes) await process.stop()
    await redis.stop()
  }
  await assert.rejects(Service.start({ REVOCATIONS: 'nowhere:' }), /location/)
})

test('no key, token or password is stored as it is', async () => {
  const { access_token: token, refresh_token: refreshToken } =
    await service.signUp('hash@example.com')
  const stored = readdirSync(service.folder)
    .map((name) => readFileSync(join(service.folder, name), 'latin1'))
    .join('')
  assert.ok(stored.includes('hash@example.com'))
  for (const secret of [token, refreshToken, 'correct horse', ...Object.values(KEYS)]) {
    assert.ok(!stored.includes(secret))
    assert.ok(!service.log.includes(secret))
  }
})
