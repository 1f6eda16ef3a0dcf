// The JWT viewer of examples/stack-auth, used as people do: with a mouse, with
// the keyboard alone, by what a screen reader is told. SCREENSHOTS=FOLDER keeps
// pictures of it.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { after, before, beforeEach, afterEach, test } from 'node:test'

import { chromium } from 'playwright-core'

import { KEYS, Service } from '../../examples/stack-auth/out/test/support.js'

const executablePath = execFileSync('sh', ['-c', 'command -v chromium'], {
  encoding: 'utf8',
}).trim()
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const USER = { email: 'ada@example.com', password: 'correct horse' }

let service, browser, context, page, faults, requests

before(async () => {
  service = await Service.start({
    STACK_SEED_INTERNAL_PROJECT_USER_EMAIL: USER.email,
    STACK_SEED_INTERNAL_PROJECT_USER_PASSWORD: USER.password,
  })
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
})
after(async () => {
  await browser?.close()
  await service?.stop()
})

async function open(options = {}) {
  context = await browser.newContext({
    locale: 'en-GB',
    timezoneId: 'Asia/Tokyo',
    permissions: ['clipboard-read', 'clipboard-write'],
    ...options,
  })
  page = await context.newPage()
  page.setDefaultTimeout(20_000)
  faults = []
  requests = []
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('request', (request) => requests.push(`${request.url()} ${request.postData() ?? ''}`))
  await page.goto(service.base)
  await page.getByText('Not signed in').waitFor()
}

beforeEach(() => open())
afterEach(async () => {
  await context.close()
  assert.deepEqual(faults, [])
})

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
const tokenOf = (payload, header = { alg: 'ES256', kid: 'k' }) =>
  `${part(header)}.${part(payload)}.c2lnbmF0dXJl`
const now = () => Math.floor(Date.now() / 1000)
const paste = (text) => page.getByRole('textbox', { name: 'Token' }).fill(text)
const text = (id) => page.locator(`#${id}`).textContent()
const summary = async () => {
  const [names, values] = await Promise.all(
    ['dt', 'dd > span'].map((tag) => page.locator(`#summary ${tag}`).allTextContents()),
  )
  return Object.fromEntries(names.map((name, index) => [name, values[index]]))
}
const verdict = async () => {
  await page.getByRole('button', { name: 'Verify with jeton' }).click()
  await page.locator('#verdict strong').waitFor()
  return text('verdict')
}
async function signIn() {
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByLabel('E-mail').fill(USER.email)
  await page.getByLabel('Password').fill(USER.password)
  await page.getByRole('dialog').getByRole('button', { name: 'Sign in' }).click()
  await page.getByText(`Signed in as ${USER.email}`).waitFor()
}

test('a pasted token is taken apart, its times in local time', async () => {
  const header = { alg: 'RS256', kid: 'k', typ: 'JWT' }
  const payload = {
    iss: 'https://a.example',
    aud: ['api', 'web'],
    sub: 'ada',
    iat: 1735603200,
    nbf: 1735603200,
    exp: 1735689600,
    name: 'Ädä 😀',
  }
  await paste(`  Bearer ${tokenOf(payload, header)}\n`)
  assert.deepEqual(JSON.parse(await text('header')), header)
  assert.deepEqual(JSON.parse(await text('payload')), payload)
  assert.equal(await text('signature'), 'c2lnbmF0dXJl')
  assert.equal(await text('signature-note'), '9 bytes, not verified here')
  assert.deepEqual(await summary(), {
    Issuer: 'https://a.example',
    Audience: 'api, web',
    'User ID': 'ada',
    'Issued at': '31 Dec 2024, 09:00:00 GMT+9',
    'Not before': '31 Dec 2024, 09:00:00 GMT+9',
    Expires: '1 Jan 2025, 09:00:00 GMT+9',
  })
})

test('a badge says where the token stands in time, and that nobody has verified it', async () => {
  const badge = page.getByRole('status').and(page.locator('#status'))
  for (const [claims, expected] of [
    [{ exp: now() + 600 }, 'Time-Valid (Unverified)'],
    [{ exp: now() - 1 }, 'Expired (Unverified)'],
    [{ nbf: now() + 600, exp: now() + 900 }, 'Not Yet Valid (Unverified)'],
    [{}, 'Time-Valid (Unverified)'],
  ]) {
    await paste(tokenOf(claims))
    assert.equal(await badge.textContent(), expected)
  }
  await paste(tokenOf({ exp: now() + 2 }))
  assert.equal(await badge.textContent(), 'Time-Valid (Unverified)')
  await page.getByText('Expired (Unverified)').waitFor() // by itself
})

