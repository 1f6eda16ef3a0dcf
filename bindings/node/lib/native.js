'use strict'

// Finds the native half: the package of this platform, which npm installs
// beside this one; in a checkout, what scripts/node has built.

const { existsSync } = require('node:fs')
const { join } = require('node:path')

const { optionalDependencies = {}, version } = require('../package.json')
const { platform } = require('./platform.js')

function load() {
  const built = join(__dirname, '../out/jeton.node')
  if (existsSync(built)) return require(built)
  const here = platform()
  const name = `@jeton/${here}`
  if (!Object.hasOwn(optionalDependencies, name)) throw new Error(unsupported(here))
  try {
    return require(name)
  } catch (cause) {
    throw new Error(unavailable(here, name), { cause })
  }
}

function unsupported(here) {
  const supported = Object.keys(optionalDependencies).join(', ')
  return supported
    ? `jeton ${version} has no native part for ${here}; there are ${supported}`
    : 'jeton has no native part yet: build it with `scripts/node build`'
}

function unavailable(here, name) {
  return (
    `jeton's native part for ${here} can't be loaded. It comes as the optional dependency ` +
    `${name}: install without --omit=optional (or --no-optional), on a machine ` +
    'like this one, and without node_modules from another'
  )
}

const native = load()
if (native.version !== version) {
  throw new Error(
    `jeton ${version} has found a native part of version ${native.version}: ` +
      'remove node_modules and install again',
  )
}

module.exports = native
