'use strict'

const native = require('./native.js')

let idOf

/**
 * What stands for a handle of the native half, and has it freed: when it is
 * collected, or at once by `close`.
 */
class Handle {
  #id

  /** `make` is given the owner of the handle that it makes. */
  constructor(make) {
    this.#id = make(this)
  }

  close() {
    if (this.#id) native.close(this.#id)
    this.#id = 0
  }

  static {
    // Whatever isn't a handle has none; the native half says what it wants.
    idOf = (value) =>
      typeof value === 'object' && value !== null && #id in value ? value.#id : undefined
  }

  /** Makes a `Class` without its constructor, which is for users. */
  static make(Class, make) {
    return Reflect.construct(Handle, [make], Class)
  }

  /** The same where `make` returns a promise. */
  static async makeLater(Class, make) {
    let made
    const handle = Handle.make(Class, (owner) => {
      made = make(owner)
      return 0
    })
    handle.#id = await made
    return handle
  }
}

module.exports = { Handle, idOf: (value) => idOf(value) }
