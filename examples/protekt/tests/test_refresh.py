"""Refreshing, with rotation."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jeton
from conftest import Project, Service, code


def refresh(project: Project, token: str) -> dict[str, Any]:
    answer = project.post("/auth/token/refresh", {"refresh_token": token})
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_a_refresh_token_gives_two_new_tokens(project: Project) -> None:
    user = project.user
    first = user.sign_in()
    second = refresh(project, first["refresh_token"])
    assert second.keys() >= {"access_token", "refresh_token", "expires_in"}
    assert second["refresh_token"] != first["refresh_token"]
    assert jeton.inspect(second["access_token"])["claims"]["sub"] == user.id
    assert project.verify(second["access_token"]) == "good"
    assert refresh(project, second["refresh_token"])["expires_in"] == 3600


def test_attack_a_refresh_token_used_twice_ends_the_session(project: Project) -> None:
    user = project.user
    first, elsewhere = user.sign_in(), user.sign_in()
    second = refresh(project, first["refresh_token"])
    assert project.verify(second["access_token"]) == "good"
    answer = project.post("/auth/token/refresh", {"refresh_token": first["refresh_token"]})
    assert code(answer, 401) == "token_revoked"
    answer = project.post("/auth/token/refresh", {"refresh_token": second["refresh_token"]})
    assert code(answer, 401) == "token_revoked"
    for ended in (first, second):
        assert project.verify(ended["access_token"]) == "token_revoked"
    assert project.verify(elsewhere["access_token"]) == "good"


def test_attack_a_refresh_token_used_at_once_by_many(project: Project) -> None:
    signed_in = project.user.sign_in()
    body = {"refresh_token": signed_in["refresh_token"]}

    def use(_turn: int) -> int:
        return project.post("/auth/token/refresh", body).status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(use, range(8))) == [200, *[401] * 7]
    assert project.verify(signed_in["access_token"]) == "token_revoked"


def test_refresh_tokens_are_good_in_their_project_alone(service: Service) -> None:
    project, other = service.project(), service.project()
    signed_in = project.user.sign_in()
    body = {"refresh_token": signed_in["refresh_token"]}
    assert code(other.post("/auth/token/refresh", body), 401) == "token_invalid"
    assert refresh(project, signed_in["refresh_token"])


def test_an_expired_refresh_token_is_told_apart(service: Service) -> None:
    project = service.project()
    project.change(refresh_token_expiry=1)
    signed_in = project.user.sign_in()
    time.sleep(2)
    answer = project.post("/auth/token/refresh", {"refresh_token": signed_in["refresh_token"]})
    assert code(answer, 401) == "refresh_token_expired"
    assert project.verify(signed_in["access_token"]) == "good"


def test_a_new_token_says_what_the_user_is_now(project: Project) -> None:
    user = project.new_user()
    signed_in = user.sign_in()
    project.change_user(user.id, metadata={"plan": "pro"}, email_verified=True)
    renewed = refresh(project, signed_in["refresh_token"])["access_token"]
    claims = jeton.inspect(renewed)["claims"]
    assert (claims["plan"], claims["email_verified"]) == ("pro", True)


def test_an_access_token_refreshes_nothing(project: Project) -> None:
    signed_in = project.user.sign_in()
    body = {"refresh_token": signed_in["access_token"]}
    assert code(project.post("/auth/token/refresh", body), 401) == "token_invalid"
