"""The small case on a real server: what a change costs it, its network and a process.

Prints one JSON object of figures, which simulate.py starts from. Costs are processor time,
which the server and each process tell of themselves, so that other work on the machine
changes them little; what is measured by the clock (the time until a change is in force) is
for the comparison alone.
"""

from __future__ import annotations

import json
import random
import resource
import socket
import subprocess
import sys
import tempfile
import time

import jeton
import redis

READERS = 8
CHANGES = 50_000
FAR = 4_000_000_000


class Server:
    """A redis-server of its own, with an append-only file as in production."""

    def __enter__(self) -> Server:  # noqa: PYI034
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port = found.getsockname()[1]
        self.folder = tempfile.TemporaryDirectory()
        settings = ["--bind", "127.0.0.1", "--dir", self.folder.name, "--save", ""]
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--appendonly", "yes", *settings],
            stdout=subprocess.DEVNULL,
        )
        self.client = redis.Redis(port=self.port)
        while True:
            try:
                self.client.ping()
                return self
            except redis.ConnectionError:
                time.sleep(0.05)

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait()
        self.folder.cleanup()

    @property
    def location(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def used(self) -> tuple[float, int]:
        """Seconds of processor time, and bytes sent."""
        told = self.client.info()
        return told["used_cpu_sys"] + told["used_cpu_user"], told["total_net_output_bytes"]


def opened(location: str) -> jeton.Revocations:
    return jeton.Revocations(location, stale=None)


def revoke(store: jeton.Revocations, value: str) -> None:
    store.revoke(realm="fleet", claim="jti", value=value, until=FAR)


def document(count: int, name: str) -> str:
    entries = [
        {"realm": "fleet", "claim": "jti", "value": identity(f"{name}{number}"), "before": None,
         "until": FAR, "at": 0}
        for number in range(count)
    ]  # fmt: skip
    return json.dumps({"format": "jeton-revocations", "version": 1, "entries": entries})


def identity(name: str) -> str:
    """As long as a UUID."""
    return name.rjust(36, "-")


def follow(location: str, markers: int) -> None:
    """A process that sees changes: prints when each marker came into force, and its own cost."""
    keys = jeton.Keys.secret(b"0123456789abcdef0123456789abcdef", algorithm="HS256")
    minter = jeton.Minter(keys, issuer="fleet", audience=None, lifetime=None, override=["jti"])
    store = opened(location)
    verifier = jeton.Verifier(keys, issuer="fleet", audience=None, revocations=store, require=[])
    tokens = [minter.mint({"jti": f"marker-{number}"}) for number in range(markers)]
    print("ready", flush=True)
    seen = []
    for token in tokens:
        while True:
            try:
                verifier.verify(token)
            except jeton.RevokedTokenError:
                seen.append(time.time())
                break
            time.sleep(0.0002)
    print(json.dumps(seen), flush=True)


def catch_up(location: str, changes: int) -> None:
    """A process that has everything to read: prints the processor time of a change."""
    before = resource.getrusage(resource.RUSAGE_SELF)
    store = opened(location)
    after = resource.getrusage(resource.RUSAGE_SELF)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    if store.status()["entries"] < changes:
        sys.exit("it hasn't read everything")
    print(json.dumps({"change": spent / changes}), flush=True)


def child(*arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, __file__, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def fan_out(server: Server, followers: int, rate: int, seconds: int) -> dict[str, float]:
    """Processes follow changes at a rate; markers among them say how soon.

    The process that makes the changes follows them, too.
    """
    store = opened(server.location)
    markers = 50 * seconds
    readers = [child("follow", server.location, markers) for _ in range(followers)]
    for reader in readers:
        assert reader.stdout and reader.stdout.readline() == "ready\n"
    before, sent = server.used(), []
    began = time.time()
    every = max(1, rate * seconds // markers)
    for number in range(markers * every):
        # Arrivals are random, as those of many services together are.
        time.sleep(max(0.0, began + number / rate + random.uniform(0, 1 / rate) - time.time()))
        if number % every == 0:
            sent.append(time.time())
            revoke(store, f"marker-{number // every}")
        else:
            revoke(store, identity(f"{rate}-{number}"))
    lasted = time.time() - began
    after = server.used()
    waited: list[float] = []
    for reader in readers:
        assert reader.stdout
        waited += [seen - at for seen, at in zip(json.loads(reader.stdout.readline()), sent)]
        reader.wait()
    count = markers * every
    waited.sort()
    return {
        "followers": followers + 1,
        "rate": count / lasted,
        "server": (after[0] - before[0]) / count,
        "utilization": (after[0] - before[0]) / lasted,
        "bytes": (after[1] - before[1]) / count / (followers + 1),
        "p50": waited[len(waited) // 2] if waited else 0.0,
        "p99": waited[len(waited) * 99 // 100] if waited else 0.0,
    }


def main() -> None:
    figures: dict[str, object] = {}
    with Server() as server:
        opened(server.location).import_(document(CHANGES, "a"))
        before = server.used()
        late = child("catch-up", server.location, CHANGES)
        assert late.stdout
        figures["process"] = json.loads(late.stdout.readline())["change"]
        late.wait()
        after = server.used()
        figures["entry"] = (after[0] - before[0]) / CHANGES
        figures["entry_bytes"] = (after[1] - before[1]) / CHANGES
    # The first two are what simulate.py takes its costs from.
    cases = []
    for readers, rate in ((0, 500), (READERS, 500), (READERS, 250), (READERS, 1000)):
        with Server() as server:
            cases.append(fan_out(server, readers, rate, 5))
    figures["cases"] = cases
    print(json.dumps(figures, indent=1))


match sys.argv[1:]:
    case ["follow", location, markers]:
        follow(location, int(markers))
    case ["catch-up", location, changes]:
        catch_up(location, int(changes))
    case []:
        main()
    case _:
        sys.exit(__doc__)
