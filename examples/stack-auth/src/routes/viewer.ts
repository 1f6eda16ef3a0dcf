// The JWT viewer: its page, its session, and the verdicts that it asks for.

import { readdirSync, readFileSync } from 'node:fs'

import { Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { secureHeaders } from 'hono/secure-headers'

import type { Accounts } from '../accounts.js'
import { bodyOf, email, oneOf, optional, text } from '../body.js'
import { INTERNAL } from '../store/projects.js'
import { LIFETIME } from '../store/sessions.js'
import { type Asked, verdict } from '../verdict.js'

/** The compiled scripts; the page itself is served as it is. */
const SCRIPTS = new URL('../../web/', import.meta.url)
const SOURCES = new URL('../../../web/', import.meta.url)

interface SignIn {
  action: 'sign-in' | 'sign-up' | 'anonymous'
  email?: string | undefined
  password?: string | undefined
}

export function viewer(accounts: Accounts, isSecure: boolean) {
  const { projects, sessions, tokens } = accounts
  const app = new Hono()
  // A cookie of that prefix can't be set by another host or over plain http.
  const cookie = isSecure ? '__Host-stack-refresh' : 'stack-refresh'
  const internal = () => projects.find(INTERNAL)!

  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        connectSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
      // Over plain http there is nothing to hold browsers to.
      strictTransportSecurity: isSecure,
      referrerPolicy: 'no-referrer',
    }),
  )

  const serve = (path: string, file: URL, type: string) => {
    const content = readFileSync(file, 'utf8')
    app.get(path, (context) => context.body(content, 200, { 'Content-Type': type }))
  }
  serve('/', new URL('index.html', SOURCES), 'text/html; charset=utf-8')
  serve('/style.css', new URL('style.css', SOURCES), 'text/css; charset=utf-8')
  for (const name of readdirSync(SCRIPTS)) {
    serve(`/${name}`, new URL(name, SCRIPTS), 'text/javascript; charset=utf-8')
  }

  // The session of whoever uses the page. Its refresh token is in a cookie that
  // no script can read; its access tokens stay in the page's memory.

  app.post('/session', async (context) => {
    const body = await bodyOf(context, {
      email: optional(email),
      password: optional(text()),
      action: oneOf('sign-in', 'sign-up', 'anonymous'),
    })
    const { begun, name } = await signedIn(body)
    setCookie(context, cookie, begun.refresh_token, {
      path: '/',
      httpOnly: true,
      sameSite: 'Strict',
      secure: isSecure,
      maxAge: LIFETIME / 1000,
    })
    return context.json({ access_token: begun.access_token, name })
  })

  async function signedIn({ action, email = '', password = '' }: SignIn) {
    const project = internal()
    if (action === 'anonymous') {
      const user = accounts.users.create(project.id, { isAnonymous: true })
      return { begun: await accounts.begin('anonymous-sign-up', project, user), name: null }
    }
    const user =
      action === 'sign-up'
        ? await accounts.signUp(project, email, password)
        : await accounts.signIn(project, email, password)
    return { begun: await accounts.begin(action, project, user), name: user.email }
  }

  app.post('/session/refresh', async (context) => {
    const refreshToken = getCookie(context, cookie)
    // Nobody is signed in, which is no error.
    if (!refreshToken) return context.json({ access_token: null })
    const { token } = await accounts.refresh(internal(), refreshToken)
    return context.json({ access_token: token })
  })

  app.delete('/session', async (context) => {
    const session = sessions.withToken(INTERNAL, getCookie(context, cookie) ?? '')
    deleteCookie(context, cookie, { path: '/', secure: isSecure })
    if (session) await accounts.signOut(internal(), session.id)
    return context.json({ success: true })
  })

  app.post('/verdict', async (context) => {
    const asked: Asked = await bodyOf(context, {
      token: text(64 * 1024),
      keys: optional(text(64 * 1024)),
      issuer: optional(text()),
      audience: optional(text()),
    })
    return context.json(verdict(asked, tokens.verifier))
  })

  return app
}
