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


#: One string or several, any of which will do.
Strings = Union[str, _Many[str]]


Seconds = int


#: What a claim must be: a value, a list of matchers (any of), or one operator. An absent
#: claim satisfies only "not" and {"present": False}.
Matcher = Union[Union[str, float, bool, None], _Many["Matcher"], "Operator"]


Operator = TypedDict(
    "Operator",
    {
        "contains": Union[str, float, bool, None],
        "not": "Matcher",
        "type": Literal["string", "number", "boolean", "null", "array", "object"],
        "present": bool,
    },
    total=False,
)


#: Claim name to matcher.
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
    type: str | None
    require: _Many[str]
    claims: Matchers
    deny: _Many[Deny]
    lifetime: Seconds | None


class Trust(_Trust):
    """What belongs together: these issuers' tokens, for these audiences, under this key
    set. Fields that an entry lacks are taken from the top; issuer and audience must be said
    in each."""

    issuer: Strings | None
    audience: Strings | None


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
    #: The header's typ, compared as a media type (RFC 8725bis 3.11). Default, and None: not
    #: checked.
    type: str | None
    #: Claims that must be present. Default: exp, and jti where revocations are attached. A
    #: list replaces the default; [] waives it.
    require: _Many[str]
    claims: Matchers
    #: Rules that refuse a token although all else holds.
    deny: _Many[Deny]
    #: The name space of revocation rules. Default, and None: the verified iss. Required
    #: where the issuer is waived and revocations are attached.
    realm: str | None
    #: Claims that an error may carry once the signature held: for logs, and answers such as
    #: "expired at".
    report: _Many[str]
    limits: Limits
    #: Not in this version: None.
    cache: None
    #: Not in this version: None.
    system: None


class VerifierOptions(_Verifier):
    """What a token must be."""

    #: Accepted iss, compared byte by byte. Must be said; None waives the check.
    issuer: Strings | None
    #: Accepted aud, any of. Must be said; None waives the check.
    audience: Strings | None


class TrustOptions(_Verifier):
    """What a token must be."""

    #: Entries in place of issuer and audience: the token's issuer chooses one.
    trust: _Many[Trust]


class _Minter(TypedDict, total=False):
    #: The iss of every token.
    issuer: str | None
    #: The aud of every token: a string or a list, written as given.
    audience: str | _Many[str] | None
    algorithm: Algorithm
    #: The kid of the key that signs, also when a newer one is there. Default, and None: the
    #: newest that fits.
    kid: str | None
    #: The header's typ; None: none.
    type: str | None
    #: What the jti is made of; None: no jti.
    id: Literal["uuid"] | None
    #: Claims added to every token.
    claims: Mapping[str, Any]
    #: Claims of the template, and iss, aud, iat, exp, nbf, jti, that a call may replace.
    override: _Many[str]
    #: Members that come first, in this order. The rest follow: registered claims as RFC
    #: 7519 lists them, the template, the call's own.
    order: _Many[str]
    #: Not in this version: None.
    system: None


class MinterOptions(_Minter):
    """What minted tokens are."""

    #: Seconds from iat to exp. Must be said; None: no exp.
    lifetime: Seconds | None


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


class _Rule(TypedDict, total=False):
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


class _BearerPrefixes(TypedDict, total=False):
    #: What follows the prefix: text, and {n} for n characters of base64url.
    shape: str | None


class BearerPrefixesOptions(_BearerPrefixes):
    prefix: str
    kind: str


class BearerOptions(TypedDict, total=False):
    """Telling kinds of credentials apart."""

    order: _Many[Literal["admin", "prefixes", "jwt", "session"]]
    #: Whether an administrator's token is recognised, where one is given.
    admin: bool
    #: Kinds that begin with the same text, such as API keys.
    prefixes: _Many[BearerPrefixesOptions]
    #: Whether JWTs are recognised, where there is a verifier.
    jwt: bool
