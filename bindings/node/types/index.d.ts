/**
 * JSON Web Tokens, minted, verified and revoked by one native engine: the same
 * token gets the same verdict, by the same name, in every language.
 *
 * What returns a promise does its work off the event loop, or waits for keys
 * without blocking it; a name that ends in `Sync`, or has no such twin, works at
 * once. Everything may be collected in any order; `close()` frees at once.
 */

import type {
  Algorithm,
  DeriveOptions,
  GenerateOptions,
  JwsOptions,
  KeyOptions,
  ListOptions,
  MemoryOptions,
  MinterOptions,
  RedisOptions,
  RevokeClaimsOptions,
  RevokeLogoutOptions,
  Rule,
  SourceOptions,
  SqliteOptions,
  StatusListOptions,
  VerifierOptions,
} from './options.js'

export * from './options.js'
export * from './requests.js'

/** The name of a status: the same word in every language. */
export type Code =
  | 'misuse'
  | 'options'
  | 'misconfigured'
  | 'unsupported'
  | 'internal'
  | 'malformed'
  | 'encrypted'
  | 'too-large'
  | 'algorithm'
  | 'critical'
  | 'type'
  | 'signature'
  | 'missing'
  | 'issuer'
  | 'audience'
  | 'early'
  | 'expired'
  | 'lifetime'
  | 'too-old'
  | 'claim'
  | 'denied'
  | 'revoked'
  | 'key'
  | 'weak-key'
  | 'unknown-key'
  | 'key-pending'
  | 'keys-unavailable'
  | 'signer'
  | 'revocations-unavailable'
  | 'revocations-stale'
  | 'storage'
  | 'timeout'

/** Why a call failed: act on `code`, log `message`, which holds no token, secret or claim's value. */
export class JetonError extends Error {
  private constructor()
  readonly code: Code
  /** The status's number in jeton.h. */
  readonly number: number
  /** The HTTP status that answers it, where Express and others look for one: 401, 403, 500 or 503. */
  readonly status: number
  /** The claim at fault, such as "aud". */
  readonly claim?: string
  /** What the option `report` names, of a token whose signature holds: for logs, never to decide by. */
  readonly claims?: { readonly [claim: string]: unknown }
  /** What the answer to a request says, where an authenticator has refused one. */
  headers?: { [name: string]: string }
}

/** Text, or UTF-8 bytes. */
export type Text = string | Uint8Array

/** What may change from one call to the next. A member that is undefined is an error. */
export interface Call {
  /** In place of the clock: a Date, or whole seconds since 1970. */
  now?: Date | number
  /** What switches are looked up in: a project, a tenant; "" is none. */
  scope?: string
  /** What the claim `nonce` must be. */
  nonce?: string
  /**
   * The method of the request that a DPoP proof came with. Must be said where the
   * options ask for a proof, as must `uri` and `accessToken`, and is misuse elsewhere.
   */
  method?: string
  /** The request's whole URI; its query and fragment don't matter. */
  uri?: string
  /** The access token that came with it; "" is none. */
  accessToken?: string
  /** The thumbprint that the access token is bound to, its cnf.jkt; must be said where there is one. */
  jkt?: string
}

/** For calls that may wait for keys. */
export interface Waiting {
  /** The longest wait, in milliseconds. Default: 10,000. */
  timeout?: number
  signal?: AbortSignal
}

type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T

/** The claims of RFC 7519. */
export interface RegisteredClaims {
  iss?: string
  sub?: string
  aud?: string | string[]
  exp?: number
  nbf?: number
  iat?: number
  jti?: string
}

export type Payload<T extends object = { [claim: string]: unknown }> = Frozen<RegisteredClaims & T>

