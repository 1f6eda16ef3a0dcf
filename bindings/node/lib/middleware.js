'use strict'

// Requests: what is in their headers, and the answer to those that are refused.

const { Bearer } = require('./bearer.js')
const { JetonError, misuse } = require('./error.js')
const { Verifier } = require('./verifier.js')

const KNOWN = ['kinds', 'cookie', 'realm', 'scope', 'timeout']

/**
 * Returns a function from a request (of Fetch or of Node) to what it was
 * found to carry; that rejects with a JetonError whose `status` and `headers`
 * are those of the answer.
 */
function authenticator(checker, options = {}) {
  for (const name of Object.keys(options)) {
    if (!KNOWN.includes(name)) throw misuse(`"${name}" isn't known here: ${KNOWN.join(', ')} are`)
  }
  const { kinds = ['jwt'], cookie, realm, scope, timeout } = options
  const bearer = resolverOf(checker)
  const challenge = challengeOf(realm)
  return async (request) => {
    const call = { timeout }
    if (scope !== undefined) call.scope = typeof scope === 'function' ? await scope(request) : scope
    const found = await bearer.resolve(credentialsOf(request, cookie), call)
    const error = found.rejection ?? refusalOf(found.kind, kinds)
    if (error === undefined) return found
    if (error.status === 401 || error.status === 403) {
      error.headers = { 'WWW-Authenticate': challenge(found.kind, error.status) }
    }
    throw error
  }
}

function resolverOf(checker) {
  if (checker instanceof Bearer) return checker
  if (checker instanceof Verifier) return new Bearer(checker)
  throw misuse('a Verifier or a Bearer must be given here')
}

function refusalOf(kind, kinds) {
  if (kinds.includes(kind)) return undefined
  if (kind === 'none') return new JetonError('no credential was given', 'missing', 300)
  return new JetonError('not a credential that is accepted here', 'malformed', 200)
}

/** RFC 6750, section 3: a request that carried nothing is told no error. */
function challengeOf(realm) {
  if (realm !== undefined && !/^[\x20\x21\x23-\x5b\x5d-\x7e]*$/.test(realm)) {
    throw misuse('"realm" must be printable ASCII without quotes and backslashes')
  }
  const parts = realm === undefined ? [] : [`realm="${realm}"`]
  return (kind, status) => {
    const error = status === 403 ? 'insufficient_scope' : 'invalid_token'
    const all = kind === 'none' ? parts : [...parts, `error="${error}"`]
    return ['Bearer', all.join(', ')].filter(Boolean).join(' ')
  }
}

function credentialsOf({ headers }, cookie) {
  const get =
    typeof headers.get === 'function' ? (name) => headers.get(name) : (name) => headers[name]
  return {
    authorization: bytesOf(get('authorization')),
    cookie: cookie === undefined ? undefined : bytesOf(cookieOf(get('cookie'), cookie)),
  }
}

/** HTTP gives headers as Latin-1, a character for each byte. */
function bytesOf(header) {
  return header && /[^\x00-\x7f]/.test(header) ? Buffer.from(header, 'latin1') : header
}

function cookieOf(header, name) {
  for (const pair of header?.split(';') ?? []) {
    const at = pair.indexOf('=')
    if (at >= 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim()
  }
  return undefined
}

/** What a refused request is told: no more than the kind of its failure. */
function answer(error, response) {
  const bodies = {
    401: 'invalid_token',
    403: 'insufficient_scope',
    503: 'temporarily_unavailable',
  }
  response.statusCode = error.status
  for (const [name, value] of Object.entries(error.headers ?? {})) response.setHeader(name, value)
  response.setHeader('Content-Type', 'application/json')
  response.end(JSON.stringify({ error: bodies[error.status] }))
}

/**
 * Returns a middleware in the manner of Express: `request.auth` is what the
 * request was found to carry. A refused one is answered, unless `refuse` does
 * that; a failure that is the program's own goes to `next`.
 */
function middleware(checker, { refuse, ...options } = {}) {
  const authenticate = authenticator(checker, options)
  return async (request, response, next) => {
    try {
      request.auth = await authenticate(request)
    } catch (error) {
      if (!(error instanceof JetonError) || error.status === 500) return next(error)
      if (refuse) return refuse(error, request, response, next)
      return answer(error, response)
    }
    next()
  }
}

module.exports = { authenticator, middleware }
