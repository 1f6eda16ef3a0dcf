// Whoever uses the page: signed in by a cookie that no script can read. The
// access token is in memory alone.

import { ApiError, FreshToken } from './client.js'
import { find } from './dom.js'
import { decode } from './token.js'

async function post(path: string, body?: object, method = 'POST'): Promise<any> {
  const response = await fetch(path, {
    method,
    ...(body && {
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    }),
  })
  if (!response.ok) throw await ApiError.from(response)
  return response.json()
}

async function refresh(): Promise<string> {
  const { access_token: token } = await post('session/refresh')
  if (token === null) throw new Error('signed out')
  return token
}

/** Sets the session's corner up; `changed` hears of each sign-in and sign-out. */
export async function session(changed: (token: FreshToken | undefined) => void): Promise<void> {
  const state = find('session-state', HTMLElement)
  const open = find('sign-in-open', HTMLButtonElement)
  const signOut = find('sign-out', HTMLButtonElement)
  const dialog = find('sign-in', HTMLDialogElement)
  const form = find('sign-in-form', HTMLFormElement)
  const error = find('sign-in-error', HTMLElement)

  const show = (accessToken: string | undefined) => {
    open.hidden = accessToken !== undefined
    signOut.hidden = accessToken === undefined
    state.textContent =
      accessToken === undefined ? 'Not signed in' : `Signed in as ${nameOf(accessToken)}`
    changed(accessToken === undefined ? undefined : new FreshToken(refresh, accessToken))
  }

  open.addEventListener('click', () => {
    error.textContent = ''
    dialog.showModal()
  })
  find('sign-in-cancel', HTMLButtonElement).addEventListener('click', () => dialog.close())
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    const action = (event.submitter as HTMLButtonElement).value
    const { email, password } = Object.fromEntries(new FormData(form))
    try {
      const body = action === 'anonymous' ? { action } : { action, email, password }
      const { access_token: accessToken } = await post('session', body)
      form.reset()
      dialog.close()
      show(accessToken)
    } catch (cause) {
      error.textContent = (cause as Error).message
    }
  })
  signOut.addEventListener('click', async () => {
    await post('session', undefined, 'DELETE')
    show(undefined)
    open.focus()
  })

  // A session of an earlier visit goes on; without one there is nothing to say.
  show(await refresh().catch(() => undefined))
}

function nameOf(token: string): string {
  const { name, email } = decode(token).payload
  return String(name ?? email ?? 'an anonymous user')
}