test('what is no token is told why, with every edit, and nothing is shown of it', async () => {
  const error = page.getByRole('alert').and(page.locator('#token-error'))
  for (const [value, expected] of [
    ['abc', 'Invalid JWT format: three parts were expected, not 1'],
    ['a.b.c.d.e', 'Invalid JWT format: five parts are an encrypted token'],
    ['!!.e30.x', "Invalid JWT format: the header isn't base64url"],
    [`${part({})}.${part([])}.`, "Invalid JWT format: the payload isn't a JSON object"],
    [`${part({})}.eyJh.`, "Invalid JWT format: the payload isn't JSON"],
  ]) {
    await paste(value)
    assert.equal(await error.textContent(), expected)
    assert.equal(await page.locator('#token').getAttribute('aria-invalid'), 'true')
    assert.equal(await page.locator('#decoded').isVisible(), false)
  }
  await paste(tokenOf({}))
  assert.equal(await error.textContent(), '')
  assert.equal(await page.locator('#decoded').isVisible(), true)
  await page.getByRole('button', { name: 'Clear' }).click()
  assert.equal(await page.locator('#token').inputValue(), '')
  assert.equal(await page.locator('#decoded').isVisible(), false)
})

test("signed in, the session's own token is there unasked, now and at the next visit", async () => {
  await signIn()
  await page.getByText('An ordinary user').waitFor()
  assert.equal(JSON.parse(await text('payload')).email, USER.email)
  assert.deepEqual(await page.locator('#checks li').allTextContents(), [
    '✓ All required claims are present',
    '✓ Issued for the project internal',
    '✓ An ordinary user',
  ])

  await page.reload()
  await page.getByText('An ordinary user').waitFor()
  await paste(tokenOf({ sub: 'somebody else' }))
  await page.getByRole('button', { name: 'Reload my token' }).click()
  await page.getByText('An ordinary user').waitFor()

  // The cookie is out of the page's reach, and nothing is stored within it.
  const [cookie] = await context.cookies()
  assert.deepEqual([cookie.httpOnly, cookie.sameSite], [true, 'Strict'])
  const kept = await page.evaluate(() => [
    document.cookie,
    localStorage.length,
    sessionStorage.length,
  ])
  assert.deepEqual(kept, ['', 0, 0])
})

test('whoever signs out is signed out: the token in hand is refused', async () => {
  await signIn()
  await page.getByText('An ordinary user').waitFor()
  assert.match(await verdict(), /^✓ Verified.*ES256, key M5zZLA6iQw2n, thumbprint/)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByText('Not signed in').waitFor()
  assert.match(await verdict(), /^✗ revokedJWT is revoked/)
  assert.equal(await page.getByRole('button', { name: 'Load my token' }).isVisible(), false)
  assert.deepEqual(await context.cookies(), [])
})

test('a wrong password is told in the dialog, and an anonymous user needs none', async () => {
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByLabel('E-mail').fill(USER.email)
  await page.getByLabel('Password').fill('wrong')
  await page.getByRole('dialog').getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('Wrong e-mail or password.').waitFor()
  faults = faults.filter((fault) => !/status of 400/.test(fault)) // the browser's own note of it
  await page.getByRole('button', { name: 'Stay anonymous' }).click()
  await page.getByText('Signed in as an anonymous user').waitFor()
  await page.getByText('✓ An anonymous user').waitFor()
})

test('the key that would verify a token is named, and jeton says whether it does', async () => {
  const { access_token: token } = await service.anonymous()
  await paste(token)
  await page.getByText('Would be verified by key 5 of 6: FInOUGcpZb24 (P-256, ES256).').waitFor()
  assert.match(await verdict(), /^✓ VerifiedSignature, claims and session hold/)

  const [header, payload] = token.split('.')
  await paste(`${header}.${payload}.${'A'.repeat(86)}`)
  await page.getByText('Would be verified by key 5 of 6').waitFor()
  assert.match(await verdict(), /^✗ signatureInvalid signature/)

  await paste(tokenOf({ iss: `${service.base}/api/v1/projects/internal`, aud: 'internal' }))
  await page
    .getByText('None of these 6 keys would verify it: it asks for ES256 and the kid k.')
    .waitFor()
  await page.getByText('✗ Missing claims: sub, iat, exp, project_id').waitFor()
})

