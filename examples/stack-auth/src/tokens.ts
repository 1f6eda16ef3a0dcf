// Access tokens: all that this service does with jeton. The preset "stack-auth"
// says what a token is; there is no token policy elsewhere.

import { type Claims, JetonError, Keys, Minter, Revocations, type StackAuth, Verifier } from 'jeton'

import type { Config } from './config.js'
import * as errors from './errors.js'
import { INTERNAL, type Project } from './store/projects.js'
import type { Session } from './store/sessions.js'
import { type User, restrictionOf } from './store/users.js'

/** The preset's realm: rules of revocation that hold for every project and kind of user. */
const REALM = 'stack-auth'

/** Users besides the ordinary ones. */
const OTHERS = ['restricted', 'anonymous'] as const

/** What this service reads from a token beyond RFC 7519's claims. */
export interface UserClaims {
  sub: string
  aud: string
  refresh_token_id?: string
  is_anonymous: boolean
  restricted_reason?: { type: string } | null
}

export type UserToken = Claims<UserClaims>

/** The id before the colon, of an audience such as "internal:anon". */
export const projectOf = (audience: string): string => audience.split(':', 1)[0]!

export class Tokens {
  /** For users of any project and kind: who isn't allowed is told so by `access.ts`. */
  readonly verifier: Verifier<UserClaims>
  /** For ordinary users of the project "internal" alone. */
  readonly ordinary: Verifier<UserClaims>
  private readonly minters = new Map<string, Minter>()

  private constructor(
    private readonly config: Config,
    private readonly revocations: Revocations,
  ) {
    const any = this.system(null)
    this.verifier = new Verifier(this.keys(any), { system: any }, revocations)
    const internal: StackAuth = { name: 'stack-auth', project: INTERNAL, base: [config.base] }
    this.ordinary = new Verifier(this.keys(internal), { system: internal }, revocations)
    this.minterOf(INTERNAL) // a lifetime that can't be read fails here, not with the first user
  }

  static async open(config: Config): Promise<Tokens> {
    // A process that hasn't heard of revocations for ten seconds refuses all.
    const revocations = await Revocations.open(config.revocations, { stale: 10 })
    return new Tokens(config, revocations)
  }

  /** The preset. Its keys are derived when they are used: none is ever stored. */
  private system(project: string | null): StackAuth {
    const { base, lifetime } = this.config
    return { name: 'stack-auth', project, base: [base], lifetime, allow: OTHERS, include: OTHERS }
  }

  private keys(system: StackAuth): Keys {
    const { secret, oldSecret } = this.config
    return oldSecret === undefined
      ? Keys.derive(secret, { system })
      : Keys.derive(secret, { system }, oldSecret)
  }

  private minterOf(project: string): Minter {
    let minter = this.minters.get(project)
    if (minter === undefined) {
      const system = this.system(project)
      minter = new Minter(this.keys(system), { system })
      this.minters.set(project, minter)
    }
    return minter
  }

  /** A token for the session, and the second in which it expires. */
  async mint(project: Project, user: User, session: Session) {
    const restriction = restrictionOf(user, project)
    const claims = {
      sub: user.id,
      refresh_token_id: session.id,
      name: user.displayName,
      email: user.email,
      email_verified: user.emailVerified,
      selected_team_id: user.selectedTeam,
      signed_up_at: Math.floor(user.signedUpAt / 1000),
      is_anonymous: user.isAnonymous,
      is_restricted: restriction !== null,
      restricted_reason: restriction,
      requires_totp_mfa: false, // there is no second factor here
    }
    const now = new Date()
    const token = await this.minterOf(project.id).mint(claims, { now })
    return { token, expires: this.verifier.verifySync(token, { now }).expires! }
  }

  /** The public keys of a project: a JWK Set. */
  published(project: string, { anonymous = false, restricted = false }) {
    const include = anonymous ? OTHERS : restricted ? (['restricted'] as const) : []
    const keys = this.keys({ name: 'stack-auth', project, include })
    try {
      return keys.public()
    } finally {
      keys.close()
    }
  }

  /** Verifies a user's token, or throws what the client is told; `refused` hears the reason. */
  async user(token: string, refused: (error: JetonError) => void): Promise<UserToken> {
    try {
      return await this.verifier.verify(token)
    } catch (error) {
      if (!isRefusal(error)) throw error
      refused(error)
      if (error.code !== 'expired') throw errors.unparsableAccessToken()
      // What the preset reports of a token whose signature held.
      const { exp, aud, sub, refresh_token_id: session } = error.claims as Record<string, unknown>
      throw errors.accessTokenExpired({
        at: exp as number,
        project: typeof aud === 'string' ? projectOf(aud) : undefined,
        user: typeof sub === 'string' ? sub : undefined,
        session: typeof session === 'string' ? session : undefined,
      })
    }
  }

  /** Verifies an administrator's, who is an ordinary user of the project "internal". */
  async administrator(token: string, refused: (error: JetonError) => void): Promise<UserToken> {
    try {
      return await this.ordinary.verify(token)
    } catch (error) {
      if (!isRefusal(error)) throw error
      refused(error)
      if (error.code !== 'expired') throw errors.unparsableAdminAccessToken()
      throw errors.adminAccessTokenExpired(error.claims?.['exp'] as number | undefined)
    }
  }

  /** Refuses the tokens of a session from now on, until the last of them has expired. */
  async revokeSession({ id, tokensUntil }: Session): Promise<void> {
    await this.revocations.revoke({
      realm: REALM,
      claim: 'refresh_token_id',
      value: id,
      until: tokensUntil,
    })
  }

  close(): void {
    this.revocations.close()
  }
}

/** Whether the token is at fault: else the service is, or what it relies on. */
export function isRefusal(error: unknown): error is JetonError {
  return error instanceof JetonError && (error.status === 401 || error.status === 403)
}
