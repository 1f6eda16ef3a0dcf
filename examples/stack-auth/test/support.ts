// The service as a process of its own, on a free port, with a folder of its own.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The public secret of the original's development set-up, whose keys are known. */
export const SECRET = '23-wuNpik0gIW4mruTz25rbIvhuuvZFrLOLtL7J4tyo'

export const KEYS = { client: 'the-client-key', server: 'the-server-key', admin: 'the-admin-key' }
const HEADERS = {
  client: 'x-stack-publishable-client-key',
  server: 'x-stack-secret-server-key',
  admin: 'x-stack-super-secret-admin-key',
}

type Settings = Record<string, string>

export interface Asked {
  method?: string
  /** Sent as JSON. */
  body?: unknown
  headers?: Settings
  token?: string
  as?: 'client' | 'server' | 'admin'
}

export interface Answer {
  status: number
  headers: Headers
  /** Parsed where it is JSON. */
  body: any
  text: string
}

export interface Begun {
  access_token: string
  refresh_token: string
  user_id: string
}

export class Service {
  /** What it logged, line by line. */
  log = ''
  private child: ChildProcess | undefined

  private constructor(
    readonly port: number,
    readonly folder: string,
    private settings: Settings,
  ) {}

  static async start(settings: Settings = {}): Promise<Service> {
    const service = new Service(
      await freePort(),
      mkdtempSync(join(tmpdir(), 'stack-auth-')),
      settings,
    )
    await service.begin()
    return service
  }

  get base(): string {
    return `http://localhost:${this.port}`
  }

  private async begin(): Promise<void> {
    const main = fileURLToPath(new URL('../src/main.js', import.meta.url))
    const child = spawn(process.execPath, [main], {
      env: {
        PATH: process.env['PATH'],
        PORT: String(this.port),
        HOST: 'localhost',
        DATA_FOLDER: this.folder,
        STACK_SERVER_SECRET: SECRET,
        STACK_SEED_INTERNAL_PROJECT_PUBLISHABLE_CLIENT_KEY: KEYS.client,
        STACK_SEED_INTERNAL_PROJECT_SECRET_SERVER_KEY: KEYS.server,
        STACK_SEED_INTERNAL_PROJECT_SUPER_SECRET_ADMIN_KEY: KEYS.admin,
        ...this.settings,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.child = child
    child.stderr!.on('data', (chunk) => (this.log += chunk))
    const started = new Promise<void>((resolve, reject) => {
      child.stdout!.on('data', (chunk) => String(chunk).includes('http://') && resolve())
      child.on('exit', (code) => reject(new Error(`ended with ${code}: ${this.log}`)))
    })
    await started
  }

  private async end(): Promise<void> {
    if (this.child!.exitCode !== null) return
    const ended = once(this.child!, 'exit')
    this.child!.kill('SIGTERM')
    await ended
  }

  /** Ends the process and starts it anew, with other settings. */
  async restart(settings: Settings = {}): Promise<void> {
    await this.end()
    this.settings = { ...this.settings, ...settings }
    await this.begin()
  }

  async stop(): Promise<void> {
    await this.end()
    rmSync(this.folder, { recursive: true })
  }

  /** Asks what needs no key. */
  async get(path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(new URL(path, this.base), { redirect: 'manual', ...init })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.startsWith('application/json')
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? JSON.parse(text) : undefined,
      text,
    }
  }

  /** Asks the API, in the name of the project "internal" unless headers say otherwise. */
  api(path: string, { method, body, headers, token, as = 'client' }: Asked = {}): Promise<Answer> {
    const hasBody = body !== undefined
    return this.get(`/api/v1${path}`, {
      method: method ?? (hasBody ? 'POST' : 'GET'),
      headers: {
        'x-stack-access-type': as,
        'x-stack-project-id': 'internal',
        [HEADERS[as]]: KEYS[as],
        ...(hasBody && { 'content-type': 'application/json' }),
        ...(token !== undefined && { 'x-stack-access-token': token }),
        ...headers,
      },
      ...(hasBody && { body: JSON.stringify(body) }),
    })
  }

  async signUp(email: string, headers: Settings = {}): Promise<Begun> {
    const body = { email, password: 'correct horse' }
    return ok(await this.api('/auth/password/sign-up', { body, headers }))
  }

  async anonymous(): Promise<Begun> {
    return ok(await this.api('/auth/anonymous/sign-up', { method: 'POST' }))
  }

  async refresh(token: string, headers: Settings = {}): Promise<string> {
    const answer = await this.api('/auth/sessions/current/refresh', {
      method: 'POST',
      headers: { 'x-stack-refresh-token': token, ...headers },
    })
    return ok(answer).access_token
  }

  /** A project of a new administrator's, and the headers that name it. */
  async project(name: string) {
    const admin = await this.signUp(`${name.toLowerCase()}@admin.example`)
    const created = await this.api('/internal/projects', {
      body: { display_name: name },
      token: admin.access_token,
    })
    const { id } = ok(created, 201)
    const administrator = {
      'x-stack-project-id': id,
      'x-stack-admin-access-token': admin.access_token,
    }
    const made = await this.api('/internal/api-keys', {
      as: 'admin',
      headers: administrator,
      body: { description: 'test', has_publishable_client_key: true, has_secret_server_key: true },
    })
    const keys = ok(made, 201)
    return {
      id: id as string,
      admin,
      administrator,
      headers: {
        'x-stack-project-id': id,
        [HEADERS.client]: keys.publishable_client_key,
      } as Settings,
      server: { 'x-stack-project-id': id, [HEADERS.server]: keys.secret_server_key } as Settings,
    }
  }
}

/** The body of an answer that must be good. */
export function ok(answer: Answer, status = 200): any {
  if (answer.status !== status) throw new Error(`${answer.status}: ${answer.text}`)
  return answer.body
}

export const payloadOf = (token: string): any =>
  JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString())

export const pause = (milliseconds: number) =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, 'localhost')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** A Redis server of the test's own. */
export async function startRedis() {
  const folder = mkdtempSync(join(tmpdir(), 'stack-auth-redis-'))
  const port = await freePort()
  const options = ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder]
  const child = spawn('redis-server', [...options, '--appendonly', 'yes', '--save', ''], {
    stdio: 'ignore',
  })
  const ended = once(child, 'exit')
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}`)
    await pause(20)
  }
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
    rmSync(folder, { recursive: true })
  }
  return { location: `redis://127.0.0.1:${port}/0`, stop }
}

const answers = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
