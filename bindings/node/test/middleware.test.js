'use strict'

// Requests, through Express, through Node's own server and as Fetch has them.

const assert = require('node:assert/strict')
const { once } = require('node:events')
const { createServer, request: send } = require('node:http')
const { test } = require('node:test')

const express = require('express')

const jeton = require('..')
const { ISSUER, pair, refused } = require('./support.js')

/** Serves `handler` until the test ends, and returns how to ask it. */
async function serve(t, handler) {
  const server = createServer(handler).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => (server.closeAllConnections(), server.close()))
  return async (headers = {}, path = '/') => {
    const asked = send({ port: server.address().port, path, headers, agent: false })
    asked.end()
    const [response] = await once(asked, 'response')
    let text = ''
    for await (const chunk of response) text += chunk
    return { status: response.statusCode, challenge: response.headers['www-authenticate'], text }
  }
}

const bearing = (token) => ({ authorization: `Bearer ${token}` })

/** An application that tells whom it has let in. */
function application(checker, options) {
  const app = express()
  app.use(jeton.middleware(checker, options))
  app.get('/{*any}', ({ auth }, response) => {
    response.json({ kind: auth.kind, sub: auth.claims?.sub, credential: auth.credential })
  })
  app.use((error, request, response, next) => {
    response.status(error.status ?? 500).json({ passed: error.code })
  })
  return app
}

test('Express: a good token is let in, a bad one is told no more than that', async (t) => {
  const store = new jeton.Revocations('memory:')
  const deny = [{ name: 'guests', when: { role: 'guest' } }]
  const { minter, verifier } = pair({ deny }, store)
  const ask = await serve(t, application(verifier, { realm: 'api' }))
  const token = minter.mintSync({ sub: 'ada' })
  const good = await ask(bearing(token))
  assert.equal(good.status, 200)
  assert.deepEqual(JSON.parse(good.text), { kind: 'jwt', sub: 'ada', credential: token })

  const invalid = 'Bearer realm="api", error="invalid_token"'
  for (const bad of [`${token}A`, 'x', 'a.b.c', minter.mintSync({}, { now: 1000 }), '']) {
    const { status, challenge, text } = await ask(bearing(bad))
    assert.equal(status, 401, bad)
    if (bad) assert.equal(challenge, invalid)
    assert.deepEqual(JSON.parse(text), { error: 'invalid_token' })
  }
  const none = await ask()
  assert.equal(none.status, 401)
  assert.equal(none.challenge, 'Bearer realm="api"')
  const denied = await ask(bearing(minter.mintSync({ role: 'guest' })))
  assert.equal(denied.status, 403)
  assert.equal(denied.challenge, 'Bearer realm="api", error="insufficient_scope"')

  store.revokeClaimsSync(verifier.verifySync(token))
  assert.equal((await ask(bearing(token))).status, 401)
})

test('Express: what is unavailable is 503, and misuse goes to the error handler', async (t) => {
  const { minter, keys } = pair()
  const token = minter.mintSync({})
  const source = new jeton.Source({ url: 'https://keys.test/', stale: null, refresh: false })
  const verifying = { issuer: ISSUER, audience: 'api' }
  const pending = new jeton.Verifier(source.keys(), verifying)
  const ask = await serve(t, application(pending, { timeout: 20 }))
  const { status, text, challenge } = await ask(bearing(token))
  assert.equal(status, 503)
  assert.equal(challenge, undefined)
  assert.deepEqual(JSON.parse(text), { error: 'temporarily_unavailable' })

  const deny = [{ name: 'guests', when: { role: 'guest' }, switch: 's' }]
  const switched = new jeton.Verifier(
    keys,
    { ...verifying, deny },
    new jeton.Revocations('memory:'),
  )
  const unscoped = await serve(t, application(switched))
  const misused = await unscoped(bearing(token))
  assert.equal(misused.status, 500)
  assert.deepEqual(JSON.parse(misused.text), { passed: 'misuse' })
  const scoped = await serve(t, application(switched, { scope: async ({ path }) => path }))
  assert.equal((await scoped(bearing(token))).status, 200)
})

