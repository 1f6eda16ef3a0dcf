"""The options of every document, typed: for keyword arguments, or to be kept.

Made from include/options.schema.json by tests/typed_options.py; change it there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypedDict, TypeVar, Union

_T = TypeVar("_T")
_Many = Union[list[_T], tuple[_T, ...]]


#: An algorithm by its JOSE name. "EdDSA" leaves the curve to the key; Ed448 needs a crypto
#: back end that has it.
Algorithm = Literal[
    "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512",
    "ES256", "ES384", "ES512", "ES256K", "EdDSA", "Ed25519", "Ed448",
]


#: An algorithm whose keys have a public half.
Asymmetric = Literal[
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
    "ES256K", "EdDSA", "Ed25519", "Ed448",
]


#: One string or several, any of which will do.
Strings = Union[str, _Many[str]]


#: Accepted iss, compared byte by byte; None waives the check. {"under": …}: one of these
#: and, right behind it, the token's audience up to a colon; the audience must then be said,
#: or the keys be derived for one audience each.
Issuers = Union["Strings", "Under", None]


class Under(TypedDict):
    """Issuers that go by the audience."""

    #: What an issuer begins with; the audience follows.
    under: Strings


#: A typ, or several.
Types = Union[Union[str, None], _Many[Union[str, None]]]


Seconds = int


#: What a claim must be: a value, a list of matchers (any of), or one operator. An absent
#: claim satisfies only "not" and {"present": False}.
Matcher = Union[Union[str, float, bool, None], _Many["Matcher"], "Operator"]


Operator = TypedDict(
    "Operator",
    {
        "contains": Union[str, float, bool, None],
        "not": "Matcher",
        "type": Literal["string", "number", "boolean", "null", "array", "object", "digits"],
        "present": bool,
        "ends": str,
        "below": int,
    },
    total=False,
)


#: Claim name, or a JSON pointer that begins with "/", to matcher.
Matchers = Mapping[str, "Matcher"]


class _Deny(TypedDict, total=False):
    switch: str


class Deny(_Deny):
    """A token is refused when all of "when" match, and, where there is a "switch", while
    that is on for the call's scope."""

    name: str
    when: Matchers


class Limits(TypedDict, total=False):
    """What bounds a token."""

    #: The longest token, in bytes.
    bytes: int
    #: The deepest nesting of its JSON.
    depth: int
    #: The longest kid, in bytes.
    kid: int


class _Trust(TypedDict, total=False):
    #: The index of the key set.
    keys: int
    algorithms: _Many[Algorithm]
    type: Types
    require: _Many[str]
    iat: Literal["number", "text"] | None
    exp: Literal["exclusive", "inclusive"]
    claims: Matchers
    deny: _Many[Deny]
    lifetime: Seconds | None
    realm: str | None


class Trust(_Trust):
    """What belongs together: these issuers' tokens, for these audiences, under this key
    set. Fields that an entry lacks are taken from the top; issuer and audience must be said
    in each. One entry may waive the issuer: it takes the tokens that no other entry's
    issuer fits."""

    issuer: Issuers
    audience: Strings | None


class _VerifierProof(TypedDict, total=False):
    #: Whether a proof is accepted once only, which the revocations remember. False: as
    #: often as it comes.
    replay: bool


class VerifierProofOptions(_VerifierProof):
    """The tokens are DPoP proofs (RFC 9449): each is verified with the key in its own
    header and for the request that the call tells of, and the verifier has no key sets.
    With it algorithms and type must be said."""

    #: For how many seconds from its iat on a proof is accepted, the leeway aside.
    window: int


class _Verifier(TypedDict, total=False):
    #: Allow-list: header, key and list must all agree. Default: the keys' own.
    algorithms: _Many[Algorithm]
    #: Seconds of clock difference to forgive, for exp and nbf, and for the exp of a key.
    leeway: int
    #: Longest exp - iat accepted, in seconds. Default, and None: none.
    lifetime: Seconds | None
    #: Longest now - iat accepted, in seconds; an iat in the future is then refused too.
    #: Default, and None: none.
    age: Seconds | None
    #: The header's typ, compared as a media type (RFC 8725bis 3.11): one, or several of
    #: which None is a header without one. Default, and None: not checked.
    type: Types
    #: Claims that must be present. Default: exp, jti where revocations are attached, and
    #: status where lists are followed. A list replaces the default; [] waives it.
    require: _Many[str]
    claims: Matchers
    #: Rules that refuse a token although all else holds.
    deny: _Many[Deny]
    #: Claims that an error may carry once the signature held: for logs, and answers such as
    #: "expired at".
    report: _Many[str]
    limits: Limits
    #: Not in this version: None.
    cache: None


