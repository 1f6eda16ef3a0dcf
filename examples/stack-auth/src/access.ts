// Whose request it is: the project, the kind of access that a key gives, and the
// user of the access token. The checks come in the original's order, so that a
// request with several faults is told the same first one.

import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { JetonError } from 'jeton'

import type { Accounts } from './accounts.js'
import * as errors from './errors.js'
import { refusal } from './log.js'
import { type AccessType, INTERNAL, type Project } from './store/projects.js'
import type { User } from './store/users.js'
import { projectOf } from './tokens.js'

export interface Access {
  type: AccessType
  project: Project
  /** The access token's, if there was one. */
  user: User | undefined
  /** The access token's session. */
  session: string | undefined
}

/** What a request may carry besides a token. */
const KEY_HEADERS = {
  client: 'x-stack-publishable-client-key',
  server: 'x-stack-secret-server-key',
  admin: 'x-stack-super-secret-admin-key',
} as const
const ADMIN_TOKEN = 'x-stack-admin-access-token'

const isAccessType = (text: string): text is AccessType => Object.hasOwn(KEY_HEADERS, text)

export type Variables = { access: Access; requestId: string }

/** Lets requests of these kinds through. */
export function allow(accounts: Accounts, ...types: AccessType[]) {
  return createMiddleware<{ Variables: Variables }>(async (context, next) => {
    const access = await accessOf(accounts, context)
    if (!types.includes(access.type)) throw errors.insufficientAccessType(access.type, types)
    context.set('access', access)
    await next()
  })
}

/** The user of a request that must have one. */
export function userOf({ user }: Access): User {
  if (user === undefined) throw errors.userAuthenticationRequired()
  return user
}

async function accessOf(accounts: Accounts, context: Context): Promise<Access> {
  const header = (name: string) => context.req.header(name) || undefined
  const type = header('x-stack-access-type')
  if (type === undefined) {
    const key = [...Object.values(KEY_HEADERS), ADMIN_TOKEN].find(header)
    throw key ? errors.projectKeyWithoutAccessType() : errors.accessTypeRequired()
  }
  if (!isAccessType(type)) throw errors.invalidAccessType(type)
  const id = header('x-stack-project-id')
  if (id === undefined) throw errors.accessTypeWithoutProjectId(type)

  const refused = (error: JetonError) => accounts.log(refusal(error))
  const token = header('x-stack-access-token')
  const claims = token === undefined ? undefined : await accounts.tokens.user(token, refused)
  if (claims !== undefined) {
    const actual = projectOf(claims.aud as string)
    if (actual !== id) throw errors.invalidProjectForAccessToken(id, actual)
    const { is_anonymous: isAnonymous, restricted_reason: reason } = claims.payload
    const allowsAnonymous = header('x-stack-allow-anonymous-user') === 'true'
    const allowsRestricted = allowsAnonymous || header('x-stack-allow-restricted-user') === 'true'
    if (isAnonymous && !allowsAnonymous) throw errors.anonymousNotAllowed()
    if (reason && !allowsRestricted) throw errors.restrictedNotAllowed(reason)
  }

  const project = accounts.projects.find(id)
  if (project === undefined) throw errors.currentProjectNotFound(id)
  const adminToken = header(ADMIN_TOKEN)
  if (adminToken !== undefined) {
    const { sub } = await accounts.tokens.administrator(adminToken, refused)
    const admin = accounts.users.find(INTERNAL, sub)
    if (admin === undefined || project.owner !== admin.id) throw errors.adminAccessTokenIsNotAdmin()
  } else {
    const key = header(KEY_HEADERS[type])
    if (key === undefined) throw errors.keyRequired(type)
    if (!accounts.projects.hasKey(id, type, key)) throw errors.invalidKey(type, id)
  }
  const branch = header('x-stack-branch-id') ?? 'main'
  if (branch !== 'main') throw errors.branchDoesNotExist(branch)

  return {
    type,
    project,
    user: claims && accounts.users.find(id, claims.sub),
    session: claims?.payload.refresh_token_id,
  }
}
