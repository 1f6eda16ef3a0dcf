'use strict'

const native = require('./native.js')
const given = require('./given.js')
const { Handle, idOf } = require('./handle.js')
const { Keys } = require('./keys.js')
const { inTurn } = require('./lane.js')
const { until } = require('./waiting.js')

class Source extends Handle {
  constructor(options, state) {
    super((owner) => native.sourceOpen(owner, given.options(options, '{}'), state))
  }

  static statusList(keys, options) {
    return Handle.make(Source, (owner) =>
      native.sourceOpenList(owner, idOf(keys), given.options(options, '{}')),
    )
  }

  keys() {
    return Handle.make(Keys, (owner) => native.sourceKeys(owner, idOf(this)))
  }

  wait(limits) {
    return until(() => native.sourceWait(idOf(this)), limits)
  }

  refresh() {
    return inTurn(this, () => native.later.sourceRefresh(idOf(this)))
  }

  claim() {
    const request = native.sourceClaim(idOf(this))
    return request === undefined ? undefined : JSON.parse(request)
  }

  accept(answer, body) {
    native.sourceAccept(idOf(this), given.options(answer), body)
  }

  failed(message) {
    native.sourceFailed(idOf(this), message)
  }

  status() {
    return JSON.parse(native.sourceStatus(idOf(this)))
  }

  events() {
    return JSON.parse(native.sourceEvents(idOf(this)))
  }

  export() {
    return native.sourceExport(idOf(this))
  }
}

module.exports = { Source }
