// Secrets that aren't tokens: refresh tokens, API keys and passwords. None is
// stored as it is.

import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify<string, Buffer, number, { N: number; maxmem: number }, Buffer>(scrypt)

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz' // Crockford's base32
const LENGTH = 45 // 224 bits, and one more

/** A new refresh token or API key. */
export function random(): string {
  // 256 is a multiple of 32, so every character is as likely as any other.
  return Array.from(randomBytes(LENGTH), (byte) => ALPHABET[byte % 32]).join('')
}

/** What is stored of a random secret: it can't be guessed, so one round is enough. */
export function digest(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}

/** Whether `secret` is the one of `stored`, in a time that doesn't tell how much of it is. */
export function matches(secret: string, stored: string): boolean {
  return timingSafeEqual(Buffer.from(digest(secret)), Buffer.from(stored))
}

const COST = { N: 2 ** 15, maxmem: 64 * 1024 * 1024 }

/** What is stored of a password. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const hash = await derive(password, salt, 32, COST)
  return `${salt.toString('base64url')}.${hash.toString('base64url')}`
}

/** Of no password: checked where there is no user, so that both take as long. */
const NOBODY = `${'A'.repeat(22)}.${'A'.repeat(43)}`

/** Whether `password` is the one of `stored`. */
export async function checkPassword(password: string, stored: string | null): Promise<boolean> {
  const [salt, hash] = (stored ?? NOBODY).split('.').map((part) => Buffer.from(part, 'base64url'))
  const found = await derive(password, salt!, 32, COST)
  return timingSafeEqual(found, hash!) && stored !== null
}
