"""What time does to keys, tokens and the blocklist."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import jeton
import pytest
from conftest import ACCOUNT_TOKEN, COMMAND, ISSUER, PASSWORD

from service import errors, keys, passwords, projects, users
from service.app import upkeep
from service.sessions import Sessions
from service.settings import Settings
from service.storage import Database
from service.tokens import Issuer


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("PROTEKT_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("PROTEKT_ACCOUNT_TOKEN", ACCOUNT_TOKEN)
    monkeypatch.setenv("JETON", str(COMMAND))
    made = Settings.read()
    keys.make(made)
    Database(made.database).make()
    return made


@pytest.fixture
def sessions(settings: Settings) -> Sessions:
    return Sessions(Database(settings.database), Issuer(settings))


def kids(issuer: Issuer) -> list[str]:
    return [key["kid"] for key in issuer.source.status()["keys"]]


def test_keys_rotate_when_it_is_time_and_announce_the_next(
    settings: Settings, sessions: Sessions
) -> None:
    issuer = sessions.issuer
    (first,) = kids(issuer)
    upkeep(settings, issuer, sessions)
    assert kids(issuer) == [first]
    now = replace(settings, rotation=0)
    upkeep(now, issuer, sessions)
    assert len(kids(issuer)) == 2
    # It doesn't sign yet, and while it is waiting no other is added.
    _, claims = issuer.mint("proj_x", 60, {"sub": "usr_x"})
    assert claims.kid == first
    upkeep(now, issuer, sessions)
    assert len(kids(issuer)) == 2


def test_a_key_stays_published_for_longer_than_its_tokens_live(
    settings: Settings, sessions: Sessions
) -> None:
    upkeep(replace(settings, rotation=0), sessions.issuer, sessions)
    old, new = sorted(sessions.issuer.source.status()["keys"], key=lambda key: key["nbf"])
    assert old["exp"] - new["nbf"] >= projects.LONGEST
    assert new["nbf"] - time.time() > keys.CACHED


def test_what_has_expired_is_forgotten(settings: Settings, sessions: Sessions) -> None:
    database, issuer = sessions.database, sessions.issuer
    project, key = projects.create(database, "a project")
    row = projects.of_key(database, key)
    assert row is not None
    user = users.sign_up(database, project["id"], "ada@example.com", PASSWORD)
    sessions.begin(row, user["id"])
    issuer.revocations.revoke(realm=ISSUER, claim="jti", value="tok", until=None)
    issuer.block_id("tok_old", int(time.time()) + 1)

    def counts() -> list[int]:
        tables = ("sessions", "access_tokens", "refresh_tokens")
        with database.reading() as store:
            return [store.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables]

    upkeep(settings, issuer, sessions)
    assert counts() == [1, 1, 1]
    with database.writing() as store:
        store.execute("UPDATE access_tokens SET expires_at = 0")
    upkeep(settings, issuer, sessions)
    assert counts() == [1, 0, 1]
    with database.writing() as store:
        store.execute("UPDATE refresh_tokens SET expires_at = 0")
    time.sleep(1.5)
    upkeep(settings, issuer, sessions)
    assert counts() == [0, 0, 0]
    assert [rule["value"] for rule in issuer.revocations.list()["entries"]] == ["tok"]


def test_a_password_is_known_by_its_hash_alone() -> None:
    kept = passwords.protect(PASSWORD)
    assert PASSWORD not in kept
    assert kept != passwords.protect(PASSWORD)
    assert passwords.matches(PASSWORD, kept)
    assert not passwords.matches(PASSWORD + "x", kept)
    assert not passwords.matches(PASSWORD, None)


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "x"), ("PORT", "70000"), ("WORKERS", "0"), ("PROTEKT_ACCOUNT_TOKEN", "short")],
)
def test_a_setting_that_is_wrong_stops_the_start_and_is_named(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit, match=name):
        Settings.read()


def test_nothing_is_handed_out_that_would_be_refused(sessions: Sessions) -> None:
    with pytest.raises(jeton.TokenTooLargeError):
        sessions.issuer.mint("proj_x", 60, {"sub": "x" * 20000})


@pytest.mark.parametrize("kind", [getattr(jeton, name) for name in jeton.errors.__all__])
def test_every_verdict_has_an_answer_and_faults_of_our_own_are_none(
    kind: type[jeton.JetonError],
) -> None:
    error = kind("said", "aud")
    if kind.http_status == 500:
        with pytest.raises(kind):
            errors.of_token(error)
        return
    refusal = errors.of_token(error)
    assert refusal.status == kind.http_status
    special = {"expired": "token_expired", "revoked": "token_revoked"}
    expected = "unavailable" if refusal.status == 503 else special.get(kind.status)
    assert refusal.code == (expected or "token_invalid")
    assert refusal.details == {"status": kind.status, "claim": "aud"}
