// What can be said of a token without verifying it: its times, the kind of user
// it names, what is missing from it, and which key would verify it.

export interface Jwk {
  kty?: string
  crv?: string
  alg?: string
  kid?: string
}

export type Status = 'valid' | 'expired' | 'early'

type Payload = Record<string, unknown>

/** Where a token stands in time; one whose dates aren't numbers is judged by those that are. */
export function statusAt({ exp, nbf }: Payload, now: number): Status {
  if (typeof exp === 'number' && exp <= now) return 'expired'
  if (typeof nbf === 'number' && nbf > now) return 'early'
  return 'valid'
}

/** A date in the reader's own time, with its zone; or what is there instead. */
export function localTime(seconds: unknown): string {
  if (seconds === undefined) return 'none'
  const date = new Date(typeof seconds === 'number' ? seconds * 1000 : NaN)
  if (Number.isNaN(date.getTime())) return `not a date: ${JSON.stringify(seconds)}`
  return date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'long' })
}

const UNITS = [
  ['day', 86400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const

/** How long ago, or until then: "in 9 minutes". */
export function relative(seconds: number, now: number): string {
  const distance = Math.round(seconds - now)
  const [unit, size] = UNITS.find(([, size]) => Math.abs(distance) >= size) ?? ['second', 1]
  return new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' }).format(
    Math.trunc(distance / size),
    unit,
  )
}

/** What every access token of Stack Auth says; null counts as said. */
const CLAIMS = [
  ...['sub', 'iss', 'aud', 'iat', 'exp', 'project_id', 'branch_id', 'refresh_token_id', 'role'],
  ...['name', 'email', 'email_verified', 'selected_team_id', 'is_anonymous', 'is_restricted'],
  ...['restricted_reason', 'requires_totp_mfa'],
]

export interface Check {
  ok: boolean
  text: string
}

/** Whether it is one of Stack Auth's, and of which project. */
export function projectOf({ iss, aud }: Payload): string | undefined {
  if (typeof iss !== 'string' || typeof aud !== 'string') return undefined
  const path = /\/api\/v1\/projects(-anonymous-users|-restricted-users)?\/([^/]+)$/.exec(iss)
  return path ? aud.split(':', 1)[0] : undefined
}

/** The document's advice on debugging, for a token of Stack Auth's. */
export function checks(payload: Payload): Check[] {
  const project = projectOf(payload)
  if (project === undefined) return []
  const missing = CLAIMS.filter((name) => !Object.hasOwn(payload, name))
  const ofProject = payload['project_id'] === project
  const issuer = String(payload['iss'])
  return [
    missing.length === 0
      ? { ok: true, text: 'All required claims are present' }
      : { ok: false, text: `Missing claims: ${missing.join(', ')}` },
    ofProject
      ? { ok: true, text: `Issued for the project ${project}` }
      : { ok: false, text: "The audience and project_id don't name the same project" },
    issuer.endsWith(`/${project}`) && suffixes(issuer) === suffixes(String(payload['aud']))
      ? { ok: true, text: kindOf(payload) }
      : { ok: false, text: "The issuer and the audience don't belong together" },
  ]
}

function suffixes(text: string): string {
  if (/projects-anonymous-users|:anon$/.test(text)) return 'anonymous'
  return /projects-restricted-users|:restricted$/.test(text) ? 'restricted' : ''
}

function kindOf({ is_anonymous: isAnonymous, is_restricted: isRestricted, ...rest }: Payload) {
  if (isAnonymous === true) return 'An anonymous user'
  if (isRestricted !== true) return 'An ordinary user'
  const { type } = (rest['restricted_reason'] ?? {}) as { type?: string }
  return `A restricted user: ${String(type).replaceAll('_', ' ')}`
}

const TYPES: Record<string, string> = { HS: 'oct', RS: 'RSA', PS: 'RSA', ES: 'EC', Ed: 'OKP' }

/** Which of the keys a verifier would take for a token with this header. */
export function keyFor(header: Payload, keys: Jwk[]): number {
  const { alg, kid } = header
  if (typeof alg !== 'string') return -1
  const fits = (key: Jwk) =>
    (key.alg === undefined || key.alg === alg) && key.kty === TYPES[alg.slice(0, 2)]
  if (kid !== undefined) return keys.findIndex((key) => key.kid === kid && fits(key))
  // Without a kid it must be the only one that fits.
  const fitting = keys.filter(fits)
  return fitting.length === 1 ? keys.indexOf(fitting[0]!) : -1
}