class _VerifierWhole(_Verifier, total=False):
    #: How a token says when it was issued: as a number, or as text, a string of decimal
    #: digits. None: it isn't looked at.
    iat: Literal["number", "text"] | None
    #: Whether a token is still good in the second of its exp; RFC 7519 says not.
    exp: Literal["exclusive", "inclusive"]
    #: The name space of revocation rules. Default, and None: the verified iss. Required
    #: where the issuer is waived and revocations are attached.
    realm: str | None
    #: Whether a verifier without revocations attached is an error.
    revocable: bool
    #: The tokens are DPoP proofs (RFC 9449): each is verified with the key in its own
    #: header and for the request that the call tells of, and the verifier has no key sets.
    #: With it algorithms and type must be said.
    proof: VerifierProofOptions


class VerifierOptions(_VerifierWhole):
    """What a token must be."""

    #: Accepted iss, compared byte by byte. Must be said; None waives the check.
    issuer: Issuers
    #: Accepted aud, any of. Must be said; None waives the check.
    audience: Strings | None


class TrustOptions(_VerifierWhole):
    """What a token must be."""

    #: Entries in place of issuer and audience: the token's issuer chooses one.
    trust: _Many[Trust]


class VerifierSystemOptions(_Verifier):
    """What a token must be."""

    #: A preset that takes the place of issuer, audience and much else. Beside it may stand
    #: leeway, age, limits, report, lifetime, type, require, claims, deny and algorithms,
    #: which narrow it.
    system: System | None


class _Minter(TypedDict, total=False):
    #: Claims added to every token.
    claims: Mapping[str, Any]
    #: What the claims of a token must be: name, or JSON pointer, to matcher.
    check: Matchers


class _MinterWhole(_Minter, total=False):
    #: The iss of every token.
    issuer: str | None
    #: The aud of every token: a string or a list, written as given.
    audience: Minted
    #: Issuers and audiences that go by a call's claims: the first case whose "when" they
    #: match decides. Default: one case, of the document's own issuer and audience.
    cases: _Many[Case]
    algorithm: Algorithm
    #: The kid of the key that signs, also when a newer one is there. Default, and None: the
    #: newest that fits.
    kid: str | None
    #: The header's typ; None: none.
    type: str | None
    #: What the jti is made of; None: no jti.
    id: Literal["uuid"] | None
    #: How the iat is written: as a number, or as text, a string of decimal digits.
    iat: Literal["number", "text"]
    #: A claim of a call, an object, whose members become claims of their own, but for the
    #: registered, the template's, the call's and the names in "except". Default, and None:
    #: none.
    spread: Spread | None
    #: Claims of the template, and iss, aud, iat, exp, nbf, jti, that a call may replace.
    #: What a call gives must else be the very value that the options decide on.
    override: _Many[str]
    #: Members that come first, in this order. The rest follow: registered claims as RFC
    #: 7519 lists them, the template, the call's own.
    order: _Many[str]
    #: How the values that a call gives are written. "given": byte for byte. "least":
    #: without white space and with the escapes alone that JSON needs. "html": besides, with
    #: escapes for <, >, & and the characters U+2028 and U+2029.
    spelling: Literal["given", "least", "html"]


class MinterOptions(_MinterWhole):
    """What minted tokens are."""

    #: Seconds from iat to exp. Must be said; None: no exp.
    lifetime: Seconds | None


class _MinterSystemOptions(_Minter, total=False):
    #: Seconds from iat to exp. Must be said; None: no exp.
    lifetime: Seconds | None


class MinterSystemOptions(_MinterSystemOptions):
    """What minted tokens are."""

    #: A preset that takes the place of most options. Beside it may stand lifetime, claims
    #: and check.
    system: System | None


class _Case(TypedDict, total=False):
    issuer: str | None
    audience: Minted
    #: What the claims of the token must be then.
    check: Matchers


class Case(_Case):
    """An issuer and an audience, and for whose tokens."""

    #: What the claims of a call must be for this case to be theirs.
    when: Matchers


Spread = TypedDict(
    "Spread",
    {
        "claim": str,
        "except": _Many[str],
    },
    total=True,
)


#: An aud to write.
Minted = Union[str, _Many[str], None]


#: A system's parameters. The same object may stand in the options of its verifiers,
#: minters, derived keys and bearer resolvers; each takes what it needs.
System = Union["StackAuth", "Pylon", "Porter", "Protekt", "AtJwt", "IdToken", "LogoutJwt", "Dpop"]


