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
  | { type: 'string' | 'number' | 'boolean' | 'null' | 'array' | 'object' }
  | { present: boolean }

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

/** What belongs together: these issuers' tokens, for these audiences, under this key set. */
export interface TrustEntry {
  issuer: OneOrMore | null
  audience: OneOrMore | null
  /** The index of the key set. Default: 0. */
  keys?: number
  algorithms?: readonly Algorithm[]
  type?: string | null
  require?: readonly string[]
  claims?: Matchers
  deny?: readonly DenyRule[]
  lifetime?: number | null
}

interface VerifierRules {
  /** Allow-list: header, key and list must all agree. Default: the keys' own. */
  algorithms?: readonly Algorithm[]
  /** Seconds of clock difference to forgive, for exp and nbf; at most 600. Default: 0. */
  leeway?: number
  /** Longest exp - iat accepted, in seconds. */
  lifetime?: number | null
  /** Longest now - iat accepted, in seconds; an iat in the future is then refused too. */
  age?: number | null
  /** The header's typ, compared as a media type. */
  type?: string | null
  /** Claims that must be present. Default: exp, and jti where revocations are attached. */
  require?: readonly string[]
  claims?: Matchers
  deny?: readonly DenyRule[]
  /** The name space of revocation rules. Default: the verified iss. */
  realm?: string | null
  /** Claims that an error may carry once the signature held. */
  report?: readonly string[]
  limits?: Limits
  cache?: null
  system?: null
}

/** What a token must be. `issuer` and `audience` must be said: null waives the check. */
export type VerifierOptions = VerifierRules &
  (
    | { issuer: OneOrMore | null; audience: OneOrMore | null; trust?: never }
    | { trust: readonly TrustEntry[]; issuer?: never; audience?: never }
  )

/** What minted tokens are. `lifetime` must be said: null for tokens without exp. */
export interface MinterOptions {
  issuer?: string | null
  audience?: OneOrMore | null
  /** Seconds from iat to exp. */
  lifetime: number | null
  algorithm?: Algorithm
  /** The kid of the key that signs. Default: the first that fits. */
  kid?: string | null
  /** The header's typ; null: none. Default: "JWT". */
  type?: string | null
  /** What the jti is made of; null: no jti. Default: "uuid". */
  id?: 'uuid' | null
  /** Claims added to every token. */
  claims?: { readonly [claim: string]: unknown }
  /** Claims of the template, and iss, aud, iat, exp, nbf, jti, that a call may replace. */
  override?: readonly string[]
  /** Members that come first, in this order. */
  order?: readonly string[]
  system?: null
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
  jwt?: boolean
}
