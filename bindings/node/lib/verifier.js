'use strict'

const native = require('./native.js')
const given = require('./given.js')
const { claimsOf } = require('./claims.js')
const { JetonError, failureOf, misuse } = require('./error.js')
const { Handle, idOf } = require('./handle.js')
const { until } = require('./waiting.js')

/** The most callers that wait for the keys of one verifier. */
const MOST = 1024

/** Known here alone: for a verifier that is made of another. */
const anew = Symbol('a verifier of another')

let keeperOf

class Verifier extends Handle {
  #waiting = 0
  #keeps

  static {
    // Only claims that a store may be asked to revoke keep their handle.
    keeperOf = (verifier) => (verifier.#keeps ? {} : undefined)
  }

  // null says that there are none; a variable that was never set doesn't.
  constructor(keys, options, revocations) {
    if (keys === anew) {
      super(options)
      this.#keeps = revocations
      return
    }
    if (arguments.length > 2 && revocations === undefined) {
      throw misuse('"revocations" is undefined: give some, or null for none')
    }
    const isNone = revocations === undefined || revocations === null
    super((owner) =>
      native.verifierNew(
        owner,
        (Array.isArray(keys) ? keys : [keys]).map(idOf),
        isNone ? undefined : (idOf(revocations) ?? 0),
        given.options(options, '{}'),
      ),
    )
    this.#keeps = !isNone
  }

  following(lists) {
    const ids = [lists].flat().map(idOf)
    return new Verifier(
      anew,
      (owner) => native.verifierFollowing(owner, idOf(this), ids),
      this.#keeps,
    )
  }

  verifySync(token, call) {
    const id = idOf(this)
    const keeper = keeperOf(this)
    if (call === undefined) return claimsOf(native.verify(id, token, keeper), keeper)
    return claimsOf(native.verify(id, token, keeper, ...given.said(call)), keeper)
  }

  // At once, on this thread: to hand it over would cost some 5 µs of it, and a
  // place in the queue for libuv's four threads.
  async verify(token, { timeout, signal, ...call } = {}) {
    return this.#patiently(() => this.verifySync(token, call), { timeout, signal })
  }

  introspectSync(token, call) {
    return native.introspect(idOf(this), token, ...given.said(call))
  }

  async introspect(token, { timeout, signal, ...call } = {}) {
    return this.#patiently(() => this.introspectSync(token, call), { timeout, signal })
  }

  async #patiently(attempt, limits) {
    try {
      return attempt()
    } catch (error) {
      if (!failureOf(error)) throw error
      await this.wait(error, limits)
      return attempt()
    }
  }

  async wait(error, { timeout, signal } = {}) {
    const failure = failureOf(error)
    if (!failure || this.#waiting >= MOST) throw error
    this.#waiting++
    try {
      await until(() => native.verifierWait(idOf(this), failure), { timeout, signal })
    } catch (cause) {
      if (cause instanceof JetonError) cause.cause ??= error
      throw cause
    } finally {
      this.#waiting--
    }
  }

  async verifyMany(tokens, call) {
    const batch = await Handle.makeLater(Handle, (owner) =>
      native.later.verifyMany(owner, idOf(this), tokens, ...given.said(call)),
    )
    const id = idOf(batch)
    try {
      return tokens.map((_, index) => verdict(id, index, keeperOf(this)))
    } finally {
      batch.close()
    }
  }
}

function verdict(batch, index, keeper) {
  try {
    return { claims: claimsOf(native.take(batch, index, keeper), keeper) }
  } catch (error) {
    return { error }
  }
}

module.exports = { Verifier, keeperOf: (verifier) => keeperOf(verifier) }
