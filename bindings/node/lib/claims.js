'use strict'

const native = require('./native.js')
const { misuse } = require('./error.js')
const { seconds } = require('./given.js')
const { parse } = require('./values.js')

const { numbers } = native

/** Known here alone: nobody else makes claims. */
const making = Symbol('making claims')

let idOfClaims

/** Verified claims: a string that holds all their parts, cut and parsed when somebody asks. */
class Claims {
  #text
  #json
  #header
  #algorithm
  #thumbprint
  #kid
  #sub
  #exp
  #expires
  #trust
  #id
  #payload
  // The owner of the handle, where one is kept.
  #keeper

  /** `text` is what the native half has just returned; the rest it left in `numbers`. */
  constructor(who, text, keeper) {
    if (who !== making) throw misuse('only a verifier makes claims')
    this.#text = text
    this.#keeper = keeper
    this.#json = numbers[0]
    this.#header = numbers[1]
    this.#algorithm = numbers[2]
    this.#thumbprint = numbers[3]
    this.#kid = numbers[4]
    this.#sub = numbers[5]
    this.#exp = numbers[6]
    this.#expires = numbers[7]
    this.#trust = numbers[8]
    this.#id = numbers[9]
  }

  static {
    idOfClaims = (value) => (value instanceof Claims ? value.#id : undefined)
    for (const name of ['iss', 'aud', 'nbf', 'iat', 'jti']) {
      Object.defineProperty(this.prototype, name, {
        configurable: true,
        get() {
          return this.payload[name]
        },
      })
    }
  }

  get payload() {
    return (this.#payload ??= parse(this.json))
  }

  // Nearly every request reads these two; they don't wait for JSON.parse.
  get sub() {
    if (this.#sub < 0) return this.payload.sub
    return this.#text.slice(this.#kid < 0 ? this.#thumbprint : this.#kid, this.#sub)
  }

  get exp() {
    return Number.isNaN(this.#exp) ? this.payload.exp : this.#exp
  }

  get json() {
    return this.#text.slice(0, this.#json)
  }

  get header() {
    return parse(this.#text.slice(this.#json, this.#header))
  }

  get algorithm() {
    return this.#text.slice(this.#header, this.#algorithm)
  }

  get thumbprint() {
    return this.#text.slice(this.#algorithm, this.#thumbprint)
  }

  get kid() {
    return this.#kid < 0 ? undefined : this.#text.slice(this.#thumbprint, this.#kid)
  }

  get trust() {
    return this.#trust
  }

  get expires() {
    return Number.isNaN(this.#expires) ? undefined : this.#expires
  }

  fresh({ now, remaining, age }) {
    for (const [name, value] of Object.entries({ remaining, age })) {
      if (!Number.isSafeInteger(value)) throw misuse(`"${name}" must be whole seconds`)
    }
    const at = seconds(now ?? new Date())
    const { iat } = this.payload
    const lasts = this.expires === undefined || this.expires - at > remaining
    const isYoung = iat === undefined || at - Math.floor(iat) < age
    return lasts && isYoung
  }

  toJSON() {
    return this.payload
  }

  [Symbol.for('nodejs.util.inspect.custom')](depth, options, inspect) {
    return `Claims ${inspect(this.payload, options)}`
  }
}

/** The claims of a verdict; `keeper` is the owner of their handle, if they have one. */
const claimsOf = (text, keeper) => new Claims(making, text, keeper)

module.exports = { Claims, claimsOf, idOfClaims: (value) => idOfClaims(value) }
