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

/** An algorithm whose keys have a public half. */
export type Asymmetric = Exclude<Algorithm, 'HS256' | 'HS384' | 'HS512'>

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

/** By the name of a claim, or a JSON pointer that begins with "/". */
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

/** Issuers that go by the audience, which follows what is said here. */
export interface Under {
  under: OneOrMore
}

type Issuers = OneOrMore | Under | null
type Types = string | null | readonly (string | null)[]
type Iat = 'number' | 'text'
type Exp = 'exclusive' | 'inclusive'

/** What belongs together: these issuers' tokens, for these audiences, under this key set. */
export interface TrustEntry {
  issuer: Issuers
  audience: OneOrMore | null
  /** The index of the key set. Default: 0. */
  keys?: number
  algorithms?: readonly Algorithm[]
  type?: Types
  require?: readonly string[]
  iat?: Iat | null
  exp?: Exp
  claims?: Matchers
  deny?: readonly DenyRule[]
  lifetime?: number | null
  realm?: string | null
}

interface VerifierRules {
  /** Allow-list: header, key and list must all agree. Default: the keys' own. */
  algorithms?: readonly Algorithm[]
  /** Seconds of clock difference to forgive, for exp and nbf, and for the exp of a key; at most 600. Default: 0. */
  leeway?: number
  /** Longest exp - iat accepted, in seconds. */
  lifetime?: number | null
  /** Longest now - iat accepted, in seconds; an iat in the future is then refused too. */
  age?: number | null
  /** The header's typ, compared as a media type: one, or several of which null is none. */
  type?: Types
  /** Claims that must be present. Default: exp, jti with revocations, status with lists. */
  require?: readonly string[]
  claims?: Matchers
  deny?: readonly DenyRule[]
  /** Claims that an error may carry once the signature held. */
  report?: readonly string[]
  limits?: Limits
  cache?: null
}

/** What a system decides where there is one. */
interface VerifierChoices {
  /** How a token says when it was issued; null: it isn't looked at. Default: "number". */
  iat?: Iat | null
  /** Whether a token is still good in the second of its exp. Default: "exclusive", it isn't. */
  exp?: Exp
  /** The name space of revocation rules. Default: the verified iss. */
  realm?: string | null
  /** Whether a verifier without revocations attached is an error. Default: false. */
  revocable?: boolean
  /** DPoP proofs, each with its own key: `algorithms` and `type` must be said, and the keys are []. */
  proof?: Proof
  system?: null
}

/** What a DPoP proof (RFC 9449) must be. */
export interface Proof {
  /** For how many seconds from its iat on it is accepted, the leeway aside; at most 600. */
  window: number
  /** Whether it is accepted once only, which the revocations remember. Default: true. */
  replay?: boolean
}

/**
 * What a token must be. `issuer` and `audience` must be said: null waives the
 * check; or `system`, a preset that takes the place of these and much else.
 */
export type VerifierOptions = VerifierRules &
  (
    | (VerifierChoices & { issuer: Issuers; audience: OneOrMore | null; trust?: never })
    | (VerifierChoices & { trust: readonly TrustEntry[]; issuer?: never; audience?: never })
    | ({ [K in Exclude<keyof VerifierChoices, 'system'>]?: never } & {
        system: System
        issuer?: never
        audience?: never
        trust?: never
      })
  )

/** An issuer and an audience, and for whose tokens. */
export interface MinterCase {
  /** What the claims of a call must be for this case to be theirs. */
  when: Matchers
  issuer?: string | null
  audience?: OneOrMore | null
  /** What the claims of the token must be then. */
  check?: Matchers
}

/** A claim of a call, an object, whose members become claims, but for those in `except`. */
export interface Spread {
  claim: string
  except: readonly string[]
}

interface MinterRules {
  /** Claims added to every token. */
  claims?: { readonly [claim: string]: unknown }
  /** What the claims of a token must be. */
  check?: Matchers
}

