"""Nothing leaks, whatever is dropped in which order, and whatever failed to be made.

`JETON_TEST_MANY` says how many of each are made and dropped.
"""

from __future__ import annotations

import gc
import os
import random
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

import jeton

MANY = int(os.environ.get("JETON_TEST_MANY", "10000"))

EC = jeton.Keys.generate(algorithm="ES256")
PUBLIC = EC.public()
SECRET = jeton.Keys.secret(b"s" * 32, algorithm="HS256")
MINTER = jeton.Minter(SECRET, lifetime=600)
PUBLIC_KEYS = jeton.Keys(PUBLIC)
ASKED = jeton.Minter.external(PUBLIC_KEYS, lambda signing: signing.message[:64], lifetime=60)
STORE = jeton.Revocations()
VERIFIER = jeton.Verifier(SECRET, issuer=None, audience=None, report=["sub", "exp"])
TOKEN = MINTER.mint({"sub": "ada", "roles": ["a", "b"], "n": 2**70, "x": "\u00e4\n"})
EXPIRED = MINTER.mint({"sub": "ada"}, now=1000)
BEARER = jeton.Bearer(VERIFIER, prefixes=[{"prefix": "pk.", "kind": "key", "shape": "{4}"}])


def options(**given: Any) -> Any:
    return given


MADE: dict[str, Callable[[], object]] = {
    "keys": lambda: jeton.Keys(PUBLIC),
    "secret": lambda: jeton.Keys.secret(b"s" * 32, algorithm="HS256"),
    "generated": lambda: jeton.Keys.generate(algorithm="HS256"),
    "key texts": lambda: (EC.public(), SECRET.private(), EC.status()),
    "replaced": lambda: SECRET.replace(SECRET.private()),
    "minter": lambda: jeton.Minter(SECRET, lifetime=60),
    "external minter": lambda: jeton.Minter.external(PUBLIC_KEYS, len, lifetime=60),  # type: ignore[arg-type]
    "token": lambda: MINTER.mint({"sub": "ada"}),
    "verifier": lambda: jeton.Verifier(SECRET, issuer=None, audience=None),
    "claims": lambda: VERIFIER.verify(TOKEN),
    "objects of claims": lambda: VERIFIER.verify(TOKEN).copy(),
    "parts of claims": lambda: (
        (claims := VERIFIER.verify(TOKEN)).header,
        *(claims.text("sub"), claims.kid, claims.thumbprint, claims.algorithm),
    ),
    "batch": lambda: VERIFIER.verify_many([TOKEN, EXPIRED]),
    "revocations": jeton.Revocations,
    "source": lambda: jeton.Source(url="https://a.test", stale=None, refresh=False),
    "source's keys": lambda: jeton.Source(url="https://a.test", stale=None, refresh=False).keys(),
    "bearer": lambda: jeton.Bearer(VERIFIER, admin_token="a" * 32),
    "credential": lambda: BEARER.resolve(f"Bearer {TOKEN}"),
    "rejected credential": lambda: BEARER.resolve("Bearer pk.!"),
    "signed": lambda: jeton.verify_signature(SECRET, jeton.sign(SECRET, b"any")),
    "inspected": lambda: jeton.inspect(TOKEN),
}

FAILING: dict[str, Callable[[], object]] = {
    "keys": lambda: jeton.Keys("no keys"),
    "secret": lambda: jeton.Keys.secret(b"short", algorithm="HS256"),
    "generated": lambda: jeton.Keys.generate(algorithm="HS1"),
    "minter": lambda: jeton.Minter(SECRET, **options(lifetimes=60)),
    "minter of no keys": lambda: jeton.Minter(5, lifetime=60),  # type: ignore[arg-type]
    "external minter": lambda: jeton.Minter.external(EC, len, lifetime=60),  # type: ignore[arg-type]
    "wrongly signed": lambda: ASKED.mint({"sub": "ada"}),
    "signed by what raises": lambda: jeton.Minter.external(
        PUBLIC_KEYS,
        lambda _: 1 / 0,  # type: ignore[arg-type, return-value]
        lifetime=60,
    ).mint({}),
    "minted": lambda: MINTER.mint({"iss": 5}),
    "verifier": lambda: jeton.Verifier(SECRET, **options(issuer=5)),
    "verifier of no keys": lambda: jeton.Verifier([SECRET, 5], **options(issuer=None)),  # type: ignore[list-item]
    "malformed": lambda: VERIFIER.verify("x"),
    "expired, with a report": lambda: VERIFIER.verify(EXPIRED),
    "no token": lambda: VERIFIER.verify(5),  # type: ignore[arg-type]
    "wrong call": lambda: VERIFIER.verify(TOKEN, nonce="a", nov=5),  # type: ignore[call-arg]
    "batch": lambda: VERIFIER.verify_many([TOKEN, 5]),  # type: ignore[list-item]
    "revocations": lambda: jeton.Revocations("nowhere:", stale=None),
    "rule": lambda: STORE.revoke(realm="r", until=None),
    "source": lambda: jeton.Source(url="ftp://a.test", stale=None),
    "source's first fetch": lambda: jeton.Source(
        url="https://a.test", stale=None, refresh=False
    ).wait(0),
    "bearer": lambda: jeton.Bearer(VERIFIER, **options(order=["x"])),
    "signature": lambda: jeton.verify_signature(SECRET, TOKEN[:-4] + "AAAA"),
    "misspelt text": lambda: VERIFIER.verify("\ud800"),
    "an error that can be waited for": lambda: UNFETCHED.verify(TOKEN),
}
UNFETCHED = jeton.Verifier(
    jeton.Source(url="https://a.test", stale=None, refresh=False), issuer=None, audience=None
)


