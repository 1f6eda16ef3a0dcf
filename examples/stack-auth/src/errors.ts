// The errors that clients know by a code, in the original's words: a body
// {code, details?, error}, and the code once more in X-Stack-Known-Error.

type Details = Record<string, unknown>

/** An error with a code. */
export class KnownError extends Error {
  constructor(
    readonly status: 400 | 401 | 403 | 404 | 409 | 413,
    readonly code: string,
    message: string,
    readonly details?: Details,
  ) {
    super(message)
  }

  body(): string {
    const { code, details, message: error } = this
    return JSON.stringify({ code, ...(details && { details }), error }, null, 2)
  }
}

/** An error without one, answered in plain text. */
export class PlainError extends Error {
  constructor(
    readonly status: 403 | 404,
    message: string,
  ) {
    super(message)
  }
}

const quote = (text: string) => JSON.stringify(text)

// Bodies and parameters.

export const bodyParsing = (message: string) => new KnownError(400, 'BODY_PARSING_ERROR', message)

export function schema(method: string, path: string, faults: string[]): KnownError {
  const list = faults.map((fault) => `  - ${fault}`).join('\n')
  const message = `Request validation failed on ${method} ${path}:\n${list}`
  return new KnownError(400, 'SCHEMA_ERROR', message, { message })
}

// Whose request it is: the project, its keys, the kind of access.

export const projectKeyWithoutAccessType = () =>
  new KnownError(
    400,
    'PROJECT_KEY_WITHOUT_ACCESS_TYPE',
    'Either an API key or an admin access token was provided, but the x-stack-access-type header ' +
      "is missing. Set it to 'client', 'server', or 'admin' as appropriate.",
  )

export const invalidAccessType = (type: string) =>
  new KnownError(
    400,
    'INVALID_ACCESS_TYPE',
    `The x-stack-access-type header must be 'client', 'server', or 'admin', but was '${type}'.`,
  )

export const accessTypeWithoutProjectId = (type: string) =>
  new KnownError(
    400,
    'ACCESS_TYPE_WITHOUT_PROJECT_ID',
    `The x-stack-access-type header was '${type}', but the x-stack-project-id header was not provided.`,
    { request_type: type },
  )

export const accessTypeRequired = () =>
  new KnownError(
    400,
    'ACCESS_TYPE_REQUIRED',
    'You must specify an access level for this Stack project. Make sure project API keys are ' +
      'provided (eg. x-stack-publishable-client-key) and you set the x-stack-access-type header ' +
      "to 'client', 'server', or 'admin'.",
  )

export const insufficientAccessType = (actual: string, allowed: readonly string[]) =>
  new KnownError(
    401,
    'INSUFFICIENT_ACCESS_TYPE',
    `The x-stack-access-type header must be ${allowed.map((type) => `'${type}'`).join(' or ')}, ` +
      `but was '${actual}'.`,
    { actual_access_type: actual, allowed_access_types: allowed },
  )

const KEYS = {
  client: ['publishable client key', 'CLIENT_AUTHENTICATION_REQUIRED', 'publishable key'],
  server: ['secret server key', 'SERVER_AUTHENTICATION_REQUIRED', 'secret server key'],
  admin: ['super secret admin key', 'ADMIN_AUTHENTICATION_REQUIRED', 'super secret admin key'],
} as const
const INVALID_KEY = {
  client: 'INVALID_PUBLISHABLE_CLIENT_KEY',
  server: 'INVALID_SECRET_SERVER_KEY',
  admin: 'INVALID_SUPER_SECRET_ADMIN_KEY',
} as const

export const keyRequired = (type: keyof typeof KEYS) =>
  new KnownError(401, KEYS[type][1], `The ${KEYS[type][0]} must be provided.`)

export const invalidKey = (type: keyof typeof KEYS, project: string) =>
  new KnownError(
    401,
    INVALID_KEY[type],
    `The ${KEYS[type][2]} is not valid for the project ${quote(project)}. ` +
      'Does the project and/or the key exist?',
    { project_id: project },
  )

export const currentProjectNotFound = (project: string) =>
  new KnownError(
    400,
    'CURRENT_PROJECT_NOT_FOUND',
    `The current project with ID ${project} was not found. ` +
      'Please check the value of the x-stack-project-id header.',
    { project_id: project },
  )

export const branchDoesNotExist = (branch: string) =>
  new KnownError(400, 'BRANCH_DOES_NOT_EXIST', `The branch with ID ${branch} does not exist.`, {
    branch_id: branch,
  })

export const expectedInternalProject = () =>
  new KnownError(401, 'EXPECTED_INTERNAL_PROJECT', 'The project ID is expected to be internal.')

// Access tokens.

export const unparsableAccessToken = () =>
  new KnownError(401, 'UNPARSABLE_ACCESS_TOKEN', 'Access token is not parsable.')

/** What an expired token said of itself. Its signature held. */
export interface Expired {
  at: number | undefined
  project: string | undefined
  user: string | undefined
  session: string | undefined
}

