"""Keys that are on their way: verify never waits, averify does and verifies once more."""

from __future__ import annotations

import asyncio
import inspect
import json
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest

import jeton
from jeton import _waiting

_T = TypeVar("_T")


class House:
    """An issuer whose key set the test hands over when it likes."""

    def __init__(self) -> None:
        self.source = jeton.Source(url="https://a.test/jwks", stale=3600, refresh=False)
        self.verifier = jeton.Verifier(self.source, issuer="i", audience=None)
        self.published: list[object] = []

    def token(self, kid: str = "k", publish: bool = True, lifetime: int = 600) -> str:
        keys = jeton.Keys.generate(algorithm="Ed25519", kid=kid)
        if publish:
            self.published += json.loads(keys.public())["keys"]
        return jeton.Minter(keys, issuer="i", lifetime=lifetime).mint({"sub": "ada"})

    def fetch(self) -> None:
        """Answers the request that is due."""
        assert self.source.claim() == {"url": "https://a.test/jwks", "etag": None}
        self.source.accept(
            json.dumps({"keys": self.published}), headers={"Cache-Control": "no-cache"}
        )


async def meanwhile(event: Callable[[], None], *waiting: Awaitable[_T]) -> list[_T]:
    """Lets `event` happen once all wait, and returns what they waited for."""
    together = asyncio.gather(*waiting)
    await asyncio.sleep(0.05)
    event()
    return await asyncio.wait_for(together, 10)


def test_verify_never_waits() -> None:
    house = House()
    token = house.token()
    with pytest.raises(jeton.KeysUnavailableError) as caught:
        house.verifier.verify(token)
    assert caught.value.http_status == 503


def test_averify_waits_for_the_first_fetch() -> None:
    house = House()
    token = house.token()
    (claims,) = asyncio.run(meanwhile(house.fetch, house.verifier.averify(token)))
    assert claims["sub"] == "ada"


def test_introspection_takes_all_that_verifying_takes() -> None:
    kinds = (jeton.Verifier.verify, jeton.Verifier.introspect)
    verify, introspect = (set(inspect.signature(kind).parameters) for kind in kinds)
    assert verify == introspect
    with pytest.raises(jeton.MisuseError, match="ask for no proof"):
        asyncio.run(House().verifier.aintrospect("x", method="GET"))


def test_introspection_is_no_answer_before_the_keys_are_there() -> None:
    house = House()
    token = house.token()
    with pytest.raises(jeton.KeysUnavailableError):
        house.verifier.introspect(token)
    asking = house.verifier.aintrospect(token)
    (answer,) = asyncio.run(meanwhile(house.fetch, asking))
    assert json.loads(answer)["active"] is True
    assert asyncio.run(house.verifier.aintrospect("x")) == '{"active":false}'


def test_averify_waits_for_a_key_that_a_fetch_may_bring() -> None:
    house = House()
    house.token("first")
    house.fetch()
    token = house.token("second")
    with pytest.raises(jeton.KeyPendingError):
        house.verifier.verify(token)
    (claims,) = asyncio.run(meanwhile(house.fetch, house.verifier.averify(token)))
    assert claims.kid == "second"


def test_averify_verifies_once_more_and_no_more() -> None:
    house = House()
    house.token("first")
    house.fetch()
    stranger = house.token("stranger", publish=False)
    with pytest.raises(jeton.UnknownKeyError):
        asyncio.run(meanwhile(house.fetch, house.verifier.averify(stranger)))


def test_averify_gives_up_when_its_time_is_up() -> None:
    house = House()
    token = house.token()
    begun = time.monotonic()
    with pytest.raises(jeton.KeysUnavailableError):
        asyncio.run(house.verifier.averify(token, timeout=0.1))
    assert time.monotonic() - begun >= 0.1


def test_a_verdict_that_no_waiting_changes_comes_at_once() -> None:
    house = House()
    expired = house.token(lifetime=1)
    house.fetch()

    async def verdict() -> None:
        with pytest.raises(jeton.ExpiredSignatureError) as caught:
            await house.verifier.averify(expired, now=int(time.time()) + 60)
        with pytest.raises(jeton.ExpiredSignatureError):
            house.verifier.wait(caught.value)

    before = {thread.name for thread in threading.enumerate()}
    asyncio.run(verdict())
    assert {thread.name for thread in threading.enumerate()} <= before


