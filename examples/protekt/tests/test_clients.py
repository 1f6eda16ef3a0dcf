"""Real clients against the service, while keys rotate and tokens are revoked."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import certificate
import jeton
import pytest
from clients import Clients
from conftest import ISSUER, PASSWORD, Project, Service, running, soon

from protekt_client import Error, LocalVerifier, Protekt

#: Those that ask the service, and those that verify by the published keys alone.
ASKING = ("client", "documented client")
LOCAL = ("jose", "local client", "PyJWT")


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate.make(tmp_path_factory.mktemp("tls"))[0]


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory, ca: Path) -> Iterator[Service]:
    """The service by https, as jeton's sources want it."""
    data = tmp_path_factory.mktemp("secure") / "data"
    with running(data, ca, TLS_KEY=str(ca.with_name("key.pem"))) as started:
        yield started


@pytest.fixture(scope="module")
def shop(secure: Service) -> Project:
    return secure.project()


@pytest.fixture(scope="module")
def clients(shop: Project, ca: Path) -> Iterator[Clients]:
    made = Clients(shop, ca)
    yield made
    made.close()


def everybody(verdict: str) -> dict[str, str]:
    return dict.fromkeys([*ASKING, *LOCAL], verdict)


def test_every_client_takes_a_token_for_its_users(shop: Project, clients: Clients) -> None:
    user = shop.user
    token = user.sign_in()["access_token"]
    assert clients.ask(token) == everybody(user.id)
    found = clients.protekt.auth.verify_token(token).user
    assert found is not None
    assert (found.id, found.email, found.email_verified) == (user.id, user.email, False)
    assert clients.documented.ask(token)["sdk"]["email"] == user.email


def test_every_client_refuses_an_expired_token(shop: Project, clients: Clients) -> None:
    assert clients.ask(shop.forge(now=int(time.time()) - 4000)) == {
        **dict.fromkeys([*ASKING, "local client"], "token_expired"),
        "jose": "ERR_JWT_EXPIRED",
        "PyJWT": "ExpiredSignatureError",
    }


def test_every_client_refuses_another_projects_token(shop: Project, clients: Clients) -> None:
    token = shop.service.project().user.sign_in()["access_token"]
    assert clients.ask(token) == {
        **dict.fromkeys([*ASKING, "local client"], "token_invalid"),
        "jose": "ERR_JWT_CLAIM_VALIDATION_FAILED",
        "PyJWT": "InvalidAudienceError",
    }


def test_whether_the_blocklist_was_asked_is_said(shop: Project, clients: Clients) -> None:
    user = shop.user
    token = user.sign_in()["access_token"]
    assert clients.protekt.auth.verify_token(token).blocklist is True
    assert clients.local.verify_token(token).blocklist is False


def test_a_revocation_reaches_those_that_ask_and_no_others(
    shop: Project, clients: Clients
) -> None:
    user = shop.user
    token, kept = user.sign_in()["access_token"], user.sign_in()["access_token"]
    assert clients.ask(token) == everybody(user.id)
    shop.post("/auth/token/revoke", {"token": token})
    expected = dict.fromkeys(ASKING, "token_revoked") | dict.fromkeys(LOCAL, user.id)
    assert clients.ask(token) == expected
    assert clients.ask(kept) == everybody(user.id)


def test_the_session_of_a_client_renews_its_token_by_itself(secure: Service, ca: Path) -> None:
    project = secure.project()
    project.change(token_expiry=2)
    user = project.user
    protekt = Protekt(secure.url, project.key, ca=str(ca))
    session, error = protekt.auth.sign_in(user.email, PASSWORD)
    assert error is None
    assert session is not None
    first, _ = session.token()
    assert session.token() == (first, None)
    soon(lambda: session.token()[0] != first, "a new token")
    token, error = session.token()
    assert error is None
    assert token is not None
    assert project.verify(token) == "good"
    assert session.log_out() is None
    assert project.verify(token) == "token_revoked"


