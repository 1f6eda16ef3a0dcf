// The pages of examples/porter in a real browser. PORTER is the service.
//
// With SHOTS=FOLDER each page is put there as a picture, light and dark, wide and
// narrow, for a person to look at.

import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, test } from 'node:test'
import { chromium } from 'playwright-core'

const folder = mkdtempSync(join(tmpdir(), 'porter-'))
let service, url, browser

before(async () => {
  service = spawn(process.env.PORTER, {
    env: {
      ...process.env,
      SERVER_PORT: '0',
      SQL_LITE_PATH: join(folder, 'porter.db'),
      TOKEN_GENERATOR_SECRET: '0123456789abcdef0123456789abcdef',
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  for await (const line of createInterface({ input: service.stdout })) {
    url = line.replace('porter listens on ', '')
    break
  }
  const executablePath = execFileSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' }).trim()
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
})

after(async () => {
  await browser?.close()
  service?.kill()
  rmSync(folder, { recursive: true })
})

// A browser of one person's, and what it complains about.
async function visit(options) {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Berlin', ...options })
  const page = await context.newPage()
  page.complaints = []
  page.on('console', (message) => message.type() === 'error' && page.complaints.push(message.text()))
  page.on('pageerror', (error) => page.complaints.push(String(error)))
  return page
}

async function signUp(page, name) {
  await page.goto(`${url}/login`)
  await page.getByLabel('Email').fill(`${name}@a.example`)
  await page.getByLabel('Password').fill('correct horse')
  await page.getByRole('button', { name: 'Create an account' }).click()
  await page.waitForURL('**/projects')
}

async function newProject(page, name) {
  await page.getByLabel('Name').fill(name)
  await page.getByRole('button', { name: 'Create' }).click()
  await page.waitForURL('**/settings/general')
  return page.url().match(/projects\/(\d+)/)[1]
}

// A request of a program's, with no browser's cookie.
function ask(token, path, options) {
  return fetch(url + path, { ...options, headers: { Authorization: `Bearer ${token}` } })
}

const get = (token, project) => ask(token, `/api/projects/${project}`)

// A user's token, as the command line gets it.
async function login(page) {
  const back = await page.request.get(`${url}/api/cli/login?redirect=http://localhost:1/`, { maxRedirects: 0 })
  const code = new URL(back.headers().location).searchParams.get('code')
  const answer = await fetch(`${url}/api/cli/login/exchange`, {
    method: 'POST',
    body: JSON.stringify({ authorization_code: code }),
  })
  return (await answer.json()).token
}

async function shot(page, name) {
  if (!process.env.SHOTS) return
  for (const colorScheme of ['light', 'dark']) {
    for (const width of [1200, 375]) {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 800 })
      await page.screenshot({ path: join(process.env.SHOTS, `${name}-${colorScheme}-${width}.png`), fullPage: true })
    }
  }
  await page.setViewportSize({ width: 1200, height: 800 })
}

const toggle = (page) => page.getByRole('switch', { name: 'Reject user-scoped JWT tokens' })

test('an admin turns the setting on in Settings, General, and back off while his own token is rejected', async () => {
  const page = await visit()
  await signUp(page, 'ada')
  await shot(page, 'projects')
  const project = await newProject(page, 'Blog')
  const token = await login(page)
  assert.equal((await get(token, project)).status, 200)

  await page.goto(`${url}/projects/${project}/settings/general`)
  await page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'General' }).click()
  const section = page.getByRole('region', { name: 'User JWT tokens' })
  await section.waitFor()
  assert.equal(await toggle(page).isChecked(), false)

  await toggle(page).click()
  await section.getByText('On: user-scoped JWT tokens are rejected from now on.').waitFor()
  assert.equal(await toggle(page).isChecked(), true)
  const refused = await get(token, project)
  assert.equal(refused.status, 401)
  assert.match((await refused.json()).error, /use a project API token/)

  await page.reload()
  assert.equal(await toggle(page).isChecked(), true)
  const uses = page.getByRole('region', { name: 'Credentials used' })
  const row = uses.locator('tr[data-kind=user-token]')
  assert.deepEqual((await row.locator('td').allTextContents()).slice(0, 4), ['User JWT token', 'ada@a.example', '1', '1'])
  assert.match(await row.locator('time').textContent(), /^\d{1,2} \w+ \d{4}, \d\d:\d\d$/)
  await shot(page, 'general')

  // By the keyboard: the focus comes back to where it was.
  await toggle(page).focus()
  await page.keyboard.press('Space')
  await section.getByText('Off: user-scoped JWT tokens are accepted again.').waitFor()
  assert.equal(await toggle(page).isChecked(), false)
  assert.equal(await toggle(page).evaluate((element) => element === document.activeElement), true)
  assert.equal((await get(token, project)).status, 200)
  assert.deepEqual(page.complaints, [])
})

