"""What a token says, and for how long."""

from __future__ import annotations

import base64
import json
import re

import jeton
import pytest
from conftest import ISSUER, Project, Service, code


def parts(token: str) -> list[bytes]:
    return [base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in token.split(".")]


def test_a_token_has_three_parts_and_the_documented_header_and_claims(project: Project) -> None:
    user = project.user
    header, payload, signature = parts(user.sign_in()["access_token"])
    assert list(json.loads(header)) == ["alg", "typ", "kid"]
    assert {**json.loads(header), "kid": None} == {"alg": "RS256", "typ": "JWT", "kid": None}
    claims = json.loads(payload)
    assert list(claims)[:7] == [
        *("sub", "email", "email_verified", "project_id", "iat", "exp", "jti")
    ]
    assert claims == {
        "sub": user.id,
        "email": user.email,
        "email_verified": False,
        "project_id": project.id,
        "iat": claims["iat"],
        "exp": claims["iat"] + 3600,
        "jti": claims["jti"],
        "iss": ISSUER,
        "aud": project.id,
    }
    assert re.fullmatch("usr_[0-9a-f]+", user.id)
    assert re.fullmatch("proj_[0-9a-f]+", project.id)
    assert len(signature) == 256


def test_each_token_has_an_id_of_its_own(project: Project) -> None:
    user = project.user
    tokens = [user.sign_in()["access_token"] for _ in range(3)]
    assert len({jeton.inspect(token)["claims"]["jti"] for token in tokens}) == 3


def test_metadata_become_claims(project: Project) -> None:
    user = project.new_user()
    project.change_user(user.id, metadata={"plan": "pro", "team": {"id": 7}}, email_verified=True)
    claims = jeton.inspect(user.sign_in()["access_token"])["claims"]
    assert claims["plan"] == "pro"
    assert claims["team"] == {"id": 7}
    assert claims["email_verified"] is True
    assert "metadata" not in claims


def test_attack_metadata_that_name_somebody_else(project: Project) -> None:
    user = project.new_user()
    stolen = {"sub": "usr_admin", "email": "admin@example.com", "email_verified": True}
    lasting = {"exp": 2**40, "iat": 0, "nbf": 0, "jti": "tok", "iss": "x", "aud": "x"}
    project.change_user(user.id, metadata={**stolen, **lasting, "project_id": "proj_x"})
    claims = jeton.inspect(user.sign_in()["access_token"])["claims"]
    assert (claims["sub"], claims["email"]) == (user.id, user.email)
    assert claims["email_verified"] is False
    assert (claims["project_id"], claims["aud"]) == (project.id, project.id)
    assert claims["exp"] == claims["iat"] + 3600
    assert claims["iss"] == ISSUER
    assert claims["jti"] != "tok"
    assert "nbf" not in claims


@pytest.mark.parametrize(
    "metadata",
    [{"long": "x" * 20000}, {"deep": json.loads("[" * 40 + "]" * 40)}],
    ids=["too long", "too deep"],
)
def test_metadata_that_no_token_could_say_are_refused(
    project: Project, metadata: dict[str, object]
) -> None:
    user = project.new_user()
    answer = project.service.client.patch(
        f"/projects/{project.id}/users/{user.id}",
        json={"metadata": metadata},
        headers={"authorization": "Bearer account-token-of-these-tests-alone"},
    )
    assert code(answer, 400) == "invalid_request"
    assert project.verify(user.sign_in()["access_token"]) == "good"


def test_a_project_says_how_long_its_tokens_live(service: Service) -> None:
    project, other = service.project(), service.project()
    user, bystander = project.user, other.user
    assert project.change(token_expiry=900)["warnings"] == []
    answer = user.sign_in()
    claims = jeton.inspect(answer["access_token"])["claims"]
    assert claims["exp"] - claims["iat"] == answer["expires_in"] == 900
    assert bystander.sign_in()["expires_in"] == 3600


def test_a_lifetime_above_24_hours_is_warned_of(service: Service) -> None:
    project = service.project()
    assert project.change(token_expiry=86400)["warnings"] == []
    (warning,) = project.change(token_expiry=86401)["warnings"]
    assert warning["code"] == "token_expiry_long"
    assert "24 hours" in warning["message"]
    assert service.account("GET", f"/projects/{project.id}")["warnings"] == [warning]
    assert project.user.sign_in()["expires_in"] == 86401


def test_who_looks_at_a_token_is_told_that_nothing_is_verified(project: Project) -> None:
    token = project.user.sign_in()["access_token"]
    seen = jeton.inspect(token)
    assert seen["verified"] is False
    assert seen["claims"]["project_id"] == project.id
