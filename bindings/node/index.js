'use strict'

const native = require('./lib/native.js')
const { Bearer } = require('./lib/bearer.js')
const { Claims } = require('./lib/claims.js')
const { JetonError } = require('./lib/error.js')
const { follow } = require('./lib/fetch.js')
const { inspect, sign, signSync, verifySignature } = require('./lib/jws.js')
const { Keys } = require('./lib/keys.js')
const { authenticator, middleware } = require('./lib/middleware.js')
const { Minter } = require('./lib/minter.js')
const { Revocations } = require('./lib/revocations.js')
const { Source } = require('./lib/source.js')
const { Verifier } = require('./lib/verifier.js')

const { abiVersion, statusName, version } = native

module.exports = {
  Bearer,
  Claims,
  JetonError,
  Keys,
  Minter,
  Revocations,
  Source,
  Verifier,
  abiVersion,
  authenticator,
  follow,
  inspect,
  middleware,
  sign,
  signSync,
  statusName,
  verifySignature,
  version,
}
