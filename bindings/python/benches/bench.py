"""The binding's speed: whole calls, as ratios to the other libraries' and to the C call,
measured side by side in one run.

    bench.py [--quick] [--floor PROGRAM]

A missed target is printed, never an error.
"""

from __future__ import annotations

import argparse
import json
import secrets
import subprocess
import threading
import time
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from measure import compare
from peers import AUDIENCE, ISSUER, PEERS, text

import jeton

NOW = int(time.time())
PAYLOAD = {
    "iss": ISSUER,
    "aud": AUDIENCE,
    "sub": "user-2f6c1b9a-77d1",
    "exp": NOW + 36_000,
    "iat": NOW,
    "jti": "0b1f0c2e-3c0e-4c3a-9df2-8f1a",
    "email": "ada.lovelace@example.com",
    "email_verified": True,
    "roles": ["admin", "editor"],
    "scope": "read write",
    "tenant": "t-12345",
}
#: How often jeton must fit in PyJWT's time, and in that of the fastest peer.
WHOLE, PARTS = (8.0, 4.0), (None, 7.0)


def keys_of(algorithm: str) -> tuple[Any, Any]:
    """A private and a public key of cryptography's, or a secret twice."""
    if algorithm == "HS256":
        secret = secrets.token_bytes(32)
        return secret, secret
    made: Any = {
        "RS256": lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048),
        "ES256": lambda: ec.generate_private_key(ec.SECP256R1()),
        "EdDSA": ed25519.Ed25519PrivateKey.generate,
    }[algorithm]()
    return made, made.public_key()


class Subject:
    """One algorithm: a token, and whoever verifies it."""

    def __init__(self, algorithm: str) -> None:
        from jeton.compat import pyjwt

        self.algorithm = algorithm
        private, public = keys_of(algorithm)
        self.token = pyjwt.encode(PAYLOAD, private, algorithm)
        if algorithm == "HS256":
            self.keys = jeton.Keys.secret(public, algorithm=algorithm)
        else:
            self.keys = jeton.Keys(text(public), algorithm=algorithm)
        self.verifier = jeton.Verifier(self.keys, issuer=ISSUER, audience=AUDIENCE)
        made = {name: peer(self.token, algorithm, public) for name, peer in PEERS.items()}
        self.peers = {name: decode for name, decode in made.items() if decode is not None}
        for name, decode in {**self.peers, "jeton": self.whole}.items():
            assert dict(decode()) == PAYLOAD, name

    def whole(self) -> dict[str, Any]:
        return self.verifier.verify(self.token).copy()

    def parts(self) -> tuple[Any, Any]:
        claims = self.verifier.verify(self.token)
        return claims["sub"], claims["exp"]

    def verdict(self) -> object:
        return self.verifier.verify(self.token)


def parts_of(decode: Callable[[], Any]) -> Callable[[], object]:
    def read() -> object:
        claims = decode()
        return claims["sub"], claims["exp"]

    return read


def report(subject: Subject, what: str, rounds: int) -> None:
    """A row: what each takes, and how often jeton fits in that."""
    whole = what == "the whole payload"
    bodies: dict[str, Callable[[], object]] = {"jeton": subject.whole if whole else subject.parts}
    bodies |= {name: d if whole else parts_of(d) for name, d in subject.peers.items()}
    found = compare(bodies, rounds)
    cells = [f"jeton {found.nanoseconds['jeton'] / 1000:.2f} µs"]
    for name in subject.peers:
        cells.append(
            f"{name} {found.nanoseconds[name] / 1000:.1f} µs ({found.ratios[name]:.1f} times)"
        )
    fastest = min(found.ratios[name] for name in subject.peers)
    targets = WHOLE if whole else PARTS
    if subject.algorithm != "HS256":
        targets = (None, 1.0)
    missed = [
        f"{name} {target:g} times"
        for name, target, ratio in (
            ("PyJWT", targets[0], found.ratios["PyJWT"]),
            ("the fastest", targets[1], fastest),
        )
        if target is not None and ratio < target
    ]
    verdict = f"MISSED: {', '.join(missed)}" if missed else "targets met"
    print(f"{subject.algorithm}, {what}: {'; '.join(cells)}: {verdict}", flush=True)


def report_overhead(subject: Subject, floor: str, rounds: int) -> None:
    """What a call from Python takes above the same call from C."""
    keys = subject.keys.private() if subject.algorithm == "HS256" else subject.keys.public()
    options = json.dumps({"issuer": ISSUER, "audience": AUDIENCE})
    differences, times = [], []
    for _ in range(max(3, rounds // 8)):
        done = subprocess.run(
            [floor, keys, options, subject.token], check=True, capture_output=True, text=True
        )
        times.append(float(done.stdout))
        ours = compare({"jeton": subject.verdict}, max(3, rounds // 8)).nanoseconds["jeton"]
        differences.append(ours - times[-1])
    differences.sort()
    times.sort()
    print(
        f"{subject.algorithm}, verify from Python above verify from C:"
        f" {differences[len(differences) // 2]:.0f} ns"
        f" (C {times[len(times) // 2]:.0f} ns)",
        flush=True,
    )


def report_threads(subject: Subject, seconds: float) -> None:
    """How many calls two threads make while one makes one."""

    def count(threads: int) -> int:
        counts, stop = [0] * threads, threading.Event()

        def work(index: int) -> None:
            while not stop.is_set():
                for _ in range(20):
                    subject.verdict()
                counts[index] += 20

        running = [threading.Thread(target=work, args=(index,)) for index in range(threads)]
        for thread in running:
            thread.start()
        time.sleep(seconds)
        stop.set()
        for thread in running:
            thread.join()
        return sum(counts)

    ratios = sorted(count(2) / count(1) for _ in range(5))
    print(f"{subject.algorithm}, two threads: {ratios[2]:.2f} times one", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--floor", help="the program made of floor.c")
    given = parser.parse_args()
    rounds = 9 if given.quick else 61
    for algorithm in ("HS256", "RS256", "ES256", "EdDSA"):
        subject = Subject(algorithm)
        report(subject, "the whole payload", rounds)
        report(subject, "sub and exp", rounds)
        if given.floor:
            report_overhead(subject, given.floor, rounds)
        report_threads(subject, 0.1 if given.quick else 0.5)


if __name__ == "__main__":
    main()