/** Verified claims; only a verifier makes them. `sub` and `exp` cost nothing, `payload` one JSON.parse. */
export class Claims<T extends object = { [claim: string]: unknown }> {
  private constructor()
  /** All claims, frozen, parsed when first asked for. */
  readonly payload: Payload<T>
  readonly iss: Payload<T>['iss']
  readonly sub: Payload<T>['sub']
  readonly aud: Payload<T>['aud']
  readonly exp: Payload<T>['exp']
  readonly nbf: Payload<T>['nbf']
  readonly iat: Payload<T>['iat']
  readonly jti: Payload<T>['jti']
  /** The payload as it was signed: for numbers beyond 2^53, which JSON.parse rounds. */
  readonly json: string
  /** The protected header; its kid and typ are the token's own words. */
  readonly header: { readonly alg: string; readonly [name: string]: unknown }
  readonly algorithm: string
  /** The kid of the key that verified. */
  readonly kid: string | undefined
  /** Its RFC 7638 thumbprint. */
  readonly thumbprint: string
  /** Which entry of the option `trust` accepted the token. */
  readonly trust: number
  /** The exp, rounded up. */
  readonly expires: number | undefined
  /** Whether more than `remaining` seconds are left and fewer than `age` have passed: else renew it. */
  fresh(limits: { remaining: number; age: number; now?: Date | number }): boolean
  toJSON(): Payload<T>
}

/** A key set as JSON: what a JWKS endpoint serves. */
export interface KeySet {
  keys: { kty: string; kid?: string; alg?: string; [member: string]: unknown }[]
}

export interface KeysStatus {
  keys: {
    kid: string | null
    algorithm: string
    thumbprint: string
    private: boolean
    weak: boolean
    /** Its dates, in seconds since 1970. */
    iat: number | null
    nbf: number | null
    exp: number | null
  }[]
  skipped: { index: number; kid: string | null; reason: string }[]
}

/** Keys, each bound to exactly one algorithm. */
export class Keys {
  /** Reads a JWK, a JWK Set (as an object or JSON), PEM or DER. */
  constructor(document: Text | object, options?: KeyOptions | string)
  /** One HMAC key of raw bytes; the options must name its algorithm. */
  static secret(secret: Text, options: KeyOptions | string): Keys
  /** The keys that a system derives from its secret, and from the one that is being rotated out. */
  static derive(secret: Text, options: DeriveOptions | string, oldSecret?: Text): Keys
  /** A new private key. */
  static generate(options: GenerateOptions | string): Promise<Keys>
  static generateSync(options: GenerateOptions | string): Keys
  /** The public halves, which can be served to anybody. */
  public(): KeySet
  /** All of it, private members and secrets included: to be stored. */
  private(): KeySet
  /** What there is, and what was skipped and why, without key material. */
  status(): KeysStatus
  /** Swaps the whole set in one step; where the document can't be read, the old one stays. */
  replace(document: Text | object, options?: KeyOptions | string): void
  close(): void
}

/** What a signer is asked to sign, in each of the forms that one may want. */
export interface Signing {
  /** The key's: "Ed25519", never "EdDSA". */
  readonly algorithm: Exclude<Algorithm, 'EdDSA' | `HS${string}`>
  /** A token up to its second dot: for EdDSA, and for signers that hash. */
  readonly message: Uint8Array
  /** Its digest, for signers that don't hash, such as a KMS. None for EdDSA. */
  readonly digest: Uint8Array | undefined
  /** The digest in its DigestInfo, for signers that only pad. None but for RS256 to RS512. */
  readonly digestInfo: Uint8Array | undefined
}

/** Mints tokens with the private key that fits and is in force, the newest of several. */
export class Minter {
  constructor(keys: Keys, options: MinterOptions | string)
  /**
   * A minter whose private key stays in a KMS, an HSM or an agent, which `sign`
   * asks; `publicKeys` is its public half alone. `sign` is called once for each
   * token and answers at once, ECDSA as r and s or in DER. Where it throws, or
   * the key doesn't verify its answer, minting fails with "signer"; what it threw
   * is the error's `cause`.
   */
  static external(
    publicKeys: Keys,
    sign: (signing: Signing) => Uint8Array,
    options: MinterOptions | string,
  ): Minter
  /**
   * Signs on another thread: an RSA signature takes most of a millisecond. Only
   * a signer is asked at once, on this one.
   */
  mint(claims: object | Text, call?: Pick<Call, 'now'>): Promise<string>
  mintSync(claims: object | Text, call?: Pick<Call, 'now'>): string
  close(): void
}

