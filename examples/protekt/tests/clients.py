"""Clients that go on running: each says whose a token is, or why it is refused."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
from pathlib import Path
from typing import Any

import jwt
from conftest import ISSUER, Project
from jwt import PyJWKClient

from protekt_client import LocalVerifier, Protekt, Verdict

PROGRAM = Path(__file__).parent / "documented/verify.mjs"


class PyJwt:
    """PyJWT, by the published keys."""

    def __init__(self, project: Project, ca: Path) -> None:
        self.audience = project.id
        self.keys = PyJWKClient(
            f"{project.service.url}/.well-known/jwks.json",
            ssl_context=ssl.create_default_context(cafile=ca),
        )

    def ask(self, token: str) -> str:
        try:
            key = self.keys.get_signing_key_from_jwt(token)
            claims = jwt.decode(
                token, key, algorithms=["RS256"], issuer=ISSUER, audience=self.audience
            )
        except jwt.PyJWTError as error:
            return type(error).__name__
        found: str = claims["sub"]
        return found


class Documented:
    """What the documentation shows, in a Node of its own: by jose, and by the service."""

    def __init__(self, project: Project, ca: Path) -> None:
        self.process = subprocess.Popen(
            ["node", PROGRAM, project.service.url, project.id, project.key],
            env={**os.environ, "NODE_EXTRA_CA_CERTS": str(ca)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, token: str) -> dict[str, dict[str, Any]]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{token}\n")
        self.process.stdin.flush()
        answer: dict[str, dict[str, Any]] = json.loads(self.process.stdout.readline())
        return answer

    def close(self) -> None:
        self.process.communicate()
        assert self.process.returncode == 0


class Clients:
    """All of them, asked together."""

    def __init__(self, project: Project, ca: Path) -> None:
        url = project.service.url
        self.protekt = Protekt(url, project.key, ca=str(ca))
        self.local = LocalVerifier(url, project.id, issuer=ISSUER, ca=str(ca), private=True)
        self.pyjwt = PyJwt(project, ca)
        self.documented = Documented(project, ca)

    def ask(self, token: str) -> dict[str, str]:
        """Whom each takes a token for, or the error."""
        documented = self.documented.ask(token)
        sdk, jose = documented["sdk"], documented["local"]
        return {
            "client": said(self.protekt.auth.verify_token(token)),
            "documented client": sdk["error"] or sdk["id"],
            "jose": jose.get("sub") or jose["error"],
            "local client": said(self.local.verify_token(token)),
            "PyJWT": self.pyjwt.ask(token),
        }

    def close(self) -> None:
        self.documented.close()


def said(verdict: Verdict) -> str:
    if verdict.user is not None:
        assert verdict.error is None
        return verdict.user.id
    assert verdict.error is not None
    return verdict.error.code
