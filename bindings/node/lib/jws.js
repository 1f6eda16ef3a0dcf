'use strict'

const native = require('./native.js')
const given = require('./given.js')
const { idOf } = require('./handle.js')

// On another thread, as minting.
async function sign(keys, payload, options) {
  return native.later.sign(idOf(keys), payload, given.options(options))
}

function signSync(keys, payload, options) {
  return native.sign(idOf(keys), payload, given.options(options))
}

function verifySignature(keys, token, options) {
  return native.verifySignature(idOf(keys), token, given.options(options))
}

function inspect(token) {
  return JSON.parse(native.inspect(token))
}

module.exports = { inspect, sign, signSync, verifySignature }