def test_a_client_returns_errors_and_raises_none(shop: Project, ca: Path) -> None:
    protekt = Protekt(shop.service.url, "pk_live_x", ca=str(ca))
    error = protekt.auth.verify_token("x").error
    assert isinstance(error, Error)
    assert error.code == "invalid_api_key"
    session, error = protekt.auth.sign_in("ada@example.com", PASSWORD)
    assert session is None
    assert error is not None
    nobody = "https://127.0.0.1:9/v1"
    for verdict in (
        Protekt(nobody, shop.key, timeout=1).auth.verify_token("x"),
        LocalVerifier(nobody, shop.id, issuer=ISSUER, private=True).verify_token(shop.forge()),
    ):
        assert verdict.user is None
        assert verdict.error is not None
        assert verdict.error.code == "unavailable"
        assert verdict.blocklist is False


def test_the_key_set_may_be_kept_and_holds_nothing_private(shop: Project) -> None:
    answer = shop.service.client.get("/.well-known/jwks.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "public, max-age=300"
    for key in answer.json()["keys"]:
        assert (key["kty"], key["alg"]) == ("RSA", "RS256")
        assert not key.keys() & {"d", "p", "q", "dp", "dq", "qi", "k"}
    again = shop.service.client.get(
        "/.well-known/jwks.json", headers={"if-none-match": answer.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


def test_keys_rotate_while_clients_run_and_no_good_token_is_refused(
    shop: Project, clients: Clients
) -> None:
    user = shop.user
    old = user.sign_in()["access_token"]
    assert clients.ask(old) == everybody(user.id)
    # Longer than jose waits between two fetches, 30 seconds.
    shop.service.rotate(announce=32)

    def published() -> list[str]:
        keys = shop.service.client.get("/.well-known/jwks.json").json()["keys"]
        return [key["kid"] for key in keys]

    before = jeton.inspect(old)["header"]["kid"]
    soon(lambda: len(published()) == 2, "the next key to be published")
    tokens = [old]
    refresh_token = user.sign_in()["refresh_token"]

    def renew() -> str:
        nonlocal refresh_token
        body = {"refresh_token": refresh_token}
        answer = shop.post("/auth/token/refresh", body).json()
        refresh_token = answer["refresh_token"]
        tokens.append(answer["access_token"])
        kid: str = jeton.inspect(tokens[-1])["header"]["kid"]
        assert clients.ask(tokens[-1]) == everybody(user.id)
        return kid

    assert renew() == before
    deadline = time.monotonic() + 60
    while renew() == before:
        assert time.monotonic() < deadline
        time.sleep(0.5)
    assert sorted(published()) == sorted({jeton.inspect(t)["header"]["kid"] for t in tokens})
    for token in (tokens[0], tokens[-1]):
        assert clients.ask(token) == everybody(user.id)
        shop.post("/auth/token/revoke", {"token": token})
        assert clients.ask(token)["client"] == "token_revoked"


def test_the_command_verifies_the_services_tokens(shop: Project, ca: Path) -> None:
    user = shop.user
    token = user.sign_in()["access_token"]
    system = {"name": "protekt", "project": shop.id, "issuer": ISSUER}
    keys = shop.service.data / "jwks.json"
    keys.write_bytes(shop.service.client.get("/.well-known/jwks.json").content)
    command = [str(shop.service.command), "verify", "--keys", str(keys)]
    blocklist = ["--revocations", f"sqlite:{shop.service.data / 'revoked.db'}"]

    def run(**system_options: None) -> tuple[int, str]:
        options = json.dumps({"system": {**system, **system_options}})
        flags = [] if system_options else blocklist
        done = subprocess.run(
            [*command, *flags, "--options", options, token], capture_output=True, text=True
        )
        return done.returncode, done.stdout or json.loads(done.stderr)["status"]

    code, claims = run()
    assert (code, json.loads(claims)["sub"]) == (0, user.id)
    shop.post("/auth/token/revoke", {"token": token})
    assert run() == (1, "revoked")
    assert run(blocklist=None)[0] == 0