test("another issuer's token is verified under keys that are given, and sent when asked", async () => {
  const secret = 'a secret of 32 bytes, or of more'
  const jwk = {
    kty: 'oct',
    kid: 'mine',
    alg: 'HS256',
    k: Buffer.from(secret).toString('base64url'),
  }
  const header = { alg: 'HS256', kid: 'mine' }
  const input = `${part(header)}.${part({ iss: 'https://a.example', aud: 'api', exp: now() + 600 })}`
  const token = `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
  await paste(token)
  await page.getByText('Not a token of this service').waitFor()
  await page.getByLabel('That I give').check()
  await page.getByText('Paste the keys').waitFor()
  await page.getByLabel('JWK Set, JWK or PEM').fill(JSON.stringify({ keys: [jwk] }))
  await page.getByText('Would be verified by key 1 of 1: mine (oct, HS256).').waitFor()
  assert.ok(!requests.some((request) => request.includes(token)), 'sent before it was asked for')

  assert.match(await verdict(), /^✓ VerifiedThe signature and the times hold: HS256, key mine/)
  assert.ok(requests.some((request) => request.includes(token)))
  await page.getByRole('textbox', { name: 'Audience' }).fill('web')
  assert.match(await verdict(), /^✗ audienceInvalid audience/)
})

test('every copy button copies what it says', async () => {
  const token = tokenOf({ iss: 'https://a.example', aud: 'api' })
  await paste(token)
  const [header, payload, signature] = token.split('.')
  for (const [name, expected] of [
    ['Copy token', token],
    ['Copy the issuer', 'https://a.example'],
    ['Copy the audience', 'api'],
    [`Copy the header part, ${header.slice(0, 12)}…`, header],
    [`Copy the payload part, ${payload.slice(0, 12)}…`, payload],
    [`Copy the signature part, ${signature}`, signature],
    ['Copy the header', await text('header')],
    ['Copy the payload', await text('payload')],
    ['Copy the signature', signature],
  ]) {
    await page.getByRole('button', { name, exact: true }).click()
    const isThere = (text) => navigator.clipboard.readText().then((copied) => copied === text)
    await page.waitForFunction(isThere, expected)
  }
  assert.equal(await text('announcer'), 'Copied')
})

test('the keyboard alone is enough', async () => {
  const press = (key) => page.keyboard.press(key)
  const focused = () =>
    page.evaluate(() => document.activeElement.id || document.activeElement.textContent.trim())
  await press('Tab')
  assert.equal(await focused(), 'Skip to the token')
  await press('Enter')
  const { access_token: token } = await service.anonymous()
  await page.keyboard.insertText(token)
  await page.getByText('Would be verified by key').waitFor()
  const seen = []
  while ((await focused()) !== 'Verify with jeton') {
    await press('Tab')
    seen.push(await focused())
    assert.ok(seen.length < 30, seen.join(', '))
  }
  await press('Enter')
  await page.locator('#verdict.good').waitFor()
  // What can be scrolled can be reached.
  for (const id of ['header', 'payload', 'signature']) {
    while ((await focused()) !== id) {
      await press('Tab')
      seen.push(await focused())
      assert.ok(seen.length < 60, seen.join(', '))
    }
  }

  await page.getByRole('button', { name: 'Sign in' }).focus()
  await press('Enter')
  assert.equal(await focused(), 'email')
  await press('Escape')
  assert.equal(await focused(), 'sign-in-open')
})

test('a screen reader is told of changes, and of nothing else', async () => {
  await paste(tokenOf({ exp: now() + 600 }))
  const changes = await page.evaluate(async () => {
    let count = 0
    const observer = new MutationObserver((records) => (count += records.length))
    for (const live of document.querySelectorAll('[role=status], [role=alert]')) {
      observer.observe(live, { childList: true, characterData: true, subtree: true })
    }
    await new Promise((resolve) => setTimeout(resolve, 2500))
    return count
  })
  assert.equal(changes, 0)
})

test('attack: nothing that a token says becomes markup or a script', async () => {
  const evil =
    '<img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script>'
  await paste(tokenOf({ iss: evil, aud: evil, sub: evil, exp: evil }, { alg: evil, kid: evil }))
  assert.equal(JSON.parse(await text('payload')).iss, evil)
  assert.equal((await summary()).Issuer, evil)
  assert.equal(await page.locator('main img, main script').count(), 0)
  await verdict()
  assert.equal(await page.title(), 'JWT viewer')
  const policy = (await service.get('/')).headers.get('content-security-policy')
  assert.match(
    policy,
    /default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'/,
  )
  assert.match(policy, /frame-ancestors 'none'/)
})

for (const colorScheme of ['light', 'dark']) {
  for (const width of [1280, 375]) {
    test(`nothing is out of reach: ${colorScheme}, ${width} pixels wide`, async () => {
      await context.close()
      await open({ colorScheme, viewport: { width, height: 900 }, bypassCSP: true })
      const look = async (state) => {
        const folder = process.env.SCREENSHOTS
        if (folder) {
          const path = join(folder, `${state}-${colorScheme}-${width}.png`)
          await page.screenshot({ path, fullPage: true })
        }
        await page.evaluate(AXE)
        const { violations } = await page.evaluate(() => window.axe.run())
        assert.deepEqual(
          violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]),
          [],
          state,
        )
        const wide = await page.evaluate(() => document.documentElement.scrollWidth)
        assert.ok(wide <= width, `${state}: ${wide} pixels wide`)
      }
      await look('empty')
      await page.getByRole('button', { name: 'Sign in' }).click()
      await look('dialog')
      await page.getByRole('button', { name: 'Cancel' }).click()
      await signIn()
      await page.getByText('An ordinary user').waitFor()
      await verdict()
      await look('verified')
      await page.getByLabel('That I give').check()
      await page.getByLabel('JWK Set, JWK or PEM').fill('{"keys":[]}')
      await page.getByText('None of these').waitFor()
      await verdict()
      await look('refused')
      await paste('no.token')
      await look('malformed')
    })
  }
}

test('the keys of the API are not in the page', async () => {
  const { text } = await service.get('/')
  for (const key of Object.values(KEYS)) assert.ok(!text.includes(key))
})
