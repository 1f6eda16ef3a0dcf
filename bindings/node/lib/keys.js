'use strict'

const native = require('./native.js')
const given = require('./given.js')
const { Handle, idOf } = require('./handle.js')

class Keys extends Handle {
  constructor(document, options) {
    super((owner) => native.keysNew(owner, given.document(document), given.options(options)))
  }

  static secret(secret, options) {
    const bytes = given.whole('secret', secret)
    return Handle.make(Keys, (owner) => native.keysSecret(owner, bytes, given.options(options)))
  }

  static derive(secret, options, oldSecret) {
    const bytes = given.whole('secret', secret)
    const old = given.whole('oldSecret', oldSecret)
    return Handle.make(Keys, (owner) =>
      native.keysDerive(owner, given.options(options, '{}'), bytes, old),
    )
  }

  static generate(options) {
    return Handle.makeLater(Keys, (owner) =>
      native.later.keysGenerate(owner, given.options(options, '{}')),
    )
  }

  static generateSync(options) {
    return Handle.make(Keys, (owner) => native.keysGenerate(owner, given.options(options, '{}')))
  }

  public() {
    return JSON.parse(native.keysPublic(idOf(this)))
  }

  private() {
    return JSON.parse(native.keysPrivate(idOf(this)))
  }

  status() {
    return JSON.parse(native.keysStatus(idOf(this)))
  }

  replace(document, options) {
    native.keysReplace(idOf(this), given.document(document), given.options(options))
  }
}

module.exports = { Keys }
