"""The libraries that jeton is compared with, their keys prepared once, as their docs advise.

Each checks signature, issuer, audience and expiry, and returns the claims as a dict.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import jose.jwk
import jose.jwt
import jwt
from cryptography.hazmat.primitives import serialization
from joserfc import jwk as joserfc_jwk
from joserfc import jwt as joserfc_jwt

with warnings.catch_warnings(record=True):  # that it has moved to joserfc
    import authlib.jose

ISSUER, AUDIENCE = "https://issuer.example.com", "https://api.example.com"
Decode = Callable[[], dict[str, Any]]


def pyjwt(token: str, algorithm: str, key: Any) -> Decode:
    return lambda: jwt.decode(token, key, algorithms=[algorithm], audience=AUDIENCE, issuer=ISSUER)


def joserfc(token: str, algorithm: str, key: Any) -> Decode:
    kinds: dict[str, Any] = {
        "HS256": joserfc_jwk.OctKey,
        "RS256": joserfc_jwk.RSAKey,
        "ES256": joserfc_jwk.ECKey,
        "EdDSA": joserfc_jwk.OKPKey,
    }
    prepared = kinds[algorithm].import_key(text(key))
    registry = joserfc_jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": ISSUER},
        aud={"essential": True, "value": AUDIENCE},
        exp={"essential": True},
    )

    def decode() -> dict[str, Any]:
        found = joserfc_jwt.decode(token, prepared, algorithms=[algorithm])
        registry.validate(found.claims)
        return found.claims

    return decode


def authlib_jose(token: str, algorithm: str, key: Any) -> Decode:
    kinds: dict[str, Any] = {
        "HS256": authlib.jose.OctKey,
        "RS256": authlib.jose.RSAKey,
        "ES256": authlib.jose.ECKey,
        "EdDSA": authlib.jose.OKPKey,
    }
    prepared = kinds[algorithm].import_key(text(key))
    tokens = authlib.jose.JsonWebToken([algorithm])
    options = {
        "iss": {"essential": True, "value": ISSUER},
        "aud": {"essential": True, "value": AUDIENCE},
        "exp": {"essential": True},
    }

    def decode() -> dict[str, Any]:
        claims = tokens.decode(token, prepared, claims_options=options)
        claims.validate()
        return claims

    return decode


def python_jose(token: str, algorithm: str, key: Any) -> Decode | None:
    if algorithm == "EdDSA":
        return None
    prepared = jose.jwk.construct(text(key), algorithm)
    return lambda: jose.jwt.decode(
        token, prepared, algorithms=[algorithm], audience=AUDIENCE, issuer=ISSUER
    )


def text(key: Any) -> bytes:
    if isinstance(key, bytes):
        return key
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_bytes(serialization.Encoding.PEM, form)


PEERS = {
    "PyJWT": pyjwt,
    "joserfc": joserfc,
    "Authlib": authlib_jose,
    "python-jose": python_jose,
}
