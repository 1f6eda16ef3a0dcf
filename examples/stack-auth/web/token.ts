// Reading a token without verifying it: to look at, never to decide by.

export interface Decoded {
  header: Record<string, unknown>
  payload: Record<string, unknown>
  /** The three parts as they are. */
  parts: [header: string, payload: string, signature: string]
  signatureBytes: number
}

/** Decodes a token, or throws what is wrong with its form. */
export function decode(text: string): Decoded {
  const parts = text.split('.')
  if (parts.length === 5) throw new Error('Invalid JWT format: five parts are an encrypted token')
  if (parts.length !== 3) {
    throw new Error(`Invalid JWT format: three parts were expected, not ${parts.length}`)
  }
  const [header, payload, signature] = parts as [string, string, string]
  return {
    header: object('header', header),
    payload: object('payload', payload),
    parts: [header, payload, signature],
    signatureBytes: bytes('signature', signature).length,
  }
}

function object(name: string, part: string): Record<string, unknown> {
  const data = bytes(name, part)
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(data))
  } catch {
    throw new Error(`Invalid JWT format: the ${name} isn't JSON`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`Invalid JWT format: the ${name} isn't a JSON object`)
  }
  return value as Record<string, unknown>
}

function bytes(name: string, part: string): Uint8Array {
  if (!/^[A-Za-z0-9_-]*$/.test(part) || part.length % 4 === 1) {
    throw new Error(`Invalid JWT format: the ${name} isn't base64url`)
  }
  const text = atob(part.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}
