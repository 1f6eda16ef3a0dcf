// Whose request it is, and what one is told whose it isn't.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { type Answer, type Asked, type Begun, ok, pause, payloadOf, Service } from './support.js'

let service: Service
let ada: Begun
before(async () => {
  service = await Service.start()
  ada = await service.signUp('ada@example.com')
})
after(() => service.stop())

const me = (asked: Asked = {}) => service.api('/users/me', asked)

/** Holds that an answer is a known error: its body, its header. */
function refuses(answer: Answer, status: number, code: string): any {
  const { headers, body, text } = answer
  assert.equal(answer.status, status, text)
  assert.equal(headers.get('x-stack-known-error'), code)
  assert.equal(headers.get('content-type'), 'application/json; charset=utf-8')
  assert.equal(body.code, code)
  assert.equal(typeof body.error, 'string')
  assert.deepEqual(
    Object.keys(body),
    body.details === undefined ? ['code', 'error'] : ['code', 'details', 'error'],
  )
  assert.equal(text, JSON.stringify(body, null, 2))
  return body
}

test('a verified token is its user', async () => {
  const user = ok(await me({ token: ada.access_token }))
  assert.equal(user.id, ada.user_id)
  assert.equal(user.primary_email, 'ada@example.com')
})

test('what a request must carry is checked in order', async () => {
  const path = '/api/v1/users/me'
  const type = { 'x-stack-access-type': 'client' }
  const project = { 'x-stack-project-id': 'internal' }
  const key = { 'x-stack-publishable-client-key': 'the-client-key' }
  for (const [headers, status, code] of [
    [{}, 400, 'ACCESS_TYPE_REQUIRED'],
    [{ ...key }, 400, 'PROJECT_KEY_WITHOUT_ACCESS_TYPE'],
    [{ 'x-stack-access-type': 'root' }, 400, 'INVALID_ACCESS_TYPE'],
    [{ ...type }, 400, 'ACCESS_TYPE_WITHOUT_PROJECT_ID'],
    [{ ...type, ...project, 'x-stack-access-token': 'a.b.c' }, 401, 'UNPARSABLE_ACCESS_TOKEN'],
    [{ ...type, 'x-stack-project-id': 'nobody', ...key }, 400, 'CURRENT_PROJECT_NOT_FOUND'],
    [{ ...type, ...project }, 401, 'CLIENT_AUTHENTICATION_REQUIRED'],
    [
      { 'x-stack-access-type': 'server', ...project, ...key },
      401,
      'SERVER_AUTHENTICATION_REQUIRED',
    ],
    [{ 'x-stack-access-type': 'admin', ...project }, 401, 'ADMIN_AUTHENTICATION_REQUIRED'],
    [
      { ...type, ...project, 'x-stack-publishable-client-key': 'the-server-key' },
      401,
      'INVALID_PUBLISHABLE_CLIENT_KEY',
    ],
    [{ ...type, ...project, ...key, 'x-stack-branch-id': 'dev' }, 400, 'BRANCH_DOES_NOT_EXIST'],
    [{ ...type, ...project, ...key }, 400, 'CANNOT_GET_OWN_USER_WITHOUT_USER'],
  ] as [Record<string, string>, number, string][]) {
    refuses(await service.get(path, { headers }), status, code)
  }
  const details = refuses(
    await service.api(`/users/${ada.user_id}`, { token: ada.access_token }),
    401,
    'INSUFFICIENT_ACCESS_TYPE',
  ).details
  assert.deepEqual(details, {
    actual_access_type: 'client',
    allowed_access_types: ['server', 'admin'],
  })
})

test('attack: a token with another payload, algorithm or signature is nobody', async () => {
  const [header, payload, signature] = ada.access_token.split('.') as [string, string, string]
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const forged = part({ ...payloadOf(ada.access_token), sub: 'somebody-else' })
  const unsigned = part({ alg: 'none' })
  for (const token of [
    `${header}.${forged}.${signature}`,
    `${unsigned}.${payload}.`,
    `${header}.${payload}.${signature.slice(0, -2)}AA`,
    `${header}.${payload}`,
    `${ada.access_token}=`,
    'x',
  ]) {
    const body = refuses(await me({ token }), 401, 'UNPARSABLE_ACCESS_TOKEN')
    assert.equal(body.error, 'Access token is not parsable.')
  }
  assert.equal((await me({ token: ada.access_token })).status, 200)
})

