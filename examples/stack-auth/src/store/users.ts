// Users, and what their tokens say of them.

import { randomUUID } from 'node:crypto'

import type { Database } from './database.js'
import type { Project } from './projects.js'

export interface User {
  id: string
  project: string
  email: string | null
  emailVerified: boolean
  /** What is stored of the password. */
  password: string | null
  displayName: string | null
  selectedTeam: string | null
  isAnonymous: boolean
  restrictedByAdmin: boolean
  signedUpAt: number
}

export interface Restriction {
  type: 'anonymous' | 'email_not_verified' | 'restricted_by_administrator'
}

/** Why the user is restricted, if so: the first reason that holds. */
export function restrictionOf(user: User, project: Project): Restriction | null {
  if (user.isAnonymous) return { type: 'anonymous' }
  if (project.requireEmailVerification && !user.emailVerified) return { type: 'email_not_verified' }
  if (user.restrictedByAdmin) return { type: 'restricted_by_administrator' }
  return null
}

type Change = Partial<Omit<User, 'id' | 'project' | 'signedUpAt'>>

/** The column of each field. */
const COLUMNS = {
  email: 'email',
  emailVerified: 'email_verified',
  password: 'password',
  displayName: 'display_name',
  selectedTeam: 'selected_team',
  isAnonymous: 'is_anonymous',
  restrictedByAdmin: 'restricted_by_admin',
} as const satisfies Record<keyof Change, string>

const value = (field: string | boolean | null) =>
  typeof field === 'boolean' ? Number(field) : field

function userOf(row: any): User {
  return {
    id: row.id,
    project: row.project,
    email: row.email,
    emailVerified: row.email_verified === 1,
    password: row.password,
    displayName: row.display_name,
    selectedTeam: row.selected_team,
    isAnonymous: row.is_anonymous === 1,
    restrictedByAdmin: row.restricted_by_admin === 1,
    signedUpAt: row.signed_up_at,
  }
}

export class Users {
  constructor(private readonly database: Database) {}

  find(project: string, id: string): User | undefined {
    return this.one('select * from users where project = :project and id = :id', { project, id })
  }

  withEmail(project: string, email: string): User | undefined {
    return this.one('select * from users where project = :project and email = :email', {
      project,
      email,
    })
  }

  /** Creates one; throws what `isDuplicate` knows where the e-mail is another's. */
  create(project: string, { isAnonymous = false, email = null, password = null }: Change): User {
    const id = randomUUID()
    this.database
      .prepare(
        `insert into users (id, project, email, password, is_anonymous, signed_up_at)
         values (:id, :project, :email, :password, :isAnonymous, :now)`,
      )
      .run({ id, project, email, password, isAnonymous: Number(isAnonymous), now: Date.now() })
    return this.find(project, id)!
  }

  /** Changes some fields; throws as `create` does. */
  change({ project, id }: User, change: Change): User {
    const fields = Object.entries(change) as [keyof Change, string | boolean | null][]
    if (fields.length > 0) {
      const list = fields.map(([field]) => `${COLUMNS[field]} = :${field}`).join(', ')
      const values = Object.fromEntries(fields.map(([field, given]) => [field, value(given)]))
      this.database.prepare(`update users set ${list} where id = :id`).run({ ...values, id })
    }
    return this.find(project, id)!
  }

  /** Deletes a user, and what sessions are left. */
  delete({ id }: User): void {
    this.database.prepare('delete from users where id = :id').run({ id })
  }

  private one(query: string, values: Record<string, string>): User | undefined {
    const row = this.database.prepare(query).get(values)
    return row ? userOf(row) : undefined
  }
}
