'use strict'

const { setTimeout: sleep } = require('node:timers/promises')

const { JetonError, misuse } = require('./error.js')

/** How long a caller waits for keys unless he says so, in milliseconds. */
const LIMIT = 10_000

/**
 * Looks again and again whether `ended()`, which throws where waiting is of no
 * use. It takes no thread of libuv's pool, however many callers wait; its timer
 * keeps the process alive, since somebody awaits the promise.
 */
async function until(ended, { timeout = LIMIT, signal } = {}) {
  if (!Number.isFinite(timeout)) throw misuse('"timeout" must be a number of milliseconds')
  const deadline = performance.now() + timeout
  for (let pause = 1; !ended(); pause = Math.min(2 * pause, 20)) {
    const left = deadline - performance.now()
    if (left <= 0) throw new JetonError("the keys didn't come in time", 'timeout', 503)
    signal?.throwIfAborted()
    await sleep(Math.min(pause, left), undefined, { signal }).catch((error) => {
      throw signal?.aborted ? signal.reason : error
    })
  }
}

module.exports = { until }
