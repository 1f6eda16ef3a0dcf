'use strict'

const native = require('./native.js')
const { misuse } = require('./error.js')
const { seconds } = require('./given.js')
const { parse } = require('./values.js')

const { numbers } = native

/** Known here alone: nobody else makes claims. */
const making = Symbol('making claims')

/** What tokens are marked with: the strings of each mark, by its number's place. */
const marks = new Array(64)

function markOf(number) {
  const known = marks[number & 63]
  if (known?.number === number) return known
  const [header, algorithm, thumbprint, kid] = native.mark(number)
  return (marks[number & 63] = { number, header, algorithm, thumbprint, kid })
}

let idOfClaims

/** Verified claims: their text, cut and parsed when somebody asks. */
class Claims {
  #json
  #subAt
  #subEnd
  #exp
  #expires
  #trust
  #id
  #mark
  #isFlat
  #payload
  // The owner of the handle, where one is kept.
  #keeper

  /** `json` is what the native half has just returned; the rest it left in `numbers`. */
  constructor(who, json, keeper) {
    if (who !== making) throw misuse('only a verifier makes claims')
    this.#json = json
    this.#keeper = keeper
    this.#subAt = numbers[0]
    this.#subEnd = numbers[1]
    this.#exp = numbers[2]
    this.#expires = numbers[3]
    this.#trust = numbers[4]
    this.#id = numbers[5]
    this.#mark = markOf(numbers[6])
    this.#isFlat = numbers[7] === 1
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
    return (this.#payload ??= parse(this.#json, this.#isFlat))
  }

  // Nearly every request reads these two; they don't wait for JSON.parse.
  get sub() {
    return this.#subAt < 0 ? this.payload.sub : this.#json.slice(this.#subAt, this.#subEnd)
  }

  get exp() {
    return Number.isNaN(this.#exp) ? this.payload.exp : this.#exp
  }

  get json() {
    return this.#json
  }

  get header() {
    return parse(this.#mark.header)
  }

  get algorithm() {
    return this.#mark.algorithm
  }

  get thumbprint() {
    return this.#mark.thumbprint
  }

  get kid() {
    return this.#mark.kid
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
const claimsOf = (json, keeper) => new Claims(making, json, keeper)

module.exports = { Claims, claimsOf, idOfClaims: (value) => idOfClaims(value) }
