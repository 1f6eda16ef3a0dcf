// Every document that configures jeton, as include/options.schema.json has it.
// What isn't known here is an error at run time too, and so is undefined: null
// is only allowed where it is said, and means what it says.

export type Algorithm =
  | 'HS256'
  | 'HS384'
  | 'HS512'
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'ES256K'
  | 'EdDSA'
  | 'Ed25519'
  | 'Ed448'

type Scalar = string | number | boolean | null

/** One operator of a matcher. */
export type Operator =
  | { contains: Scalar }
  | { not: Matcher }
  | { type: 'string' | 'number' | 'boolean' | 'null' | 'array' | 'object' | 'digits' }
  | { present: boolean }
  | { ends: string }
  | { below: number }

/** What a claim must be: a value, a list of matchers (any of), or one operator. */
export type Matcher = Scalar | readonly Matcher[] | Operator

export type Matchers = { readonly [claim: string]: Matcher }

/** Refuses a token when all of `when` match and, where there's a `switch`, while that is on. */
export interface DenyRule {
  name: string
  when: Matchers
  switch?: string
}

/** What bounds a token. */
export interface Limits {
  /** The longest token, in bytes. Default: 16384. */
  bytes?: number
  /** The deepest nesting of its JSON. Default: 32. */
  depth?: number
  /** The longest kid, in bytes. Default: 256. */
  kid?: number
}

type OneOrMore = string | readonly string[]

/** Issuers that go by the audience. */
export interface Under {
  /** What an issuer begins with; the audience, up to a colon, follows. */
  under: OneOrMore
}

/** A typ, or several, of which null is a header without one. */
type Types = string | null | readonly (string | null)[]

/** What belongs together: these issuers' tokens, for these audiences, under this key set. */
export interface TrustEntry {
  issuer: OneOrMore | Under | null
  audience: OneOrMore | null
  /** The index of the key set. Default: 0. */
  keys?: number
  algorithms?: readonly Algorithm[]
  type?: Types
  iat?: 'number' | 'text' | null
  exp?: 'exclusive' | 'inclusive'
  require?: readonly string[]
  claims?: Matchers
  deny?: readonly DenyRule[]
  lifetime?: number | null
  realm?: string | null
}

/** What may stand beside a system, and narrows it. */
interface NarrowingRules {
  /** Allow-list: header, key and list must all agree. Default: the keys' own. */
  algorithms?: readonly Algorithm[]
  /** Seconds of clock difference to forgive, for exp and nbf; at most 600. Default: 0. */
  leeway?: number
  /** Longest exp - iat accepted, in seconds. */
  lifetime?: number | null
  /** Longest now - iat accepted, in seconds; an iat in the future is then refused too. */
  age?: number | null
  /** The header's typ, compared as a media type. */
  type?: Types
  /** Claims that must be present. Default: exp, and jti where revocations are attached. */
  require?: readonly string[]
  claims?: Matchers
  deny?: readonly DenyRule[]
  /** Claims that an error may carry once the signature held. */
  report?: readonly string[]
  limits?: Limits
  cache?: null
}

interface VerifierRules extends NarrowingRules {
  /** How a token says when it was issued; null: it isn't looked at. Default: "number". */
  iat?: 'number' | 'text' | null
  /** Whether a token is still good in the second of its exp. Default: "exclusive", it isn't. */
  exp?: 'exclusive' | 'inclusive'
  /** The name space of revocation rules. Default: the verified iss. */
  realm?: string | null
  /** Whether a verifier without revocations attached is an error. Default: false. */
  revocable?: boolean
  system?: null
}

/**
 * What a token must be. `issuer` and `audience` must be said, null waives the
 * check; or they are a system's matter.
 */
export type VerifierOptions =
  | (VerifierRules &
      (
        | { issuer: OneOrMore | Under | null; audience: OneOrMore | null; trust?: never }
        | { trust: readonly TrustEntry[]; issuer?: never; audience?: never }
      ))
  | (NarrowingRules & { system: System })

/** An issuer and an audience, and for whose tokens. */
export interface Case {
  /** What the claims of a call must be for this case to be theirs. */
  when: Matchers
  issuer?: string | null
  audience?: OneOrMore | null
  /** What the claims of the token must be then. */
  check?: Matchers
}

/** A claim of a call whose members become claims of their own. */
export interface Spread {
  claim: string
  /** Members that are left out. */
  except: readonly string[]
}

