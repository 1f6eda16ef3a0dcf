"""Revoking, logging out, and deleting a project: what is refused then, and what isn't."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import jeton
import pytest
from conftest import ISSUER, Project, Service, code, free_port, running, soon


def test_a_revoked_token_is_refused_from_the_next_call_on(project: Project) -> None:
    user = project.user
    token, other = user.sign_in()["access_token"], user.sign_in()["access_token"]
    assert project.verify(token) == "good"
    answer = project.post("/auth/token/revoke", {"token": token})
    assert (answer.status_code, answer.json()) == (200, {"revoked": True})
    assert project.verify(token) == "token_revoked"
    assert project.verify(other) == "good"


def test_revoking_a_token_puts_its_jti_on_the_blocklist(project: Project) -> None:
    token = project.user.sign_in()["access_token"]
    project.post("/auth/token/revoke", {"token": token})
    claims = jeton.inspect(token)["claims"]
    blocklist = jeton.Revocations(f"sqlite:{project.service.data}/revoked.db", stale=10)
    entry = {"realm": ISSUER, "claim": "jti", "value": claims["jti"], "until": claims["exp"]}
    assert any(entry.items() <= rule.items() for rule in blocklist.list()["entries"])


def test_revoking_a_token_does_not_end_the_session(project: Project) -> None:
    signed_in = project.user.sign_in()
    project.post("/auth/token/revoke", {"token": signed_in["access_token"]})
    body = {"refresh_token": signed_in["refresh_token"]}
    assert project.post("/auth/token/refresh", body).status_code == 200


def test_revoking_twice_is_no_error(project: Project) -> None:
    signed_in = project.user.sign_in()
    for name in ("access_token", "refresh_token"):
        for _ in range(2):
            answer = project.post("/auth/token/revoke", {"token": signed_in[name]})
            assert answer.json() == {"revoked": True}


def test_a_revoked_refresh_token_renews_nothing_and_the_access_token_stays(
    project: Project,
) -> None:
    signed_in = project.user.sign_in()
    project.post("/auth/token/revoke", {"token": signed_in["refresh_token"]})
    body = {"refresh_token": signed_in["refresh_token"]}
    assert code(project.post("/auth/token/refresh", body), 401) == "token_revoked"
    assert project.verify(signed_in["access_token"]) == "good"


def test_only_good_tokens_of_the_project_can_be_revoked(service: Service) -> None:
    project, other = service.project(), service.project()
    signed_in = other.user.sign_in()
    for token in (signed_in["access_token"], signed_in["refresh_token"], "x", "rt_x"):
        answer = project.post("/auth/token/revoke", {"token": token})
        assert code(answer, 401) == "token_invalid"
    assert other.verify(signed_in["access_token"]) == "good"
    body = {"refresh_token": signed_in["refresh_token"]}
    assert other.post("/auth/token/refresh", body).status_code == 200


def test_logging_out_ends_the_session_and_no_other(project: Project) -> None:
    user = project.user
    first, elsewhere = user.sign_in(), user.sign_in()
    body = {"refresh_token": first["refresh_token"]}
    second = project.post("/auth/token/refresh", body).json()
    answer = project.post("/auth/logout", token=second["access_token"])
    assert (answer.status_code, answer.json()) == (200, {"logged_out": True})
    assert project.verify(second["access_token"]) == "token_revoked"
    assert project.verify(first["access_token"]) == "token_revoked"
    body = {"refresh_token": second["refresh_token"]}
    assert code(project.post("/auth/token/refresh", body), 401) == "token_revoked"
    assert project.verify(elsewhere["access_token"]) == "good"


def test_logging_out_needs_a_good_token(project: Project) -> None:
    token = project.user.sign_in()["access_token"]
    assert code(project.post("/auth/logout"), 401) == "token_missing"
    assert code(project.post("/auth/logout", token="x"), 401) == "token_invalid"
    assert project.post("/auth/logout", token=token).status_code == 200
    assert code(project.post("/auth/logout", token=token), 401) == "token_revoked"


def test_deleting_a_project_ends_all_of_its_tokens_and_keys(service: Service) -> None:
    project, other = service.project(), service.project()
    token = project.user.sign_in()["access_token"]
    spared = other.user.sign_in()["access_token"]
    service.account("DELETE", f"/projects/{project.id}")
    answer = project.post("/auth/token/verify", {"token": token})
    assert code(answer, 401) == "invalid_api_key"
    # So does whoever else looks at the blocklist.
    verifier = jeton.Verifier(
        service.keys,
        revocations=jeton.Revocations(f"sqlite:{service.data}/revoked.db", stale=10),
        system={"name": "protekt", "project": project.id, "issuer": ISSUER},
    )
    with pytest.raises(jeton.RevokedTokenError):
        verifier.verify(token)
    assert other.verify(spared) == "good"


def test_a_revocation_survives_a_restart_and_reaches_every_worker(tmp_path: Path) -> None:
    with running(tmp_path / "data") as service:
        project = service.project()
        user = project.user
        token, kept = user.sign_in()["access_token"], user.sign_in()["access_token"]
        project.post("/auth/token/revoke", {"token": token})
    with running(tmp_path / "data", WORKERS="2") as service:
        project.service = service
        assert project.verify(token) == "token_revoked"
        assert project.verify(kept) == "good"
        project.post("/auth/token/revoke", {"token": kept})

        def everywhere() -> bool:
            # A connection each, so that either worker may answer.
            verdicts = set()
            for _ in range(20):
                service.client.close()
                service.connect()
                verdicts.add(project.verify(kept))
            return verdicts == {"token_revoked"}

        soon(everywhere, "the revocation to reach both workers")


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[str]:
    """The location of a Redis server."""
    port = free_port()
    command = ["redis-server", "--port", str(port), "--dir", str(tmp_path), "--appendonly", "yes"]
    with (tmp_path / "redis.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log)

    def answers() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    try:
        soon(answers, "Redis to answer")
        yield f"redis://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def test_a_blocklist_in_redis_reaches_verifiers_elsewhere(tmp_path: Path, redis: str) -> None:
    with running(tmp_path / "data", REVOCATIONS=redis) as service:
        project = service.project()
        token, kept = project.forge(), project.forge()
        verifier = jeton.Verifier(
            service.keys,
            revocations=jeton.Revocations(redis, stale=10),
            system={"name": "protekt", "project": project.id, "issuer": ISSUER},
        )
        verifier.verify(token)
        project.post("/auth/token/revoke", {"token": token})
        assert project.verify(token) == "token_revoked"

        def refused() -> bool:
            try:
                verifier.verify(token)
            except jeton.RevokedTokenError:
                return True
            return False

        soon(refused, "the revocation to arrive")
        assert verifier.verify(kept)["sub"] == "usr_forged"
    assert not (tmp_path / "data/revoked.db").exists()


def test_nothing_is_accepted_while_the_blocklist_cannot_be_read(tmp_path: Path) -> None:
    with running(tmp_path / "data") as service:
        project = service.project()
        token = project.user.sign_in()["access_token"]
        blocklist, away = service.data / "revoked.db", tmp_path / "away"
        away.mkdir()
        parts = list(service.data.glob("revoked.db*"))
        for part in parts:
            part.rename(away / part.name)
        blocklist.mkdir()

        def ask() -> int:
            return project.post("/auth/token/verify", {"token": token}).status_code

        soon(lambda: ask() == 503, "the blocklist to be too old")
        answer = project.post("/auth/token/verify", {"token": token})
        assert code(answer, 503) == "unavailable"
        blocklist.rmdir()
        for part in parts:
            (away / part.name).rename(part)
        soon(lambda: ask() == 200, "the blocklist to be read again")
