'use strict'

const assert = require('node:assert/strict')
const { test } = require('node:test')

const { platform } = require('../lib/platform.js')

const line = (path) => `7f3a5c000000-7f3a5c0a1000 r-xp 00000000 08:01 131 ${path}\n`
const named = (...paths) =>
  platform({ platform: 'linux', arch: 'x64' }, () => paths.map(line).join(''))

test('on Linux the C library is part of the name', () => {
  for (const musl of [
    '/lib/ld-musl-x86_64.so.1', // Alpine
    '/lib/libc.musl-aarch64.so.1',
    '/usr/lib/x86_64-linux-musl/libc.so', // Debian
    '/usr/lib/libc.so', // Void
  ]) {
    assert.equal(named('/usr/bin/node', musl, '[stack]'), 'linux-x64-musl')
  }
  for (const glibc of ['/usr/lib/x86_64-linux-gnu/libc.so.6', '/lib64/libc-2.17.so']) {
    assert.equal(named('/home/ld-musl-x/node', '/opt/libc.so/addon.node', glibc), 'linux-x64-gnu')
  }
  assert.equal(
    platform({ platform: 'linux', arch: 'arm64' }, () => ''),
    'linux-arm64-gnu',
  )
})

test('elsewhere there is one for each system', () => {
  const asked = () => assert.fail('there is nothing to look at')
  assert.equal(platform({ platform: 'darwin', arch: 'arm64' }, asked), 'darwin-arm64')
})

test('this process knows its own', () => {
  const { glibcVersionRuntime } = process.report.getReport().header
  const { platform: os, arch } = process
  const expected = os === 'linux' ? `-${glibcVersionRuntime ? 'gnu' : 'musl'}` : ''
  assert.equal(platform(), `${os}-${arch}${expected}`)
})
