"""POST /auth/token/verify: what is accepted, and by which name all else is refused."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time

import jeton
import pytest
from conftest import ISSUER, Project, Service, code

#: As the documentation shows it, with the signature of another page's sample.
SAMPLE = (
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1c3JfOWtsYWJjIn0.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"
)


def encoded(part: bytes | dict[str, object]) -> str:
    text = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def test_a_good_token_is_answered_with_its_claims(project: Project) -> None:
    user = project.user
    answer = project.post("/auth/token/verify", {"token": user.sign_in()["access_token"]})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert body["valid"] is True
    assert body["claims"]["sub"] == user.id
    assert body["claims"].keys() >= {"sub", "email", "iat", "exp", "project_id"}


def test_an_expired_token_is_told_apart(project: Project) -> None:
    assert project.verify(project.forge()) == "good"
    expired = project.forge(now=int(time.time()) - 3600)
    assert project.verify(expired) == "token_expired"
    answer = project.post("/auth/token/verify", {"token": expired}).json()
    assert answer["error"]["details"] == {"status": "expired", "claim": "exp"}


def test_attack_the_documented_sample_of_another_algorithm(project: Project) -> None:
    assert project.verify(SAMPLE) == "token_invalid"


def test_attack_an_hmac_with_the_public_key(project: Project) -> None:
    claims = jeton.inspect(project.forge())["claims"]
    public = project.service.client.get("/.well-known/jwks.json").content
    unsigned = f"{encoded({'alg': 'HS256', 'typ': 'JWT'})}.{encoded(claims)}"
    signature = hmac.digest(public, unsigned.encode(), hashlib.sha256)
    assert project.verify(f"{unsigned}.{encoded(signature)}") == "token_invalid"


def test_attack_no_signature_at_all(project: Project) -> None:
    payload = project.forge().split(".")[1]
    for algorithm in ("none", "RS256"):
        token = f"{encoded({'alg': algorithm, 'typ': 'JWT'})}.{payload}."
        assert project.verify(token) == "token_invalid"


def test_attack_claims_changed_after_signing(project: Project) -> None:
    token = project.forge({"sub": "usr_me"})
    header, _, signature = token.split(".")
    claims = {**jeton.inspect(token)["claims"], "sub": "usr_admin"}
    assert project.verify(token) == "good"
    assert project.verify(f"{header}.{encoded(claims)}.{signature}") == "token_invalid"


def test_attack_a_signature_of_another_rsa_algorithm(project: Project) -> None:
    document = json.loads(project.service.keys.private())
    del document["keys"][0]["alg"]
    claims = {"sub": "usr_x", "project_id": project.id}
    for algorithm, verdict in (("RS256", "good"), ("PS256", "token_invalid")):
        keys = jeton.Keys(json.dumps(document["keys"][0]), algorithm=algorithm)
        minter = jeton.Minter(keys, issuer=ISSUER, audience=project.id, lifetime=60)
        assert project.verify(minter.mint(claims)) == verdict


def test_attack_a_token_of_another_project(service: Service) -> None:
    project, other = service.project(), service.project()
    token = other.user.sign_in()["access_token"]
    assert other.verify(token) == "good"
    assert project.verify(token) == "token_invalid"


@pytest.mark.parametrize("missing", ["exp", "sub", "jti"])
def test_a_token_without_a_claim_that_must_be_there_is_refused(
    project: Project, missing: str
) -> None:
    claims = {"sub": "usr_x", "project_id": project.id}
    if missing == "sub":
        del claims["sub"]
    minter = jeton.Minter(
        project.service.keys,
        issuer=ISSUER,
        audience=project.id,
        lifetime=None if missing == "exp" else 60,
        id=None if missing == "jti" else "uuid",
    )
    answer = project.post("/auth/token/verify", {"token": minter.mint(claims)})
    assert code(answer, 401) == "token_invalid"
    assert answer.json()["error"]["details"] == {"status": "missing", "claim": missing}


@pytest.mark.parametrize(
    ("claim", "wrong"), [("email", 7), ("email_verified", "true"), ("project_id", "proj_x")]
)
def test_a_claim_of_a_wrong_type_or_value_is_refused(
    project: Project, claim: str, wrong: object
) -> None:
    minter = jeton.Minter(project.service.keys, issuer=ISSUER, audience=project.id, lifetime=60)
    good = {"sub": "usr_x", "email": "a@example.com", "email_verified": True}
    assert project.verify(minter.mint(good)) == "good"
    answer = project.post("/auth/token/verify", {"token": minter.mint({**good, claim: wrong})})
    assert code(answer, 401) == "token_invalid"
    assert answer.json()["error"]["details"] == {"status": "claim", "claim": claim}


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "€.€.€", "." * 60000])
def test_what_is_no_token_is_invalid(project: Project, token: str) -> None:
    assert project.verify(token) == "token_invalid"
