// A client for applications in JavaScript, on fetch alone.
//
//     const protekt = new Protekt({ url: 'https://auth.protekt.io/v1', apiKey })
//     const { user, error } = await protekt.auth.verifyToken(token)

/** Asks the service about users' tokens. Its methods don't throw: they return an error. */
export class Protekt {
  constructor({ url, apiKey, timeout = 5000 }) {
    const call = (path, body) => post(`${url}${path}`, apiKey, body, timeout)
    this.auth = {
      /**
       * Whose a token is: `{user, error}`, of which one is null.
       *
       * The service looks at signature, expiry and claims, and at the blocklist.
       */
      async verifyToken(token) {
        const { answer, error } = await call('/auth/token/verify', { token: `${token}` })
        if (error) return { user: null, error }
        const { sub: id, email, email_verified: emailVerified } = answer.claims
        return { user: { id, email, emailVerified, claims: answer.claims }, error: null }
      },
    }
  }
}

async function post(url, apiKey, body, timeout) {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-protekt-key': apiKey },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeout),
    })
    const answer = await response.json()
    return response.ok ? { answer } : { error: answer.error }
  } catch (cause) {
    return { error: { code: 'unavailable', message: cause.message, details: {} } }
  }
}