/** What a system decides where there is one. */
interface MinterChoices {
  issuer?: string | null
  audience?: OneOrMore | null
  /** Issuers and audiences that go by a call's claims: the first whose `when` they match. */
  cases?: readonly MinterCase[]
  algorithm?: Algorithm
  /** The kid of the key that signs. Default: the newest that fits. */
  kid?: string | null
  /** The header's typ; null: none. Default: "JWT". */
  type?: string | null
  /** What the jti is made of; null: no jti. Default: "uuid". */
  id?: 'uuid' | null
  /** How the iat is written. Default: "number". */
  iat?: Iat
  spread?: Spread | null
  /** Claims of the template, and iss, aud, iat, exp, nbf, jti, that a call may replace. */
  override?: readonly string[]
  /** Members that come first, in this order. */
  order?: readonly string[]
  /** How the values that a call gives are written; "given": byte for byte. Default: "given". */
  spelling?: 'given' | 'least' | 'html'
  system?: null
}

/**
 * What minted tokens are. `lifetime`, in seconds from iat to exp, must be said:
 * null for tokens without exp; or `system`, a preset of much else.
 */
export type MinterOptions = MinterRules &
  (
    | (MinterChoices & { lifetime: number | null })
    | ({ [K in Exclude<keyof MinterChoices, 'system'>]?: never } & {
        system: System
        lifetime?: number | null
      })
  )

/** A system's parameters, the same for its verifiers, minters, derived keys and resolvers. */
export type System = StackAuth | Pylon | Porter | Protekt | AtJwt | IdToken | LogoutJwt | Dpop

/** ES256 under keys that are derived from the server's secret and the token's audience. */
export interface StackAuth {
  name: 'stack-auth'
  /** Must be said; null: whichever the token's audience names. */
  project: string | null
  /** Where the issuers' URLs begin. Default: https://api.stack-auth.com. */
  base?: readonly string[]
  /** Which users' tokens are accepted besides the ordinary ones'. */
  allow?: readonly ('restricted' | 'anonymous')[]
  /** Whose keys are published besides the ordinary users'. */
  include?: readonly ('restricted' | 'anonymous')[]
  /** Publish coordinates without their leading zeros. Default: false. */
  short?: boolean
  /** How long minted tokens live, as in "90 seconds". Default: "10min". */
  lifetime?: string | null
}

/** HS256 under a shared secret, with the issuer pinned. */
export interface Pylon {
  name: 'pylon'
  /** Must be said; null: none is configured, and no token is verified. */
  issuer: string | null
}

/** Users', programs' and agents' tokens under one secret, and a single sign-on's beside them. */
export interface Porter {
  name: 'porter'
  /** Whether the switch refuses API tokens without a token_id, too. Default: false. */
  strict?: boolean
  /** The issuers of the single sign-on, each with a key set behind the secret's. */
  foreign?: readonly Foreign[]
}

/** An issuer of a single sign-on. */
export interface Foreign {
  issuer: string
  audience: OneOrMore | null
  /** The index of the key set. Default: 1. */
  keys?: number
}

/** RS256 under published keys, with a blocklist by jti. */
export interface Protekt {
  name: 'protekt'
  /** The project's id. */
  project: string
  issuer: string
  /** Which claim names the project. Default: "aud". */
  audience?: 'aud' | 'project_id'
  /** null: without revocations, and without a jti. Else leave it out. */
  blocklist?: null
}

/** An access token for a resource server (RFC 9068). */
export interface AtJwt {
  name: 'at+jwt'
  issuer: string
  /** The resource server's own name, one of the aud. */
  audience: string
}

/** An ID token for a client (OpenID Connect Core 1.0). The nonce is the call's. */
export interface IdToken {
  name: 'id_token'
  issuer: string
  /** The client's id, one of the aud. */
  client: string
}

/** A logout token for a client (OpenID Connect Back-Channel Logout 1.0). */
export interface LogoutJwt {
  name: 'logout+jwt'
  issuer: string
  /** The client's id, one of the aud. */
  client: string
  /** Whether tokens without the typ are taken. Default: false. */
  untyped?: boolean
}