test('Express: a host may answer refusals itself, or let its error handler do it', async (t) => {
  const { verifier } = pair()
  const own = await serve(
    t,
    application(verifier, {
      refuse: (error, request, response) => response.status(418).json({ code: error.code }),
    }),
  )
  const answered = await own(bearing('x.y.z'))
  assert.deepEqual([answered.status, answered.text], [418, '{"code":"malformed"}'])
  const app = express()
  app.set('env', 'test')
  app.use(jeton.middleware(verifier, { refuse: (error, request, response, next) => next(error) }))
  const passed = await (await serve(t, app))(bearing('x.y.z'))
  assert.equal(passed.status, 401)
  assert.equal(passed.challenge, 'Bearer error="invalid_token"')
})

test('other kinds of credentials are let through where they are named', async (t) => {
  const { minter, verifier } = pair()
  const prefixes = [{ prefix: 'pk.', kind: 'api-key' }]
  const bearer = new jeton.Bearer(verifier, { prefixes }, 'the-administrator')
  const kinds = ['jwt', 'api-key', 'session', 'none']
  const ask = await serve(t, application(bearer, { kinds, cookie: 'session' }))
  const kindOf = async (headers) => JSON.parse((await ask(headers)).text)
  assert.equal((await kindOf(bearing('pk.1'))).kind, 'api-key')
  assert.equal((await kindOf({})).kind, 'none')
  assert.deepEqual(await kindOf({ cookie: 'a=1; session=s-1; xsession=2' }), {
    kind: 'session',
    credential: 's-1',
  })
  assert.equal((await kindOf({ cookie: `session=${minter.mintSync({})}` })).kind, 'jwt')
  assert.equal((await ask(bearing('the-administrator'))).status, 401)
  const strict = await serve(t, application(bearer))
  assert.equal((await strict(bearing('pk.1'))).status, 401)
})

test('attack: bytes of a header that are not ASCII reach the resolver as they came', async (t) => {
  const { verifier } = pair()
  const kinds = ['session']
  const ask = await serve(t, application(new jeton.Bearer(verifier), { kinds, cookie: 's' }))
  const header = Buffer.from('s=häuser').toString('latin1')
  assert.equal(JSON.parse((await ask({ cookie: header })).text).credential, 'häuser')
  assert.equal((await ask({ cookie: 's=h\xe4user' })).status, 401) // no UTF-8
})

test("Node's own server takes the middleware without Express", async (t) => {
  const { minter, verifier } = pair()
  const check = jeton.middleware(verifier)
  const ask = await serve(t, (request, response) =>
    check(request, response, (error) => response.end(error ? 'error' : request.auth.claims.sub)),
  )
  assert.equal((await ask(bearing(minter.mintSync({ sub: 'ada' })))).text, 'ada')
  assert.equal((await ask(bearing('x'))).status, 401)
})

test('Fetch: a Request becomes claims, or an error that knows its answer', async () => {
  const { minter, verifier } = pair()
  const authenticate = jeton.authenticator(verifier)
  const request = (headers) => new Request('https://a.test/', { headers })
  const { claims, kind } = await authenticate(request(bearing(minter.mintSync({ sub: 'ada' }))))
  assert.deepEqual([claims.sub, kind], ['ada', 'jwt'])
  const error = await refused('signature', () =>
    authenticate(request(bearing(`${minter.mintSync({}).slice(0, -4)}AAAA`))),
  )
  const { status, headers } = error
  assert.deepEqual(
    [...new Response(null, { status, headers }).headers],
    [['www-authenticate', 'Bearer error="invalid_token"']],
  )
  const none = await refused('missing', () => authenticate(request({})))
  assert.deepEqual(none.headers, { 'WWW-Authenticate': 'Bearer' })
})

test('a middleware that is made wrong says so', async () => {
  const { keys, verifier } = pair()
  await refused('misuse', () => jeton.middleware(keys))
  await refused('misuse', () => jeton.middleware(undefined))
  await refused('misuse', () => jeton.authenticator(verifier, { kind: ['jwt'] }))
  await refused('misuse', () => jeton.authenticator(verifier, { realm: 'a"b' }))
})
