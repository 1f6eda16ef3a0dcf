"""Minters over a key that jeton never sees."""

from __future__ import annotations

import gc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from conftest import ISSUER
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

import jeton

RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC = ec.generate_private_key(ec.SECP256R1())
ED = ed25519.Ed25519PrivateKey.generate()
HASHED = Prehashed(hashes.SHA256())

Sign = Callable[[jeton.Signing], bytes]


def public(key: Any, algorithm: str) -> jeton.Keys:
    pem = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return jeton.Keys(pem, algorithm=algorithm, kid="k")


SIGNERS: list[tuple[str, Any, Sign]] = [
    ("ES256", EC, lambda asked: EC.sign(asked.digest or b"", ec.ECDSA(HASHED))),  # in DER
    ("RS256", RSA, lambda asked: RSA.sign(asked.message, padding.PKCS1v15(), hashes.SHA256())),
    ("RS256", RSA, lambda asked: RSA.sign(asked.digest or b"", padding.PKCS1v15(), HASHED)),
    ("EdDSA", ED, lambda asked: ED.sign(asked.message)),
]


@pytest.mark.parametrize(("algorithm", "key", "sign"), SIGNERS, ids=range(len(SIGNERS)))
def test_a_signer_of_the_hosts_mints(algorithm: str, key: Any, sign: Sign) -> None:
    keys = public(key, algorithm)
    asked: list[jeton.Signing] = []

    def ask(signing: jeton.Signing) -> bytes:
        asked.append(signing)
        return sign(signing)

    minter = jeton.Minter.external(keys, ask, issuer=ISSUER, lifetime=60)
    token = minter.mint({"sub": "ada"})
    claims = jeton.Verifier(keys, issuer=ISSUER, audience=None).verify(token)
    assert (claims["sub"], claims.kid) == ("ada", "k")
    (signing,) = asked
    assert signing.message.decode() == token.rpartition(".")[0]
    assert (signing.digest is None) == (algorithm == "EdDSA")
    assert (signing.digest_info is not None) == (algorithm == "RS256")


@pytest.mark.parametrize(
    ("answer", "cause"),
    [(b"no signature", None), (b"", None), ("text", TypeError), (b"x" * 5000, ValueError)],
)
def test_a_wrong_answer_never_gets_into_a_token(answer: Any, cause: type | None) -> None:
    minter = jeton.Minter.external(public(EC, "ES256"), lambda _: answer, lifetime=60)
    with pytest.raises(jeton.SignerError) as caught:
        minter.mint({})
    assert caught.value.http_status == 500
    assert type(caught.value.__cause__) is (cause or type(None))


def test_what_a_signer_raises_is_the_cause() -> None:
    def unreachable(_: jeton.Signing) -> bytes:
        raise ConnectionError("the KMS at 10.0.0.7 is away")

    minter = jeton.Minter.external(public(EC, "ES256"), unreachable, lifetime=60)
    with pytest.raises(jeton.SignerError) as caught:
        minter.mint({})
    assert isinstance(caught.value.__cause__, ConnectionError)
    assert caught.value.__cause__.__traceback__ is not None
    assert "10.0.0.7" not in str(caught.value)

    def interrupted(_: jeton.Signing) -> bytes:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        jeton.Minter.external(public(EC, "ES256"), interrupted, lifetime=60).mint({})


def test_a_private_key_has_no_business_there() -> None:
    with pytest.raises(jeton.MisconfiguredError):
        jeton.Minter.external(jeton.Keys.generate(algorithm="ES256"), lambda _: b"", lifetime=60)
    with pytest.raises(jeton.OptionsError):
        jeton.Minter.external(public(EC, "ES256"), lambda _: b"")  # type: ignore[call-arg]


def test_threads_share_a_signer() -> None:
    keys = public(EC, "ES256")
    minter = jeton.Minter.external(keys, SIGNERS[0][2], lifetime=60)
    verifier = jeton.Verifier(keys, issuer=None, audience=None)
    with ThreadPoolExecutor(8) as pool:
        tokens = list(pool.map(lambda n: minter.mint({"n": n}), range(200)))
    assert [verifier.verify(token)["n"] for token in tokens] == list(range(200))


def test_a_signer_that_holds_its_minter_is_collected() -> None:
    ended: list[int] = []

    class Signer:
        minter: jeton.Minter

        def __call__(self, _: jeton.Signing) -> bytes:
            return b""

        def __del__(self) -> None:
            ended.append(1)

    for _ in range(10):
        signer = Signer()
        signer.minter = jeton.Minter.external(public(EC, "ES256"), signer, lifetime=60)
    del signer
    gc.collect()
    assert len(ended) == 10