test("an expired token's answer says since when, and whose it was", async () => {
  const short = await Service.start({ STACK_ACCESS_TOKEN_EXPIRATION_TIME: '1s' })
  try {
    const { access_token: token, user_id: user } = await short.signUp('ada@example.com')
    const { exp, refresh_token_id: session } = payloadOf(token)
    await pause(exp * 1000 - Date.now() + 50)
    const { error, details } = refuses(
      await short.api('/users/me', { token }),
      401,
      'ACCESS_TOKEN_EXPIRED',
    )
    assert.deepEqual(details, {
      expired_at_millis: exp * 1000,
      project_id: 'internal',
      user_id: user,
      refresh_token_id: session,
    })
    const at = new Date(exp * 1000).toISOString()
    const beginning =
      'Access token has expired. Please refresh it and try again. ' +
      `(The access token expired at ${at}.) Project ID: internal. ` +
      `User ID: ${user}. Refresh token ID: ${session}.\n\nDebug info: `
    assert.equal(error.slice(0, beginning.length), beginning)

    // And the log has it, without the token.
    const line = short.log.split('\n').find((line) => line.includes('token-refused'))!
    const { code, message, project, user: who, session: which, expires } = JSON.parse(line)
    assert.deepEqual(
      [code, message, project, who, which, expires],
      ['expired', 'JWT is expired', 'internal', user, session, exp],
    )
    assert.ok(!short.log.includes(token.split('.')[2]!))
  } finally {
    await short.stop()
  }
})

test("another project's token is refused, and both projects are named", async () => {
  const { id, headers } = await service.project('Other')
  const { details, error } = refuses(
    await me({ token: ada.access_token, headers }),
    401,
    'INVALID_PROJECT_FOR_ACCESS_TOKEN',
  )
  assert.deepEqual(details, { expected_project_id: id, actual_project_id: 'internal' })
  assert.ok(error.includes(`"${id}"`) && error.includes('"internal"'))

  const theirs = await service.signUp('ada@example.com', headers)
  refuses(await me({ token: theirs.access_token }), 401, 'INVALID_PROJECT_FOR_ACCESS_TOKEN')
  assert.equal((await me({ token: theirs.access_token, headers })).status, 200)
})

test('anonymous users are allowed where the request says so', async () => {
  const { access_token: token } = await service.anonymous()
  const body = refuses(await me({ token }), 401, 'ANONYMOUS_AUTHENTICATION_NOT_ALLOWED')
  assert.equal(body.details, undefined)
  const restricted = { 'x-stack-allow-restricted-user': 'true' }
  refuses(await me({ token, headers: restricted }), 401, 'ANONYMOUS_AUTHENTICATION_NOT_ALLOWED')
  const anonymous = { 'x-stack-allow-anonymous-user': 'true' }
  assert.equal(ok(await me({ token, headers: anonymous })).is_anonymous, true)
})

test('restricted users are allowed where the request says so, and else 403', async () => {
  const user = await service.signUp('eve@example.com')
  const body = { restricted_by_admin: true }
  ok(await service.api(`/users/${user.user_id}`, { as: 'server', method: 'PATCH', body }))
  const token = await service.refresh(user.refresh_token)
  const { details } = refuses(await me({ token }), 403, 'RESTRICTED_USER_NOT_ALLOWED')
  assert.deepEqual(details, { restricted_reason: { type: 'restricted_by_administrator' } })
  for (const name of ['x-stack-allow-restricted-user', 'x-stack-allow-anonymous-user']) {
    assert.equal((await me({ token, headers: { [name]: 'true' } })).status, 200, name)
  }
})

