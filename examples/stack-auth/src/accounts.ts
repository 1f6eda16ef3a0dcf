// Signing up, in and out: what the API and the pages share.

import * as errors from './errors.js'
import type { Log } from './log.js'
import { checkPassword, hashPassword } from './secrets.js'
import { isDuplicate } from './store/database.js'
import { type Project, type Projects } from './store/projects.js'
import type { Session, Sessions } from './store/sessions.js'
import type { User, Users } from './store/users.js'
import type { Tokens } from './tokens.js'

const SHORTEST = 8
const LONGEST = 70

/** What a client gets when a session begins. */
export interface Begun {
  access_token: string
  refresh_token: string
  user_id: string
}

export class Accounts {
  constructor(
    readonly projects: Projects,
    readonly users: Users,
    readonly sessions: Sessions,
    readonly tokens: Tokens,
    readonly log: Log,
  ) {}

  /** Signs a new user up; an anonymous one keeps the id, and so all that hangs on it. */
  async signUp(project: Project, email: string, password: string, current?: User): Promise<User> {
    if (password.length < SHORTEST) throw errors.passwordTooShort(SHORTEST)
    if (password.length > LONGEST) throw errors.passwordTooLong(LONGEST)
    const fields = {
      email: email.toLowerCase(),
      password: await hashPassword(password),
      isAnonymous: false,
    }
    try {
      return current?.isAnonymous
        ? this.users.change(current, fields)
        : this.users.create(project.id, fields)
    } catch (error) {
      throw isDuplicate(error) ? errors.emailAlreadyExists(email) : error
    }
  }

  async signIn(project: Project, email: string, password: string): Promise<User> {
    const user = this.users.withEmail(project.id, email.toLowerCase())
    if (!(await checkPassword(password, user?.password ?? null))) {
      this.log({ event: 'sign-in-failed', project: project.id, user: user?.id })
      throw errors.emailPasswordMismatch()
    }
    return user!
  }

  /** Begins a session of the user's. */
  async begin(event: string, project: Project, user: User, lifetime?: number): Promise<Begun> {
    const { session, token: refreshToken } = this.sessions.create(user, lifetime)
    const { token } = await this.mint(project, user, session)
    this.log({ event, project: project.id, user: user.id, session: session.id })
    return { access_token: token, refresh_token: refreshToken, user_id: user.id }
  }

  /** A new access token for a refresh token, which stays as it is. */
  async refresh(project: Project, refreshToken: string) {
    const session = this.sessions.withToken(project.id, refreshToken)
    const user = session && this.users.find(project.id, session.user)
    if (!session || !user) {
      this.log({ event: 'refresh-refused', project: project.id })
      throw errors.refreshTokenNotFound()
    }
    const minted = await this.mint(project, user, session)
    this.log({ event: 'refresh', project: project.id, user: user.id, session: session.id })
    return minted
  }

  private async mint(project: Project, user: User, session: Session) {
    const minted = await this.tokens.mint(project, user, session)
    if (!this.sessions.minted(session.id, minted.expires)) throw errors.refreshTokenNotFound()
    return minted
  }

  /** Ends a session: its refresh token is gone, its access tokens are refused from now on. */
  async signOut(project: Project, id: string): Promise<void> {
    const session = this.sessions.end(project.id, id)
    if (session === undefined) throw errors.refreshTokenNotFound()
    await this.tokens.revokeSession(session)
    this.log({ event: 'sign-out', project: project.id, user: session.user, session: id })
  }

  async deleteUser(project: Project, user: User): Promise<void> {
    for (const session of this.sessions.endAll(user)) await this.tokens.revokeSession(session)
    this.users.delete(user)
    this.log({ event: 'user-deleted', project: project.id, user: user.id })
  }
}
