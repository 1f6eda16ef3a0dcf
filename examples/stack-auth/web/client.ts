// A small client of the API, for browsers and for Node: attaches the access
// token to every request and refreshes it before it expires.

import { decode } from './token.js'

/** A stored access token is used again only if it lives for longer than this … */
const REMAINING = 20
/** … and was issued less than this ago, in seconds. */
const AGE = 75

/** Codes after which a new access token may help. */
const STALE = ['ACCESS_TOKEN_EXPIRED', 'UNPARSABLE_ACCESS_TOKEN']

export interface ClientOptions {
  /** Where the API is, such as "https://api.stack-auth.com". */
  base: string
  project: string
  publishableClientKey: string
  refreshToken: string
  accessToken?: string
  /** Also for users who are anonymous, or restricted. */
  allowAnonymous?: boolean
  allowRestricted?: boolean
  /** For tests: in milliseconds. */
  now?: () => number
}

/** What the API refuses with. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string | null,
    message: string,
  ) {
    super(message)
  }

  static async from(response: Response): Promise<ApiError> {
    const text = await response.text()
    const code = response.headers.get('x-stack-known-error')
    return new ApiError(response.status, code, code ? JSON.parse(text).error : text)
  }
}

/** Keeps an access token fresh. It is kept in memory, and nowhere else. */
export class FreshToken {
  #token: string | undefined
  #refreshing: Promise<string> | undefined

  constructor(
    private readonly refresh: () => Promise<string>,
    token?: string,
    private readonly now: () => number = Date.now,
  ) {
    this.#token = token
  }

  /** A token that is fresh enough to be used. */
  async get(): Promise<string> {
    return this.#token !== undefined && this.isFresh(this.#token) ? this.#token : this.renew()
  }

  /** A new one. Whoever asks while it is on its way gets the same. */
  renew(): Promise<string> {
    this.#refreshing ??= this.refresh()
      .then((token) => (this.#token = token))
      .finally(() => (this.#refreshing = undefined))
    return this.#refreshing
  }

  private isFresh(token: string): boolean {
    const { exp, iat } = decode(token).payload
    const now = this.now() / 1000
    return (
      typeof exp === 'number' && typeof iat === 'number' && exp - now > REMAINING && now - iat < AGE
    )
  }
}

export class Client {
  private readonly token: FreshToken

  constructor(private readonly options: ClientOptions) {
    const { accessToken, now } = options
    this.token = new FreshToken(() => this.refresh(), accessToken, now)
  }

  getAccessToken(): Promise<string> {
    return this.token.get()
  }

  /** Sends a request as the user. A token that was refused all the same is renewed once. */
  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const response = await this.send(path, init, await this.token.get())
    const code = response.headers.get('x-stack-known-error')
    if (code === null || !STALE.includes(code)) return response
    await response.body?.cancel()
    return this.send(path, init, await this.token.renew())
  }

  private send(path: string, init: RequestInit, accessToken: string): Promise<Response> {
    const headers = new Headers(init.headers)
    for (const [name, value] of Object.entries(this.headers())) headers.set(name, value)
    headers.set('x-stack-access-token', accessToken)
    return fetch(new URL(path, this.options.base), { ...init, headers })
  }

  private async refresh(): Promise<string> {
    const { base, refreshToken } = this.options
    const response = await fetch(new URL('/api/v1/auth/sessions/current/refresh', base), {
      method: 'POST',
      headers: { ...this.headers(), 'x-stack-refresh-token': refreshToken },
    })
    if (!response.ok) throw await ApiError.from(response)
    return ((await response.json()) as { access_token: string }).access_token
  }

  private headers(): Record<string, string> {
    const { project, publishableClientKey, allowAnonymous, allowRestricted } = this.options
    return {
      'x-stack-access-type': 'client',
      'x-stack-project-id': project,
      'x-stack-publishable-client-key': publishableClientKey,
      ...(allowAnonymous && { 'x-stack-allow-anonymous-user': 'true' }),
      ...(allowRestricted && { 'x-stack-allow-restricted-user': 'true' }),
    }
  }
}