def test_more_callers_than_threads_wait_together() -> None:
    house = House()
    token = house.token()

    async def run() -> None:
        # Were the loop blocked by any of them, nobody would get to fetch.
        callers = [house.verifier.averify(token) for _ in range(10 * _waiting.THREADS)]
        found = await meanwhile(house.fetch, *callers)
        assert all(claims["sub"] == "ada" for claims in found)

    asyncio.run(run())


def test_cancelled_callers_leave_nothing_stuck() -> None:
    house, other = House(), House()
    token, wanted = house.token(), other.token()

    async def run() -> None:
        callers = [
            asyncio.create_task(house.verifier.averify(token, timeout=3600))
            for _ in range(3 * _waiting.THREADS)
        ]
        await asyncio.sleep(0.05)
        for caller in callers:
            caller.cancel()
        ended = await asyncio.gather(*callers, return_exceptions=True)
        assert all(isinstance(end, asyncio.CancelledError) for end in ended)
        # The threads, which would have waited for an hour, are free within a turn.
        (claims,) = await meanwhile(other.fetch, other.verifier.averify(wanted))
        assert claims["sub"] == "ada"

    asyncio.run(run())


def test_a_thread_that_may_wait_does_so_and_verifies_again() -> None:
    house = House()
    token = house.token()
    fetching = threading.Timer(0.05, house.fetch)
    fetching.start()
    with pytest.raises(jeton.KeysUnavailableError) as caught:
        house.verifier.verify(token)
    house.verifier.wait(caught.value, timeout=10)
    assert house.verifier.verify(token)["sub"] == "ada"
    with pytest.raises(jeton.WaitTimeoutError):
        House().verifier.wait(missed_by(House()), timeout=0.01)


def missed_by(house: House) -> jeton.JetonError:
    with pytest.raises(jeton.KeysUnavailableError) as caught:
        house.verifier.verify(house.token())
    return caught.value


def test_a_resolver_waits_as_well() -> None:
    house = House()
    bearer = jeton.Bearer(house.verifier)
    header = f"Bearer {house.token()}"
    assert isinstance(bearer.resolve(header).rejection, jeton.KeysUnavailableError)

    async def run() -> jeton.Credential:
        waiting = asyncio.create_task(bearer.aresolve(header))
        await asyncio.sleep(0.05)
        house.fetch()
        return await waiting

    found = asyncio.run(run())
    assert (found.kind, found.rejection) == ("jwt", None)


# Sources.


def test_a_host_that_fetches_itself_is_told_what_and_answers() -> None:
    house = House()
    request = house.source.claim()
    assert request == {"url": "https://a.test/jwks", "etag": None}
    assert house.source.claim() is None
    house.source.failed("no route")
    assert "no route" in house.source.status()["last_error"]
    with pytest.raises(jeton.WaitTimeoutError):
        House().source.wait(0.01)


def test_a_source_begins_with_what_another_process_has_exported() -> None:
    house = House()
    token = house.token()
    house.fetch()
    later = jeton.Source(
        url="https://a.test/jwks", stale=3600, refresh=False, state=house.source.export()
    )
    verifier = jeton.Verifier(later, issuer="i", audience=None)
    assert verifier.verify(token)["sub"] == "ada"
    assert [event["event"] for event in house.source.events()] == ["keys-rotated"]


def test_a_file_is_read_again_when_it_changes(tmp_path: Path) -> None:
    first, second = (jeton.Keys.generate(algorithm="Ed25519") for _ in range(2))
    path = tmp_path / "keys.json"
    path.write_text(first.public())
    source = jeton.Source(file=str(path), stale=None, refresh=False)
    verifier = jeton.Verifier([source], issuer=None, audience=None)
    tokens = [jeton.Minter(keys, lifetime=60).mint({}) for keys in (first, second)]
    verifier.verify(tokens[0])
    path.write_text(second.public())
    source.refresh()
    assert verifier.verify(tokens[1])
    assert source.keys().status()["keys"][0]["kid"] == second.status()["keys"][0]["kid"]
