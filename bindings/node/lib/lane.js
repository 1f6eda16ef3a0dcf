'use strict'

// What may wait for a disk, another process's lock or a network, on libuv's
// pool. That has four threads for all of Node: of them these jobs take two.

const MOST = 2

let running = 0
const queue = []
const last = new WeakMap()

/** Runs `job`, after the earlier ones of the same `handle`. */
function inTurn(handle, job) {
  const turn = (last.get(handle) ?? Promise.resolve()).then(() => onThread(job))
  last.set(
    handle,
    turn.catch(() => {}),
  )
  return turn
}

async function onThread(job) {
  if (running < MOST) running++
  else await new Promise((resolve) => queue.push(resolve))
  try {
    return await job()
  } finally {
    // The next one takes over this one's place.
    const next = queue.shift()
    if (next) next()
    else running--
  }
}

module.exports = { inTurn }