test('an administrator is an ordinary user of the project "internal", for what is theirs', async () => {
  const { administrator, admin } = await service.project('Mine')
  const current = (headers: Record<string, string>) =>
    service.api('/internal/projects/current', { as: 'admin', headers })
  assert.equal(ok(await current(administrator)).display_name, 'Mine')

  const as = (token: string) => ({ ...administrator, 'x-stack-admin-access-token': token })
  refuses(await current(as(ada.access_token)), 401, 'ADMIN_ACCESS_TOKEN_IS_NOT_ADMIN')
  refuses(await current(as('a.b.c')), 401, 'UNPARSABLE_ADMIN_ACCESS_TOKEN')
  const anonymous = await service.anonymous()
  refuses(await current(as(anonymous.access_token)), 401, 'UNPARSABLE_ADMIN_ACCESS_TOKEN')
  assert.equal(admin.user_id, payloadOf(admin.access_token).sub)
})

test("a client that can't read errors gets them as 200", async () => {
  const answer = await me({ headers: { 'x-stack-override-error-status': 'true' } })
  assert.equal(answer.status, 200)
  assert.equal(answer.headers.get('x-stack-actual-status'), '400')
  assert.equal(answer.body.code, 'CANNOT_GET_OWN_USER_WITHOUT_USER')
})

test('a page of any origin may call the API, and none the pages of this one', async () => {
  const preflight = (path: string) =>
    service.get(path, {
      method: 'OPTIONS',
      headers: { origin: 'https://a.example', 'access-control-request-method': 'GET' },
    })
  const allowed = 'access-control-allow-origin'
  assert.equal((await preflight('/api/v1/users/me')).headers.get(allowed), '*')
  assert.equal((await preflight('/session')).headers.get(allowed), null)
})

test('a body that is wrong is told why', async () => {
  const path = '/auth/password/sign-up'
  for (const [body, code, message] of [
    [{}, 'SCHEMA_ERROR', 'body.email must be defined\n  - body.password must be defined'],
    [{ email: 'x', password: 1 }, 'SCHEMA_ERROR', 'body.email must be an e-mail address'],
    [{ email: 'a@b.c', password: 'p', admin: true }, 'SCHEMA_ERROR', 'unknown properties: admin'],
    [[], 'BODY_PARSING_ERROR', 'must be a JSON object'],
  ] as const) {
    const { error } = refuses(await service.api(path, { body }), 400, code)
    assert.ok(error.includes(message), error)
  }
  const headers = { 'x-stack-access-type': 'client', 'x-stack-project-id': 'internal' }
  const raw = (type: string, body: string) =>
    service.get(`/api/v1${path}`, {
      method: 'POST',
      headers: {
        ...headers,
        'x-stack-publishable-client-key': 'the-client-key',
        'content-type': type,
      },
      body,
    })
  refuses(await raw('application/json', '{'), 400, 'BODY_PARSING_ERROR')
  refuses(await raw('text/xml', '<a/>'), 400, 'BODY_PARSING_ERROR')
  refuses(await raw('application/json', ' '.repeat(300_000)), 413, 'BODY_TOO_LARGE')
})

test("a server of one's own reads the user, or is Unauthorized", async () => {
  const mine = (headers: Record<string, string>) => service.get('/my-server', { headers })
  const good = {
    id: ada.user_id,
    displayName: null,
    primaryEmail: 'ada@example.com',
    selectedTeamId: null,
  }
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
  const sdk = (accessToken: string) => ({ 'x-stack-auth': JSON.stringify({ accessToken }) })
  assert.deepEqual(ok(await mine(bearer(ada.access_token))), good)
  assert.deepEqual(ok(await mine(sdk(ada.access_token))), good)
  const { access_token: anonymous } = await service.anonymous()
  const refused = [{}, bearer('a.b.c'), bearer(anonymous), sdk('a.b.c'), { 'x-stack-auth': '{' }]
  for (const headers of refused as Record<string, string>[]) {
    const answer = await mine(headers)
    assert.deepEqual([answer.status, answer.text], [401, 'Unauthorized'])
    assert.match(answer.headers.get('www-authenticate')!, /^Bearer/)
  }
})