def fails(body: Callable[[], object]) -> None:
    failed = True
    with suppress(jeton.JetonError, TypeError):
        body()
        failed = False
    assert failed


def resident() -> int:
    """The bytes of this process that are in memory."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def grown_by(body: Callable[[], object]) -> int:
    """How much memory `MANY` runs take, after as many that fill the allocator's pools."""
    for _ in range(MANY // 4 + 200):
        body()
    gc.collect()
    before = resident()
    for _ in range(MANY):
        body()
    gc.collect()
    return resident() - before


SHARED: list[object] = [
    *(None, True, False, TOKEN, EXPIRED, PUBLIC, EC, SECRET, MINTER, STORE, VERIFIER, BEARER),
    *(type(VERIFIER.verify(TOKEN)), jeton.Keys, jeton.Verifier, jeton.OptionsError),
]


@pytest.mark.parametrize(
    "body", [*MADE.values(), *(lambda b=b: fails(b) for b in FAILING.values())]
)
def test_what_was_lent_is_given_back(body: Callable[[], object]) -> None:
    """A forgotten reference to an object that lives anyway takes no memory: count them."""
    body()
    before = [sys.getrefcount(one) for one in SHARED]
    for _ in range(1000):
        body()
    gc.collect()
    after = [sys.getrefcount(one) for one in SHARED]
    assert all(abs(then - now) < 500 for then, now in zip(before, after, strict=True))


# A leak of the smallest object, 16 bytes, would be more than that of 100,000.
MOST = 1_500_000


@pytest.mark.parametrize("name", MADE)
def test_what_is_dropped_leaves_nothing(name: str) -> None:
    assert grown_by(MADE[name]) < MOST


@pytest.mark.parametrize("name", FAILING)
def test_what_fails_leaves_nothing(name: str) -> None:
    assert grown_by(lambda: fails(FAILING[name])) < MOST


def test_a_store_leaves_nothing(tmp_path: Path) -> None:
    location = f"sqlite:{tmp_path}/revoked.db"
    # Each has a thread, which ends by itself a little later.
    for _ in range(min(MANY // 20, 500)):
        jeton.Revocations(location, stale=10)
    before = resident()
    for _ in range(min(MANY // 20, 2000)):
        jeton.Revocations(location, stale=10)
    assert resident() - before < 8_000_000


def test_objects_may_go_in_any_order() -> None:
    chance = random.Random(7)
    for _ in range(MANY // 50):
        keys = jeton.Keys.generate(algorithm="HS256")
        store = jeton.Revocations()
        source = jeton.Source(url="https://a.test", stale=None, refresh=False)
        minter = jeton.Minter(keys, lifetime=60)
        verifier = jeton.Verifier(
            [keys, source], issuer=None, audience=None, realm="r", revocations=store
        )
        bearer = jeton.Bearer(verifier)
        claims = verifier.verify(minter.mint({"sub": "ada"}))
        alive: list[Any] = [keys, store, source, minter, verifier, bearer, claims]
        del keys, store, source, minter, verifier, bearer, claims
        chance.shuffle(alive)
        while alive:
            alive.pop()
            for one in alive:
                if isinstance(one, jeton.Claims):
                    assert one["sub"] == "ada"
                elif isinstance(one, jeton.Bearer):
                    assert one.resolve("Bearer a.b.c").rejection is not None


def test_cycles_through_claims_are_collected() -> None:
    ended: list[int] = []

    class Sentinel:
        def __del__(self) -> None:
            ended.append(1)

    gc.collect()
    for _ in range(100):
        claims = VERIFIER.verify(TOKEN)
        claims["roles"].extend([claims, Sentinel()])
    del claims
    gc.collect()
    assert len(ended) == 100