class _StackAuth(TypedDict, total=False):
    #: Where the issuers' URLs begin; tokens are minted with the first.
    base: _Many[str]
    #: Which users' tokens are accepted besides the ordinary ones'; "anonymous" goes with
    #: "restricted".
    allow: _Many[Literal["restricted", "anonymous"]]
    #: Whose keys are published besides the ordinary users'; those of "restricted" come
    #: along with "anonymous".
    include: _Many[Literal["restricted", "anonymous"]]
    #: Publish coordinates without their leading zeros, as the original does; RFC 7518 wants
    #: them.
    short: bool
    #: How long minted tokens live, as in "10min", "90 seconds" or "2 days". Default, and
    #: None: "10min".
    lifetime: str | None


class StackAuth(_StackAuth):
    """Stack Auth: ES256 under keys that are derived from the server's secret and the
    token's audience."""

    name: Literal["stack-auth"]
    #: The project's id. Must be said; None: whichever the token's audience names, with keys
    #: that are derived on demand.
    project: str | None


class Pylon(TypedDict):
    """Pylon: HS256 under a shared secret, with the issuer pinned."""

    name: Literal["pylon"]
    #: The iss. Must be said; None: none is configured, so that no token is verified, a
    #: bearer resolver answers misconfigured, and minted tokens say "pylon".
    issuer: str | None


class _Porter(TypedDict, total=False):
    #: Whether the switch reject_user_jwt_tokens refuses API tokens without a token_id, too:
    #: they act as the user who made them.
    strict: bool
    #: The issuers of the single sign-on, RS256, each with a key set behind the secret's.
    foreign: _Many[Foreign]


class Porter(_Porter):
    """Porter: users', programs' and agents' tokens under one HMAC secret, and a single
    sign-on's beside them."""

    name: Literal["porter"]


class _Foreign(TypedDict, total=False):
    #: The index of the key set.
    keys: int


class Foreign(_Foreign):
    """An issuer of a single sign-on."""

    issuer: str
    audience: Strings | None


class _Protekt(TypedDict, total=False):
    #: Which claim names the project: "aud", and then iss must be there too; or
    #: "project_id", and then iss and aud are checked where they are there.
    audience: Literal["aud", "project_id"]
    #: None: verify without revocations attached, and tokens without a jti. Else leave it
    #: out.
    blocklist: None


class Protekt(_Protekt):
    """Protekt: RS256 under published keys, with a blocklist by jti."""

    name: Literal["protekt"]
    #: The project's id.
    project: str
    #: The iss.
    issuer: str


class AtJwt(TypedDict):
    """An access token for a resource server (RFC 9068)."""

    name: Literal["at+jwt"]
    #: The iss.
    issuer: str
    #: The resource server's own name, one of the aud.
    audience: str


class IdToken(TypedDict):
    """An ID token for a client (OpenID Connect Core 1.0). The nonce is the call's."""

    name: Literal["id_token"]
    #: The iss.
    issuer: str
    #: The client's id, one of the aud.
    client: str


class _LogoutJwt(TypedDict, total=False):
    #: Whether tokens without the typ logout+jwt are taken, as providers made them before
    #: there was one.
    untyped: bool


class LogoutJwt(_LogoutJwt):
    """A logout token for a client (OpenID Connect Back-Channel Logout 1.0)."""

    name: Literal["logout+jwt"]
    #: The iss.
    issuer: str
    #: The client's id, one of the aud.
    client: str


class _Dpop(TypedDict, total=False):
    #: What clients may sign with.
    algorithms: _Many[Asymmetric]
    #: For how many seconds from its iat on a proof is accepted, the leeway aside.
    window: int
    #: By how many seconds a client's clock may be off.
    leeway: int
    #: Whether a proof is accepted once only, which the revocations remember: without any a
    #: verifier is misconfigured. False: as often as it comes.
    replay: bool


class Dpop(_Dpop):
    """A proof of possession (RFC 9449), for whoever receives it. The request that it is for
    is the call's."""

    name: Literal["dpop"]


class KeysOptions(TypedDict, total=False):
    """What a key document or a secret doesn't say itself."""

    #: For keys that name none: RSA keys of some issuers, PEM, secrets.
    algorithm: str | None
    #: For a key that has none.
    kid: str | None
    #: Accept an HMAC secret shorter than its hash; the key is reported as weak.
    weak: bool


class _Generate(TypedDict, total=False):
    #: Default, and None: the key's thumbprint; random for HMAC.
    kid: str | None
    #: The size of an RSA modulus (2048 to 4096) or an HMAC secret.
    bits: int | None


class GenerateOptions(_Generate):
    """A new private key."""

    algorithm: str


