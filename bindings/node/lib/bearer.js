'use strict'

const native = require('./native.js')
const given = require('./given.js')
const { claimsOf } = require('./claims.js')
const { failureOf } = require('./error.js')
const { Handle, idOf } = require('./handle.js')
const { keeperOf } = require('./verifier.js')

class Bearer extends Handle {
  #verifier

  constructor(verifier, options, admin) {
    super((owner) =>
      native.bearerNew(
        owner,
        verifier === null ? undefined : (idOf(verifier) ?? 0),
        given.whole('admin', admin),
        given.options(options),
      ),
    )
    this.#verifier = verifier
  }

  resolveSync({ authorization, cookie } = {}, call) {
    const id = idOf(this)
    const keeper = this.#verifier ? keeperOf(this.#verifier) : undefined
    const found = native.resolve(id, authorization, cookie, keeper, ...given.said(call))
    const [kind, credential, json, rejection] = found
    const claims = json === undefined ? undefined : claimsOf(json, keeper)
    return { kind, credential, claims, rejection }
  }

  async resolve(credentials, { timeout, signal, ...call } = {}) {
    const found = this.resolveSync(credentials, call)
    if (!failureOf(found.rejection)) return found
    try {
      await this.#verifier.wait(found.rejection, { timeout, signal })
    } catch (rejection) {
      if (signal?.aborted) throw rejection
      return { ...found, rejection }
    }
    return this.resolveSync(credentials, call)
  }
}

module.exports = { Bearer }
