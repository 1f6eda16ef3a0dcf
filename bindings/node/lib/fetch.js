'use strict'

// Sources that the host fetches for: "refresh": false, and its own client.

const { misuse } = require('./error.js')
const { Source } = require('./source.js')

/** No answer is read further than this; what a source's own limits allow is less. */
const MOST_BYTES = 1 << 20

async function bodyOf(response) {
  const chunks = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > MOST_BYTES) throw new Error(`the answer is longer than ${MOST_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Answers the request that is due, if one is. A failure is the source's to report. */
async function answer(source, fetch, timeout) {
  const request = source.claim()
  if (!request) return
  let response, body
  try {
    response = await fetch(request.url, {
      headers: {
        ...(request.etag !== null && { 'if-none-match': request.etag }),
        ...(request.accept && { accept: request.accept }),
      },
      redirect: 'error',
      signal: AbortSignal.timeout(timeout),
    })
    body = await bodyOf(response)
  } catch (error) {
    source.failed(String(error?.cause?.message ?? error?.message ?? error))
    return
  }
  try {
    const headers = Object.fromEntries(response.headers)
    source.accept({ status: response.status, headers }, body)
  } catch {
    // The source keeps its keys, and says why in its status and its events.
  }
}

/**
 * Fetches whatever `source` is due to have, until the function that this
 * returns is called. Its timer keeps no process alive.
 */
function follow(source, { fetch = globalThis.fetch, every = 100, timeout = 5_000 } = {}) {
  if (!(source instanceof Source)) throw misuse('a Source must be given here')
  let isBusy = false
  const look = async () => {
    if (isBusy) return
    isBusy = true
    try {
      await answer(source, fetch, timeout)
    } catch {
      clearInterval(timer) // it was closed
    }
    isBusy = false
  }
  const timer = setInterval(look, every)
  timer.unref()
  look()
  return () => clearInterval(timer)
}

module.exports = { follow }
