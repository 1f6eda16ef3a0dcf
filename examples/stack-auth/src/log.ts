// Events of authentication, a JSON line each, for whoever watches over them.
// Never a token: what names it is the session.

import type { JetonError } from 'jeton'

export interface Event {
  event: string
  project?: string | undefined
  user?: string | undefined
  session?: string | undefined
  [detail: string]: unknown
}

export type Log = (event: Event) => void

export const toStderr: Log = (event) => {
  process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), ...event })}\n`)
}

/** What a refused token is logged as: the verdict, and what jeton reports of it. */
export function refusal({ code, message, claim, claims = {} }: JetonError): Event {
  const { aud, sub, refresh_token_id: session, exp } = claims as Record<string, any>
  return {
    event: 'token-refused',
    code,
    message,
    claim,
    project: typeof aud === 'string' ? aud.split(':', 1)[0] : undefined,
    user: sub,
    session,
    expires: exp,
  }
}
