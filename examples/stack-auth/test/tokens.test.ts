// What access tokens say.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { ok, payloadOf, Service } from './support.js'

let service: Service
before(async () => (service = await Service.start()))
after(() => service.stop())

const ORDER = [
  ...['sub', 'project_id', 'branch_id', 'refresh_token_id', 'role', 'name', 'email'],
  ...['email_verified', 'selected_team_id', 'signed_up_at', 'is_anonymous', 'is_restricted'],
  ...['restricted_reason', 'requires_totp_mfa', 'iss', 'iat', 'aud', 'exp'],
]

const headerOf = (token: string) => Buffer.from(token.split('.')[0]!, 'base64url').toString()

test("an ordinary user's token has every claim, in the original's order", async () => {
  const { access_token: token, user_id: id } = await service.signUp('ada@example.com')
  assert.equal(token.split('.').length, 3)
  assert.equal(headerOf(token), '{"alg":"ES256","kid":"M5zZLA6iQw2n"}')
  const {
    iat,
    exp,
    signed_up_at: signedUpAt,
    refresh_token_id: session,
    ...rest
  } = payloadOf(token)
  assert.deepEqual(Object.keys(payloadOf(token)), ORDER)
  assert.deepEqual(rest, {
    sub: id,
    project_id: 'internal',
    branch_id: 'main',
    role: 'authenticated',
    name: null,
    email: 'ada@example.com',
    email_verified: false,
    selected_team_id: null,
    is_anonymous: false,
    is_restricted: false,
    restricted_reason: null,
    requires_totp_mfa: false,
    iss: `${service.base}/api/v1/projects/internal`,
    aud: 'internal',
  })
  assert.equal(exp - iat, 600)
  assert.match(session, /^[0-9a-f-]{36}$/)
  assert.ok(Number.isInteger(signedUpAt) && signedUpAt <= iat)
})

test("an anonymous user's token has an issuer, an audience and a key of its own", async () => {
  const { access_token: token } = await service.anonymous()
  assert.equal(headerOf(token), '{"alg":"ES256","kid":"FInOUGcpZb24"}')
  const payload = payloadOf(token)
  assert.deepEqual(Object.keys(payload), ORDER)
  assert.equal(payload.iss, `${service.base}/api/v1/projects-anonymous-users/internal`)
  assert.equal(payload.aud, 'internal:anon')
  assert.deepEqual(
    [payload.is_anonymous, payload.is_restricted, payload.restricted_reason, payload.email],
    [true, true, { type: 'anonymous' }, null],
  )
})

test('a user whose e-mail must be verified is restricted until it is', async () => {
  const { id, headers, server, administrator } = await service.project('Verifying')
  ok(
    await service.api('/internal/projects/current', {
      as: 'admin',
      method: 'PATCH',
      headers: administrator,
      body: { require_email_verification: true },
    }),
  )
  const user = await service.signUp('bob@example.com', headers)
  const restricted = payloadOf(user.access_token)
  assert.equal(restricted.iss, `${service.base}/api/v1/projects-restricted-users/${id}`)
  assert.equal(restricted.aud, `${id}:restricted`)
  assert.deepEqual(
    [restricted.is_anonymous, restricted.is_restricted, restricted.restricted_reason],
    [false, true, { type: 'email_not_verified' }],
  )

  ok(
    await service.api(`/users/${user.user_id}`, {
      as: 'server',
      method: 'PATCH',
      headers: server,
      body: { primary_email_verified: true },
    }),
  )
  const next = payloadOf(await service.refresh(user.refresh_token, headers))
  assert.equal(next.aud, id)
  assert.deepEqual(
    [next.email_verified, next.is_restricted, next.restricted_reason],
    [true, false, null],
  )
})

test('a user whom an administrator restricts is told so by the next token', async () => {
  const user = await service.signUp('eve@example.com')
  const body = {
    restricted_by_admin: true,
    display_name: 'Eve',
    selected_team_id: '6fbbf22e-f4b2-4c6e-95a1-beab6fa41063',
  }
  ok(await service.api(`/users/${user.user_id}`, { as: 'server', method: 'PATCH', body }))
  const payload = payloadOf(await service.refresh(user.refresh_token))
  assert.equal(payload.iss, `${service.base}/api/v1/projects-restricted-users/internal`)
  assert.equal(payload.aud, 'internal:restricted')
  assert.deepEqual(payload.restricted_reason, { type: 'restricted_by_administrator' })
  assert.deepEqual([payload.name, payload.selected_team_id], ['Eve', body.selected_team_id])
})

test('an anonymous user who signs up keeps the id', async () => {
  const anonymous = await service.anonymous()
  const user = await service.signUp('was-anonymous@example.com', {
    'x-stack-access-token': anonymous.access_token,
    'x-stack-allow-anonymous-user': 'true',
  })
  assert.equal(user.user_id, anonymous.user_id)
  assert.equal(payloadOf(user.access_token).aud, 'internal')
})

test('the lifetime is said in words', async () => {
  for (const [words, seconds] of [
    ['90 seconds', 90],
    ['1 day', 86400],
    ['', 600],
  ] as const) {
    const other = await Service.start({ STACK_ACCESS_TOKEN_EXPIRATION_TIME: words })
    try {
      const { iat, exp } = payloadOf((await other.anonymous()).access_token)
      assert.equal(exp - iat, seconds, words)
    } finally {
      await other.stop()
    }
  }
})

test("issuers begin with the API's URL, of which a path is dropped", async () => {
  const other = await Service.start({ NEXT_PUBLIC_STACK_API_URL: 'https://API.example:443/some/' })
  try {
    const { access_token: token } = await other.signUp('ada@example.com')
    assert.equal(payloadOf(token).iss, 'https://api.example/api/v1/projects/internal')
    assert.equal((await other.api('/users/me', { token })).status, 200)
  } finally {
    await other.stop()
  }
})

test('what it needs to start is said by name', async () => {
  for (const [settings, message] of [
    [{ STACK_SERVER_SECRET: '' }, /STACK_SERVER_SECRET is not set/],
    [{ STACK_SERVER_SECRET: 'abcde' }, /the secret isn't base64url/],
    [{ STACK_ACCESS_TOKEN_EXPIRATION_TIME: '1h30m' }, /lifetime: a positive duration was expected/],
    [{ NEXT_PUBLIC_STACK_API_URL: 'nowhere' }, /base\[0\]: a URL was expected/],
    [{ STACK_SEED_INTERNAL_PROJECT_USER_EMAIL: 'a@b.example' }, /go together/],
    [{ PORT: 'eighty' }, /PORT must be a number/],
  ] as [Record<string, string>, RegExp][]) {
    await assert.rejects(Service.start(settings), message)
  }
})
