// Clients that know nothing of jeton: jose, as the document's samples use it,
// while secrets rotate and sessions end.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import * as jose from 'jose'

import { Client } from '../web/client.js'
import { KEYS, ok, pause, SECRET, Service } from './support.js'

let service: Service
before(async () => (service = await Service.start()))
after(() => service.stop())

const beside = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const SAMPLES = readFileSync(beside('../../test/samples.md'), 'utf8')
  .split('```typescript\n')
  .slice(1)
  .map((rest) => rest.split('```')[0]!)

/** Runs one of the samples on a token, with the host and the project put in. */
async function run(index: number, token: string, project = 'internal') {
  const sample = SAMPLES[index]!.replaceAll('https://api.stack-auth.com', service.base).replaceAll(
    'YOUR_PROJECT_ID',
    project,
  )
  // Only the first of them says itself what came out.
  const shown = index === 0 ? '' : "console.log('JWT is valid:', payload);"
  const program = beside(`sample-${index}.mjs`)
  writeFileSync(program, `const token = process.env.TOKEN;\n${sample}\n${shown}`)
  const env = { ...process.env, TOKEN: token }
  return promisify(execFile)(process.execPath, [program], { env }).catch((error) => error)
}

const VALID = /^JWT is valid: \{/

async function restricted(): Promise<string> {
  const user = await service.signUp(`${Math.random()}@example.com`)
  const body = { restricted_by_admin: true }
  ok(await service.api(`/users/${user.user_id}`, { as: 'server', method: 'PATCH', body }))
  return service.refresh(user.refresh_token)
}

test("the document's samples accept the users that they are for, and no others", async () => {
  assert.equal(SAMPLES.length, 3)
  const tokens = {
    ordinary: (await service.signUp('ada@example.com')).access_token,
    anonymous: (await service.anonymous()).access_token,
    restricted: await restricted(),
  }
  for (const [index, accepted] of [
    [0, ['ordinary']],
    [1, ['ordinary', 'anonymous']],
    [2, ['ordinary', 'anonymous', 'restricted']],
  ] as [number, string[]][]) {
    for (const [kind, token] of Object.entries(tokens)) {
      const { stdout, stderr } = await run(index, token)
      assert.equal(VALID.test(stdout), accepted.includes(kind), `${index} ${kind}: ${stderr}`)
    }
  }
})

test("the document's samples refuse another project's tokens, and forged ones", async () => {
  const { headers } = await service.project('Foreign')
  const foreign = (await service.signUp('ada@example.com', headers)).access_token
  const [header, , signature] = (await service.signUp('eve@example.com')).access_token.split('.')
  const payload = Buffer.from('{"sub":"somebody else"}').toString('base64url')
  for (const token of [foreign, `${header}.${payload}.${signature}`]) {
    const { stdout, stderr } = await run(0, token)
    assert.doesNotMatch(stdout, VALID)
    assert.match(stderr, /^JWT verification failed/)
  }
})

/** What the first sample does, in this process, with keys asked for as often as they may be. */
function verifier(base: string) {
  const url = new URL(`${base}/api/v1/projects/internal/.well-known/jwks.json`)
  const keys = jose.createRemoteJWKSet(url, { cooldownDuration: 0 })
  return (token: string) =>
    jose.jwtVerify(token, keys, {
      issuer: `${base}/api/v1/projects/internal`,
      audience: 'internal',
    })
}

test('the secret is rotated while clients run, and no token of theirs is refused', async () => {
  const rotating = await Service.start()
  try {
    const begun = await rotating.signUp('ada@example.com')
    const verify = verifier(rotating.base)
    const client = new Client({
      base: rotating.base,
      project: 'internal',
      publishableClientKey: KEYS.client,
      refreshToken: begun.refresh_token,
    })
    let token = await client.getAccessToken()
    const old = token

    // A client that verifies without end, with whichever token was issued last.
    let running = true
    let verified = 0
    const loop = (async () => {
      while (running) {
        await verify(token)
        verified += 1
        await pause(5)
      }
    })()
    loop.catch(() => (running = false)) // awaited below

    const NEXT = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8'
    await rotating.restart({ STACK_SERVER_SECRET: NEXT, STACK_SERVER_SECRET_OLD: SECRET })
    const kidOf = (text: string) => jose.decodeProtectedHeader(text).kid
    token = await rotating.refresh(begun.refresh_token)
    assert.notEqual(kidOf(token), kidOf(old))
    await verify(token)
    await verify(old)
    assert.equal((await rotating.api('/users/me', { token: old })).status, 200)
    assert.equal((await client.fetch('/api/v1/users/me')).status, 200)
    const path = '/api/v1/projects/internal/.well-known/jwks.json'
    const kids = async () => (await rotating.get(path)).body.keys.map((key: jose.JWK) => key.kid)
    assert.equal((await kids()).length, 4)

    // The rotation ends: both are set to the same, the old keys are gone.
    await rotating.restart({ STACK_SERVER_SECRET_OLD: NEXT })
    assert.equal((await kids()).length, 2)
    const soon = Date.now() + 100
    while (Date.now() < soon && running) await pause(10)
    running = false
    await loop
    assert.ok(verified > 0)

    await assert.rejects(verifier(rotating.base)(old), { code: 'ERR_JWKS_NO_MATCHING_KEY' })
    const refused = await rotating.api('/users/me', { token: old })
    assert.equal(refused.body.code, 'UNPARSABLE_ACCESS_TOKEN')
    assert.equal((await client.fetch('/api/v1/users/me')).status, 200)
  } finally {
    await rotating.stop()
  }
})

test('a session ends while clients run: the service refuses it, published keys know nothing of it', async () => {
  const { access_token: token } = await service.signUp('out@example.com')
  const verify = verifier(service.base)
  await verify(token)
  ok(await service.api('/auth/sessions/current', { method: 'DELETE', token }))
  assert.equal((await service.api('/users/me', { token })).status, 401)
  assert.equal(
    (await service.get('/my-server', { headers: { authorization: `Bearer ${token}` } })).status,
    401,
  )
  // Whoever verifies by the published keys goes on until the token expires.
  await verify(token)
})

test('keys with leading zeros are published whole, and jose and PyJWT take them', async () => {
  // Of this secret, a coordinate of the project's signing key begins with a zero byte.
  const short = await Service.start({ STACK_SERVER_SECRET: 'c2hvcnQyNDg' })
  try {
    const path = '/api/v1/projects/internal/.well-known/jwks.json'
    const [key] = (await short.get(path)).body.keys
    const bytes = [key.x, key.y].map((text: string) => Buffer.from(text, 'base64url'))
    assert.deepEqual(
      bytes.map(({ length }) => length),
      [32, 32],
    )
    assert.ok(bytes.some((coordinate) => coordinate[0] === 0))
    const { access_token: token } = await short.signUp('ada@example.com')
    assert.equal((await verifier(short.base)(token)).protectedHeader.kid, key.kid)

    // PyJWT takes whole coordinates alone. The suite says which Python has it.
    const python = process.env['PYTHON']
    assert.ok(python, 'PYTHON must be a Python with PyJWT: run tests/suites/70-stack-auth')
    const client = beside('../../test/clients.py')
    const { stdout } = await promisify(execFile)(python, [client, short.base, token])
    assert.equal(stdout, 'ada@example.com\n')
  } finally {
    await short.stop()
  }
})
