// The service as `run` starts it, and the README's walk through it.

import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from 'node:test'

import { freePort } from './support.js'

const above = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))

test('the walk through, from the first start on, ends with a token that is refused', async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'stack-auth-')), 'data')
  const port = await freePort()
  const child = spawn(above('run'), {
    env: { PATH: process.env['PATH'], PORT: String(port), DATA_FOLDER: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  try {
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (text) => String(text).includes('http://') && resolve())
      void ended.then(([code]) => reject(new Error(`run ended with ${code}`)))
    })
    const environment = join(folder, 'environment')
    assert.equal(statSync(folder).mode & 0o077, 0, 'nobody else may read the secrets')
    const program = readFileSync(above('README.md'), 'utf8')
      .split('```sh\n')[1]!
      .split('```')[0]!
      .replace('build/examples/stack-auth/environment', environment)
      .replace('http://127.0.0.1:8102', `http://127.0.0.1:${port}`)
      .replaceAll('curl -s', 'echo; curl -sS')
    const output = execFileSync('bash', ['-euo', 'pipefail', '-c', program], { encoding: 'utf8' })
    const said = output.split('\n').filter((line) => line.startsWith('{') && line.endsWith('}'))
    const [user, refreshed, granted, keys, done] = said.map((line) => JSON.parse(line))
    assert.equal(user.primary_email, 'ada@example.com')
    assert.match(refreshed.access_token, /^ey/)
    assert.equal(granted.token_type, 'Bearer')
    assert.equal(keys.keys.length, 6)
    assert.deepEqual(done, { success: true })
    assert.match(output, /"code": "UNPARSABLE_ACCESS_TOKEN"/)
  } finally {
    child.kill('SIGTERM')
    await ended
    rmSync(join(folder, '..'), { recursive: true })
  }
})
