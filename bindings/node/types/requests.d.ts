// Credentials, and the requests that bring them.

import type { Call, Claims, JetonError, Text, Verifier, Waiting } from './index.js'
import type { BearerOptions } from './options.js'

/** What came in: "none", "admin", "jwt", "session" or the kind of a prefix. */
export interface Found<T extends object = { [claim: string]: unknown }> {
  kind: string
  /** Without its scheme. */
  credential: string
  /** Of a good JWT. */
  claims: Claims<T> | undefined
  /** Why a JWT or a misshapen credential is bad: such a request must not go on. */
  rejection: JetonError | undefined
}

export interface Credentials {
  /** The header Authorization. */
  authorization?: Text
  /** The value of a session cookie. */
  cookie?: Text
}

/** Tells kinds of credentials apart. */
export class Bearer<T extends object = { [claim: string]: unknown }> {
  /** `admin` is the administrator's token; without it, or empty, there is none. */
  constructor(verifier: Verifier<T> | null, options?: BearerOptions | string, admin?: Text)
  /** Waits where a source may yet bring a JWT's key. */
  resolve(credentials: Credentials, call?: Call & Waiting): Promise<Found<T>>
  resolveSync(credentials: Credentials, call?: Call): Found<T>
  close(): void
}

/** A request of Fetch or of Node. */
export type Incoming =
  | { readonly headers: { get(name: string): string | null } }
  | { readonly headers: { readonly [name: string]: string | string[] | undefined } }

export interface AuthenticatorOptions<R = Incoming> {
  /** The kinds that are let through; "none" for requests without a credential. Default: ["jwt"]. */
  kinds?: readonly string[]
  /** The name of the session cookie. */
  cookie?: string
  /** The realm of WWW-Authenticate. */
  realm?: string
  /** The scope that switches are looked up in, or how to tell it. */
  scope?: string | ((request: R) => string | Promise<string>)
  /** The longest wait for keys, in milliseconds. */
  timeout?: number
}

/**
 * Makes a function from a request to what it carries. It rejects with a
 * JetonError: `status` 401 or 403 (and `headers` with WWW-Authenticate) for a
 * bad credential, 503 for what is unavailable, 500 for misuse.
 */
export function authenticator<
  R extends Incoming = Incoming,
  T extends object = { [claim: string]: unknown },
>(
  checker: Verifier<T> | Bearer<T>,
  options?: AuthenticatorOptions<R>,
): (request: R) => Promise<Found<T>>

/**
 * Makes a middleware in the manner of Express; what was found is
 * `request.auth`. A refused request is answered, unless `refuse` does; a
 * failure that is the program's own goes to `next`.
 */
export function middleware<T extends object = { [claim: string]: unknown }>(
  checker: Verifier<T> | Bearer<T>,
  options?: AuthenticatorOptions<any> & {
    refuse?: (
      error: JetonError,
      request: any,
      response: any,
      next: (error?: unknown) => void,
    ) => void
  },
): (request: any, response: any, next: (error?: unknown) => void) => Promise<void>
