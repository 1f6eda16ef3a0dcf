"""Projects, how long their tokens live, and their API keys."""

from __future__ import annotations

import sqlite3
import time
from typing import Any

from .errors import Refusal
from .storage import Database, digest, identifier, secret

#: Seconds that tokens live unless a project says so.
TOKEN_EXPIRY, REFRESH_TOKEN_EXPIRY = 3600, 2592000
#: Tokens should not live longer, and can't live longer than that: it bounds how long a
#: key must stay published and an entry on the blocklist.
ADVISED, LONGEST = 86400, 604800
LONGEST_REFRESH = 31536000

#: What of a project may be changed, and its type.
CHANGEABLE = {"name": str, "token_expiry": int, "refresh_token_expiry": int}


def create(database: Database, name: str) -> tuple[dict[str, Any], str]:
    """A new project, and its first API key, which is shown this once."""
    now = int(time.time())
    project, (key, hashed) = identifier("proj_"), secret("pk_live_")
    with database.writing() as store:
        store.execute(
            "INSERT INTO projects VALUES (?, ?, ?, ?, ?)",
            (project, name, TOKEN_EXPIRY, REFRESH_TOKEN_EXPIRY, now),
        )
        _add_key(store, project, hashed, now)
        return _shown(_find(store, project)), key


def read(database: Database, project: str) -> dict[str, Any]:
    with database.reading() as store:
        return _shown(_find(store, project))


def change(database: Database, project: str, changes: dict[str, Any]) -> dict[str, Any]:
    """Changes a project's name and lifetimes, for the tokens that it is given from now on."""
    _bound(changes, "token_expiry", LONGEST)
    _bound(changes, "refresh_token_expiry", LONGEST_REFRESH)
    with database.writing() as store:
        store.execute(
            "UPDATE projects SET name = coalesce(:name, name),"
            " token_expiry = coalesce(:token_expiry, token_expiry),"
            " refresh_token_expiry = coalesce(:refresh_token_expiry, refresh_token_expiry)"
            " WHERE id = :project",
            {**dict.fromkeys(CHANGEABLE), **changes, "project": project},
        )
        return _shown(_find(store, project))


def delete(database: Database, project: str) -> None:
    """Deletes a project with its keys, users and sessions."""
    with database.writing() as store:
        _find(store, project)
        store.execute("DELETE FROM projects WHERE id = ?", (project,))


def of_key(database: Database, key: str) -> sqlite3.Row | None:
    """The project that an API key belongs to."""
    with database.reading() as store:
        found: sqlite3.Row | None = store.execute(
            "SELECT projects.* FROM api_keys JOIN projects ON projects.id = project_id"
            " WHERE hash = ?",
            (digest(key),),
        ).fetchone()
        return found


def keys(database: Database, project: str) -> list[dict[str, Any]]:
    """A project's API keys, by their ids: the keys themselves aren't kept."""
    with database.reading() as store:
        _find(store, project)
        rows = store.execute(
            "SELECT id, created_at FROM api_keys WHERE project_id = ? ORDER BY rowid", (project,)
        )
        return [dict(row) for row in rows]


def add_key(database: Database, project: str) -> dict[str, Any]:
    """Another API key, beside those that there are."""
    key, hashed = secret("pk_live_")
    with database.writing() as store:
        _find(store, project)
        return {"id": _add_key(store, project, hashed, int(time.time())), "key": key}


def rotate_key(database: Database, project: str, name: str) -> dict[str, Any]:
    """A new key in the place of one that is good for nothing from now on.

    Tokens aren't bound to the key that they were asked for with, so they stay good.
    """
    key, hashed = secret("pk_live_")
    with database.writing() as store:
        changed = store.execute(
            "UPDATE api_keys SET hash = ?, created_at = ? WHERE id = ? AND project_id = ?",
            (hashed, int(time.time()), name, project),
        )
        _must(changed.rowcount, "API key")
    return {"id": name, "key": key}


def delete_key(database: Database, project: str, name: str) -> None:
    with database.writing() as store:
        deleted = store.execute(
            "DELETE FROM api_keys WHERE id = ? AND project_id = ?", (name, project)
        )
        _must(deleted.rowcount, "API key")


def _add_key(store: sqlite3.Connection, project: str, hashed: bytes, now: int) -> str:
    name = identifier("key_")
    store.execute("INSERT INTO api_keys VALUES (?, ?, ?, ?)", (name, project, hashed, now))
    return name


def _find(store: sqlite3.Connection, project: str) -> sqlite3.Row:
    found: sqlite3.Row | None = store.execute(
        "SELECT * FROM projects WHERE id = ?", (project,)
    ).fetchone()
    _must(found, "project")
    assert found is not None
    return found


def _must(found: object, what: str) -> None:
    if not found:
        raise Refusal(404, "not_found", f"there is no such {what}")


def _shown(project: sqlite3.Row) -> dict[str, Any]:
    warnings = []
    if project["token_expiry"] > ADVISED:
        warnings.append(
            {
                "code": "token_expiry_long",
                "message": f"token_expiry is {project['token_expiry']} seconds: avoid lifetimes"
                " longer than 24 hours, since who steals a token has it for as long",
            }
        )
    return {**dict(project), "warnings": warnings}


def _bound(changes: dict[str, Any], name: str, most: int) -> None:
    if name in changes and not 1 <= changes[name] <= most:
        raise Refusal(400, "invalid_request", f"{name}: from 1 to {most} seconds were expected")
