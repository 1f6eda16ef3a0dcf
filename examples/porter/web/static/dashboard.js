// What the pages do. Each part looks for its own element, and does nothing on
// the pages that lack it.

// Sends JSON, and returns the answer's; fails with what the service says.
async function send(method, path, body) {
  let response
  try {
    response = await fetch(path, {
      method,
      headers: { 'Content-Type': 'application/json' },
      body: body && JSON.stringify(body),
    })
  } catch {
    throw new Error('The service can’t be reached.')
  }
  const answer = response.status === 204 ? {} : await response.json()
  if (!response.ok) throw new Error(answer.error)
  return answer
}

// Does something while its control is disabled, and says in words how it went.
async function attempt(control, status, action) {
  control.disabled = true
  status.classList.remove('bad')
  status.textContent = 'One moment…'
  try {
    status.textContent = (await action()) ?? ''
  } catch (error) {
    status.textContent = error.message
    status.classList.add('bad')
  }
  control.disabled = false
}

function onSubmit(selector, action) {
  const form = document.querySelector(selector)
  form?.addEventListener('submit', (event) => {
    event.preventDefault()
    const button = event.submitter ?? form.querySelector('button')
    const fields = Object.fromEntries(new FormData(form))
    attempt(button, form.querySelector('.status'), () => action(fields, button, form))
  })
}

onSubmit('[data-sign-in]', async (account, button) => {
  await send('POST', button.value, account)
  // A path of this site and nothing else: "//host" and "/\host" are others'.
  const next = new URLSearchParams(location.search).get('next') ?? ''
  location.assign(/^\/projects(\/|$)/.test(next) ? next : '/projects')
})

onSubmit('[data-new-project]', async (project) => {
  const { id } = await send('POST', '/api/projects', project)
  location.assign(`/projects/${id}/settings/general`)
})

document.querySelector('[data-sign-out]')?.addEventListener('click', async () => {
  await send('POST', '/api/logout')
  location.assign('/login')
})

const reject = document.querySelector('[data-reject]')
reject?.addEventListener('change', () => {
  const wanted = reject.checked
  // It shows what is so, not what is wanted, until the service has said yes.
  reject.checked = !wanted
  attempt(reject, document.querySelector('#reject-status'), async () => {
    const answer = await send('PUT', reject.dataset.reject, { reject_user_jwt_tokens: wanted })
    reject.checked = answer.reject_user_jwt_tokens
    return reject.checked
      ? 'On: user-scoped JWT tokens are rejected from now on.'
      : 'Off: user-scoped JWT tokens are accepted again.'
  }).then(() => reject.focus())
})

onSubmit('[data-new-token]', async ({ name, policy_uid, days }, _, form) => {
  const expires_at = new Date(Date.now() + days * 86400000).toISOString()
  const made = await send('POST', form.dataset.newToken, { name, policy_uid, expires_at })
  form.reset()
  list(made, form.dataset.newToken)
  document.querySelector('[data-made]').hidden = false
  const shown = document.querySelector('[data-token]')
  shown.value = made.token
  shown.select()
  return `${made.name} is made.`
})

// Adds a token's row to the table.
function list(token, path) {
  const row = document.querySelector('[data-tokens]').insertRow()
  const name = row.insertCell()
  name.className = 'name'
  name.textContent = token.name
  row.insertCell().textContent = token.policy_uid
  const expires = document.createElement('time')
  expires.dateTime = token.expires_at
  expires.dataset.day = ''
  row.insertCell().append(expires)
  tell(expires)
  const revoke = document.createElement('button')
  revoke.type = 'button'
  revoke.className = 'danger'
  revoke.textContent = 'Revoke'
  revoke.setAttribute('aria-label', `Revoke ${token.name}`)
  revoke.dataset.revoke = `${path}/${token.id}/revoke`
  const cell = row.insertCell()
  cell.className = 'number'
  cell.append(revoke)
  document.querySelector('#tokens-status').textContent = ''
}

document.querySelector('[data-tokens]')?.addEventListener('click', ({ target }) => {
  if (!target.matches('[data-revoke]')) return
  attempt(target, document.querySelector('#tokens-status'), async () => {
    const { name } = await send('POST', target.dataset.revoke)
    target.closest('tr').remove()
    return `${name} is revoked.`
  })
})

document.querySelector('[data-copy]')?.addEventListener('click', async ({ target }) => {
  const shown = document.querySelector('[data-token]')
  try {
    await navigator.clipboard.writeText(shown.value)
    target.textContent = 'Copied'
  } catch {
    shown.select() // for the keyboard
  }
})

// Times in the reader's own zone and words.
function tell(time) {
  const at = new Date(time.dateTime)
  const style = 'day' in time.dataset ? {} : { timeStyle: 'short' }
  time.textContent = at.toLocaleString(undefined, { dateStyle: 'medium', ...style })
}
document.querySelectorAll('time').forEach(tell)
