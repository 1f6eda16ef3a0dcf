// Projects, and the API keys that requests name them by.

import { randomUUID } from 'node:crypto'

import { digest, matches, random } from '../secrets.js'
import type { Database } from './database.js'

/** Where the users are who may administer other projects. */
export const INTERNAL = 'internal'

export interface Project {
  id: string
  displayName: string
  owner: string | null
  /** Whether users are restricted until their e-mail is verified. */
  requireEmailVerification: boolean
  createdAt: number
}

export type AccessType = 'client' | 'server' | 'admin'

interface Row {
  id: string
  display_name: string
  owner: string | null
  require_email_verification: number
  created_at: number
}

const projectOf = (row: Row): Project => ({
  id: row.id,
  displayName: row.display_name,
  owner: row.owner,
  requireEmailVerification: row.require_email_verification === 1,
  createdAt: row.created_at,
})

export class Projects {
  constructor(private readonly database: Database) {
    database
      .prepare(
        `insert into projects (id, display_name, created_at) values (:id, 'Internal', :now)
         on conflict do nothing`,
      )
      .run({ id: INTERNAL, now: Date.now() })
  }

  find(id: string): Project | undefined {
    const row = this.database.prepare('select * from projects where id = :id').get({ id })
    return row ? projectOf(row as Row) : undefined
  }

  ownedBy(owner: string): Project[] {
    const rows = this.database
      .prepare('select * from projects where owner = :owner order by created_at, id')
      .all({ owner })
    return (rows as Row[]).map(projectOf)
  }

  create(displayName: string, owner: string): Project {
    const id = randomUUID()
    this.database
      .prepare(
        `insert into projects (id, display_name, owner, created_at)
         values (:id, :displayName, :owner, :now)`,
      )
      .run({ id, displayName, owner, now: Date.now() })
    return this.find(id)!
  }

  change(id: string, change: { displayName?: string; requireEmailVerification?: boolean }): void {
    const { displayName, requireEmailVerification: require } = change
    this.database
      .prepare(
        `update projects set
           display_name = coalesce(:displayName, display_name),
           require_email_verification = coalesce(:require, require_email_verification)
         where id = :id`,
      )
      .run({
        id,
        displayName: displayName ?? null,
        require: require === undefined ? null : Number(require),
      })
  }

  /** Makes a new key, which is told this once. */
  createKey(project: string, kind: AccessType, description: string, expiresAt: number | null) {
    const key = random()
    this.addKey(project, kind, key, description, expiresAt)
    return key
  }

  /** Adds a key that is known already; where it is there, nothing happens. */
  addKey(
    project: string,
    kind: AccessType,
    key: string,
    description: string,
    expiresAt: number | null = null,
  ): void {
    this.database
      .prepare(
        `insert into api_keys values (:id, :project, :kind, :digest, :description, :now, :expiresAt)
         on conflict do nothing`,
      )
      .run({
        id: randomUUID(),
        project,
        kind,
        digest: digest(key),
        description,
        now: Date.now(),
        expiresAt,
      })
  }

  /** Whether `key` is one of the project's, of that kind. */
  hasKey(project: string, kind: AccessType, key: string): boolean {
    const rows = this.database
      .prepare(
        `select digest from api_keys where project = :project and kind = :kind
         and (expires_at is null or expires_at > :now)`,
      )
      .all({ project, kind, now: Date.now() }) as { digest: string }[]
    // All of them are looked at, so that the time doesn't tell which one it is.
    return rows.filter((row) => matches(key, row.digest)).length > 0
  }
}
