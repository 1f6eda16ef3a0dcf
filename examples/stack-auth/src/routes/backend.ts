// A server of one's own that reads the user from a verified token, as the
// document's server-side sample does: a verifier is all that it needs. Anonymous
// and restricted users are nobody to it.

import { Hono } from 'hono'
import { authenticator } from 'jeton'

import { type Log, refusal } from '../log.js'
import { isRefusal, type Tokens } from '../tokens.js'

export function backend(tokens: Tokens, log: Log) {
  const app = new Hono()
  const authenticate = authenticator(tokens.ordinary)

  app.get('/', async (context) => {
    try {
      const { claims } = await authenticate({ headers: credentials(context.req.raw.headers) })
      const { sub, name, email, selected_team_id: team } = claims!.payload as Record<string, any>
      return context.json({ id: sub, displayName: name, primaryEmail: email, selectedTeamId: team })
    } catch (error) {
      if (!isRefusal(error)) throw error
      log(refusal(error))
      return context.text('Unauthorized', 401, error.headers)
    }
  })

  return app
}

/** The SDK sends tokens in a header of its own; else there is Authorization. */
function credentials(headers: Headers): Headers {
  const own = headers.get('x-stack-auth')
  if (own === null) return headers
  try {
    const { accessToken } = JSON.parse(own)
    return new Headers(
      typeof accessToken === 'string' ? { Authorization: `Bearer ${accessToken}` } : {},
    )
  } catch {
    return new Headers()
  }
}
