'use strict'

// Status lists: one process publishes what its store has revoked, another follows.

const assert = require('node:assert/strict')
const { test } = require('node:test')

const jeton = require('..')
const { refused } = require('./support.js')

const URI = 'https://issuer.example/statuslists/1'
const ISSUER = 'https://issuer.example'

/** An issuer with a store, and a verifier that follows its list. */
function house() {
  const keys = jeton.Keys.generateSync({ algorithm: 'ES256' })
  const options = { uri: URI, issuer: ISSUER, stale: 3600, refresh: false }
  const source = jeton.Source.statusList(keys, options)
  const plain = new jeton.Verifier(keys, { issuer: ISSUER, audience: null })
  const minter = new jeton.Minter(keys, { issuer: ISSUER, lifetime: 60 })
  const publisher = new jeton.Minter(keys, {
    issuer: ISSUER,
    lifetime: 600,
    type: 'statuslist+jwt',
  })
  return {
    source,
    store: new jeton.Revocations('memory:'),
    verifier: plain.following([source]),
    publisher,
    at: (idx) => minter.mintSync({ status: { status_list: { idx, uri: URI } } }),
    without: () => minter.mintSync({}),
  }
}

test('what a store has revoked is refused by who follows its list', async () => {
  const { at, publisher, source, store, verifier, without } = house()
  await refused('revocations-unavailable', () => verifier.verifySync(at(6)))
  store.revokeSync({ realm: ISSUER, claim: '/status/status_list/idx', value: 7, until: null })
  const list = { uri: URI, realm: ISSUER, size: 100, ttl: 300 }
  const stop = jeton.follow(source, {
    async fetch(url, { headers }) {
      assert.equal(url, URI)
      assert.deepEqual(headers, { accept: 'application/statuslist+jwt' })
      return new Response(await store.statusList(publisher, list))
    },
  })
  await source.wait()
  stop()
  assert.equal(verifier.verifySync(at(6)).iss, ISSUER)
  const error = await refused('revoked', () => verifier.verify(at(7)))
  assert.equal(error.claim, 'status')
  await refused('missing', () => verifier.verifySync(without()))
  assert.equal(source.status().list.entries, 104)
})

test('only sources of lists are followed', async () => {
  const { source, verifier } = house()
  const keys = new jeton.Source({ url: 'https://a.test/', stale: null, refresh: false })
  for (const lists of [[], [keys], [undefined], undefined]) {
    await refused('misuse', () => verifier.following(lists))
  }
  await refused('misuse', () => source.keys())
})
