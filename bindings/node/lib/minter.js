'use strict'

const native = require('./native.js')
const given = require('./given.js')
const { Handle, idOf } = require('./handle.js')

class Minter extends Handle {
  constructor(keys, options) {
    super((owner) => native.minterNew(owner, idOf(keys), given.options(options, '{}')))
  }

  // On another thread: an RSA signature takes most of a millisecond.
  async mint(claims, call) {
    return native.later.mint(idOf(this), given.document(claims), ...given.said(call))
  }

  mintSync(claims, call) {
    return native.mint(idOf(this), given.document(claims), ...given.said(call))
  }
}

module.exports = { Minter }
