'use strict'

const native = require('./native.js')
const { idOfClaims } = require('./claims.js')
const { misuse } = require('./error.js')
const { document, options, said, text } = require('./given.js')
const { Handle, idOf } = require('./handle.js')
const { inTurn } = require('./lane.js')

class Revocations extends Handle {
  constructor(location, given) {
    super((owner) => native.revocationsOpen(owner, location, options(given)))
  }

  static async open(location, given) {
    const said = options(given)
    return Handle.makeLater(Revocations, (owner) =>
      inTurn(owner, () => native.later.revocationsOpen(owner, location, said)),
    )
  }

  async revoke(rule, call) {
    return JSON.parse(await later(this, 'revocationsRevoke', options(rule), ...said(call)))
  }

  revokeSync(rule, call) {
    return JSON.parse(native.revocationsRevoke(idOf(this), options(rule), ...said(call)))
  }

  async revokeClaims(claims, given, call) {
    const values = [held(claims), options(given), ...said(call)]
    return JSON.parse(await later(this, 'revocationsRevokeClaims', ...values))
  }

  revokeClaimsSync(claims, given, call) {
    const values = [held(claims), options(given), ...said(call)]
    return JSON.parse(native.revocationsRevokeClaims(idOf(this), ...values))
  }

  async revokeLogout(claims, given, call) {
    const values = [held(claims), options(given), ...said(call)]
    return JSON.parse(await later(this, 'revocationsRevokeLogout', ...values))
  }

  revokeLogoutSync(claims, given, call) {
    const values = [held(claims), options(given), ...said(call)]
    return JSON.parse(native.revocationsRevokeLogout(idOf(this), ...values))
  }

  async restore(rule, call) {
    return later(this, 'revocationsRestore', options(rule), ...said(call))
  }

  restoreSync(rule, call) {
    return native.revocationsRestore(idOf(this), options(rule), ...said(call))
  }

  async switch(scope, name, on) {
    return later(this, 'revocationsSwitch', ...setting(scope, name, on))
  }

  switchSync(scope, name, on) {
    native.revocationsSwitch(idOf(this), ...setting(scope, name, on))
  }

  isOn(scope, name) {
    return native.revocationsIsOn(idOf(this), text('scope', scope), text('name', name))
  }

  async statusList(minter, given, call) {
    return later(this, 'revocationsStatusList', idOf(minter), options(given, '{}'), ...said(call))
  }

  statusListSync(minter, given, call) {
    const values = [idOf(minter), options(given, '{}'), ...said(call)]
    return native.revocationsStatusList(idOf(this), ...values)
  }

  async list(call) {
    return JSON.parse(await later(this, 'revocationsList', ...said(call)))
  }

  listSync(call) {
    return JSON.parse(native.revocationsList(idOf(this), ...said(call)))
  }

  async export(call) {
    return later(this, 'revocationsExport', ...said(call))
  }

  exportSync(call) {
    return native.revocationsExport(idOf(this), ...said(call))
  }

  async import(exported, call) {
    return later(this, 'revocationsImport', document(exported), ...said(call))
  }

  importSync(exported, call) {
    return native.revocationsImport(idOf(this), document(exported), ...said(call))
  }

  async compact(call) {
    return later(this, 'revocationsCompact', ...said(call))
  }

  compactSync(call) {
    return native.revocationsCompact(idOf(this), ...said(call))
  }

  async refresh() {
    return later(this, 'revocationsRefresh')
  }

  refreshSync() {
    native.revocationsRefresh(idOf(this))
  }

  events() {
    return JSON.parse(native.revocationsEvents(idOf(this)))
  }

  status(call) {
    return JSON.parse(native.revocationsStatus(idOf(this), ...said(call)))
  }
}

function setting(scope, name, on) {
  if (typeof on !== 'boolean') throw misuse('"on" must be true or false')
  return [text('scope', scope), text('name', name), on]
}

function held(claims) {
  const id = idOfClaims(claims)
  if (id === undefined) throw misuse('Claims must be given here')
  if (id) return id
  throw misuse(
    'these claims come from a verifier without revocations: make it with some, or revoke by a rule',
  )
}

function later(store, name, ...values) {
  return inTurn(store, () => native.later[name](idOf(store), ...values))
}

module.exports = { Revocations }