class SourceLimitsOptions(TypedDict, total=False):
    """What bounds an answer."""

    #: The longest body, in bytes.
    bytes: int
    #: The most keys.
    keys: int


class _Source(TypedDict, total=False):
    #: The algorithm of keys that name none.
    algorithm: Algorithm | None
    #: The shortest life of an answer, in seconds.
    minimum: int
    #: The longest, not below minimum.
    maximum: int
    #: Seconds between two fetches that tokens of an unknown kid cause.
    cooldown: int
    #: How many fetches such tokens may cause in an hour, half of them at once.
    budget: int
    #: Seconds for a whole fetch.
    timeout: int
    #: What bounds an answer.
    limits: SourceLimitsOptions
    #: A PEM file of the certificates to trust, in place of the platform's. Read once.
    ca: str | None
    #: An http proxy, which then looks names up; the environment's are not used.
    proxy: str | None
    #: Whether addresses that aren't public may be asked.
    private: bool
    #: Whether jeton fetches by itself; False: the host does, or says when.
    refresh: bool


class UrlOptions(_Source):
    """Where a key set comes from, and how it is kept fresh: one of url, issuer and file."""

    #: The URL of a JWK Set.
    url: str
    #: For how many seconds keys are used when no fetch succeeds. Must be said; None: as
    #: long as it takes.
    stale: int | None


class IssuerOptions(_Source):
    """Where a key set comes from, and how it is kept fresh: one of url, issuer and file."""

    #: An issuer whose metadata names that URL.
    issuer: str
    #: For how many seconds keys are used when no fetch succeeds. Must be said; None: as
    #: long as it takes.
    stale: int | None


class FileOptions(_Source):
    """Where a key set comes from, and how it is kept fresh: one of url, issuer and file."""

    #: A file of keys, read again when it changes.
    file: str
    #: For how many seconds keys are used when no fetch succeeds. Must be said; None: as
    #: long as it takes.
    stale: int | None


class ListLimitsOptions(TypedDict, total=False):
    """What bounds an answer."""

    #: The longest body, in bytes.
    bytes: int
    #: The most bytes that the list unpacks to: eight tokens a byte, or one where a status
    #: takes eight bits.
    unpacked: int


class _List(TypedDict, total=False):
    #: Where the list is fetched from instead, such as a mirror.
    url: str
    #: A file that holds its token, read again when it changes.
    file: str
    #: The statuses that let a token pass besides 0 (valid): "suspended", which is 2, and
    #: numbers from 3 on.
    accept: _Many[Literal["suspended"] | int]
    #: The shortest life of an answer, in seconds, whatever its ttl says.
    minimum: int
    #: The longest, not below minimum.
    maximum: int
    #: Seconds for a whole fetch.
    timeout: int
    #: What bounds an answer.
    limits: ListLimitsOptions
    #: A PEM file of the certificates to trust, in place of the platform's. Read once.
    ca: str | None
    #: An http proxy, which then looks names up; the environment's are not used.
    proxy: str | None
    #: Whether addresses that aren't public may be asked.
    private: bool
    #: Whether jeton fetches by itself; False: the host does, or says when.
    refresh: bool


class ListOptions(_List):
    """Which Token Status List is followed, whose it is, and how it is kept fresh."""

    #: What tokens call the list, which is the sub of its token, too. It is fetched from
    #: there, unless url or file is said.
    uri: str
    #: The iss of the list's token; must be said, None waives the check.
    issuer: str | None
    #: For how many seconds the list is used when no fetch succeeds. Must be said; None: as
    #: long as it takes, or until its exp.
    stale: int | None


class _StatusList(TypedDict, total=False):
    #: The claim by which rules name a place.
    claim: str
    #: For how many seconds whoever follows it may keep it.
    ttl: int | None


class StatusListOptions(_StatusList):
    """A Token Status List to be published, made from a store's log."""

    #: Where it is published: the sub of its token, and what tokens call it.
    uri: str
    #: The realm of the rules that count: the issuer of the tokens, or the name that the
    #: verifiers' options give.
    realm: str
    #: How many places it has: tokens have indexes below.
    size: int


class JwsOptions(TypedDict, total=False):
    """Signing and checking a plain compact JWS with any payload."""

    algorithm: Algorithm
    #: The kid of the key that signs.
    kid: str | None
    #: Allow-list when checking.
    algorithms: _Many[Algorithm]
    #: The header's typ: written when signing, expected when checking. Default, and None:
    #: none.
    type: str | None
    limits: Limits