/** What minted tokens are, as a system has it. */
interface SystemMinterOptions {
  system: System
  lifetime?: number | null
  claims?: { readonly [claim: string]: unknown }
  check?: Matchers
}

/** What minted tokens are. `lifetime` must be said, null for tokens without exp; or a system. */
export type MinterOptions = PlainMinterOptions | SystemMinterOptions

interface PlainMinterOptions {
  issuer?: string | null
  audience?: OneOrMore | null
  /** Issuers and audiences that go by a call's claims: the first case that fits decides. */
  cases?: readonly Case[]
  /** Seconds from iat to exp. */
  lifetime: number | null
  algorithm?: Algorithm
  /** The kid of the key that signs. Default: the first that fits. */
  kid?: string | null
  /** The header's typ; null: none. Default: "JWT". */
  type?: string | null
  /** What the jti is made of; null: no jti. Default: "uuid". */
  id?: 'uuid' | null
  /** How the iat is written. Default: "number". */
  iat?: 'number' | 'text'
  /** Claims added to every token. */
  claims?: { readonly [claim: string]: unknown }
  /** What the claims of a token must be. */
  check?: Matchers
  spread?: Spread | null
  /** Claims of the template, and iss, aud, iat, exp, nbf, jti, that a call may replace. */
  override?: readonly string[]
  /** Members that come first, in this order. */
  order?: readonly string[]
  system?: null
}

/** Stack Auth: ES256 under keys derived from the server's secret and the token's audience. */
export interface StackAuth {
  name: 'stack-auth'
  /** Must be said; null: whichever project the token's audience names. */
  project: string | null
  /** Where the issuers' URLs begin; tokens are minted with the first. */
  base?: readonly string[]
  /** Which users' tokens are accepted besides the ordinary ones'. */
  allow?: readonly ('restricted' | 'anonymous')[]
  /** Whose keys are published besides the ordinary users'. */
  include?: readonly ('restricted' | 'anonymous')[]
  /** Publish coordinates without their leading zeros. Default: false. */
  short?: boolean
  /** How long minted tokens live. Default: "10min". */
  lifetime?: string | null
}

/** Pylon: HS256 under a shared secret, with the issuer pinned. */
export interface Pylon {
  name: 'pylon'
  /** Must be said; null: none is configured, so no token is verified. */
  issuer: string | null
}

/** An issuer of a single sign-on. */
export interface Foreign {
  issuer: string
  audience: OneOrMore | null
  /** The index of the key set. Default: 1. */
  keys?: number
}

/** Porter: users', programs' and agents' tokens under one HMAC secret. */
export interface Porter {
  name: 'porter'
  /** Whether the switch refuses API tokens without a token_id, too. Default: false. */
  strict?: boolean
  /** The issuers of the single sign-on, RS256. */
  foreign?: readonly Foreign[]
}

/** Protekt: RS256 under published keys, with a blocklist by jti. */
export interface Protekt {
  name: 'protekt'
  project: string
  issuer: string
  /** Which claim names the project. Default: "aud". */
  audience?: 'aud' | 'project_id'
  /** null: verify without revocations. Else leave it out. */
  blocklist?: null
}

/** An access token for a resource server (RFC 9068). */
export interface AccessToken {
  name: 'at+jwt'
  issuer: string
  /** The resource server's own name, one of the aud. */
  audience: string
}

/** An ID token for a client (OpenID Connect Core 1.0). */
export interface IdToken {
  name: 'id_token'
  issuer: string
  /** The client's id, one of the aud. */
  client: string
}

/** A logout token for a client (OpenID Connect Back-Channel Logout 1.0). */
export interface LogoutToken {
  name: 'logout+jwt'
  issuer: string
  client: string
  /** Whether tokens without the typ are taken. Default: false. */
  untyped?: boolean
}

/** A system's parameters; verifiers, minters, derived keys and resolvers each take what they need. */
export type System = StackAuth | Pylon | Porter | Protekt | AccessToken | IdToken | LogoutToken

/** Which system's keys are derived. What may stand beside the system elsewhere isn't looked at. */
export interface DeriveOptions extends NarrowingRules {
  system: System
  check?: Matchers
  admin?: boolean
  prefixes?: BearerOptions['prefixes']
}

/** What a key document or a secret doesn't say itself. */
export interface KeyOptions {
  /** For keys that name none: RSA keys of some issuers, PEM, secrets. */
  algorithm?: Algorithm | null
  /** For a key that has none. */
  kid?: string | null
  /** Accept an HMAC secret shorter than its hash. */
  weak?: boolean
}

