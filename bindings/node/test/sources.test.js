'use strict'

// Keys that come later: from a host's own fetch, and from jeton's.

const assert = require('node:assert/strict')
const { readFile } = require('node:fs/promises')
const { test } = require('node:test')
const { setTimeout: sleep } = require('node:timers/promises')

const jeton = require('..')
const { MINTING, VERIFYING, program, refused } = require('./support.js')
const { serve } = require('./tls/server.js')

const HOSTED = { url: 'https://keys.test/jwks', stale: 3600, refresh: false, cooldown: 1 }

/** A signer with a kid, and its public set. */
function signer(kid) {
  const keys = jeton.Keys.generateSync({ algorithm: 'ES256', kid })
  return {
    keys,
    minter: new jeton.Minter(keys, MINTING),
    token: new jeton.Minter(keys, MINTING).mintSync({ sub: kid }),
  }
}

const set = (...signers) =>
  JSON.stringify({ keys: signers.flatMap(({ keys }) => keys.public().keys) })

const answer = (body, status = 200, headers = {}) =>
  new Response(status === 304 ? null : body, { status, headers })

/** A source, what verifies with it, and an end to both. */
function hosted(t, fetch, options = {}) {
  const source = new jeton.Source({ ...HOSTED, ...options })
  const stop = jeton.follow(source, { fetch, every: 5 })
  t.after(stop)
  return { source, verifier: new jeton.Verifier(source.keys(), VERIFYING), stop }
}

test('verify waits for the first keys, and the event loop turns meanwhile', async (t) => {
  const one = signer('one')
  let turn
  const turned = new Promise((resolve) => (turn = resolve))
  const { verifier } = hosted(t, async (url, { redirect, signal }) => {
    assert.equal(url, HOSTED.url)
    assert.equal(redirect, 'error')
    assert.ok(signal instanceof AbortSignal)
    await turned
    return answer(set(one))
  })
  await refused('keys-unavailable', () => verifier.verifySync(one.token))
  let turns = 0
  const timer = setInterval(() => ++turns === 10 && turn(), 5)
  const claims = await verifier.verify(one.token) // no keys come before the tenth turn
  clearInterval(timer)
  assert.equal(claims.sub, 'one')
  assert.equal(verifier.verifySync(one.token).sub, 'one')
})

test('a key that is rotated in is waited for, one that never comes is unknown', async (t) => {
  const [one, two, three] = ['one', 'two', 'three'].map(signer)
  let published = set(one)
  const { source, verifier } = hosted(t, async () => (await sleep(20), answer(published)))
  await source.wait()
  published = set(one, two)
  await sleep(1100) // the cooldown
  await refused('key-pending', () => verifier.verifySync(two.token))
  assert.equal((await verifier.verify(two.token)).sub, 'two')
  await sleep(1100)
  await refused('unknown-key', () => verifier.verify(three.token))
  assert.ok(
    source.events().some(({ event, added }) => event === 'keys-rotated' && added[0] === 'two'),
  )
})

test('a wait ends at its limit, at its signal and with a fetch that fails', async (t) => {
  const one = signer('one')
  const { verifier } = hosted(t, () => new Promise(() => {}))
  await refused('keys-unavailable', () => verifier.introspectSync(one.token))
  await refused('timeout', () => verifier.introspect(one.token, { timeout: 30 }))
  const late = await refused('timeout', () => verifier.verify(one.token, { timeout: 30 }))
  assert.equal(late.cause.code, 'keys-unavailable')
  assert.equal(late.status, 503)
  const reason = new Error('enough')
  const controller = new AbortController()
  setTimeout(() => controller.abort(reason), 20)
  await assert.rejects(verifier.verify(one.token, { signal: controller.signal }), reason)
  await assert.rejects(verifier.verify(one.token, { signal: AbortSignal.abort(reason) }), reason)

  const failing = hosted(t, async () => (await sleep(20), answer('gone', 500)))
  const error = await refused('keys-unavailable', () => failing.verifier.verify(one.token))
  assert.match(error.message, /500/)
  await refused('keys-unavailable', () => failing.source.wait())
})

test('what no fetch can change is not waited for', async (t) => {
  const one = signer('one')
  const { verifier } = hosted(t, async () => answer(set(one)))
  await verifier.verify(one.token)
  const error = await refused('expired', () => verifier.verifySync(one.token, { now: 4e9 }))
  await refused('expired', () => verifier.wait(error))
  await refused('malformed', () => verifier.verify('x'))
  await assert.rejects(verifier.wait(new TypeError('other')), TypeError)
})

