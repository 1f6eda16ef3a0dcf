"""The Account API, for whoever has the account's token: projects, API keys, users."""

from __future__ import annotations

import time
from typing import Any

import jeton
from starlette.requests import Request
from starlette.routing import Route

from . import projects, users
from .errors import Refusal
from .storage import Database
from .tokens import Issuer
from .web import BEARER, Handler, endpoint, fields, sole_header


class Account:
    """Handlers that are reached with the account's token alone."""

    def __init__(self, database: Database, issuer: Issuer, token: str) -> None:
        self.database = database
        self.issuer = issuer
        self.bearer = jeton.Bearer(admin_token=token)

    def all(self) -> list[Route]:
        project, key, user = "/projects/{project}", "/keys/{key}", "/users/{user}"
        return [
            self._route("POST", "/projects", self.create, 201),
            self._route("GET", project, self.read),
            self._route("PATCH", project, self.change),
            self._route("DELETE", project, self.delete),
            self._route("GET", f"{project}/keys", self.keys),
            self._route("POST", f"{project}/keys", self.add_key, 201),
            self._route("POST", f"{project}{key}/rotate", self.rotate_key),
            self._route("DELETE", f"{project}{key}", self.delete_key),
            self._route("GET", f"{project}{user}", self.user),
            self._route("PATCH", f"{project}{user}", self.change_user),
        ]

    def create(self, _request: Request, body: dict[str, Any]) -> dict[str, Any]:
        project, key = projects.create(self.database, fields(body, {"name": str})["name"])
        return {**project, "api_key": key}

    def read(self, request: Request, _body: dict[str, Any]) -> dict[str, Any]:
        return projects.read(self.database, request.path_params["project"])

    def change(self, request: Request, body: dict[str, Any]) -> dict[str, Any]:
        changes = fields(body, {}, projects.CHANGEABLE)
        return projects.change(self.database, request.path_params["project"], changes)

    def delete(self, request: Request, _body: dict[str, Any]) -> dict[str, Any]:
        """Deletes a project, whose tokens are good for nothing at once."""
        project = request.path_params["project"]
        projects.read(self.database, project)
        self.issuer.block_project(project, int(time.time()) + projects.LONGEST)
        projects.delete(self.database, project)
        return {"deleted": True}

    def keys(self, request: Request, _body: dict[str, Any]) -> dict[str, Any]:
        return {"keys": projects.keys(self.database, request.path_params["project"])}

    def add_key(self, request: Request, body: dict[str, Any]) -> dict[str, Any]:
        fields(body, {})
        return projects.add_key(self.database, request.path_params["project"])

    def rotate_key(self, request: Request, body: dict[str, Any]) -> dict[str, Any]:
        fields(body, {})
        return projects.rotate_key(self.database, **_named(request, "project", name="key"))

    def delete_key(self, request: Request, _body: dict[str, Any]) -> dict[str, Any]:
        projects.delete_key(self.database, **_named(request, "project", name="key"))
        return {"deleted": True}

    def user(self, request: Request, _body: dict[str, Any]) -> dict[str, Any]:
        with self.database.reading() as store:
            return users.shown(users.find(store, **_named(request, "project", user="user")))

    def change_user(self, request: Request, body: dict[str, Any]) -> dict[str, Any]:
        """Changes what a user's tokens will say, unless no token could say it."""
        changes = fields(body, {}, users.CHANGEABLE)
        names = _named(request, "project", user="user")
        with self.database.writing() as store:
            users.find(store, **names)
            users.change(store, names["user"], changes)
            changed = users.find(store, **names)
            try:
                self.issuer.mint(names["project"], projects.TOKEN_EXPIRY, users.claims(changed))
            except (jeton.OptionsError, jeton.TokenTooLargeError) as error:
                raise Refusal(400, "invalid_request", f"metadata: {error}") from error
            return users.shown(changed)

    def _route(self, method: str, path: str, handler: Handler, status: int = 200) -> Route:
        def guarded(request: Request, body: dict[str, Any]) -> Any:
            # Compared in constant time.
            if self.bearer.resolve(sole_header(request, "authorization")).kind != "admin":
                raise Refusal(401, "invalid_account_token", "the account's token was expected")
            return handler(request, body)

        return Route(path, endpoint(guarded, challenge=BEARER, status=status), methods=[method])


def _named(request: Request, *same: str, **others: str) -> dict[str, Any]:
    """Arguments of the names in the path: some by another name."""
    names = {**{name: name for name in same}, **others}
    return {argument: request.path_params[name] for argument, name in names.items()}
