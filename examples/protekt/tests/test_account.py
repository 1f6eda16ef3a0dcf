"""The Account API: who may use it, lifetimes, and API keys that rotate."""

from __future__ import annotations

import sqlite3

import pytest
from conftest import ACCOUNT_TOKEN, PASSWORD, Project, Service, code


@pytest.mark.parametrize(
    "authorization",
    [None, "Bearer x", f"Bearer {ACCOUNT_TOKEN}x", f"Basic {ACCOUNT_TOKEN}", ACCOUNT_TOKEN],
)
def test_nobody_else_changes_a_project(project: Project, authorization: str | None) -> None:
    headers = {"authorization": authorization} if authorization else {}
    client = project.service.client
    for method, path in [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("GET", "/keys")]:
        answer = client.request(method, f"/projects/{project.id}{path}", headers=headers)
        assert code(answer, 401) == "invalid_account_token"
    assert project.new_user()


def test_neither_an_api_key_nor_a_users_token_is_the_accounts(project: Project) -> None:
    token = project.user.sign_in()["access_token"]
    for credential in (project.key, token):
        answer = project.service.client.get(
            f"/projects/{project.id}",
            headers={"authorization": f"Bearer {credential}", "x-protekt-key": project.key},
        )
        assert code(answer, 401) == "invalid_account_token"


def test_rotating_an_api_key_keeps_tokens_and_ends_the_key(service: Service) -> None:
    project = service.project()
    user = project.user
    signed_in = user.sign_in()
    (key,) = service.account("GET", f"/projects/{project.id}/keys")["keys"]
    old = project.key
    project.key = service.account("POST", f"/projects/{project.id}/keys/{key['id']}/rotate")["key"]
    assert project.key != old
    assert project.verify(signed_in["access_token"]) == "good"
    affected = Project(service, project.id, old)
    body = {"email": user.email, "password": PASSWORD}
    assert code(affected.post("/auth/sign-in", body), 401) == "invalid_api_key"
    body = {"refresh_token": signed_in["refresh_token"]}
    assert code(affected.post("/auth/token/refresh", body), 401) == "invalid_api_key"
    assert project.post("/auth/token/refresh", body).status_code == 200
    assert user.sign_in()


def test_api_keys_are_added_and_deleted_beside_one_another(service: Service) -> None:
    project = service.project()
    added = service.account("POST", f"/projects/{project.id}/keys")
    second = Project(service, project.id, added["key"])
    token = second.user.sign_in()["access_token"]
    assert project.verify(token) == "good"
    service.account("DELETE", f"/projects/{project.id}/keys/{added['id']}")
    assert code(second.post("/auth/token/verify", {"token": token}), 401) == "invalid_api_key"
    assert project.verify(token) == "good"


def test_a_projects_keys_are_out_of_anothers_reach(service: Service) -> None:
    project, other = service.project(), service.project()
    (key,) = service.account("GET", f"/projects/{other.id}/keys")["keys"]
    for method, path in (("POST", "/rotate"), ("DELETE", "")):
        answer = service.client.request(
            method,
            f"/projects/{project.id}/keys/{key['id']}{path}",
            headers={"authorization": f"Bearer {ACCOUNT_TOKEN}"},
        )
        assert code(answer, 404) == "not_found"
    assert other.new_user()


@pytest.mark.parametrize("key", ["", "pk_live_", "pk_live_x", "' OR 1=1 --"])
def test_whoever_has_no_api_key_is_told_nothing(project: Project, key: str) -> None:
    stranger = Project(project.service, project.id, key)
    for path in ("sign-up", "sign-in", "token/verify", "token/revoke", "token/refresh", "logout"):
        assert code(stranger.post(f"/auth/{path}"), 401) == "invalid_api_key"


@pytest.mark.parametrize(
    "changes",
    [
        {"token_expiry": 0},
        {"token_expiry": 604801},
        {"token_expiry": "3600"},
        {"token_expiry": True},
        {"token_expiry": 1.5},
        {"refresh_token_expiry": 2**63},
        {"name": None},
        {"expiry": 60},
    ],
)
def test_a_setting_that_means_nothing_is_refused_by_its_name(
    project: Project, changes: dict[str, object]
) -> None:
    answer = project.service.client.patch(
        f"/projects/{project.id}",
        json=changes,
        headers={"authorization": f"Bearer {ACCOUNT_TOKEN}"},
    )
    assert code(answer, 400) == "invalid_request"
    assert answer.json()["error"]["message"].startswith(next(iter(changes)))


def test_no_secret_is_kept_as_it_is(project: Project) -> None:
    user = project.user
    refresh_token = user.sign_in()["refresh_token"]
    with sqlite3.connect(project.service.data / "protekt.db") as database:
        kept = "\n".join(database.iterdump())
    database.close()
    assert user.email in kept
    for secret in (project.key, PASSWORD, refresh_token):
        assert secret not in kept
    for name in ("protekt.db", "keys.json"):
        assert (project.service.data / name).stat().st_mode & 0o077 == 0
