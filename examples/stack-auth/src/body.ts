// What a request says in its body, checked field by field.

import type { Context } from 'hono'

import * as errors from './errors.js'

/** Says what is wrong with a value, or nothing. */
type Rule = (value: unknown) => string | undefined

interface Field<T> {
  rule: Rule
  optional: boolean
  type?: T
}

const field = <T>(rule: Rule): Field<T> => ({ rule, optional: false })

export const text = (most = 1000) =>
  field<string>((value) => {
    if (typeof value !== 'string') return 'must be a string'
    return value.length > most ? `must be at most ${most} characters long` : undefined
  })

export const email = field<string>((value) =>
  typeof value === 'string' && value.length <= 254 && /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value)
    ? undefined
    : 'must be an e-mail address',
)

export const uuid = field<string>((value) =>
  typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)
    ? undefined
    : 'must be a valid UUID',
)

export const boolean = field<boolean>((value) =>
  typeof value === 'boolean' ? undefined : 'must be true or false',
)

export const millis = (most: number) =>
  field<number>((value) =>
    Number.isSafeInteger(value) && (value as number) > 0 && (value as number) <= most
      ? undefined
      : `must be a whole number of milliseconds from 1 to ${most}`,
  )

export const oneOf = <T extends string>(...values: T[]) =>
  field<T>((value) =>
    values.includes(value as T) ? undefined : `must be one of: ${values.join(', ')}`,
  )

export const nullable = <T>({ rule, optional }: Field<T>): Field<T | null> => ({
  rule: (value) => (value === null ? undefined : rule(value)),
  optional,
})

export const optional = <T>({ rule }: Field<T>): Field<T | undefined> => ({ rule, optional: true })

type Fields = Record<string, Field<unknown>>
type Values<F extends Fields> = {
  [K in keyof F]: F[K] extends Field<infer T> ? T : never
}

/** Holds what came in against the fields: no other may be there. */
export function check<F extends Fields>(
  context: Context,
  where: 'body' | 'query',
  given: Record<string, unknown>,
  fields: F,
): Values<F> {
  const faults = Object.entries(fields).flatMap(([name, { rule, optional }]) => {
    if (!Object.hasOwn(given, name)) return optional ? [] : [`${where}.${name} must be defined`]
    const fault = rule(given[name])
    return fault ? [`${where}.${name} ${fault}`] : []
  })
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(fields, name)) faults.push(`${where} contains unknown properties: ${name}`)
  }
  if (faults.length > 0) throw errors.schema(context.req.method, context.req.path, faults)
  return given as Values<F>
}

/** Reads the body, JSON or a form, and checks it. */
export async function bodyOf<F extends Fields>(context: Context, fields: F): Promise<Values<F>> {
  return check(context, 'body', await parse(context), fields)
}

async function parse(context: Context): Promise<Record<string, unknown>> {
  const type = context.req.header('content-type')?.split(';')[0]?.trim().toLowerCase()
  const body = await context.req.text()
  switch (type) {
    case 'application/json': {
      const value = json(body)
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
      throw errors.bodyParsing('The request body must be a JSON object')
    }
    case 'application/x-www-form-urlencoded':
      return Object.fromEntries(new URLSearchParams(body))
    case undefined:
      if (body === '') return {}
      throw errors.bodyParsing('The content-type header is missing')
    default:
      throw errors.bodyParsing(`Unknown content type in request body: ${type}`)
  }
}

function json(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    throw errors.bodyParsing('Invalid JSON in request body')
  }
}

/** The parameters of the query, of which each may be there once. */
export function queryOf<F extends Fields>(context: Context, fields: F): Values<F> {
  const given: Record<string, string> = {}
  for (const [name, values] of Object.entries(context.req.queries())) {
    if (values.length > 1) {
      const fault = `query.${name} must be given once`
      throw errors.schema(context.req.method, context.req.path, [fault])
    }
    given[name] = values[0]!
  }
  return check(context, 'query', given, fields)
}
