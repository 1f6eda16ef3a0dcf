'use strict'

const native = require('./native.js')
const { freeze } = require('./values.js')

/** The HTTP status that answers a failure: whose matter it is, by the hundreds of its number. */
function httpStatus(number) {
  if (number === 308) return 403 // a good token, and a rule that refuses what it may
  if (number === 402 || (number >= 200 && number < 400)) return 401
  if (number === 403 || number === 404 || number >= 500) return 503
  return 500
}

let failureOf

/** Why a call failed. Act on `code`, log `message`. */
class JetonError extends Error {
  #failure

  constructor(message, code, number, claim, claims, failure) {
    super(message)
    this.code = code
    this.number = number
    this.status = httpStatus(number)
    if (claim !== undefined) this.claim = claim
    if (claims !== undefined) this.claims = freeze(JSON.parse(claims))
    this.#failure = failure
  }

  static {
    this.prototype.name = 'JetonError'
    failureOf = (error) => (error instanceof JetonError ? error.#failure : undefined)
  }
}

native.setErrorClass(JetonError)

/** A bug in the calling program. */
const misuse = (message) => new JetonError(message, 'misuse', 100)

module.exports = { JetonError, failureOf, misuse }
