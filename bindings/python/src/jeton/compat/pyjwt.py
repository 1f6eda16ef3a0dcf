"""PyJWT's functions over jeton, and strict where jeton is.

    from jeton.compat import pyjwt as jwt

`encode`, `decode`, `decode_complete`, `get_unverified_header` and `PyJWKClient` take what
PyJWT's take and raise what it raises, by the same names. What would weaken a check that
jeton always makes is refused with an `OptionsError`, never ignored: a token without a
good signature, an expired one, a key that several kinds of algorithms would use, an HMAC
secret shorter than its hash. Keys and policies are kept for the next call, up to 64 of
each, so that a secret given here stays in memory.
"""

from __future__ import annotations

import json
import math
import time
from calendar import timegm
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, cast

import jeton

from .._document import document
from ..errors import (
    DecodeError,
    ExpiredSignatureError,
    ImmatureSignatureError,
    InvalidAlgorithmError,
    InvalidAudienceError,
    InvalidIssuerError,
    InvalidKeyError,
    InvalidSignatureError,
    InvalidTokenError,
    JetonError,
    KeysUnavailableError,
    MissingRequiredClaimError,
    OptionsError,
    UnavailableError,
)

PyJWTError = JetonError
PyJWKError = InvalidKeyError
PyJWKSetError = InvalidKeyError
PyJWKClientError = UnavailableError
PyJWKClientConnectionError = KeysUnavailableError


class SigningKey:
    """The keys of a `PyJWKClient`: the one that fits is chosen when a token is decoded."""

    def __init__(self, source: jeton.Source, timeout: float) -> None:
        self.source = source
        self.timeout = timeout

    @property
    def key(self) -> SigningKey:
        return self


#: A secret, PEM, a JWK, or one of cryptography's keys, which are written as PEM.
Key = str | bytes | Mapping[str, Any] | jeton.Keys | SigningKey | Any


class PyJWKClient:
    """A URL's keys, kept fresh in the background (`jeton.Source`).

    `lifespan` is how long keys are used without a good fetch. Options of a source may be
    added: `algorithm` is for issuers whose keys name none.
    """

    def __init__(
        self,
        uri: str,
        *,
        lifespan: int = 300,
        timeout: int = 30,
        cooldown_duration: int = 30,
        **options: Any,
    ) -> None:
        said: dict[str, Any] = {
            "url": uri,
            "minimum": min(60, lifespan),
            "maximum": lifespan,
            "stale": lifespan,
            "timeout": timeout,
            "cooldown": cooldown_duration,
        }
        self._key = SigningKey(jeton.Source(**(said | options)), timeout)

    def get_signing_key_from_jwt(self, token: str | bytes) -> SigningKey:
        """Waits for the first fetch, where that is still under way; give the result to `decode`.

        Whether there is a key for the token is said there.
        """
        del token
        self._key.source.wait(self._key.timeout)
        return self._key


def encode(
    payload: Mapping[str, Any],
    key: Key,
    algorithm: str = "HS256",
    headers: Mapping[str, Any] | None = None,
    json_encoder: type[json.JSONEncoder] = json.JSONEncoder,
) -> str:
    """A signed token over `payload`. Of `headers` kid, typ and the same alg may be said."""
    claims = dict(payload)
    for name in ("exp", "iat", "nbf"):
        if isinstance(claims.get(name), datetime):
            claims[name] = timegm(claims[name].utctimetuple())
    said = {"typ": "JWT", "alg": algorithm, **(headers or {})}
    if said.pop("alg") != algorithm or not said.keys() <= {"kid", "typ"}:
        raise OptionsError("headers: only kid, typ and the same alg can be said")
    text = json_encoder(separators=(",", ":"), allow_nan=False).encode(claims)
    keys = _keys(key, (algorithm,), said.get("kid"))
    if isinstance(keys, SigningKey):
        raise InvalidKeyError("the keys of a PyJWKClient are public and can't sign")
    options: dict[str, Any] = {"algorithm": algorithm, "type": said["typ"], "kid": said.get("kid")}
    return jeton.sign(keys, text, **options)


def decode(
    jwt: str | bytes,
    key: Key,
    algorithms: Iterable[str],
    options: Mapping[str, Any] | None = None,
    *,
    audience: str | Iterable[str] | None = None,
    issuer: str | Iterable[str] | None = None,
    subject: str | None = None,
    leeway: float | timedelta = 0,
) -> dict[str, Any]:
    """The claims of a token, once its signature and every rule hold.

    As with PyJWT, exp and nbf are checked where they are there; a token with an aud is
    refused where no `audience` is said; `options` may hold `require`, `verify_aud`,
    `verify_iss` and `verify_iat`, and other checks as true.
    """
    return _decode(jwt, key, algorithms, options, audience, issuer, subject, leeway).copy()


def decode_complete(
    jwt: str | bytes,
    key: Key,
    algorithms: Iterable[str],
    options: Mapping[str, Any] | None = None,
    *,
    audience: str | Iterable[str] | None = None,
    issuer: str | Iterable[str] | None = None,
    subject: str | None = None,
    leeway: float | timedelta = 0,
) -> dict[str, Any]:
    """{"header", "payload"} of a token, as `decode` checks it."""
    claims = _decode(jwt, key, algorithms, options, audience, issuer, subject, leeway)
    return {"header": claims.header, "payload": claims.copy()}


def get_unverified_header(jwt: str | bytes) -> dict[str, Any]:
    """What the header says, unverified: for looking at tokens, never for deciding."""
    return cast("dict[str, Any]", jeton.inspect(jwt)["header"])


