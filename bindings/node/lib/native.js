'use strict'

// Finds the native half: the package of this platform, which npm installs
// beside this one; in a checkout, what scripts/node has built.

const { existsSync } = require('node:fs')
const { join } = require('node:path')

const { optionalDependencies = {}, version } = require('../package.json')

/** The packages that may hold it: on Linux for glibc and for musl, of which npm installs one. */
function candidates() {
  const platform = `@jeton/${process.platform}-${process.arch}`
  return Object.keys(optionalDependencies).filter(
    (name) => name === platform || name.startsWith(`${platform}-`),
  )
}

function load() {
  const built = join(__dirname, '../out/jeton.node')
  if (existsSync(built)) return require(built)
  const names = candidates()
  const causes = []
  for (const name of names) {
    try {
      return require(name)
    } catch (cause) {
      causes.push(cause)
    }
  }
  throw new Error(unavailable(names), { cause: causes[0] })
}

function unavailable(names) {
  const here = `${process.platform}-${process.arch}`
  if (names.length === 0) {
    const supported = Object.keys(optionalDependencies).join(', ')
    return supported
      ? `jeton ${version} has no native part for ${here}; there are ${supported}`
      : 'jeton has no native part yet: build it with `scripts/node build`'
  }
  return (
    `jeton's native part for ${here} can't be loaded. It comes as the optional dependency ` +
    `${names.join(' or ')}: install without --omit=optional (or --no-optional), on a machine ` +
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
