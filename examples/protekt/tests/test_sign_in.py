"""Signing up and in, and requests that are none."""

from __future__ import annotations

import json

import pytest
from conftest import PASSWORD, Project, Service, code


def test_only_the_password_signs_in(project: Project) -> None:
    user = project.user
    right = {"email": user.email, "password": PASSWORD}
    assert project.post("/auth/sign-in", right).status_code == 200
    assert project.post("/auth/sign-in", {**right, "email": user.email.upper()}).is_success
    for wrong in ({"password": PASSWORD + "x"}, {"password": ""}, {"email": "no@example.com"}):
        answer = project.post("/auth/sign-in", {**right, **wrong})
        assert code(answer, 401) == "invalid_credentials"


def test_an_address_signs_up_once_in_each_project(service: Service) -> None:
    project, other = service.project(), service.project()
    body = {"email": "ada@example.com", "password": PASSWORD}
    assert project.post("/auth/sign-up", body).status_code == 201
    taken = {**body, "email": " Ada@Example.com "}
    assert code(project.post("/auth/sign-up", taken), 409) == "email_taken"
    assert other.post("/auth/sign-up", body).status_code == 201


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "ada"},
        {"email": "a@b@c"},
        {"email": "a b@example.com"},
        {"email": 7},
        {"password": "short"},
        {"password": "x" * 257},
        {"password": None},
        {"metadata": {"role": "admin"}},
    ],
)
def test_what_signs_nobody_up_is_refused_by_its_name(
    project: Project, wrong: dict[str, object]
) -> None:
    body = {"email": "new@example.com", "password": PASSWORD, **wrong}
    answer = project.post("/auth/sign-up", body)
    assert code(answer, 400) == "invalid_request"
    assert answer.json()["error"]["message"].startswith(next(iter(wrong)))


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b'"\\ud800"', 400),
        (b'{"token": "\\ud800"}', 400),
        (b'{"token": NaN}', 400),
        (b"[" * 60000, 400),
        (b"\xff", 400),
        (b'{"token": 1' + b"0" * 5000 + b"}", 400),
        (b'{"token": "' + b"x" * 65536 + b'"}', 413),
    ],
    ids=lambda value: str(value)[:20],
)
def test_a_body_that_is_none_is_refused(project: Project, body: bytes, status: int) -> None:
    headers = {"x-protekt-key": project.key, "content-type": "application/json"}
    answer = project.service.client.post("/auth/token/verify", content=body, headers=headers)
    assert code(answer, status) == ("too_large" if status == 413 else "invalid_request")


def test_a_body_of_another_type_is_refused(project: Project) -> None:
    headers = {"x-protekt-key": project.key, "content-type": "text/plain"}
    body = json.dumps({"token": "x"})
    answer = project.service.client.post("/auth/token/verify", content=body, headers=headers)
    assert code(answer, 415) == "invalid_request"
    assert "content-type: application/json" in answer.json()["error"]["message"]


def test_paths_and_methods_that_there_are_not_are_errors_of_the_same_form(
    service: Service,
) -> None:
    assert code(service.client.get("/nothing"), 404) == "not_found"
    answer = service.client.get("/auth/token/verify")
    assert code(answer, 405) == "method_not_allowed"
    assert answer.headers["allow"] == "POST"


def test_attack_two_headers_of_one_name(project: Project) -> None:
    token = project.user.sign_in()["access_token"]
    one = [("x-protekt-key", project.key), ("authorization", f"Bearer {token}")]
    for twice in (("authorization", "Bearer x"), ("x-protekt-key", "pk_live_x")):
        answer = project.service.client.post("/auth/logout", headers=[*one, twice])
        assert code(answer, 400) == "invalid_request"
    assert project.service.client.post("/auth/logout", headers=one).status_code == 200
