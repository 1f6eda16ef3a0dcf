"""Users: an address, a password, and metadata that become claims."""

from __future__ import annotations

import json
import re
import sqlite3
import time
from typing import Any

from . import passwords
from .errors import Refusal
from .storage import Database, identifier


def sign_up(database: Database, project: str, email: str, password: str) -> dict[str, Any]:
    """A new user of a project."""
    address = _address(email)
    if not 8 <= len(password) <= 256:
        raise Refusal(400, "invalid_request", "password: 8 to 256 characters were expected")
    kept = passwords.protect(password)
    user = identifier("usr_")
    with database.writing() as store:
        if store.execute(
            "SELECT 1 FROM users WHERE project_id = ? AND email = ?", (project, address)
        ).fetchone():
            raise Refusal(409, "email_taken", "there is a user with this email")
        store.execute(
            "INSERT INTO users (id, project_id, email, password, created_at)"
            " VALUES (?, ?, ?, ?, ?)",
            (user, project, address, kept, int(time.time())),
        )
        return shown(find(store, project, user))


def authenticate(database: Database, project: str, email: str, password: str) -> str:
    """The id of the user with this address and password."""
    with database.reading() as store:
        row = store.execute(
            "SELECT id, password FROM users WHERE project_id = ? AND email = ?",
            (project, email.strip().lower()),
        ).fetchone()
    if not passwords.matches(password, row["password"] if row else None):
        raise Refusal(401, "invalid_credentials", "no user has this email and this password")
    found: str = row["id"]
    return found


def find(store: sqlite3.Connection, project: str, user: str) -> sqlite3.Row:
    found: sqlite3.Row | None = store.execute(
        "SELECT * FROM users WHERE id = ? AND project_id = ?", (user, project)
    ).fetchone()
    if found is None:
        raise Refusal(404, "not_found", "there is no such user")
    return found


#: What of a user may be changed, and its type.
CHANGEABLE = {"email_verified": bool, "metadata": dict}


def claims(user: sqlite3.Row) -> dict[str, Any]:
    """What a token says of a user; which metadata become claims is the preset's to decide."""
    return {
        "sub": user["id"],
        "email": user["email"],
        "email_verified": bool(user["email_verified"]),
        "metadata": json.loads(user["metadata"]),
    }


def shown(user: sqlite3.Row) -> dict[str, Any]:
    return {
        "id": user["id"],
        "email": user["email"],
        "email_verified": bool(user["email_verified"]),
        "metadata": json.loads(user["metadata"]),
        "created_at": user["created_at"],
    }


def change(store: sqlite3.Connection, user: str, changes: dict[str, Any]) -> None:
    """Changes what the tokens of a user say from now on."""
    metadata = json.dumps(changes["metadata"]) if "metadata" in changes else None
    store.execute(
        "UPDATE users SET email_verified = coalesce(?, email_verified),"
        " metadata = coalesce(?, metadata) WHERE id = ?",
        (changes.get("email_verified"), metadata, user),
    )


def _address(email: str) -> str:
    address = email.strip().lower()
    if len(address) > 254 or not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
        raise Refusal(400, "invalid_request", "email: an address was expected")
    return address
