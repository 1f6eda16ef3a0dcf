// What the environment says. The names are the original's, but for those that
// only this service has.

export interface Config {
  host: string
  port: number
  /** Where the issuers' URLs begin. */
  base: string
  /** The server's secret, of which every signing key is derived. */
  secret: string
  /** The one before it, while it is being rotated out: its keys verify and don't sign. */
  oldSecret: string | undefined
  /** How long access tokens live, in the original's words. */
  lifetime: string
  /** Where the database is, and the revocations unless they are elsewhere. */
  folder: string
  revocations: string
  /** The keys and the first user of the project "internal", where they are given. */
  seed: {
    keys: { client: string | undefined; server: string | undefined; admin: string | undefined }
    user: { email: string; password: string } | undefined
  }
}

type Environment = Record<string, string | undefined>

/** Reads it, or throws what to set and why. */
export function read(environment: Environment): Config {
  // An empty variable counts as unset everywhere.
  const get = (name: string) => environment[name] || undefined
  const secret = get('STACK_SERVER_SECRET')
  if (secret === undefined) {
    throw new Error(
      'STACK_SERVER_SECRET is not set: it must be 32 random bytes in base64url, as in ' +
        "`node -p \"require('crypto').randomBytes(32).toString('base64url')\"`",
    )
  }
  const port = portOf(get('PORT') ?? '8102')
  const folder = get('DATA_FOLDER') ?? 'data'
  const oldSecret = get('STACK_SERVER_SECRET_OLD')
  return {
    host: get('HOST') ?? '127.0.0.1',
    port,
    base:
      get('NEXT_PUBLIC_STACK_API_URL') ??
      get('STACK_BASE_URL') ??
      get('NEXT_PUBLIC_STACK_URL') ??
      `http://localhost:${port}`,
    secret,
    // Outside a rotation both are set to the same.
    oldSecret: oldSecret === secret ? undefined : oldSecret,
    lifetime: get('STACK_ACCESS_TOKEN_EXPIRATION_TIME') ?? '10min',
    folder,
    revocations: get('REVOCATIONS') ?? `sqlite:${folder}/revocations.db`,
    seed: seedOf(get),
  }
}

function portOf(text: string): number {
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port > 65535) {
    throw new Error('PORT must be a number from 0 to 65535')
  }
  return port
}

function seedOf(get: (name: string) => string | undefined): Config['seed'] {
  const internal = (name: string) => get(`STACK_SEED_INTERNAL_PROJECT_${name}`)
  const email = internal('USER_EMAIL')
  const password = internal('USER_PASSWORD')
  if ((email === undefined) !== (password === undefined)) {
    throw new Error('STACK_SEED_INTERNAL_PROJECT_USER_EMAIL and …_USER_PASSWORD go together')
  }
  return {
    keys: {
      client: internal('PUBLISHABLE_CLIENT_KEY'),
      server: internal('SECRET_SERVER_KEY'),
      admin: internal('SUPER_SECRET_ADMIN_KEY'),
    },
    user: email && password ? { email, password } : undefined,
  }
}
