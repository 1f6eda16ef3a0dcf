'use strict'

/** Freezes what JSON.parse has made, to the last object in it. */
function freeze(value) {
  if (typeof value === 'object' && value !== null) {
    for (const name in value) freeze(value[name])
    Object.freeze(value)
  }
  return value
}

/** JSON.parse, frozen. To look for objects and lists within costs, where there are none. */
function parse(text, isFlat = false) {
  const value = JSON.parse(text)
  return isFlat ? Object.freeze(value) : freeze(value)
}

module.exports = { freeze, parse }
