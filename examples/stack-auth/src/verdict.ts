// What jeton makes of a token that somebody looks at, under this service's own
// keys or under keys that are given.

import { type Claims, JetonError, Keys, Verifier } from 'jeton'

export interface Asked {
  token: string
  /** A JWK, a JWK Set or PEM; this service's own where there are none. */
  keys?: string | undefined
  /** What the token must say, where it must. */
  issuer?: string | undefined
  audience?: string | undefined
}

export type Verdict =
  | { verified: true; algorithm: string; kid: string | null; thumbprint: string }
  | { verified: false; status: string; message: string; claim: string | null }

/** A bad token or key is a verdict; what else goes wrong isn't. */
export function verdict(asked: Asked, own: Verifier<any>): Verdict {
  try {
    const { algorithm, kid = null, thumbprint } = verify(asked, own)
    return { verified: true, algorithm, kid, thumbprint }
  } catch (error) {
    if (!(error instanceof JetonError) || !isTheirs(error)) throw error
    const { code: status, message, claim = null } = error
    return { verified: false, status, message, claim }
  }
}

function verify({ token, keys, issuer, audience }: Asked, own: Verifier<any>): Claims<any> {
  if (keys === undefined) return own.verifySync(token)
  const given = new Keys(keys)
  // To say nothing of the issuer is to waive it, which whoever looks may do.
  const options = { issuer: issuer || null, audience: audience || null }
  const verifier = new Verifier(given, options)
  try {
    return verifier.verifySync(token)
  } finally {
    verifier.close()
    given.close()
  }
}

/** Whether the fault is in what was given: a key, the token or its claims. */
const isTheirs = ({ code, status }: JetonError) =>
  status === 401 || status === 403 || ['key', 'weak-key', 'unsupported'].includes(code)