test('a thousand callers may wait, without a thread of the pool, and one more is refused', async (t) => {
  const one = signer('one')
  let release
  const gate = new Promise((resolve) => (release = resolve))
  const { verifier } = hosted(t, async () => (await gate, answer(set(one))))
  const waiting = Array.from({ length: 1024 }, () => verifier.verify(one.token))
  await refused('keys-unavailable', () => verifier.verify(one.token))
  // These need the pool, and get it.
  await Promise.all(Array.from({ length: 8 }, () => readFile(__filename)))
  release()
  for (const claims of await Promise.all(waiting)) assert.equal(claims.sub, 'one')
})

test('a resolver of credentials waits as verify does', async (t) => {
  const one = signer('one')
  const { verifier } = hosted(t, async () => (await sleep(30), answer(set(one))))
  const bearer = new jeton.Bearer(verifier)
  const credentials = { authorization: `Bearer ${one.token}` }
  assert.equal(bearer.resolveSync(credentials).rejection.code, 'keys-unavailable')
  assert.equal((await bearer.resolve(credentials)).claims.sub, 'one')
  const { verifier: never } = hosted(t, () => new Promise(() => {}))
  const found = await new jeton.Bearer(never).resolve(credentials, { timeout: 20 })
  assert.equal(found.rejection.code, 'timeout')
  assert.equal(found.claims, undefined)
})

test('a followed source sends its etag, and bounds what it reads', async (t) => {
  const one = signer('one')
  const asked = []
  const { source, verifier } = hosted(
    t,
    async (url, { headers }) => {
      asked.push(headers)
      if (headers['if-none-match'] === '"v1"') return answer(null, 304)
      return answer(set(one), 200, { etag: '"v1"', 'cache-control': 'max-age=1' })
    },
    { minimum: 1, maximum: 1 },
  )
  await source.wait()
  await sleep(1500)
  assert.deepEqual(asked[0], {})
  assert.equal(asked[1]?.['if-none-match'], '"v1"')
  assert.equal(verifier.verifySync(one.token).sub, 'one')

  const endless = hosted(t, async () =>
    answer(new ReadableStream({ pull: (to) => to.enqueue(new Uint8Array(1 << 16)) })),
  )
  const error = await refused('keys-unavailable', () => endless.source.wait())
  assert.match(error.message, /longer than/)
})

test('a source that is closed is followed no more', async (t) => {
  const { source } = hosted(t, async () => answer('{}'))
  source.close()
  await sleep(30)
  await refused('misuse', () => source.status())
  await refused('misuse', () => jeton.follow({}))
})

test('what a source exports begins another without a fetch', async (t) => {
  const one = signer('one')
  const { source } = hosted(t, async () => answer(set(one)))
  await refused('keys-unavailable', () => new jeton.Source(HOSTED).export())
  await source.wait()
  const next = new jeton.Source(HOSTED, source.export())
  assert.equal(new jeton.Verifier(next.keys(), VERIFYING).verifySync(one.token).sub, 'one')
  assert.equal(next.status().keys.length, 1)
})

test('a host may claim, accept and fail by itself', async () => {
  const one = signer('one')
  const source = new jeton.Source(HOSTED)
  assert.deepEqual(source.claim(), { url: HOSTED.url, etag: null })
  assert.equal(source.claim(), undefined)
  source.failed('no route')
  assert.match(source.status().last_error, /no route/)
  const other = new jeton.Source(HOSTED)
  other.claim()
  other.accept({ status: 200, headers: { etag: '"1"' } }, Buffer.from(set(one)))
  assert.equal(other.status().keys[0].kid, 'one')
  const bad = new jeton.Source(HOSTED)
  bad.claim()
  await refused('key', () => bad.accept(undefined, 'no keys'))
})

test('jeton fetches over TLS on a thread of its own', async (t) => {
  const one = signer('one')
  const server = await serve(t, () => set(one))
  const source = new jeton.Source({ url: server.url, ca: server.ca, private: true, stale: 60 })
  const verifier = new jeton.Verifier(source.keys(), VERIFYING)
  assert.equal((await verifier.verify(one.token)).sub, 'one')
  await source.refresh()
  assert.ok(server.asked >= 2)
  const elsewhere = new jeton.Source({ url: server.url, private: true, stale: 60 })
  await refused('keys-unavailable', () => elsewhere.wait())
})

test('a file of keys is read at once', async () => {
  const path = require('node:path').join(__dirname, 'tls/cert.pem')
  const source = new jeton.Source({ file: path, algorithm: 'ES256', stale: null })
  assert.equal(source.keys().status().keys[0].algorithm, 'ES256')
})

test('a fetch under way keeps no process alive, and one that is awaited does', async (t) => {
  const one = signer('one')
  const server = await serve(t, async () => (await sleep(3000), set(one)))
  const began = Date.now()
  assert.equal(await program('fetching.js', server.url, server.ca, one.token, 'leave'), '')
  assert.ok(Date.now() - began < 2500, 'it waited for the fetch')
  assert.deepEqual(await program('fetching.js', server.url, server.ca, one.token, 'await'), {
    sub: 'one',
  })
})