/** A proof of possession (RFC 9449), for whoever receives it. The request is the call's, the keys are []. */
export interface Dpop {
  name: 'dpop'
  /** What clients may sign with. Default: ES256, ES384, ES512 and EdDSA. */
  algorithms?: readonly Asymmetric[]
  /** For how many seconds from its iat on it is accepted, the leeway aside. Default: 30. */
  window?: number
  /** By how many seconds a client's clock may be off. Default: 5. */
  leeway?: number
  /** Whether it is accepted once only, which the revocations remember. Default: true. */
  replay?: boolean
}

/** Which system's keys are derived from its secret. */
export interface DeriveOptions {
  system: System
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

/** Which Token Status List is followed, and how it is kept fresh; times in seconds. */
export interface ListOptions {
  /** What tokens call the list; it is fetched from there unless `url` or `file` is said. */
  uri: string
  /** Where it is fetched from instead, such as a mirror. */
  url?: string
  /** A file that holds its token, read again when it changes. */
  file?: string
  /** The iss of its token. Must be said; null waives the check. */
  issuer: string | null
  /** The statuses that let a token pass besides 0: "suspended", which is 2, and numbers from 3 on. */
  accept?: readonly ('suspended' | number)[]
  /** The shortest life of an answer, whatever its ttl says. Default: 60. */
  minimum?: number
  /** The longest. Default: 3600. */
  maximum?: number
  /** For how long it is used when no fetch succeeds. Must be said; null: as long as it takes. */
  stale: number | null
  /** Of a whole fetch. Default: 5. */
  timeout?: number
  /** What bounds an answer: its bytes, and the most bytes that it unpacks to. */
  limits?: { bytes?: number; unpacked?: number }
  /** A PEM file of the certificates to trust, in place of the platform's. */
  ca?: string | null
  /** An http proxy; the environment's are not used. */
  proxy?: string | null
  /** Whether addresses that aren't public may be asked. */
  private?: boolean
  /** Whether jeton fetches by itself; false: the host does, see `follow`. */
  refresh?: boolean
}

/** A Token Status List to be published. */
export interface StatusListOptions {
  /** Where it is published, and what tokens call it. */
  uri: string
  /** The realm of the rules that count: the tokens' issuer, or the name of the options. */
  realm: string
  /** How many places it has: tokens have indexes below. */
  size: number
  /** The claim by which rules name a place. Default: "/status/status_list/idx". */
  claim?: string
  /** For how many seconds whoever follows it may keep it. */
  ttl?: number | null
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

/** Where a secret is: a file, which is read again at each connection, or a variable of the environment. */
export type SecretPlace = { file: string; env?: never } | { env: string; file?: never }

/** Revocations in `redis://HOST` or `rediss://HOST`, shared by many machines. */
export interface RedisOptions {
  names?: number
  /** After how many seconds without a look at the server tokens are refused. Must be said; null: never. */
  stale: number | null
  /** The most seconds that an answer of the server may take. Default: 5. */
  timeout?: number
  /** How many seconds a write waits for a connection before it fails. Default: 0. */
  patience?: number
  /** How many replicas must have a change before it is acknowledged. Default: 0. */
  wait?: number
  /** What the names of the store's two keys begin with. Default: "jeton". */
  prefix?: string
  /** The server's user (ACL), whose secret must be said. Default: the server's own default. */
  user?: string
  /** Where the user's secret is, never the secret itself. */
  secret?: SecretPlace
  /** A PEM file of the certificates to trust with rediss://. Default: the platform's. */
  ca?: string
  /** The location's servers are Sentinels, which know the store's server by this name. */
  sentinel?: string
  /** An SQLite file that keeps what the server holds, to append it again where the server has lost it. */
  journal?: string
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
  /** Whether JWTs are recognised, where there is a verifier; or what looks like one is refused. Default: true. */
  jwt?: boolean | 'misconfigured'
  /** Where sessions come from: "cookie", from the cookie alone. Default: "any". */
  session?: 'any' | 'cookie'
  /** What JWTs are called in place of "jwt": the first whose `when` matches. */
  kinds?: readonly NamedKind[]
  /** A preset in place of order, jwt, session and kinds. */
  system?: System | null
}

/** A kind of JWTs. */
export interface NamedKind {
  kind: string
  when: Matchers
}
