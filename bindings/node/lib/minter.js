'use strict'

const { isUint8Array } = require('node:util/types')

const native = require('./native.js')
const given = require('./given.js')
const { misuse } = require('./error.js')
const { Handle, idOf } = require('./handle.js')

/** What signs in place of keys, by its minter, with which it's collected even if it leads back to it. */
const signers = new WeakMap()

/** `sign` as the native half calls it. */
const signerOf = (sign) => (algorithm, message, digest, digestInfo) => {
  const signature = sign({ algorithm, message, digest, digestInfo })
  if (isUint8Array(signature)) return signature
  throw new TypeError('a signer must return a Uint8Array, and at once: a promise comes too late')
}

class Minter extends Handle {
  constructor(keys, options) {
    super((owner) => native.minterNew(owner, idOf(keys), given.options(options, '{}')))
  }

  static external(publicKeys, sign, options) {
    if (typeof sign !== 'function') throw misuse('the signer must be a function')
    const minter = Handle.make(Minter, (owner) =>
      native.externalNew(owner, idOf(publicKeys), given.options(options, '{}')),
    )
    signers.set(minter, signerOf(sign))
    return minter
  }

  // On another thread: an RSA signature takes most of a millisecond. A signer
  // is asked on this one, which is the only one that it can run on.
  async mint(claims, call) {
    if (signers.has(this)) return this.mintSync(claims, call)
    return native.later.mint(idOf(this), given.document(claims), ...given.said(call))
  }

  mintSync(claims, call) {
    const id = idOf(this)
    const signer = signers.get(this)
    const document = given.document(claims)
    const said = given.said(call)
    if (signer) return native.mintExternal(id, document, signer, ...said)
    return native.mint(id, document, ...said)
  }
}

module.exports = { Minter }
