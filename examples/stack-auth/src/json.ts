// Answers in JSON: as short as can be, or indented for somebody with a browser.

import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'

export function json(context: Context, value: unknown, status: ContentfulStatusCode = 200) {
  const indent = context.req.header('accept')?.includes('text/html') ? 2 : undefined
  context.header('Content-Type', 'application/json; charset=utf-8')
  return context.body(JSON.stringify(value, null, indent), status)
}
