// The keys that a project's tokens are verified with, for anybody.

import { type Context, Hono } from 'hono'

import type { Accounts } from '../accounts.js'
import { oneOf, optional, queryOf } from '../body.js'
import { PlainError } from '../errors.js'
import { json } from '../json.js'

const flag = optional(oneOf('true', 'false'))

export function jwks({ projects, tokens }: Accounts) {
  const app = new Hono()

  app.get('/projects/:project/.well-known/jwks.json', (context) => {
    const query = queryOf(context, { include_anonymous: flag, include_restricted: flag })
    const project = projects.find(context.req.param('project'))
    if (project === undefined) throw new PlainError(404, 'Project not found')
    context.header('Cache-Control', 'public, max-age=3600')
    return json(
      context,
      tokens.published(project.id, {
        anonymous: query.include_anonymous === 'true', // who are restricted, too
        restricted: query.include_restricted === 'true',
      }),
    )
  })

  // What anonymous users' issuers are relative to. 307 keeps the method.
  app.all('/projects-anonymous-users/:project/.well-known/*', (context: Context) => {
    const url = new URL(context.req.url)
    const path = url.pathname.replace('/projects-anonymous-users/', '/projects/')
    url.searchParams.set('include_anonymous', 'true')
    context.header('Location', `${path}${url.search}`)
    return context.text('Redirecting...', 307)
  })

  return app
}
