// Users: one's own for clients, any of the project's for its servers.

import { type Context, Hono } from 'hono'

import { type Access, allow, userOf, type Variables } from '../access.js'
import type { Accounts } from '../accounts.js'
import { bodyOf, boolean, nullable, optional, text, uuid } from '../body.js'
import * as errors from '../errors.js'
import { json } from '../json.js'
import type { Project } from '../store/projects.js'
import { restrictionOf, type User } from '../store/users.js'

function shown(user: User, project: Project) {
  const restriction = restrictionOf(user, project)
  return {
    id: user.id,
    display_name: user.displayName,
    primary_email: user.email,
    primary_email_verified: user.emailVerified,
    selected_team_id: user.selectedTeam,
    signed_up_at_millis: user.signedUpAt,
    has_password: user.password !== null,
    is_anonymous: user.isAnonymous,
    is_restricted: restriction !== null,
    restricted_reason: restriction,
    requires_totp_mfa: false,
  }
}

export function users(accounts: Accounts) {
  const app = new Hono<{ Variables: Variables }>()
  const anybody = allow(accounts, 'client', 'server', 'admin')
  const servers = allow(accounts, 'server', 'admin')

  const own = ({ user }: Access) => {
    if (user === undefined) throw errors.cannotGetOwnUser()
    return user
  }
  const any = (context: Context, { project }: Access) => {
    const user = accounts.users.find(project.id, context.req.param('id')!)
    if (user === undefined) throw errors.userNotFound()
    return user
  }
  const forClients = { display_name: optional(nullable(text(256))) }
  const forServers = {
    ...forClients,
    primary_email_verified: optional(boolean),
    restricted_by_admin: optional(boolean),
    selected_team_id: optional(nullable(uuid)),
  }
  const change = async (context: Context, user: User, { type, project }: Access) => {
    const fields = type === 'client' ? forClients : forServers
    const body: { [K in keyof typeof forServers]?: any } = await bodyOf(context, fields)
    const changed = accounts.users.change(user, {
      ...('display_name' in body && { displayName: body.display_name }),
      ...('primary_email_verified' in body && { emailVerified: body.primary_email_verified }),
      ...('restricted_by_admin' in body && { restrictedByAdmin: body.restricted_by_admin }),
      ...('selected_team_id' in body && { selectedTeam: body.selected_team_id }),
    })
    return json(context, shown(changed, project))
  }
  const remove = async (context: Context, user: User, { project }: Access) => {
    await accounts.deleteUser(project, user)
    return json(context, { success: true })
  }

  app.get('/me', anybody, (context) => {
    const access = context.get('access')
    return json(context, shown(own(access), access.project))
  })
  app.patch('/me', anybody, (context) => {
    const access = context.get('access')
    return change(context, own(access), access)
  })
  app.delete('/me', anybody, (context) => {
    const access = context.get('access')
    return remove(context, userOf(access), access)
  })

  app.get('/:id', servers, (context) => {
    const access = context.get('access')
    return json(context, shown(any(context, access), access.project))
  })
  app.patch('/:id', servers, (context) => {
    const access = context.get('access')
    return change(context, any(context, access), access)
  })
  app.delete('/:id', servers, (context) => {
    const access = context.get('access')
    return remove(context, any(context, access), access)
  })

  return app
}
