// The page: decodes the token on every edit and shows what it says.

import { checks, localTime, relative, type Status, statusAt } from './checks.js'
import type { FreshToken } from './client.js'
import { copier, find, make, say } from './dom.js'
import { session } from './session.js'
import { decode, type Decoded } from './token.js'
import { show, verifying } from './verify.js'

const token = find('token', HTMLTextAreaElement)
const error = find('token-error', HTMLElement)
const segments = find('segments', HTMLElement)
const status = find('status', HTMLElement)
const summary = find('summary', HTMLElement)
const load = find('load', HTMLButtonElement)
const clear = find('clear', HTMLButtonElement)
const copyToken = find('copy-token', HTMLButtonElement)

let decoded: Decoded | undefined
let own: FreshToken | undefined

/** What was pasted, without the white space and the scheme that come along. */
const pasted = () => token.value.replace(/^\s*Bearer\s+/i, '').replace(/\s+/g, '')

function update(): void {
  const text = pasted()
  let fault = ''
  decoded = undefined
  try {
    if (text !== '') decoded = decode(text)
  } catch (cause) {
    fault = (cause as Error).message
  }
  say(error, fault)
  token.setAttribute('aria-invalid', String(fault !== ''))
  clear.disabled = copyToken.disabled = text === ''
  segments.hidden = find('decoded', HTMLElement).hidden = decoded === undefined
  if (decoded !== undefined) render(decoded)
  show(text, decoded)
}

const pretty = (value: unknown) => JSON.stringify(value, null, 2)

function render({ header, payload, parts, signatureBytes }: Decoded): void {
  find('header', HTMLElement).textContent = pretty(header)
  find('payload', HTMLElement).textContent = pretty(payload)
  find('signature', HTMLElement).textContent = parts[2] || '(empty)'
  find('signature-note', HTMLElement).textContent = `${signatureBytes} bytes, not verified here`
  segments.replaceChildren(
    ...(['header', 'payload', 'signature'] as const).map((name, index) => {
      const part = parts[index]!
      const start = part.length > 12 ? `${part.slice(0, 12)}…` : part
      const label = `Copy the ${name} part, ${start}`
      const button = make('button', { type: 'button', class: name, 'aria-label': label })
      button.append(make('code', {}, start || '(empty)'))
      copier(button, () => part)
      return button
    }),
  )
  find('checks', HTMLElement).replaceChildren(
    ...checks(payload).map(({ ok, text }) =>
      make('li', { class: ok ? 'good' : 'bad' }, `${ok ? '✓' : '✗'} ${text}`),
    ),
  )
  summarise(payload)
  tick()
}

function summarise(payload: Record<string, unknown>): void {
  const { iss, aud, sub, iat, nbf, exp } = payload
  summary.replaceChildren(
    ...row('Issuer', words(iss), true),
    ...row('Audience', words(aud), true),
    ...row('User ID', words(sub)),
    ...row('Issued at', localTime(iat), false, iat),
    ...row('Not before', localTime(nbf), false, nbf),
    ...row('Expires', localTime(exp), false, exp),
  )
}

function words(claim: unknown): string {
  if (claim === undefined) return 'none'
  return Array.isArray(claim) ? claim.join(', ') : typeof claim === 'string' ? claim : pretty(claim)
}

function row(name: string, text: string, copies = false, date?: unknown): HTMLElement[] {
  const value = make('dd', {}, make('span', {}, text))
  if (copies && text !== 'none') {
    const label = `Copy the ${name.toLowerCase()}`
    const button = make('button', { type: 'button', 'aria-label': label }, 'Copy')
    copier(button, () => text)
    value.append(button)
  }
  if (typeof date === 'number') {
    value.append(make('small', { class: 'quiet', 'data-date': String(date) }))
  }
  return [make('dt', {}, name), value]
}

const BADGES: Record<Status, string> = {
  valid: 'Time-Valid (Unverified)',
  expired: 'Expired (Unverified)',
  early: 'Not Yet Valid (Unverified)',
}

/** What changes as time goes by. */
function tick(): void {
  if (decoded === undefined) return
  const now = Date.now() / 1000
  const current = statusAt(decoded.payload, now)
  say(status, BADGES[current])
  status.className = `badge ${current}`
  for (const element of summary.querySelectorAll<HTMLElement>('[data-date]')) {
    element.textContent = relative(Number(element.dataset['date']), now)
  }
}

async function loadOwn(): Promise<void> {
  if (own === undefined) return
  token.value = await own.get()
  load.textContent = 'Reload my token'
  update()
}

token.addEventListener('input', update)
load.addEventListener('click', () => void loadOwn())
clear.addEventListener('click', () => {
  token.value = ''
  update()
  token.focus()
})
copier(copyToken, pasted)
for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-copies]')) {
  if (button === copyToken) continue
  const name = button.dataset['copies'] as 'header' | 'payload' | 'signature'
  button.setAttribute('aria-label', `Copy the ${name}`)
  copier(
    button,
    () => (decoded && name !== 'signature' ? pretty(decoded[name]) : decoded?.parts[2]) ?? '',
  )
}
setInterval(tick, 1000)
verifying()
await session((fresh) => {
  own = fresh
  load.hidden = fresh === undefined
  load.textContent = 'Load my token'
  // Signed in, the session's own token is there unasked; what was pasted stays.
  if (fresh !== undefined && pasted() === '') void loadOwn()
})