def _decode(
    jwt: str | bytes,
    key: Key,
    algorithms: Iterable[str],
    options: Mapping[str, Any] | None,
    audience: str | Iterable[str] | None,
    issuer: str | Iterable[str] | None,
    subject: str | None,
    leeway: float | timedelta,
) -> jeton.Claims:
    allowed = (algorithms,) if isinstance(algorithms, str) else tuple(algorithms or ())
    asked = _options(options)
    seconds = leeway.total_seconds() if isinstance(leeway, timedelta) else leeway
    matchers: dict[str, Any] = {} if subject is None else {"sub": subject}
    if audience is None and asked["verify_aud"]:
        matchers["aud"] = {"present": False}
    policy = {
        "issuer": _strings(issuer) if asked["verify_iss"] else None,
        "audience": _strings(audience) if asked["verify_aud"] else None,
        "require": list(asked["require"]),
        "leeway": math.ceil(seconds),
        "claims": matchers,
        "algorithms": allowed,
    }
    keys = _keys(key, allowed, None)
    try:
        claims = _verified(_verifier(keys, document(policy)), keys, jwt)
    except jeton.InvalidClaimError as error:
        if error.claim != "aud" or audience is not None:
            raise
        raise InvalidAudienceError("Invalid audience: none is expected", "aud") from error
    issued = claims.get("iat")
    if asked["verify_iat"] and issued is not None and issued > time.time() + seconds:
        raise ImmatureSignatureError("JWT was issued in the future", "iat")
    return claims


def _verified(
    verifier: jeton.Verifier, keys: jeton.Keys | SigningKey, jwt: str | bytes
) -> jeton.Claims:
    """PyJWKClient fetches where its caller stands; so who asks for its keys is made to wait."""
    try:
        return verifier.verify(jwt)
    except JetonError as error:
        if not isinstance(keys, SigningKey) or error._cause is None:
            raise
        with suppress(JetonError):  # the next verify says what is the matter
            verifier.wait(error, keys.timeout)
    return verifier.verify(jwt)


def _options(given: Mapping[str, Any] | None) -> dict[str, Any]:
    waivable = {"verify_aud": True, "verify_iss": True, "verify_iat": True, "require": ()}
    fixed = ("verify_signature", "verify_exp", "verify_nbf", "verify_sub", "verify_jti")
    said = {**waivable, **(given or {})}
    for name, value in said.items():
        if name in waivable or (name in fixed and value):
            continue
        if name in fixed:
            raise OptionsError(
                f"options.{name}: it can't be turned off; jeton.inspect reads unverified tokens"
            )
        raise OptionsError(f'options: unknown field "{name}"')
    return said


def _strings(given: str | Iterable[str] | None) -> str | list[str] | None:
    return given if given is None or isinstance(given, str) else list(given)


@lru_cache(maxsize=64)
def _verifier(keys: jeton.Keys | SigningKey, policy: str) -> jeton.Verifier:
    source = keys.source if isinstance(keys, SigningKey) else keys
    return jeton.Verifier(source, **json.loads(policy))


def _keys(key: Key, algorithms: tuple[str, ...], kid: str | None) -> jeton.Keys | SigningKey:
    if isinstance(key, jeton.Keys | SigningKey):
        return key
    if isinstance(key, Mapping):
        key = document(cast("Mapping[str, Any]", key))
    if not isinstance(key, str | bytes):
        key = _pem(key)
    return _read_keys(key, algorithms, kid)


def _pem(key: Any) -> bytes:
    from cryptography.hazmat.primitives import serialization

    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    if hasattr(key, "private_bytes"):
        return cast("bytes", key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    if hasattr(key, "public_bytes"):
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return cast("bytes", key.public_bytes(pem, form))
    raise TypeError(f"{type(key).__name__} is no key")


@lru_cache(maxsize=64)
def _read_keys(key: str | bytes, algorithms: tuple[str, ...], kid: str | None) -> jeton.Keys:
    """One key for each algorithm, since a key of jeton's is bound to one."""
    secret = {algorithm.startswith("HS") for algorithm in algorithms}
    if len(secret) != 1:
        raise OptionsError(
            "algorithms: HMAC and others, for one key: say what the key is for"
            if secret
            else "algorithms: they must be said"
        )
    read = jeton.Keys.secret if True in secret else jeton.Keys
    found: list[jeton.Keys] = []
    refused: list[JetonError] = []
    for algorithm in algorithms:
        try:
            found.append(read(key, algorithm=algorithm, kid=kid))
        except InvalidKeyError as error:  # of another kind than this algorithm's
            refused.append(error)
    if not found:
        raise refused[0]
    if len(found) == 1:
        return found[0]
    several = [one for keys in found for one in json.loads(keys.private())["keys"]]
    return jeton.Keys({"keys": several})


__all__ = [
    "DecodeError",
    "ExpiredSignatureError",
    "ImmatureSignatureError",
    "InvalidAlgorithmError",
    "InvalidAudienceError",
    "InvalidIssuerError",
    "InvalidKeyError",
    "InvalidSignatureError",
    "InvalidTokenError",
    "MissingRequiredClaimError",
    "PyJWKClient",
    "PyJWKClientConnectionError",
    "PyJWKClientError",
    "PyJWKError",
    "PyJWKSetError",
    "PyJWTError",
    "decode",
    "decode_complete",
    "encode",
    "get_unverified_header",
]
