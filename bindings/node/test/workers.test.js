'use strict'

// Worker threads and clusters: an addon for each, one process around all.

const assert = require('node:assert/strict')
const { once } = require('node:events')
const { mkdtempSync, rmSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { test } = require('node:test')
const { Worker } = require('node:worker_threads')

const { pair, program } = require('./support.js')

const path = join(__dirname, 'programs/worker.js')

test('workers verify, each with an addon of its own', async () => {
  const { minter, verifier } = pair()
  const token = minter.mintSync({ sub: 'ada' })
  const answers = Array.from({ length: 6 }, async () => {
    const worker = new Worker(path, { workerData: { what: 'verify', token } })
    const [answer] = await once(worker, 'message')
    return answer
  })
  for (const answer of await Promise.all(answers)) {
    assert.deepEqual(answer, { verified: 2000, code: 'signature' })
  }
  assert.equal(verifier.verifySync(token).sub, 'ada')
})

test('a worker that is ended in the midst of its jobs takes nothing with it', async () => {
  const { minter, verifier } = pair()
  for (let n = 0; n < 8; n++) {
    const worker = new Worker(path, { workerData: { what: 'busy' } })
    await once(worker, 'message')
    await worker.terminate()
    assert.ok(verifier.verifySync(minter.mintSync({})))
  }
})

test('workers ask signers of their own', async () => {
  const answers = Array.from({ length: 4 }, async () => {
    const worker = new Worker(path, { workerData: { what: 'mint' } })
    const [answer] = await once(worker, 'message')
    return answer
  })
  assert.deepEqual(await Promise.all(answers), Array(4).fill('ada'))
})

test('a worker that is ended while its signer is asked takes nothing with it', async () => {
  const { minter, verifier } = pair()
  for (let n = 0; n < 4; n++) {
    const worker = new Worker(path, { workerData: { what: 'asked' } })
    await once(worker, 'message')
    assert.equal(await worker.terminate(), 1)
    assert.ok(verifier.verifySync(minter.mintSync({})))
  }
})

test("what a worker started goes on once the worker's gone", async () => {
  assert.deepEqual(await program('only_workers.js'), { ended: 4 })
})

test('a cluster of processes shares what is revoked', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'jeton-'))
  try {
    const { accepted, refused, missed } = await program('cluster.js', join(folder, 'revoked.db'))
    assert.equal(accepted, 3 * 20)
    assert.equal(refused, 3 * 20)
    assert.equal(missed, 0)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
