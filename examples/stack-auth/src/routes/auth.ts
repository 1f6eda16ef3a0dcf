// Sessions: beginning them, refreshing their access tokens, ending them.

import { Hono } from 'hono'

import { allow, userOf, type Variables } from '../access.js'
import type { Accounts } from '../accounts.js'
import { bodyOf, email, millis, oneOf, optional, queryOf, text, uuid } from '../body.js'
import * as errors from '../errors.js'
import { json } from '../json.js'
import { LONGEST, type Session } from '../store/sessions.js'

const shown = (session: Session, current: string | undefined) => ({
  id: session.id,
  user_id: session.user,
  created_at: session.createdAt,
  last_used_at: session.lastActiveAt,
  is_impersonation: false,
  is_current_session: session.id === current,
})

export function auth(accounts: Accounts) {
  const { projects, users, sessions } = accounts
  const app = new Hono<{ Variables: Variables }>()
  const anybody = allow(accounts, 'client', 'server', 'admin')

  app.post('/password/sign-up', anybody, async (context) => {
    const { project, user: current } = context.get('access')
    const body = await bodyOf(context, { email, password: text() })
    const user = await accounts.signUp(project, body.email, body.password, current)
    return json(context, await accounts.begin('sign-up', project, user))
  })

  app.post('/password/sign-in', anybody, async (context) => {
    const { project } = context.get('access')
    const body = await bodyOf(context, { email: text(), password: text() })
    const user = await accounts.signIn(project, body.email, body.password)
    return json(context, await accounts.begin('sign-in', project, user))
  })

  app.post('/anonymous/sign-up', anybody, async (context) => {
    const { project } = context.get('access')
    const user = users.create(project.id, { isAnonymous: true })
    return json(context, await accounts.begin('anonymous-sign-up', project, user))
  })

  // OAuth 2.0's token endpoint (RFC 6749, 6): the client is the project, its
  // secret a publishable key.
  app.post('/oauth/token', async (context) => {
    const body = await bodyOf(context, {
      grant_type: oneOf('refresh_token'),
      client_id: text(),
      client_secret: text(),
      refresh_token: text(),
      scope: optional(text()),
    })
    const [id = '', branch = 'main'] = body.client_id.split('#')
    const project = projects.find(id)
    if (project === undefined || !projects.hasKey(id, 'client', body.client_secret)) {
      throw errors.invalidOAuthClient(body.client_id)
    }
    if (branch !== 'main') throw errors.branchDoesNotExist(branch)
    const { token, expires } = await accounts.refresh(project, body.refresh_token)
    return json(context, {
      access_token: token,
      refresh_token: body.refresh_token,
      token_type: 'Bearer',
      expires_in: expires - Math.floor(Date.now() / 1000),
    })
  })

  app.post('/sessions/current/refresh', anybody, async (context) => {
    const refreshToken = context.req.header('x-stack-refresh-token')
    if (!refreshToken) {
      const fault = 'headers.x-stack-refresh-token must be defined'
      throw errors.schema(context.req.method, context.req.path, [fault])
    }
    const { token } = await accounts.refresh(context.get('access').project, refreshToken)
    return json(context, { access_token: token })
  })

  app.delete('/sessions/current', anybody, async (context) => {
    const { project, session } = context.get('access')
    if (session === undefined) throw errors.userAuthenticationRequired()
    await accounts.signOut(project, session)
    return json(context, { success: true })
  })

  app.get('/sessions', anybody, (context) => {
    const access = context.get('access')
    const { user_id: id } = queryOf(context, { user_id: text() })
    const user = id === 'me' ? userOf(access) : users.find(access.project.id, id)
    if (access.type === 'client' && user?.id !== access.user?.id) {
      throw new errors.PlainError(403, 'Client can only list sessions for their own user.')
    }
    const items = user ? sessions.of(user).map((session) => shown(session, access.session)) : []
    return json(context, { items, is_paginated: false })
  })

  // A session of any user's, for the project's own servers.
  app.post('/sessions', allow(accounts, 'server', 'admin'), async (context) => {
    const { project } = context.get('access')
    const body = await bodyOf(context, {
      user_id: uuid,
      expires_in_millis: optional(millis(LONGEST)),
    })
    const user = users.find(project.id, body.user_id)
    if (user === undefined) throw errors.userIdDoesNotExist(body.user_id)
    const begun = await accounts.begin('session-created', project, user, body.expires_in_millis)
    const { access_token, refresh_token } = begun
    return json(context, { access_token, refresh_token })
  })

  app.delete('/sessions/:id', anybody, async (context) => {
    const access = context.get('access')
    const session = sessions.find(access.project.id, context.req.param('id'))
    const isTheirs = access.type !== 'client' || session?.user === access.user?.id
    if (session === undefined || !isTheirs) throw new errors.PlainError(404, 'Session not found.')
    if (session.id === access.session) throw errors.cannotDeleteCurrentSession()
    await accounts.signOut(access.project, session.id)
    return json(context, { success: true })
  })

  return app
}
