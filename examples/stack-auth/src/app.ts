// The service: every route, and what all answers have in common.

import { randomUUID } from 'node:crypto'

import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { cors } from 'hono/cors'
import { createMiddleware } from 'hono/factory'
import { JetonError } from 'jeton'

import type { Variables } from './access.js'
import type { Accounts } from './accounts.js'
import { KnownError, PlainError } from './errors.js'
import { auth } from './routes/auth.js'
import { backend } from './routes/backend.js'
import { jwks } from './routes/jwks.js'
import { projects } from './routes/projects.js'
import { users } from './routes/users.js'
import { viewer } from './routes/viewer.js'

export function app(accounts: Accounts, isSecure: boolean) {
  const app = new Hono<{ Variables: Variables }>()

  app.use(envelope)
  app.use(bodyLimit({ maxSize: 256 * 1024, onError: tooLarge }))
  // Any page may call the API: what a request may do, its headers say.
  app.use('/api/*', cors({ origin: '*', exposeHeaders: EXPOSED, maxAge: 600 }))

  app.route('/api/v1', jwks(accounts))
  app.route('/api/v1/auth', auth(accounts))
  app.route('/api/v1/users', users(accounts))
  app.route('/api/v1/internal', projects(accounts))
  app.route('/my-server', backend(accounts.tokens, accounts.log))
  app.route('/', viewer(accounts, isSecure))

  app.notFound((context) => context.text('404: There is nothing here.', 404))
  app.onError((error, context) => {
    if (error instanceof KnownError) {
      context.header('X-Stack-Known-Error', error.code)
      context.header('Content-Type', 'application/json; charset=utf-8')
      // What is left of the body is never read, so the connection can't be used again.
      if (error.status === 413) context.header('Connection', 'close')
      return context.body(error.body(), error.status)
    }
    if (error instanceof PlainError) return context.text(error.message, error.status)
    const isUnavailable = error instanceof JetonError && error.status === 503
    accounts.log({
      event: isUnavailable ? 'unavailable' : 'failure',
      request: context.get('requestId'),
      message: error.message,
      ...(isUnavailable ? {} : { stack: error.stack }),
    })
    return isUnavailable
      ? context.text('Temporarily unavailable', 503, { 'Retry-After': '1' })
      : context.text('Internal server error', 500)
  })

  return app
}

const tooLarge = () => {
  throw new KnownError(413, 'BODY_TOO_LARGE', 'The request body is too large.')
}

const EXPOSED = ['x-stack-request-id', 'x-stack-known-error', 'x-stack-actual-status']

/** Every answer has an id, and isn't kept unless its route says so. */
const envelope = createMiddleware<{ Variables: Variables }>(async (context, next) => {
  context.set('requestId', randomUUID())
  await next()
  const { headers, status } = context.res
  headers.set('x-stack-request-id', context.get('requestId'))
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-store, max-age=0')
  // For clients whose HTTP library can't read the body of an error.
  const overrides = context.req.header('x-stack-override-error-status') !== undefined
  if (overrides && status >= 400 && status < 500) {
    context.res = new Response(context.res.body, { status: 200, headers })
    context.res.headers.set('x-stack-actual-status', String(status))
  }
})
