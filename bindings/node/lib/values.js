'use strict'

/** Freezes what JSON.parse has made, to the last object in it. */
function freeze(value) {
  if (typeof value === 'object' && value !== null) {
    for (const name in value) freeze(value[name])
    Object.freeze(value)
  }
  return value
}

/** JSON.parse, frozen. */
function parse(text) {
  const value = JSON.parse(text)
  // Most payloads hold no object and no list; to see that is cheaper than to look at each member.
  const isFlat = text.indexOf('{', 1) < 0 && !text.includes('[')
  return isFlat ? Object.freeze(value) : freeze(value)
}

module.exports = { freeze, parse }