/** Checks tokens against one policy. */
export class Verifier<T extends object = { [claim: string]: unknown }> {
  /** An entry of `trust` names its set by the index in `keys`. */
  constructor(
    keys: Keys | readonly Keys[],
    options: VerifierOptions | string,
    revocations?: Revocations | null,
  )
  /**
   * A verifier that checks the same and, last, each token's `status` in one of `lists`, which
   * `Source.statusList` makes. A token without that claim is refused, unless `require` says
   * otherwise.
   */
  following(lists: Source | readonly Source[]): Verifier<T>
  /**
   * The claims, once the signature and every rule hold; else a JetonError. It
   * verifies at once, and waits only where a source may yet bring the key.
   */
  verify(token: Text, call?: Call & Waiting): Promise<Claims<T>>
  /** Never waits. */
  verifySync(token: Text, call?: Call): Claims<T>
  /** At most 65,536 tokens, on as many threads as there are cores; each has its own verdict. */
  verifyMany(
    tokens: readonly Text[],
    call?: Call,
  ): Promise<({ claims: Claims<T>; error?: never } | { error: JetonError; claims?: never })[]>
  /**
   * The verdict as RFC 7662 answers it: {"active":true, …} with the claims, or exactly
   * {"active":false} where the token is refused, whatever for. It throws where there is no
   * verdict: such a request isn't answered with 200.
   */
  introspect(token: Text, call?: Call & Waiting): Promise<string>
  /** Never waits. */
  introspectSync(token: Text, call?: Call): string
  /** Waits for the keys that `error`, of this verifier, has missed: verify again then, once. */
  wait(error: unknown, limits?: Waiting): Promise<void>
  close(): void
}

export interface SourceStatus {
  age: number | null
  next: number | null
  stale: boolean
  last_error: string | null
  fetches: number
  failures: number
  [name: string]: unknown
}

/** An occurrence, for logs. */
export interface Happening {
  at: number
  event: string
  [detail: string]: unknown
}

/** A key set that is kept fresh, on a thread of its own, from a URL, an issuer or a file. */
export class Source {
  /** `state` is what `export` gave, in a process before this one. */
  constructor(options: SourceOptions | string, state?: Text)
  /** Follows a Token Status List, whose own token `keys` verify: for `Verifier.following`. */
  static statusList(keys: Keys, options: ListOptions | string): Source
  /** The live set: what is made with it sees each new set at once. */
  keys(): Keys
  /** Waits until there are keys. */
  wait(limits?: Waiting): Promise<void>
  /** Fetches now. */
  refresh(): Promise<void>
  /** Hands out the request that is due, once. */
  claim(): { url: string; etag: string | null; accept?: string } | undefined
  /** Takes the answer to it. */
  accept(
    answer: { status: number; headers?: { readonly [name: string]: string } } | undefined,
    body: Text,
  ): void
  /** Says that it failed. */
  failed(message: string): void
  status(): SourceStatus
  /** What has happened since the last call. */
  events(): Happening[]
  /** The keys, for a process that wants to begin without a fetch. */
  export(): string
  close(): void
}

/**
 * Fetches what `source`, opened with `"refresh": false`, is due to have, until
 * the function returned is called. Its timer keeps no process alive; a request
 * under way does, for at most `timeout` milliseconds.
 */
export function follow(
  source: Source,
  options?: {
    fetch?: (
      url: string,
      init: { headers: { [name: string]: string }; redirect: 'error'; signal: AbortSignal },
    ) => Promise<
      | {
          readonly status: number
          readonly headers: Iterable<[string, string]>
          readonly body: AsyncIterable<Uint8Array> | null
        }
      | Response
    >
    /** How often to look whether a request is due, in milliseconds. Default: 100. */
    every?: number
    timeout?: number
  },
): () => void

/** An entry of the revocations. */
export interface Entry {
  realm: string
  claim?: string
  value?: string | number
  key?: string
  before: number | null
  until: number | null
  at: number
  note?: string
}

export interface Listing {
  entries: Entry[]
  switches: { scope: string; name: string; on: boolean }[]
}

/**
 * What is revoked, and which switches are on. A change is in force in this
 * process when its promise is fulfilled, and then durable in a shared store.
 */