test('who is no admin sees the setting and cannot change it', async () => {
  const [admin, page] = [await visit(), await visit()]
  await signUp(admin, 'bea')
  const project = await newProject(admin, 'Shop')
  await signUp(page, 'dev')
  const { id } = await (await page.request.get(`${url}/api/users/current`)).json()
  await page.goto(`${url}/projects/${project}/settings/general`)
  await page.getByText('Forbidden').waitFor() // a stranger yet
  const joined = await admin.request.post(`${url}/api/projects/${project}/roles`, { data: { user_id: id, kind: 'developer' } })
  assert.equal(joined.status(), 200)

  await page.goto(`${url}/projects/${project}/settings/general`)
  await page.getByText('You must be a project Admin to change this setting.').waitFor()
  assert.equal(await toggle(page).isDisabled(), true)
  assert.equal(await page.getByText('Credentials used').count(), 0)
  assert.equal(await page.getByRole('link', { name: 'API tokens' }).count(), 0)
  await shot(page, 'general-developer')
  // Nor by a page that was made to let him.
  await toggle(page).evaluate((element) => (element.disabled = false))
  await toggle(page).click()
  await page.locator('#reject-status.bad', { hasText: 'Forbidden' }).waitFor()
  assert.equal(await toggle(page).isChecked(), false)
})

test('an API token is made in the settings, shown once, works, and is revoked', async () => {
  const page = await visit({ permissions: ['clipboard-read', 'clipboard-write'] })
  await signUp(page, 'cleo')
  const project = await newProject(page, 'API')
  await toggle(page).click()
  await page.getByText('On: user-scoped').waitFor()
  await page.getByRole('navigation', { name: 'Settings' }).getByRole('link', { name: 'API tokens' }).click()
  await page.getByText('There are none yet.').waitFor()

  await page.getByLabel('Name').fill('<b>deploy</b>')
  await page.getByLabel('Policy').selectOption('Admin')
  await page.getByLabel('Expires in').selectOption('90 days')
  await page.getByRole('button', { name: 'Create token' }).click()
  await page.getByText("Copy it now: it isn't shown again.").waitFor()
  const token = await page.getByLabel('The new token').inputValue()
  await page.getByRole('button', { name: 'Copy' }).click()
  await page.getByRole('button', { name: 'Copied' }).waitFor()
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), token)
  assert.equal((await get(token, project)).status, 200)
  await shot(page, 'api-tokens')

  // An admin's token may turn off the setting, which doesn't mean it.
  const path = `/api/v2/projects/${project}/reject-user-jwt-tokens`
  const off = await ask(token, path, { method: 'PUT', body: JSON.stringify({ reject_user_jwt_tokens: false }) })
  assert.deepEqual(await off.json(), { reject_user_jwt_tokens: false })

  await page.reload()
  assert.equal(await page.getByLabel('The new token').isVisible(), false)
  assert.equal((await page.content()).includes(token), false)
  assert.deepEqual((await page.locator('[data-tokens] td').allTextContents()).slice(0, 2), ['<b>deploy</b>', 'admin'])
  await page.getByRole('button', { name: 'Revoke <b>deploy</b>' }).click()
  await page.getByText('<b>deploy</b> is revoked.').waitFor()
  assert.equal(await page.locator('[data-tokens] tr').count(), 0)
  assert.equal((await get(token, project)).status, 403)
  assert.deepEqual(page.complaints, [])
})

test('signing out ends it, and signing in comes back to the page that was asked for', async () => {
  const page = await visit()
  await signUp(page, 'dan')
  const project = await newProject(page, 'Docs')
  const general = `${url}/projects/${project}/settings/general`
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.waitForURL('**/login')
  await page.goto(general)
  await page.waitForURL('**/login?next=*')
  await page.getByLabel('Email').fill('dan@a.example')
  await page.getByLabel('Password').fill('wrong horse')
  await page.keyboard.press('Enter')
  await page.getByText('the address or the password is wrong').waitFor()
  await shot(page, 'login')
  await page.getByLabel('Password').fill('correct horse')
  await page.keyboard.press('Enter')
  await page.waitForURL(general)

  // Nowhere else does it lead.
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.waitForURL('**/login')
  await page.goto(`${url}/login?next=//a.example/projects`)
  await page.getByLabel('Email').fill('dan@a.example')
  await page.getByLabel('Password').fill('correct horse')
  await page.keyboard.press('Enter')
  await page.waitForURL(`${url}/projects`)
})

test('a page that fits a telephone needs no scrolling sideways', async () => {
  const page = await visit({ viewport: { width: 375, height: 700 } })
  await signUp(page, 'a-rather-long-name-of-somebody-who-came-early')
  const project = await newProject(page, 'A project whose name is long enough to be cut off somewhere')
  const made = await page.request.post(`${url}/api/projects/${project}/api_token`, {
    data: { name: 'a-name-that-goes-on-and-on-and-on', policy_uid: 'developer' },
  })
  assert.equal(made.status(), 201)
  for (const path of ['/projects', `/projects/${project}/settings/general`, `/projects/${project}/settings/api-tokens`]) {
    await page.goto(url + path)
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    assert.equal(beyond, 0, path)
  }
})
