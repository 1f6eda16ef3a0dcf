"""Threads, forks, sub-interpreters, and the neighbours in one process."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import ISSUER
from test_waiting import House, meanwhile

import jeton


def in_a_fork(body: Callable[[], None]) -> int:
    """Runs `body` in a forked child, and returns the child's exit code; hanging is one, too."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            body()
            code = 0
        finally:
            os._exit(code)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    os.kill(child, 9)
    os.waitpid(child, 0)
    return -9


def run(program: str, *arguments: object) -> str:
    """What one of the programs beside this file prints, in a process of its own."""
    path = Path(__file__).parent / "programs" / program
    done = subprocess.run(
        [sys.executable, "-W", "error", str(path), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_any_number_of_threads_share_every_object(keys: jeton.Keys, minter: jeton.Minter) -> None:
    store = jeton.Revocations()
    verifier = jeton.Verifier(keys, issuer=ISSUER, audience="api", revocations=store)
    bearer = jeton.Bearer(verifier)

    def work(number: int) -> int:
        for turn in range(30):
            token = minter.mint({"sub": f"{number}.{turn}"})
            claims = verifier.verify(token)
            assert claims["sub"] == f"{number}.{turn}"
            found = bearer.resolve(f"Bearer {token}")
            assert found.claims == claims
            store.revoke_claims(claims)
            with pytest.raises(jeton.RevokedTokenError):
                verifier.verify(token)
        return number

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(16))) == list(range(16))


@pytest.mark.parametrize(("algorithm", "lets_go"), [("HS256", False), ("ES256", True)])
def test_the_gil_is_let_go_for_what_takes_longer(algorithm: str, lets_go: bool) -> None:
    """Python is told not to switch threads by itself: another one runs where it is let."""
    keys = jeton.Keys.generate(algorithm=algorithm)
    token = jeton.Minter(keys, lifetime=600).mint({})
    verifier = jeton.Verifier(keys, issuer=None, audience=None)
    turns, stop = [0], threading.Event()

    def take_turns() -> None:
        while not stop.is_set():
            turns[0] += 1
            time.sleep(0)

    interval = sys.getswitchinterval()
    other = threading.Thread(target=take_turns)
    sys.setswitchinterval(3600)  # before it waits for the first time, by the interval of then
    other.start()
    try:
        deadline = time.monotonic() + (30 if lets_go else 0.1)
        before = turns[0]
        while turns[0] == before and time.monotonic() < deadline:
            verifier.verify(token)
        assert (turns[0] > before) == lets_go
    finally:
        sys.setswitchinterval(interval)
        stop.set()
        other.join()


def test_a_forked_child_goes_on_verifying(
    keys: jeton.Keys, verifier: jeton.Verifier, minter: jeton.Minter
) -> None:
    token, stop = minter.mint({"sub": "ada"}), threading.Event()

    def busy() -> None:
        while not stop.is_set():
            verifier.verify(minter.mint({}))

    def child() -> None:
        assert verifier.verify(token)["sub"] == "ada"
        assert verifier.verify(minter.mint({"sub": "eve"}))["sub"] == "eve"
        jeton.Verifier(jeton.Keys(keys.public()), issuer=ISSUER, audience="api").verify(token)

    threads = [threading.Thread(target=busy) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        assert [in_a_fork(child) for _ in range(10)] == [0] * 10
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def test_a_forked_child_waits_with_threads_of_its_own() -> None:
    house = House()
    token = house.token()

    def wait() -> None:
        async def both() -> None:
            (claims,) = await meanwhile(house.fetch, house.verifier.averify(token))
            assert claims["sub"] == "ada"

        asyncio.run(both())

    # The parent's threads exist and wait.
    other = House()
    with pytest.raises(jeton.KeysUnavailableError):
        asyncio.run(other.verifier.averify(other.token(), timeout=0.01))
    assert in_a_fork(wait) == 0
    wait()


def test_a_revocation_reaches_forked_processes_both_ways(
    keys: jeton.Keys, minter: jeton.Minter, tmp_path: Path
) -> None:
    store = jeton.Revocations(f"sqlite:{tmp_path}/revoked.db", stale=10)
    verifier = jeton.Verifier(keys, issuer=ISSUER, audience="api", revocations=store)
    mine, its = minter.mint({"sub": "mine"}), minter.mint({"sub": "its"})
    ready, answer = os.pipe(), os.pipe()

    def soon_refused(token: str) -> None:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            try:
                verifier.verify(token)
            except jeton.RevokedTokenError:
                return
            time.sleep(0.001)
        raise AssertionError("the revocation didn't come")

    def child() -> None:
        os.write(ready[1], b"x")
        soon_refused(mine)
        store.revoke_claims(verifier.verify(its))
        os.write(answer[1], b"x")

    def revoke_meanwhile() -> None:
        os.read(ready[0], 1)
        store.revoke_claims(verifier.verify(mine))
        os.read(answer[0], 1)

    parent = threading.Thread(target=revoke_meanwhile)
    parent.start()
    assert in_a_fork(child) == 0
    parent.join()
    soon_refused(its)


def verify_there(
    token: str, verifier: jeton.Verifier, results: multiprocessing.SimpleQueue[str]
) -> None:
    try:
        verifier.verify(token)
        results.put("ok")
    except jeton.JetonError as error:
        results.put(error.status)


def test_multiprocessing_by_fork_shares_what_was_made_before(
    verifier: jeton.Verifier, minter: jeton.Minter
) -> None:
    context = multiprocessing.get_context("fork")
    results = context.SimpleQueue()
    tokens = [minter.mint({}), minter.mint({}, now=1000)]
    workers = [
        context.Process(target=verify_there, args=(token, verifier, results)) for token in tokens
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
        assert worker.exitcode == 0
    assert sorted(results.get() for _ in workers) == ["expired", "ok"]


def test_multiprocessing_brings_errors_back(token: str) -> None:
    with (
        multiprocessing.get_context("spawn").Pool(1) as pool,
        pytest.raises(jeton.ExpiredSignatureError) as caught,
    ):
        pool.apply(expired, (token,))
    assert caught.value.claim == "exp"


def expired(token: str) -> None:
    keys = jeton.Keys.generate(algorithm="HS256")
    minted = jeton.Minter(keys, lifetime=60).mint({}, now=1000)
    jeton.Verifier(keys, issuer=None, audience=None).verify(minted)


def test_sub_interpreters_have_a_module_each() -> None:
    # Before Python 3.12 they share one GIL and can't run at once.
    at_once = 4 if sys.version_info >= (3, 12) else 1
    assert run("interpreters.py", at_once) == "ada\n"


def test_the_end_of_a_program_needs_no_order(tmp_path: Path) -> None:
    assert run("end.py", tmp_path) == "ada\n"


@pytest.mark.parametrize("first", [["jeton", "ssl"], ["ssl", "cryptography.x509", "jeton"]])
def test_jeton_lives_beside_ssl_and_cryptography(first: list[str], tmp_path: Path) -> None:
    assert run("neighbours.py", tmp_path, *first) == "ada\nada\nada\n"
