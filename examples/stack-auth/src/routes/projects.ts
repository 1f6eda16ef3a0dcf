// Projects: made by users of the project "internal", who administer what they
// have made; and their API keys.

import { Hono } from 'hono'

import { allow, userOf, type Variables } from '../access.js'
import type { Accounts } from '../accounts.js'
import { bodyOf, boolean, millis, nullable, optional, text } from '../body.js'
import * as errors from '../errors.js'
import { json } from '../json.js'
import { INTERNAL, type Project } from '../store/projects.js'

const shown = (project: Project) => ({
  id: project.id,
  display_name: project.displayName,
  created_at_millis: project.createdAt,
  require_email_verification: project.requireEmailVerification,
})

const key = optional(boolean)

export function projects(accounts: Accounts) {
  const app = new Hono<{ Variables: Variables }>()
  const anybody = allow(accounts, 'client', 'server', 'admin')
  const administrators = allow(accounts, 'admin')

  app.post('/projects', anybody, async (context) => {
    const access = context.get('access')
    if (access.project.id !== INTERNAL) throw errors.expectedInternalProject()
    const user = userOf(access)
    if (user.isAnonymous) throw errors.userAuthenticationRequired()
    const body = await bodyOf(context, { display_name: text(256) })
    return json(context, shown(accounts.projects.create(body.display_name, user.id)), 201)
  })

  app.get('/projects', anybody, (context) => {
    const access = context.get('access')
    if (access.project.id !== INTERNAL) throw errors.expectedInternalProject()
    const items = accounts.projects.ownedBy(userOf(access).id).map(shown)
    return json(context, { items, is_paginated: false })
  })

  app.get('/projects/current', administrators, (context) =>
    json(context, shown(context.get('access').project)),
  )

  app.patch('/projects/current', administrators, async (context) => {
    const { project } = context.get('access')
    const body = await bodyOf(context, {
      display_name: optional(text(256)),
      require_email_verification: optional(boolean),
    })
    accounts.projects.change(project.id, {
      ...(body.display_name !== undefined && { displayName: body.display_name }),
      ...(body.require_email_verification !== undefined && {
        requireEmailVerification: body.require_email_verification,
      }),
    })
    return json(context, shown(accounts.projects.find(project.id)!))
  })

  app.post('/api-keys', administrators, async (context) => {
    const { project } = context.get('access')
    const body = await bodyOf(context, {
      description: text(256),
      expires_at_millis: optional(nullable(millis(Number.MAX_SAFE_INTEGER))),
      has_publishable_client_key: key,
      has_secret_server_key: key,
      has_super_secret_admin_key: key,
    })
    const expiresAt = body.expires_at_millis ?? null
    const make = (kind: 'client' | 'server' | 'admin') =>
      accounts.projects.createKey(project.id, kind, body.description, expiresAt)
    return json(
      context,
      {
        description: body.description,
        expires_at_millis: expiresAt,
        ...(body.has_publishable_client_key && { publishable_client_key: make('client') }),
        ...(body.has_secret_server_key && { secret_server_key: make('server') }),
        ...(body.has_super_secret_admin_key && { super_secret_admin_key: make('admin') }),
      },
      201,
    )
  })

  return app
}