/** A new private key. */
export interface GenerateOptions {
  algorithm: Algorithm
  /** Default: the key's thumbprint; random for HMAC. */
  kid?: string | null
  /** The size of an RSA modulus (2048 to 4096) or an HMAC secret. */
  bits?: number | null
}

/** Where a key set comes from, one of `url`, `issuer` and `file`; times in seconds. */
export interface SourceOptions {
  /** The URL of a JWK Set. */
  url?: string
  /** An issuer whose metadata names that URL. */
  issuer?: string
  /** A file of keys, read again when it changes. */
  file?: string
  /** The algorithm of keys that name none. */
  algorithm?: Algorithm | null
  /** The shortest life of an answer. Default: 60. */
  minimum?: number
  /** The longest. Default: 3600. */
  maximum?: number
  /** Between two fetches that tokens of an unknown kid cause. Default: 30. */
  cooldown?: number
  /** How many fetches such tokens may cause in an hour. Default: 120. */
  budget?: number
  /** For how long keys are used when no fetch succeeds. Must be said; null: as long as it takes. */
  stale: number | null
  /** Of a whole fetch. Default: 5. */
  timeout?: number
  /** What bounds an answer. */
  limits?: { bytes?: number; keys?: number }
  /** A PEM file of the certificates to trust, in place of the platform's. */
  ca?: string | null
  /** An http proxy; the environment's are not used. */
  proxy?: string | null
  /** Whether addresses that aren't public may be asked. */
  private?: boolean
  /** Whether jeton fetches by itself; false: the host does, see `follow`. */
  refresh?: boolean
}

/** Signing and checking a compact JWS of any payload. */
export interface JwsOptions {
  algorithm?: Algorithm
  kid?: string | null
  /** Allow-list when checking. */
  algorithms?: readonly Algorithm[]
  /** The header's typ: written when signing, expected when checking. */
  type?: string | null
  limits?: Limits
}

/** Revocations in `memory:`. */
export interface MemoryOptions {
  /** How many different claims rules may name. Default: 16. */
  names?: number
  /** Whether readable entries are kept, for list, export and import. Default: true. */
  log?: boolean
  stale?: number | null
}

/** Revocations in `sqlite:PATH`, shared by the processes of one machine. */
export interface SqliteOptions {
  names?: number
  /** After how many seconds without a look into the file tokens are refused. Must be said; null: never. */
  stale: number | null
  /** The most seconds that a read or write waits for other processes. Default: 5. */
  timeout?: number
}

/** A rule of revocation: of a realm, a claim's value or a key. */
export interface Rule {
  /** The verified issuer, or the name that the options give. */
  realm: string
  claim?: string
  value?: string | number
  /** The kid or thumbprint of a key, in place of claim and value. */
  key?: string
  /** Refused is what was issued then or earlier. Default: now for "sub", else null: whenever issued. */
  before?: number | null
  /** The second from which the rule is void. Must be said; null: for ever. */
  until: number | null
  note?: string | null
}

/** Revoking by a claim of verified claims. */
export interface RevokeClaimsOptions {
  /** Default: "jti", this one token. */
  claim?: string
  before?: number | null
  /** Default: the token's exp with the verifier's leeway. */
  until?: number | null
  note?: string | null
}

/** Ending the session that a verified logout token names. */
export interface RevokeLogoutOptions {
  /** The most seconds that a token of the session may still live. Must be said; null: for ever. */
  lifetime: number | null
  note?: string | null
}

/** Telling kinds of credentials apart. */
export interface BearerOptions {
  order?: readonly ('admin' | 'prefixes' | 'jwt' | 'session')[]
  /** Whether an administrator's token is recognised, where one is given. Default: true. */
  admin?: boolean
  /** Kinds that begin with the same text, such as API keys. */
  prefixes?: readonly { prefix: string; kind: string; shape?: string | null }[]
  /** Whether JWTs are recognised, where there is a verifier. Default: true. */
  jwt?: boolean | 'misconfigured'
  /** Where sessions come from. Default: "any". */
  session?: 'any' | 'cookie'
  /** What JWTs are called in place of "jwt": the first that fits. */
  kinds?: readonly Called[]
  /** A preset in place of order, jwt, session and kinds. */
  system?: System | null
}

/** A kind of JWTs. */
export interface Called {
  kind: string
  when: Matchers
}
