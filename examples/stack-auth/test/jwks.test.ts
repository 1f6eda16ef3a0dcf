// The published keys.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { Service } from './support.js'

let service: Service
before(async () => (service = await Service.start()))
after(() => service.stop())

const PATH = '/api/v1/projects/internal/.well-known/jwks.json'
const NORMAL = ['M5zZLA6iQw2n', 'YllKZ6LZIF_3']
const RESTRICTED = ['Wxg1H4Lo4CEx', 'GdLi8GXCBnIs']
const ANONYMOUS = ['FInOUGcpZb24', 'Rb-x5tnB7YSS']

const kids = async (path: string) => {
  const { body } = await service.get(path)
  return body.keys.map(({ kid }: { kid: string }) => kid)
}

test('a project publishes two keys, with restricted users four, with anonymous ones six', async () => {
  const restricted = [...NORMAL, ...RESTRICTED]
  const all = [...restricted, ...ANONYMOUS]
  for (const [query, expected] of [
    ['', NORMAL],
    ['?include_anonymous=false&include_restricted=false', NORMAL],
    ['?include_restricted=true', restricted],
    ['?include_anonymous=true', all],
    ['?include_anonymous=true&include_restricted=true', all],
    ['?include_anonymous=true&include_restricted=false', all],
  ] as const) {
    assert.deepEqual(await kids(PATH + query), expected, query)
  }
})

test('what is published is public, and as it was derived', async () => {
  const { body } = await service.get(`${PATH}?include_anonymous=true`)
  for (const key of body.keys) {
    assert.deepEqual(Object.keys(key), ['kty', 'crv', 'alg', 'kid', 'x', 'y'])
  }
  assert.deepEqual(body.keys[0], {
    kty: 'EC',
    crv: 'P-256',
    alg: 'ES256',
    kid: 'M5zZLA6iQw2n',
    x: '1nTfAlWSPsAvLhYQkp_fGz7RckPtP6ZEZjVj6jZd70k',
    y: 'vePcQBEJl4Mv2f2KA3MM4AIQvNWTCgo2fiKL-f_Pkb4',
  })
})

test('keys may be kept for an hour, other answers not at all', async () => {
  const keys = await service.get(PATH)
  assert.equal(keys.headers.get('content-type'), 'application/json; charset=utf-8')
  assert.equal(keys.headers.get('cache-control'), 'public, max-age=3600')
  const other = await service.api('/users/me')
  assert.equal(other.headers.get('cache-control'), 'no-store, max-age=0')
  const unknown = await service.get('/api/v1/projects/nobody/.well-known/jwks.json')
  assert.equal(unknown.headers.get('cache-control'), 'no-store, max-age=0')
  for (const { headers } of [keys, other, unknown]) {
    assert.match(headers.get('x-stack-request-id')!, /^[0-9a-f-]{36}$/)
  }
})

test('an unknown project is 404, in plain text', async () => {
  const answer = await service.get('/api/v1/projects/nobody/.well-known/jwks.json')
  assert.equal(answer.status, 404)
  assert.equal(answer.text, 'Project not found')
  assert.match(answer.headers.get('content-type')!, /^text\/plain; charset=utf-8$/i)
})

test('the parameters are true or false, once, and there are no others', async () => {
  for (const [query, fault] of [
    ['?include_anonymous=yes', 'query.include_anonymous must be one of: true, false'],
    ['?include_restricted=', 'query.include_restricted must be one of: true, false'],
    ['?include_restricted=TRUE', 'query.include_restricted must be one of: true, false'],
    ['?include_everything=true', 'query contains unknown properties: include_everything'],
    [
      '?include_anonymous=true&include_anonymous=true',
      'query.include_anonymous must be given once',
    ],
  ] as const) {
    const { status, body, headers } = await service.get(PATH + query)
    assert.equal(status, 400, query)
    assert.equal(headers.get('x-stack-known-error'), 'SCHEMA_ERROR')
    assert.equal(body.code, 'SCHEMA_ERROR')
    assert.match(body.error, /^Request validation failed on GET \/api\/v1\/projects\//)
    assert.ok(body.error.includes(fault), body.error)
    assert.equal(body.details.message, body.error)
  }
})

test('a browser gets JSON that can be read', async () => {
  const { text } = await service.get(PATH, { headers: { accept: 'text/html,*/*' } })
  assert.match(text, /^\{\n  "keys": \[\n    \{\n      "kty"/)
  assert.match((await service.get(PATH)).text, /^\{"keys":\[\{"kty"/)
})

test("anonymous users' issuers lead to their keys, whatever the method", async () => {
  const alias = '/api/v1/projects-anonymous-users/internal/.well-known/jwks.json'
  for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
    const { status, headers } = await service.get(`${alias}?include_anonymous=false`, { method })
    assert.equal(status, 307, method)
    assert.equal(headers.get('location'), `${PATH}?include_anonymous=true`)
  }
  const { text } = await service.get(alias, { redirect: 'follow' })
  assert.equal(JSON.parse(text).keys.length, 6)
  const anything = '/api/v1/projects-anonymous-users/internal/.well-known/a/b?c=d'
  assert.equal(
    (await service.get(anything)).headers.get('location'),
    '/api/v1/projects/internal/.well-known/a/b?c=d&include_anonymous=true',
  )
})

test('there is no such alias for restricted users, and no discovery', async () => {
  for (const path of [
    '/api/v1/projects-restricted-users/internal/.well-known/jwks.json',
    '/api/v1/projects/internal/.well-known/openid-configuration',
  ]) {
    assert.equal((await service.get(path)).status, 404, path)
  }
})
