// Sessions: one for each refresh token, of which only a digest is kept.

import { randomUUID } from 'node:crypto'

import { digest, random } from '../secrets.js'
import type { Database } from './database.js'
import type { User } from './users.js'

const DAY = 24 * 60 * 60 * 1000
export const LIFETIME = 365 * DAY
export const LONGEST = 367 * DAY

export interface Session {
  /** What access tokens name it by: their refresh_token_id. */
  id: string
  project: string
  user: string
  createdAt: number
  expiresAt: number | null
  lastActiveAt: number
  /** The second in which the last of its access tokens expires. */
  tokensUntil: number
}

function sessionOf(row: any): Session {
  return {
    id: row.id,
    project: row.project,
    user: row.user,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    lastActiveAt: row.last_active_at,
    tokensUntil: row.tokens_until,
  }
}

export class Sessions {
  constructor(private readonly database: Database) {}

  /** Begins one. The refresh token is told this once. */
  create({ project, id: user }: User, lifetime = LIFETIME): { session: Session; token: string } {
    const [id, token, now] = [randomUUID(), random(), Date.now()]
    this.database
      .prepare(
        `insert into sessions (id, project, user, digest, created_at, expires_at, last_active_at)
         values (:id, :project, :user, :digest, :now, :expiresAt, :now)`,
      )
      .run({ id, project, user, digest: digest(token), now, expiresAt: now + lifetime })
    return { session: this.find(project, id)!, token }
  }

  find(project: string, id: string): Session | undefined {
    const row = this.database
      .prepare('select * from sessions where project = :project and id = :id')
      .get({ project, id })
    return row ? sessionOf(row) : undefined
  }

  /** The session of a refresh token, while it lasts. */
  withToken(project: string, token: string): Session | undefined {
    const row = this.database
      .prepare(
        `select * from sessions where project = :project and digest = :digest
         and (expires_at is null or expires_at >= :now)`,
      )
      .get({ project, digest: digest(token), now: Date.now() })
    return row ? sessionOf(row) : undefined
  }

  of(user: User): Session[] {
    const rows = this.database
      .prepare('select * from sessions where user = :user order by created_at desc, id')
      .all({ user: user.id })
    return rows.map(sessionOf)
  }

  /**
   * Notes that an access token was minted, which is good until the second
   * `until`. False where the session has ended meanwhile: then nobody may get it.
   */
  minted(id: string, until: number): boolean {
    const { changes } = this.database
      .prepare(
        `update sessions set last_active_at = :now, tokens_until = max(tokens_until, :until)
         where id = :id`,
      )
      .run({ id, until, now: Date.now() })
    return changes === 1
  }

  /** Ends one, and says what it was. */
  end(project: string, id: string): Session | undefined {
    const rows = this.database
      .prepare('delete from sessions where project = :project and id = :id returning *')
      .all({ project, id })
    return rows.map(sessionOf)[0]
  }

  /** Ends all of a user's. */
  endAll(user: User): Session[] {
    const rows = this.database
      .prepare('delete from sessions where user = :user returning *')
      .all({ user: user.id })
    return rows.map(sessionOf)
  }
}
