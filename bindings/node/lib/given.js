'use strict'

// What the caller gave, on its way to the native half.

const { misuse } = require('./error.js')

/** Refuses what JSON would silently leave out or turn into null. */
function strict(name, value) {
  if (value === undefined) {
    throw misuse(`"${name}" is undefined: leave it out, or give it a value`)
  }
  if (typeof value === 'bigint' || isRounded(value)) {
    throw misuse(
      `"${name}" is beyond what JavaScript writes exactly: give the options as JSON text`,
    )
  }
  return finite(name, value)
}

/** Whether it may have been another whole number of 64 bits, before JavaScript read it. */
const isRounded = (value) =>
  Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) <= 2 ** 64

function finite(name, value) {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw misuse(`"${name}" is ${value}, which JSON doesn't have`)
  }
  return value
}

const isText = (value) => typeof value === 'string' || value instanceof Uint8Array

/** Options or a rule: an object, or its JSON text. An unset variable waives no check. */
function options(value, absent) {
  if (value === undefined) return absent
  return isText(value) ? value : JSON.stringify(value, strict)
}

/** Claims or keys: an object, or a text. Undefined members are left out, as JSON does. */
function document(value) {
  if (isText(value)) return value
  const text = JSON.stringify(value)
  // NaN has become null; to look for it costs more than the text itself.
  if (text?.includes('null')) JSON.stringify(value, finite)
  return text
}

function seconds(now) {
  const value = now instanceof Date ? Math.floor(now.getTime() / 1000) : now
  if (!Number.isSafeInteger(value) || value === 0) {
    throw misuse('"now" must be a Date, or whole seconds since 1970')
  }
  return value
}

/** Refuses half a character, which UTF-8 doesn't have: it would make one text of many. */
function whole(name, value) {
  if (typeof value === 'string' && !value.isWellFormed()) {
    throw misuse(`"${name}" holds half of a surrogate pair`)
  }
  return value
}

function text(name, value) {
  if (typeof value !== 'string') throw misuse(`"${name}" must be a string`)
  return whole(name, value)
}

/** What a call may say, in the order of its values. */
const SAID = ['now', 'scope', 'nonce', 'method', 'uri', 'accessToken', 'jkt']

/** What a call says, as far as its last value. What is misspelt or undefined isn't left unchecked. */
function said(call) {
  const values = []
  if (call === undefined) return values
  for (const name of Object.keys(call)) {
    const place = SAID.indexOf(name)
    if (place < 0) throw misuse(`"${name}" isn't known here: ${SAID.join(', ')} are`)
    while (values.length < place) values.push(undefined)
    values[place] = place === 0 ? seconds(call.now) : text(name, call[name])
  }
  return values
}

module.exports = { document, options, said, seconds, text, whole }