class MemoryOptions(TypedDict, total=False):
    """Revocations in memory:."""

    #: How many different claims rules may name; each is looked up in every token.
    names: int
    #: Whether readable entries are kept, for list, export and import.
    log: bool
    #: How many seconds old the store may be; the store in memory never is.
    stale: int | None


class _Sqlite(TypedDict, total=False):
    #: How many different claims rules may name; each is looked up in every token.
    names: int
    #: The most seconds that a read or write waits for other processes.
    timeout: int


class SqliteOptions(_Sqlite):
    """Revocations in sqlite:PATH, shared by the processes of one machine."""

    #: After how many seconds without a look into the file tokens are refused as
    #: revocations-stale; None: never.
    stale: int | None


class SecretPlace(TypedDict, total=False):
    """Where a secret is: one of the two."""

    #: A file, which is read again at each connection.
    file: str
    #: The name of a variable of the environment.
    env: str


class _Redis(TypedDict, total=False):
    #: How many different claims rules may name; each is looked up in every token.
    names: int
    #: The most seconds that an answer of the server may take.
    timeout: int
    #: How many seconds a write waits for a connection before it fails.
    patience: int
    #: How many replicas must have a change before it is acknowledged.
    wait: int
    #: What the names of the store's two keys begin with: several stores may lie on one
    #: server.
    prefix: str
    #: The server's user (ACL). Default: the server's own default.
    user: str
    #: Where the user's secret is, never the secret itself.
    secret: SecretPlace
    #: A PEM file of the certificates to trust with rediss://, and no others. Default: the
    #: platform's.
    ca: str
    #: The location's servers are Sentinels, which know the store's server by this name.
    sentinel: str
    #: An SQLite file that keeps what the server holds, to append it again where the server
    #: has lost it.
    journal: str


class RedisOptions(_Redis):
    """Revocations in redis://HOST or rediss://HOST, shared by many machines."""

    #: After how many seconds without a look at the server tokens are refused as
    #: revocations-stale; None: never.
    stale: int | None


class _Rule(TypedDict, total=False):
    #: A claim's name, or a JSON pointer to it, which begins with "/".
    claim: str
    value: str | int
    #: The kid or thumbprint of a key, in place of claim and value.
    key: str
    #: The cut-off: refused is what was issued then or earlier, or says no iat. Default: now
    #: for "sub", else None, which is whenever issued.
    before: int | None
    note: str | None


class Rule(_Rule):
    """A rule of revocation: of a realm, a claim's value or a key."""

    #: The verified issuer, or the name that the options give.
    realm: str
    #: The second from which the rule is void. Must be said; None: for ever.
    until: int | None


class RevokeClaimsOptions(TypedDict, total=False):
    """Revoking by a claim of verified claims."""

    claim: str
    before: int | None
    #: Default: the token's exp with the verifier's leeway.
    until: int | None
    note: str | None


class _RevokeLogout(TypedDict, total=False):
    note: str | None


class RevokeLogoutOptions(_RevokeLogout):
    """Ending the session that a verified logout token names."""

    #: The most seconds that a token of the session may still live. Must be said; None: for
    #: ever.
    lifetime: int | None


#: The name of a kind of credentials.
Kind = str


class Called(TypedDict):
    """A kind of JWTs."""

    kind: Kind
    when: Matchers


class DeriveOptions(TypedDict):
    """Which system's keys are derived from its secret. The options of its verifiers and
    minters will do, too: what may stand beside the system there is not looked at."""

    system: System


class _BearerPrefixes(TypedDict, total=False):
    #: What follows the prefix: text, and {n} for n characters of base64url.
    shape: str | None


class BearerPrefixesOptions(_BearerPrefixes):
    prefix: str
    kind: Kind


class BearerOptions(TypedDict, total=False):
    """Telling kinds of credentials apart."""

    order: _Many[Literal["admin", "prefixes", "jwt", "session"]]
    #: Whether an administrator's token is recognised, where one is given.
    admin: bool
    #: Kinds that begin with the same text, such as API keys.
    prefixes: _Many[BearerPrefixesOptions]
    #: Whether JWTs are recognised, where there is a verifier. "misconfigured": what looks
    #: like one is refused so.
    jwt: Literal[True, False, "misconfigured"]
    #: Where sessions come from. "cookie": from the cookie alone, which then holds nothing
    #: else; a bearer that is no other kind is refused.
    session: Literal["any", "cookie"]
    #: What JWTs are called in place of "jwt": the first whose "when" the claims match, or
    #: those that the verifier's report shows of a refused one.
    kinds: _Many[Called]
    #: A preset in place of order, jwt, session and kinds. Beside it may stand admin and
    #: prefixes.
    system: System | None
