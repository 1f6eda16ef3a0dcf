// Starts the service, and stops it in order.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

import { serve } from '@hono/node-server'

import { Accounts } from './accounts.js'
import { app } from './app.js'
import { type Config, read } from './config.js'
import { toStderr } from './log.js'
import { open } from './store/database.js'
import { INTERNAL, Projects } from './store/projects.js'
import { Sessions } from './store/sessions.js'
import { Users } from './store/users.js'
import { Tokens } from './tokens.js'

async function start(config: Config): Promise<void> {
  mkdirSync(config.folder, { recursive: true, mode: 0o700 })
  const database = open(join(config.folder, 'stack-auth.db'))
  const tokens = await Tokens.open(config)
  const accounts = new Accounts(
    new Projects(database),
    new Users(database),
    new Sessions(database),
    tokens,
    toStderr,
  )
  await seed(accounts, config.seed)

  const isSecure = new URL(config.base).protocol === 'https:'
  const { fetch } = app(accounts, isSecure)
  const server = serve({ fetch, port: config.port, hostname: config.host }, ({ port }) => {
    console.log(`stack-auth: http://${config.host}:${port} (tokens are issued by ${config.base})`)
  })
  const stop = () => {
    server.close(() => {
      tokens.close()
      database.close()
    })
    if ('closeIdleConnections' in server) server.closeIdleConnections()
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}

/** Puts in place what the environment says of the project "internal". */
async function seed(accounts: Accounts, { keys, user }: Config['seed']): Promise<void> {
  const { projects, users } = accounts
  for (const kind of ['client', 'server', 'admin'] as const) {
    const key = keys[kind]
    if (key !== undefined) projects.addKey(INTERNAL, kind, key, 'from the environment')
  }
  if (user !== undefined && users.withEmail(INTERNAL, user.email.toLowerCase()) === undefined) {
    const created = await accounts.signUp(projects.find(INTERNAL)!, user.email, user.password)
    users.change(created, { emailVerified: true })
  }
}

try {
  await start(read(process.env))
} catch (error) {
  console.error(`stack-auth: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}