export class Revocations {
  constructor(location: 'memory:', options?: MemoryOptions | string)
  constructor(location: string, options: SqliteOptions | RedisOptions | string)
  /** Opens, and reads to its end, off the event loop. */
  static open(location: 'memory:', options?: MemoryOptions | string): Promise<Revocations>
  static open(
    location: string,
    options: SqliteOptions | RedisOptions | string,
  ): Promise<Revocations>

  revoke(rule: Rule | string, call?: Pick<Call, 'now'>): Promise<Entry>
  revokeSync(rule: Rule | string, call?: Pick<Call, 'now'>): Entry
  /** By a claim of verified claims, of a verifier that was made with revocations. */
  revokeClaims<T extends object>(
    claims: Claims<T>,
    options?: RevokeClaimsOptions | string,
    call?: Pick<Call, 'now'>,
  ): Promise<Entry>
  revokeClaimsSync<T extends object>(
    claims: Claims<T>,
    options?: RevokeClaimsOptions | string,
    call?: Pick<Call, 'now'>,
  ): Entry
  /** The session that a verified logout token names (OpenID Connect Back-Channel Logout). */
  revokeLogout<T extends object>(
    claims: Claims<T>,
    options: RevokeLogoutOptions | string,
    call?: Pick<Call, 'now'>,
  ): Promise<Entry>
  revokeLogoutSync<T extends object>(
    claims: Claims<T>,
    options: RevokeLogoutOptions | string,
    call?: Pick<Call, 'now'>,
  ): Entry
  /** Takes a rule back; whether one was in force. */
  restore(rule: Omit<Rule, 'until'> | string, call?: Pick<Call, 'now'>): Promise<boolean>
  restoreSync(rule: Omit<Rule, 'until'> | string, call?: Pick<Call, 'now'>): boolean
  /** Turns the switch `name` on or off for `scope`. */
  switch(scope: string, name: string, on: boolean): Promise<void>
  switchSync(scope: string, name: string, on: boolean): void
  /**
   * Whether the switch `name` is on for `scope`, by what this process knows: no store is
   * asked. `revocations-stale` where a verifier would answer so.
   */
  isOn(scope: string, name: string): boolean
  /**
   * The signed token of a Token Status List, made from the log, to be published. `minter`
   * signs it, and says its iss and exp; its `type` is "statuslist+jwt".
   */
  statusList(
    minter: Minter,
    options: StatusListOptions | string,
    call?: Pick<Call, 'now'>,
  ): Promise<string>
  statusListSync(
    minter: Minter,
    options: StatusListOptions | string,
    call?: Pick<Call, 'now'>,
  ): string
  list(call?: Pick<Call, 'now'>): Promise<Listing>
  listSync(call?: Pick<Call, 'now'>): Listing
  /** All that is in force, for `import`. */
  export(call?: Pick<Call, 'now'>): Promise<string>
  exportSync(call?: Pick<Call, 'now'>): string
  /** How many rules of it were still in force. */
  import(exported: Text | object, call?: Pick<Call, 'now'>): Promise<number>
  importSync(exported: Text | object, call?: Pick<Call, 'now'>): number
  /** Drops rules that have ended; how many. */
  compact(call?: Pick<Call, 'now'>): Promise<number>
  compactSync(call?: Pick<Call, 'now'>): number
  /** Brings this process up to date with a shared store. */
  refresh(): Promise<void>
  refreshSync(): void
  events(): Happening[]
  status(call?: Pick<Call, 'now'>): { location: string; entries: number; [name: string]: unknown }
  close(): void
}

/** Signs any payload into a compact JWS, on another thread. */
export function sign(keys: Keys, payload: Text, options?: JwsOptions | string): Promise<string>
export function signSync(keys: Keys, payload: Text, options?: JwsOptions | string): string

/** The payload of a compact JWS whose signature holds. No claim is looked at. */
export function verifySignature(keys: Keys, token: Text, options?: JwsOptions | string): Uint8Array

/** Reads a token without verifying anything: to look at, never to decide by. */
export function inspect(token: Text): {
  verified: false
  header: { [name: string]: unknown }
  claims: { [claim: string]: unknown }
  signature_bytes: number
}

/** The name of a status's number; "unknown" for one that isn't. */
export function statusName(number: number): Code | 'ok' | 'unknown'

export const version: string
export const abiVersion: number
