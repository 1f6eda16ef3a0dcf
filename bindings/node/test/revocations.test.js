'use strict'

const assert = require('node:assert/strict')
const { mkdtempSync, rmSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { test } = require('node:test')

const jeton = require('..')
const { ISSUER, pair, refused } = require('./support.js')

// Later than any clock says: a store on disk drops what has ended by the clock.
const NOW = 4_000_000_000

/** A store in memory and one on disk; both must do the same. */
const places = {
  'memory:': () => ({ store: new jeton.Revocations('memory:'), end() {} }),
  'sqlite:': () => {
    const folder = mkdtempSync(join(tmpdir(), 'jeton-'))
    const location = `sqlite:${join(folder, 'revoked.db')}`
    const store = new jeton.Revocations(location, { stale: null })
    return { store, location, end: () => rmSync(folder, { recursive: true }) }
  },
}

for (const [place, open] of Object.entries(places)) {
  test(`${place} a token that is revoked is refused, and accepted once restored`, async (t) => {
    const { store, end } = open()
    t.after(end)
    const { minter, verifier } = pair({}, store)
    const [token, twin] = [minter.mintSync({ sub: 'ada' }), minter.mintSync({ sub: 'ada' })]
    const claims = verifier.verifySync(token)
    const entry = await store.revokeClaims(claims)
    assert.equal(entry.realm, ISSUER)
    assert.equal(entry.claim, 'jti')
    assert.equal(entry.value, claims.jti)
    assert.equal(entry.until, claims.exp)
    const error = await refused('revoked', () => verifier.verifySync(token))
    assert.equal(error.status, 401)
    await refused('revoked', () => verifier.verify(token))
    verifier.verifySync(twin)
    assert.deepEqual((await store.list()).entries, [entry])
    const { realm, claim, value } = entry
    assert.equal(await store.restore({ realm, claim, value }), true)
    assert.equal(await store.restore({ realm, claim, value }), false)
    verifier.verifySync(token)
  })

  test(`${place} rules, switches, export and import, at once and by promise`, async (t) => {
    const { store, end } = open()
    t.after(end)
    const rule = { realm: ISSUER, claim: 'sub', value: 'ada', until: NOW + 1000 }
    const call = { now: NOW }
    assert.deepEqual(await store.revoke(rule, call), store.revokeSync(rule, call))
    await store.switch('project', 'members_only', true)
    store.switchSync('other', 'members_only', false)
    const shown = ['project', 'other', 'third'].map((scope) => store.isOn(scope, 'members_only'))
    assert.deepEqual(shown, [true, false, false])
    assert.deepEqual(await store.list(call), store.listSync(call))
    const exported = await store.export(call)
    assert.equal(
      JSON.stringify(JSON.parse(exported)),
      JSON.stringify(JSON.parse(store.exportSync(call))),
    )
    const other = new jeton.Revocations('memory:')
    assert.equal(other.importSync(exported, call), 1)
    assert.equal(await other.import(JSON.parse(exported), call), 1)
    assert.equal(other.listSync(call).entries[0].value, 'ada')
    assert.equal(store.restoreSync({ realm: ISSUER, claim: 'sub', value: 'ada' }, call), true)
    store.revokeSync({ ...rule, until: NOW + 1 }, call)
    assert.equal(await store.compact({ now: NOW + 2 }), 1)
    assert.equal(store.compactSync({ now: NOW + 2 }), 0)
    assert.equal(store.status(call).entries, 0)
    if (place === 'sqlite:') {
      await store.refresh()
      store.refreshSync()
    }
    assert.deepEqual(store.events(), [])
  })
}

test('signing out everywhere refuses what was issued until now, not what comes after', async () => {
  const store = new jeton.Revocations('memory:')
  const { minter, verifier } = pair({}, store)
  const old = minter.mintSync({ sub: 'ada' }, { now: NOW })
  const { before } = await store.revoke(
    { realm: ISSUER, claim: 'sub', value: 'ada', until: null },
    { now: NOW },
  )
  assert.equal(before, NOW)
  await refused('revoked', () => verifier.verifySync(old, { now: NOW }))
  verifier.verifySync(minter.mintSync({ sub: 'ada' }, { now: NOW + 1 }), { now: NOW + 1 })
})

test('a session that a logout token names is ended', async () => {
  const store = new jeton.Revocations('memory:')
  const { keys, minter, verifier } = pair({}, store)
  const logout = new jeton.Verifier(
    keys,
    { issuer: ISSUER, audience: 'api', require: ['iat', 'jti', 'events'] },
    store,
  )
  const token = minter.mintSync({ sub: 'ada', sid: 's-1' })
  const events = { 'http://schemas.openid.net/event/backchannel-logout': {} }
  const named = logout.verifySync(minter.mintSync({ sid: 's-1', events }))
  const entry = await store.revokeLogout(named, { lifetime: 3600 })
  assert.deepEqual([entry.claim, entry.value], ['sid', 's-1'])
  await refused('revoked', () => verifier.verifySync(token))
  assert.equal(store.revokeLogoutSync(named, { lifetime: 3600 }).value, 's-1')
  const other = await refused('options', () => store.revokeLogout(named, {}))
  assert.match(other.message, /lifetime/)
})

test('a switch turns a deny rule on for one scope', async () => {
  const store = new jeton.Revocations('memory:')
  const deny = [{ name: 'guests', when: { role: 'guest' }, switch: 'members_only' }]
  const { minter, verifier } = pair({ deny }, store)
  const token = minter.mintSync({ role: 'guest' })
  store.switchSync('p1', 'members_only', true)
  const error = await refused('denied', () => verifier.verifySync(token, { scope: 'p1' }))
  assert.equal(error.status, 403)
  verifier.verifySync(token, { scope: 'p2' })
  verifier.verifySync(token, { scope: '' })
  await refused('misuse', () => verifier.verifySync(token))
})

test('only claims of a verifier with revocations can be revoked', async () => {
  const store = new jeton.Revocations('memory:')
  const { minter, verifier } = pair()
  const claims = verifier.verifySync(minter.mintSync({}))
  const error = await refused('misuse', () => store.revokeClaims(claims))
  assert.match(error.message, /verifier without revocations/)
  for (const value of [undefined, {}, claims.payload, 'token']) {
    await refused('misuse', () => store.revokeClaims(value))
    await refused('misuse', () => store.revokeClaimsSync(value))
  }
  const many = pair({}, store)
  const [{ claims: held }] = await many.verifier.verifyMany([many.minter.mintSync({})])
  await store.revokeClaims(held)
  const found = new jeton.Bearer(many.verifier).resolveSync({
    authorization: `Bearer ${many.minter.mintSync({})}`,
  })
  await store.revokeClaims(found.claims)
  assert.equal(store.listSync().entries.length, 2)
})

test('changes of one store are made in the order in which they were asked for', async (t) => {
  const { store, end } = places['sqlite:']()
  t.after(end)
  const rule = { realm: 'r', claim: 'jti', value: 'x', until: null }
  const { until: _, ...bare } = rule
  const outcomes = []
  for (let n = 0; n < 20; n++) outcomes.push(store.revoke(rule), store.restore(bare))
  for (const [n, outcome] of (await Promise.all(outcomes)).entries()) {
    if (n % 2) assert.equal(outcome, true)
  }
  assert.equal(store.status().entries, 0)
})

test('another opens the same file and knows what is revoked', async (t) => {
  const { store, location, end } = places['sqlite:']()
  t.after(end)
  await store.revoke({ realm: 'r', claim: 'jti', value: 'x', until: null })
  const other = await jeton.Revocations.open(location, { stale: null })
  assert.equal(other.listSync().entries[0].value, 'x')
  store.close()
  await refused('misuse', () => store.revoke({ realm: 'r', claim: 'jti', value: 'y', until: null }))
})

test('a proof in a batch is accepted once, by whoever shares the file', async (t) => {
  const { store, location, end } = places['sqlite:']()
  t.after(end)
  const other = new jeton.Revocations(location, { stale: null })
  const { vectors } = require('../../../tests/vectors/dpop.json')
  const { token, now, call } = vectors.find(({ name }) => name === 'dpop-rfc9449-token-request')
  const verifier = (shared) => new jeton.Verifier([], { system: { name: 'dpop' } }, shared)
  const { method, uri } = call
  const asked = { method, uri, accessToken: '', now }
  const [first] = await verifier(store).verifyMany([token], asked)
  assert.equal(first.claims.payload.htm, 'POST')
  const [again] = await verifier(other).verifyMany([token], asked)
  assert.equal(again.error.code, 'revoked')
})

test('what cannot be opened says why', async () => {
  await refused('options', () => jeton.Revocations.open('sqlite:/tmp/x.db', {}))
  await refused('options', () => new jeton.Revocations('sqlite:/tmp/x.db'))
  await refused('revocations-unavailable', () =>
    jeton.Revocations.open('sqlite:/no/such/folder/x.db', { stale: null }),
  )
  await refused('options', () => new jeton.Revocations('nowhere:'))
  await refused('misuse', () => new jeton.Revocations('memory:', { names: undefined }))
})
