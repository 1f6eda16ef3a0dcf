"""The real service, started as its README says, and what most tests begin with."""

from __future__ import annotations

import itertools
import json
import os
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import jeton
import pytest

HERE = Path(__file__).resolve().parent
RUN = HERE.parent / "run"
COMMAND = HERE.parents[2] / "build/jeton"
ACCOUNT_TOKEN = "account-token-of-these-tests-alone"
ISSUER = "https://auth.protekt.io"
PASSWORD = "correct horse battery staple"

_numbers = itertools.count()


@dataclass
class Service:
    """A running service; an HTTP client of it."""

    port: int
    data: Path
    #: Its certificate, where it speaks TLS.
    ca: Path | None = None
    command: Path = COMMAND
    url: str = field(init=False)
    client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.url = f"{'https' if self.ca else 'http'}://127.0.0.1:{self.port}/v1"
        self.connect()

    def connect(self) -> None:
        """Begins with a connection of its own."""
        trusted = ssl.create_default_context(cafile=self.ca)
        self.client = httpx.Client(base_url=self.url, timeout=30, verify=trusted)

    def account(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """The answer of the Account API, which must be a good one."""
        headers = {"authorization": f"Bearer {ACCOUNT_TOKEN}"}
        answer = self.client.request(method, path, json=body, headers=headers)
        assert answer.is_success, answer.text
        return answer.json()

    def project(self) -> Project:
        made = self.account("POST", "/projects", {"name": "a project"})
        return Project(self, made["id"], made["api_key"])

    @property
    def keys(self) -> jeton.Keys:
        """The private keys, to forge what the service itself wouldn't mint."""
        return jeton.Keys((self.data / "keys.json").read_text())

    def rotate(self, announce: int) -> None:
        """Adds the next key, as an operator does by the command."""
        flags = ["--announce", str(announce), "--overlap", "604800"]
        command = [str(self.command), "keys", "rotate", *flags, str(self.data / "keys.json")]
        subprocess.run(command, check=True, capture_output=True)


@dataclass
class Project:
    """A project, by one of its API keys."""

    service: Service
    id: str
    key: str

    def post(
        self, path: str, body: dict[str, Any] | None = None, token: str | None = None
    ) -> httpx.Response:
        headers = {"x-protekt-key": self.key}
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        return self.service.client.post(path, json=body or {}, headers=headers)

    def change(self, **changes: Any) -> Any:
        return self.service.account("PATCH", f"/projects/{self.id}", changes)

    def change_user(self, user: str, **changes: Any) -> Any:
        return self.service.account("PATCH", f"/projects/{self.id}/users/{user}", changes)

    @cached_property
    def user(self) -> User:
        """One user for all who change nothing of it: passwords are slow by design."""
        return self.new_user()

    def new_user(self) -> User:
        email = f"user{next(_numbers)}@example.com"
        made = self.post("/auth/sign-up", {"email": email, "password": PASSWORD})
        assert made.status_code == 201, made.text
        return User(self, made.json()["user"]["id"], email)

    def verify(self, token: str) -> str:
        """What the service thinks of a token: "good", or the error's code."""
        answer = self.post("/auth/token/verify", {"token": token})
        return "good" if answer.status_code == 200 else code(answer, 401)

    def forge(self, claims: dict[str, Any] | None = None, *, now: int = 0) -> str:
        """A token that the service's own key has signed."""
        # As if the keys were older than they are.
        document = json.loads(self.service.keys.private())
        document["keys"][-1]["nbf"] = 0
        keys = jeton.Keys({"keys": document["keys"][-1:]})
        minter = jeton.Minter(
            keys, system={"name": "protekt", "project": self.id, "issuer": ISSUER}
        )
        return minter.mint(claims or {"sub": "usr_forged"}, now=now)


@dataclass
class User:
    project: Project
    id: str
    email: str

    def sign_in(self) -> dict[str, Any]:
        body = {"email": self.email, "password": PASSWORD}
        answer = self.project.post("/auth/sign-in", body)
        assert answer.status_code == 200, answer.text
        made: dict[str, Any] = answer.json()
        return made


def code(answer: httpx.Response, status: int) -> str:
    """The code of an error, whose form is the same everywhere."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert list(body) == ["error"]
    assert list(body["error"]) == ["code", "message", "details"]
    assert ("www-authenticate" in answer.headers) == (status == 401)
    found: str = body["error"]["code"]
    return found


def soon(condition: Callable[[], bool], what: str) -> None:
    """Waits until something is so that other threads and processes see to."""
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(data: Path, ca: Path | None = None, **environment: str) -> Iterator[Service]:
    """The service on a free port, with a folder of its own."""
    port = free_port()
    variables = {
        **os.environ,
        "PORT": str(port),
        "PROTEKT_DATA": str(data),
        "PROTEKT_ACCOUNT_TOKEN": ACCOUNT_TOKEN,
        **environment,
    }
    if ca is not None:
        variables["TLS_CERTIFICATE"] = str(ca)
    log = data.with_suffix(".log")
    service = Service(port, data, ca)
    with log.open("w") as output:
        process = subprocess.Popen(
            [RUN], env=variables, stdout=output, stderr=output, start_new_session=True
        )

    def answers() -> bool:
        assert process.poll() is None, log.read_text()
        try:
            return service.client.get("/.well-known/jwks.json").is_success
        except httpx.TransportError:
            return False

    try:
        soon(answers, "the service to answer")
        yield service
    finally:
        service.client.close()
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)
        assert "Traceback" not in log.read_text(), log.read_text()


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("protekt") / "data") as started:
        yield started


@pytest.fixture(scope="session")
def project(service: Service) -> Project:
    """For tests that change nothing of the project itself."""
    return service.project()
