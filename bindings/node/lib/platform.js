'use strict'

const { readFileSync } = require('node:fs')

/** What this process has mapped into its memory; nothing where there is no /proc. */
function mapped() {
  try {
    return readFileSync('/proc/self/maps', 'utf8')
  } catch {
    return ''
  }
}

/**
 * The name of this platform, as the packages have it. On Linux it says the C library
 * too, which is in what is mapped: an addon for the other one may load and then fail.
 */
function platform({ platform: os, arch } = process, maps = mapped) {
  if (os !== 'linux') return `${os}-${arch}`
  const isMusl = /\/(ld-musl-[^/]*|libc\.musl-[^/]*|libc\.so)$/m.test(maps())
  return `${os}-${arch}-${isMusl ? 'musl' : 'gnu'}`
}

module.exports = { platform }