export function accessTokenExpired({ at, project, user, session }: Expired): KnownError {
  const date = at === undefined ? undefined : new Date(at * 1000)
  const parts = [
    'Access token has expired. Please refresh it and try again.',
    date && ` (The access token expired at ${date.toISOString()}.)`,
    project && ` Project ID: ${project}.`,
    user && ` User ID: ${user}.`,
    session && ` Refresh token ID: ${session}.`,
    '\n\nDebug info: Most likely, you fetched the access token before it expired (for example, in a ' +
      "server component, pre-rendered page, or on page load), but then didn't refresh it before it " +
      "expired. If this is the case, and you're using the SDK, make sure you call getAccessToken() " +
      "every time you need to use the access token. If you're not using the SDK, make sure you " +
      'refresh the access token with the refresh endpoint.',
  ]
  return new KnownError(401, 'ACCESS_TOKEN_EXPIRED', parts.filter(Boolean).join(''), {
    expired_at_millis: date?.getTime() ?? null,
    project_id: project ?? null,
    user_id: user ?? null,
    refresh_token_id: session ?? null,
  })
}

export const invalidProjectForAccessToken = (expected: string, actual: string) =>
  new KnownError(
    401,
    'INVALID_PROJECT_FOR_ACCESS_TOKEN',
    `Access token not valid for this project. Expected project ID ${quote(expected)}, ` +
      `but the token is for project ID ${quote(actual)}.`,
    { expected_project_id: expected, actual_project_id: actual },
  )

export const anonymousNotAllowed = () =>
  new KnownError(
    401,
    'ANONYMOUS_AUTHENTICATION_NOT_ALLOWED',
    'X-Stack-Access-Token is for an anonymous user, but anonymous users are not enabled. Set the ' +
      "X-Stack-Allow-Anonymous-User header of this request to 'true' to allow anonymous users.",
  )

export const restrictedNotAllowed = (reason: { type: string }) =>
  new KnownError(
    403,
    'RESTRICTED_USER_NOT_ALLOWED',
    `The user in the access token is in restricted state. Reason: ${reason.type}. ` +
      'Please pass the X-Stack-Allow-Restricted-User header if this is intended.',
    { restricted_reason: reason },
  )

export const unparsableAdminAccessToken = () =>
  new KnownError(401, 'UNPARSABLE_ADMIN_ACCESS_TOKEN', 'Admin access token is not parsable.')

export function adminAccessTokenExpired(at: number | undefined): KnownError {
  const date = at === undefined ? undefined : new Date(at * 1000)
  const when = date ? ` (The access token expired at ${date.toISOString()}.)` : ''
  return new KnownError(
    401,
    'ADMIN_ACCESS_TOKEN_EXPIRED',
    `Admin access token has expired. Please refresh it and try again.${when}`,
    { expired_at_millis: date?.getTime() ?? null },
  )
}

export const adminAccessTokenIsNotAdmin = () =>
  new KnownError(
    401,
    'ADMIN_ACCESS_TOKEN_IS_NOT_ADMIN',
    'Admin access token does not have the required permissions to access this project.',
  )

// Sessions and users.

export const refreshTokenNotFound = () =>
  new KnownError(
    401,
    'REFRESH_TOKEN_NOT_FOUND_OR_EXPIRED',
    'Refresh token not found for this project, or the session has expired/been revoked.',
  )

export const cannotDeleteCurrentSession = () =>
  new KnownError(400, 'CANNOT_DELETE_CURRENT_SESSION', 'Cannot delete the current session.')

export const invalidOAuthClient = (client: string | undefined) =>
  new KnownError(
    400,
    'INVALID_OAUTH_CLIENT_ID_OR_SECRET',
    'The OAuth client ID or secret is invalid. The client ID must be equal to the project ID ' +
      '(potentially with a hash and a branch ID), and the client secret must be a publishable ' +
      'client key.',
    { client_id: client ?? null },
  )

export const userAuthenticationRequired = () =>
  new KnownError(
    401,
    'USER_AUTHENTICATION_REQUIRED',
    'User authentication required for this endpoint.',
  )

export const cannotGetOwnUser = () =>
  new KnownError(
    400,
    'CANNOT_GET_OWN_USER_WITHOUT_USER',
    "You have specified 'me' as a userId, but did not provide authentication for a user.",
  )

export const userNotFound = () => new KnownError(404, 'USER_NOT_FOUND', 'User not found.')

export const userIdDoesNotExist = (user: string) =>
  new KnownError(
    400,
    'USER_ID_DOES_NOT_EXIST',
    `The given user with the ID ${user} does not exist.`,
    { user_id: user },
  )

export const emailAlreadyExists = (email: string) =>
  new KnownError(
    409,
    'USER_EMAIL_ALREADY_EXISTS',
    `A user with email ${quote(email)} already exists.`,
    { email, would_work_if_email_was_verified: false },
  )

export const emailPasswordMismatch = () =>
  new KnownError(400, 'EMAIL_PASSWORD_MISMATCH', 'Wrong e-mail or password.')

export const passwordTooShort = (least: number) =>
  new KnownError(400, 'PASSWORD_TOO_SHORT', `Password too short. Minimum length is ${least}.`, {
    min_length: least,
  })

export const passwordTooLong = (most: number) =>
  new KnownError(400, 'PASSWORD_TOO_LONG', `Password too long. Maximum length is ${most}.`, {
    maxLength: most,
  })
