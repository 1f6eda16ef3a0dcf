"""What most tests begin with."""

from __future__ import annotations

import pytest

import jeton

ISSUER = "https://a.test"


@pytest.fixture(scope="session")
def keys() -> jeton.Keys:
    return jeton.Keys.generate(algorithm="ES256")


@pytest.fixture(scope="session")
def minter(keys: jeton.Keys) -> jeton.Minter:
    return jeton.Minter(keys, issuer=ISSUER, audience="api", lifetime=600)


@pytest.fixture(scope="session")
def verifier(keys: jeton.Keys) -> jeton.Verifier:
    return jeton.Verifier(keys, issuer=ISSUER, audience="api")


@pytest.fixture(scope="session")
def token(minter: jeton.Minter) -> str:
    return minter.mint({"sub": "ada"})
