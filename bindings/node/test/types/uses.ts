// What must compile, under --strict, and what must not.

declare const process: { env: Record<string, string | undefined> }

import {
  authenticator,
  Bearer,
  type Claims,
  type Code,
  follow,
  JetonError,
  Keys,
  middleware,
  Minter,
  Revocations,
  Source,
  type Signing,
  type System,
  Verifier,
} from 'jeton'

interface Mine {
  role: 'admin' | 'editor'
  tenant: { id: string; tags: string[] }
}

export async function uses(token: string, request: Request): Promise<string> {
  const keys = await Keys.generate({ algorithm: 'ES256' })
  const revocations = new Revocations('sqlite:/tmp/revoked.db', { stale: 10 })
  const verifier = new Verifier<Mine>(
    keys,
    { issuer: 'https://a.example', audience: null },
    revocations,
  )
  const claims: Claims<Mine> = await verifier.verify(token, { now: new Date(), timeout: 1000 })
  const role: 'admin' | 'editor' = claims.payload.role
  const subject: string | undefined = claims.sub
  const tag: string | undefined = claims.payload.tenant.tags[0]
  await revocations.revokeClaims(claims, { claim: 'sid' })
  for (const { claims, error } of await verifier.verifyMany([token, new Uint8Array()])) {
    const code: Code = error ? error.code : 'internal'
    if (claims) return claims.payload.role + code
  }
  const minted: string = new Minter(keys, { lifetime: 60, id: null }).mintSync({ sub: 'ada' })
  const source = new Source({ issuer: 'https://a.example', stale: null, refresh: false })
  const stop = follow(source)
  follow(source, { fetch: globalThis.fetch })
  stop()
  const authenticate = authenticator<Request, Mine>(verifier, { scope: (r) => r.url })
  const found = await authenticate(request)
  middleware(new Bearer(verifier, { prefixes: [{ prefix: 'pk.', kind: 'api-key' }] }))
  new Verifier([keys, source.keys()], {
    trust: [{ issuer: 'a', audience: ['b', 'c'], keys: 1 }],
    claims: { role: ['admin', { contains: 'x' }], tenant: { not: { type: 'object' } } },
    deny: [{ name: 'guests', when: { role: 'guest' }, switch: 'members' }],
  })
  const porter: System = { name: 'porter', strict: true }
  new Verifier(Keys.derive('', { system: porter }), { system: porter, leeway: 5 })
  new Minter(keys, { system: { name: 'pylon', issuer: null }, check: { sub: { ends: ':a' } } })
  const anything: unknown = new Verifier(keys, { issuer: null, audience: null }).verifySync(token)
    .payload.x
  const external: Minter = Minter.external(
    keys,
    ({ algorithm, message, digest }: Signing) =>
      algorithm === 'Ed25519' || !digest ? message : digest,
    { lifetime: 60 },
  )
  const { iat }: { iat: number | null } = keys.status().keys[0]!
  return `${iat}${await external.mint({})}${role}${subject}${tag}${minted}${found.claims?.payload.role}${anything}`
}

export function mustNotCompile(keys: Keys, token: string, claims: Claims<Mine>): void {
  // @ts-expect-error: an audience must be said
  new Verifier(keys, { issuer: 'a' })
  // @ts-expect-error: a misspelt option
  new Verifier(keys, { issuer: 'a', audience: 'b', leway: 5 })
  // @ts-expect-error: an unset variable waives nothing
  new Verifier(keys, { issuer: 'a', audience: process.env.AUDIENCE })
  // @ts-expect-error: trust has issuers of its own
  new Verifier(keys, { issuer: 'a', audience: 'b', trust: [] })
  // @ts-expect-error: none is no algorithm
  new Verifier(keys, { issuer: 'a', audience: 'b', algorithms: ['none'] })
  // @ts-expect-error: a lifetime must be said
  new Minter(keys, { issuer: 'a' })
  // @ts-expect-error: what a system decides isn't for the options beside it
  new Verifier(keys, { system: { name: 'porter' }, realm: 'a' })
  // @ts-expect-error: one of its parameters must be said
  new Verifier(keys, { system: { name: 'pylon' } })
  // @ts-expect-error: a signer answers at once
  Minter.external(keys, async ({ message }) => message, { lifetime: 60 })
  // @ts-expect-error: and in bytes
  Minter.external(keys, ({ message }) => message.toString(), { lifetime: 60 })
  // @ts-expect-error: no digest of every algorithm's message
  Minter.external(keys, ({ digest }) => digest, { lifetime: 60 })
  // @ts-expect-error: a secret needs its algorithm
  Keys.secret('0123456789abcdef0123456789abcdef')
  // @ts-expect-error: how stale must be said
  new Source({ url: 'https://a.example' })
  // @ts-expect-error: how stale must be said here too
  new Revocations('sqlite:/tmp/revoked.db', {})
  // @ts-expect-error: claims come from verifying alone
  new (claims.constructor as typeof Claims)()
  // @ts-expect-error: errors come from calls alone
  new JetonError('expired')
  // @ts-expect-error: claims are frozen
  claims.payload.role = 'admin'
  // @ts-expect-error: to the last object
  claims.payload.tenant.tags.push('x')
  // @ts-expect-error: a claim that isn't declared
  claims.payload.rool
  // @ts-expect-error: a member that no call has
  new Verifier(keys, { issuer: 'a', audience: 'b' }).verifySync(token, { nonse: 'x' })
  // @ts-expect-error: synchronous verify never waits
  new Verifier(keys, { issuer: 'a', audience: 'b' }).verifySync(token, { timeout: 5 })
  // @ts-expect-error: a promise isn't claims
  new Verifier(keys, { issuer: 'a', audience: 'b' }).verify(token).payload
  // @ts-expect-error: a code that isn't one
  const code: Code = 'expird'
}
