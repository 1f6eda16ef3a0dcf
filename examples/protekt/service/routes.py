"""What applications call, each with the API key of its project in X-Protekt-Key."""

from __future__ import annotations

import hashlib
import sqlite3
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from . import keys, projects, users
from .errors import Refusal
from .sessions import Sessions
from .storage import Database
from .tokens import Issuer
from .web import BEARER, endpoint, fields, sole_header


class Routes:
    """Signing up, in and out, and what becomes of tokens between."""

    def __init__(self, database: Database, issuer: Issuer, sessions: Sessions) -> None:
        self.database = database
        self.issuer = issuer
        self.sessions = sessions

    def all(self) -> list[Route]:
        def post(path: str, *arguments: Any, **options: Any) -> Route:
            return Route(path, endpoint(*arguments, **options), methods=["POST"])

        return [
            Route("/.well-known/jwks.json", self.jwks),
            post("/auth/sign-up", self.sign_up, status=201, slow=True),
            post("/auth/sign-in", self.sign_in, slow=True),
            post("/auth/token/verify", self.verify),
            post("/auth/token/revoke", self.revoke),
            post("/auth/token/refresh", self.refresh),
            post("/auth/logout", self.log_out, challenge=BEARER),
        ]

    async def jwks(self, request: Request) -> Response:
        """The public keys, for whoever verifies tokens by themselves, browsers included."""
        body = self.issuer.published().encode()
        headers = {
            "cache-control": f"public, max-age={keys.CACHED}",
            "etag": f'"{hashlib.sha256(body).hexdigest()[:32]}"',
            "access-control-allow-origin": "*",
        }
        if headers["etag"] in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers, media_type="application/json")

    def sign_up(self, request: Request, body: dict[str, Any]) -> dict[str, Any]:
        project = self._project(request)
        given = fields(body, {"email": str, "password": str})
        return {"user": users.sign_up(self.database, project["id"], **given)}

    def sign_in(self, request: Request, body: dict[str, Any]) -> dict[str, Any]:
        project = self._project(request)
        given = fields(body, {"email": str, "password": str})
        user = users.authenticate(self.database, project["id"], **given)
        return self.sessions.begin(project, user)

    def verify(self, request: Request, body: dict[str, Any]) -> dict[str, Any]:
        """The claims of a token that is good and isn't on the blocklist."""
        project = self._project(request)
        token = fields(body, {"token": str})["token"]
        return {"valid": True, "claims": self.issuer.verify(project["id"], token).copy()}

    def revoke(self, request: Request, body: dict[str, Any]) -> dict[str, Any]:
        project = self._project(request)
        self.sessions.revoke(project, fields(body, {"token": str})["token"])
        return {"revoked": True}

    def refresh(self, request: Request, body: dict[str, Any]) -> dict[str, Any]:
        project = self._project(request)
        return self.sessions.refresh(
            project, fields(body, {"refresh_token": str})["refresh_token"]
        )

    def log_out(self, request: Request, body: dict[str, Any]) -> dict[str, Any]:
        project = self._project(request)
        fields(body, {})
        claims = self.issuer.bearer(project["id"], sole_header(request, "authorization"))
        self.sessions.log_out(claims)
        return {"logged_out": True}

    def _project(self, request: Request) -> sqlite3.Row:
        key = sole_header(request, "x-protekt-key")
        project = projects.of_key(self.database, key) if key else None
        if project is None:
            raise Refusal(
                401, "invalid_api_key", "an API key was expected in the header X-Protekt-Key"
            )
        return project
