"""PyJWT's functions over jeton: what PyJWT accepts and refuses, and where jeton is stricter."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import jwt as pyjwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

import jeton
from jeton.compat import pyjwt as jwt

SECRET = "a secret of more than 64 bytes, so that it is long enough for HS512, too"
RSA, EC, ED = (
    rsa.generate_private_key(public_exponent=65537, key_size=2048),
    ec.generate_private_key(ec.SECP256R1()),
    ed25519.Ed25519PrivateKey.generate(),
)
PAIRS: list[tuple[str, Any, Any]] = [
    ("HS256", SECRET, SECRET.encode()),
    ("RS256", RSA, RSA.public_key()),
    ("PS256", RSA, RSA.public_key()),
    ("ES256", EC, EC.public_key()),
    ("EdDSA", ED, ED.public_key()),
]


@pytest.mark.parametrize(("algorithm", "private", "public"), PAIRS)
def test_each_reads_what_the_other_writes(algorithm: str, private: Any, public: Any) -> None:
    payload = {"sub": "ada", "name": "Ädä", "exp": int(time.time()) + 60, "aud": "api"}
    for write, read in ((jwt, pyjwt), (pyjwt, jwt), (jwt, jwt)):
        token = write.encode(payload, private, algorithm, headers={"kid": "k"})
        assert read.decode(token, public, algorithms=[algorithm], audience="api") == payload
        assert read.get_unverified_header(token) == {"alg": algorithm, "typ": "JWT", "kid": "k"}


def token(**claims: Any) -> str:
    return jwt.encode({"sub": "ada", **claims}, SECRET)


NOW = int(time.time())
REFUSED: list[tuple[str, Callable[[Any], Any]]] = [
    ("ExpiredSignatureError", lambda m: m.decode(token(exp=NOW - 9), SECRET, ["HS256"])),
    ("ImmatureSignatureError", lambda m: m.decode(token(nbf=NOW + 9999), SECRET, ["HS256"])),
    ("ImmatureSignatureError", lambda m: m.decode(token(iat=NOW + 9999), SECRET, ["HS256"])),
    ("InvalidAudienceError", lambda m: m.decode(token(aud="b"), SECRET, ["HS256"])),
    ("InvalidAudienceError", lambda m: m.decode(token(aud="b"), SECRET, ["HS256"], audience="a")),
    ("InvalidIssuerError", lambda m: m.decode(token(iss="b"), SECRET, ["HS256"], issuer=["a"])),
    ("InvalidSignatureError", lambda m: m.decode(token(), SECRET + "!", ["HS256"])),
    ("DecodeError", lambda m: m.decode("a.b.c", SECRET, ["HS256"])),
    ("InvalidAlgorithmError", lambda m: m.decode(token(), SECRET, ["HS512"])),
    (
        "MissingRequiredClaimError",
        lambda m: m.decode(token(), SECRET, ["HS256"], options={"require": ["exp"]}),
    ),
    ("InvalidTokenError", lambda m: m.decode(token(), SECRET, ["HS256"], subject="eve")),
]


@pytest.mark.parametrize(("name", "call"), REFUSED, ids=range(len(REFUSED)))
def test_both_refuse_with_the_same_exception(name: str, call: Callable[[Any], Any]) -> None:
    for module in (pyjwt, jwt):
        with pytest.raises(getattr(module, name)):
            call(module)


ACCEPTED: list[Callable[[Any], Any]] = [
    lambda m: m.decode(token(), SECRET, ["HS256"]),
    lambda m: m.decode(token(exp=NOW - 9), SECRET, ["HS256"], leeway=timedelta(seconds=600)),
    lambda m: m.decode(token(iat=NOW + 9), SECRET, ["HS256"], leeway=30),
    lambda m: m.decode(token(iat=NOW + 9999), SECRET, ["HS256"], options={"verify_iat": False}),
    lambda m: m.decode(token(aud=["a", "b"]), SECRET, ["HS256"], audience=["c", "b"]),
    lambda m: m.decode(token(aud="b"), SECRET, ["HS256"], options={"verify_aud": False}),
    lambda m: m.decode(token(iss="b"), SECRET, ["HS256"], issuer="b", subject="ada"),
    lambda m: m.decode(
        token(iss="b"), SECRET, ["HS256"], issuer="a", options={"verify_iss": False}
    ),
    lambda m: m.decode_complete(token(), SECRET, ["HS256"])["header"],
]


@pytest.mark.parametrize("call", ACCEPTED, ids=range(len(ACCEPTED)))
def test_both_accept_and_return_the_same(call: Callable[[Any], Any]) -> None:
    assert call(jwt) == call(pyjwt)


def test_dates_become_seconds() -> None:
    at = datetime.now(timezone.utc) + timedelta(minutes=1)
    assert jwt.decode(token(exp=at), SECRET, ["HS256"])["exp"] == int(at.timestamp())


@pytest.mark.parametrize("check", ["signature", "exp", "nbf", "sub", "jti"])
def test_checks_that_jeton_always_makes_cant_be_turned_off(check: str) -> None:
    with pytest.raises(jeton.OptionsError, match=f"verify_{check}"):
        jwt.decode(token(), SECRET, ["HS256"], options={f"verify_{check}": False})
    assert jwt.decode(token(), SECRET, ["HS256"], options={f"verify_{check}": True})


def test_what_is_stricter_is_refused_and_never_ignored() -> None:
    with pytest.raises(jeton.OptionsError, match="unknown field"):
        jwt.decode(token(), SECRET, ["HS256"], options={"verify_expp": False})
    with pytest.raises(jeton.OptionsError, match="HMAC and others"):
        jwt.decode(token(), SECRET, ["HS256", "RS256"])
    with pytest.raises(jeton.OptionsError, match="must be said"):
        jwt.decode(token(), SECRET, [])
    with pytest.raises(jeton.WeakKeyError):
        jwt.encode({}, "short")
    with pytest.raises(jeton.OptionsError, match="headers"):
        jwt.encode({}, SECRET, headers={"jku": "https://evil.test"})
    with pytest.raises(TypeError):
        jwt.decode(token(), SECRET, ["HS256"], verify=False)  # type: ignore[call-arg]


def test_hmac_with_the_public_key_is_refused() -> None:
    from cryptography.hazmat.primitives import serialization

    pem = RSA.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    with pytest.raises(jeton.InvalidKeyError):
        jwt.encode({"sub": "eve"}, pem)
    forged = jeton.sign(jeton.Keys.secret(b"x" * 32, algorithm="HS256"), '{"sub":"eve"}')
    with pytest.raises(jeton.InvalidAlgorithmError):
        jwt.decode(forged, pem, ["RS256"])


def test_several_algorithms_of_one_key_are_several_keys() -> None:
    for algorithm in ("RS256", "PS384"):
        made = jwt.encode({"sub": "ada"}, RSA, algorithm)
        assert jwt.decode(made, RSA.public_key(), ["RS256", "PS384", "ES256"]) == {"sub": "ada"}
        with pytest.raises(jeton.InvalidAlgorithmError):
            jwt.decode(made, RSA.public_key(), ["RS512", "PS512"])


def test_a_client_that_gets_no_keys_says_so() -> None:
    client = jwt.PyJWKClient("https://127.0.0.1:9/jwks", private=True, timeout=1)
    with pytest.raises(jwt.PyJWKClientConnectionError):
        client.get_signing_key_from_jwt(token())
    with pytest.raises(jeton.InvalidKeyError, match="can't sign"):
        jwt.encode({}, client._key)
