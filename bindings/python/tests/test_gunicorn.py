"""Behind gunicorn: made once, forked into workers, and revoked in all of them at once."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import jeton

WORKERS = 3


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=10)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.path))


@pytest.fixture
def service(keys: jeton.Keys, tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "keys.json").write_text(keys.public())
    path = tmp_path / "socket"
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "service:app",
        "--preload",
        "--bind",
        f"unix:{path}",
    ]
    server = subprocess.Popen(
        [*command, "--workers", str(WORKERS), "--log-level", "error", "--no-control-socket"],
        cwd=Path(__file__).parent / "programs",
        env={**os.environ, "SERVICE_FOLDER": str(tmp_path)},
    )
    try:
        yield path
    finally:
        server.terminate()
        assert server.wait(30) == 0


def ask(service: Path, token: str, method: str = "GET", other: str = "") -> tuple[int, list[str]]:
    connection = UnixConnection(service)
    try:
        headers = {"Authorization": f"Bearer {token}", "Other": other}
        connection.request(method, "/", headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode().split()
    finally:
        connection.close()


def within(seconds: float, what: str) -> Iterator[None]:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        yield
        time.sleep(0.002)
    pytest.fail(f"{what}: not within {seconds} seconds")


def test_a_revocation_in_one_worker_holds_in_all(service: Path, minter: jeton.Minter) -> None:
    token, good = minter.mint({"sub": "ada"}), minter.mint({"sub": "ada"})
    for _ in within(30, "gunicorn starts"):
        if service.exists():
            break

    def every_worker_says(wanted: str) -> None:
        verdicts: dict[str, str] = {}
        for _ in within(30, f"every worker says {wanted}: {verdicts}"):
            status, (worker, verdict) = ask(service, good, other=token)
            assert status == 200
            verdicts[worker] = verdict
            if list(verdicts.values()) == [wanted] * WORKERS:
                return

    every_worker_says("ok")
    assert ask(service, token, "POST")[0] == 200
    every_worker_says("revoked")
    assert ask(service, token)[0] == 401
