'use strict'

const native = require('./native.js')
const given = require('./given.js')
const { Claims } = require('./claims.js')
const { failureOf } = require('./error.js')
const { Handle, idOf } = require('./handle.js')

class Bearer extends Handle {
  #verifier

  constructor(verifier, options, admin) {
    super((owner) =>
      native.bearerNew(
        owner,
        verifier === null ? undefined : (idOf(verifier) ?? 0),
        admin,
        given.options(options),
      ),
    )
    this.#verifier = verifier
  }

  resolveSync({ authorization, cookie } = {}, call) {
    const id = idOf(this)
    let found
    const claims = new Claims((owner) => {
      found = native.resolve(id, authorization, cookie, owner, ...given.said(call))
      return found[2]
    })
    const [kind, credential, verified, rejection] = found
    return { kind, credential, claims: verified && claims, rejection }
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
