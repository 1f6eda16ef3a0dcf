// Which key would verify the token, and jeton's verdict.

import { type Jwk, keyFor, projectOf } from './checks.js'
import { find, make, say } from './dom.js'
import type { Decoded } from './token.js'

const form = find('verify', HTMLFormElement)
const given = find('given', HTMLElement)
const keys = find('keys', HTMLTextAreaElement)
const key = find('key', HTMLElement)
const verdict = find('verdict', HTMLElement)

let token: string | undefined
let decoded: Decoded | undefined
/** Counts what was shown, so that an answer that comes too late isn't. */
let generation = 0

/** Sets the section up. */
export function verifying(): void {
  form.addEventListener('change', update)
  keys.addEventListener('input', update)
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void ask()
  })
}

/** Shows another token. */
export function show(text: string | undefined, next: Decoded | undefined): void {
  token = text
  decoded = next
  update()
}

const isGiven = () => new FormData(form).get('keys') === 'given'

async function update(): Promise<void> {
  const current = ++generation
  given.hidden = !isGiven()
  verdict.replaceChildren()
  if (decoded === undefined) return
  const text = isGiven() ? amongGiven(decoded) : await amongPublished(decoded)
  if (current === generation) say(key, text)
}

function amongGiven({ header }: Decoded): string {
  const text = keys.value.trim()
  if (text === '') return 'Paste the keys to see which one would verify this token.'
  if (text.startsWith('-----BEGIN')) return 'A PEM holds one key, which is tried.'
  try {
    const document = JSON.parse(text)
    return chosen(header, document.keys ?? [document])
  } catch {
    return 'These keys are neither JSON nor PEM.'
  }
}

async function amongPublished({ header, payload }: Decoded): Promise<string> {
  const project = projectOf(payload)
  if (project === undefined) return 'Not a token of this service: give the keys of its issuer.'
  const path = `api/v1/projects/${encodeURIComponent(project)}/.well-known/jwks.json`
  const response = await fetch(`${path}?include_anonymous=true`)
  if (!response.ok) return `This service has no project ${project}: give the keys of the issuer.`
  return chosen(header, ((await response.json()) as { keys: Jwk[] }).keys)
}

function chosen(header: Record<string, unknown>, set: Jwk[]): string {
  const index = keyFor(header, set)
  const { kid, alg } = header
  const wanted = kid === undefined ? `${alg} and no kid` : `${alg} and the kid ${kid}`
  if (index < 0) return `None of these ${set.length} keys would verify it: it asks for ${wanted}.`
  const { kid: name, crv, kty } = set[index]!
  return `Would be verified by key ${index + 1} of ${set.length}: ${name ?? 'no kid'} (${crv ?? kty}, ${alg}).`
}

async function ask(): Promise<void> {
  const current = ++generation
  verdict.replaceChildren()
  const { issuer, audience } = Object.fromEntries(new FormData(form)) as Record<string, string>
  if (isGiven() && keys.value.trim() === '') {
    keys.focus()
    return
  }
  const response = await fetch('verdict', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ token, ...(isGiven() && { keys: keys.value, issuer, audience }) }),
  })
  const answer = response.ok
    ? await response.json()
    : { verified: false, status: `HTTP ${response.status}`, message: await response.text() }
  if (current !== generation) return
  verdict.className = answer.verified ? 'good' : 'bad'
  verdict.replaceChildren(
    make('strong', {}, answer.verified ? '✓ Verified' : `✗ ${answer.status}`),
    make('p', {}, answer.verified ? verifiedBy(answer) : answer.message),
  )
}

function verifiedBy(answer: { algorithm: string; kid: string | null; thumbprint: string }): string {
  const held = isGiven() ? 'The signature and the times hold' : 'Signature, claims and session hold'
  const { algorithm, kid, thumbprint } = answer
  return `${held}: ${algorithm}, key ${kid ?? 'without a kid'}, thumbprint ${thumbprint}.`
}
