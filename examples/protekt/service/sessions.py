"""Sessions: signing in, refreshing with rotation, revoking, logging out."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from typing import Any

import jeton

from . import users
from .errors import Refusal
from .storage import Database, digest, identifier, secret
from .tokens import Issuer


class Sessions:
    """What a project's users are signed in by."""

    def __init__(self, database: Database, issuer: Issuer) -> None:
        self.database = database
        self.issuer = issuer

    def begin(self, project: sqlite3.Row, user: str) -> dict[str, Any]:
        """Signs a user in."""
        session = identifier("ses_")
        with self.database.writing() as store:
            store.execute("INSERT INTO sessions (id, user_id) VALUES (?, ?)", (session, user))
            return self._tokens(store, project, user, session)

    def refresh(self, project: sqlite3.Row, token: str) -> dict[str, Any]:
        """Two new tokens for a refresh token, which is used up by that.

        One that was used before ends the session: either who shows it or who used it has
        stolen it, and nobody can say which.
        """
        with self.database.writing() as store:
            found = _refresh_token(store, project, token)
            if found["state"] == "good" and found["ended_at"] is None:
                if found["expires_at"] <= time.time():
                    raise Refusal(401, "refresh_token_expired", "the refresh token has expired")
                store.execute(
                    "UPDATE refresh_tokens SET state = 'used' WHERE hash = ?", (found["hash"],)
                )
                return self._tokens(store, project, found["user_id"], found["session_id"])
        if found["state"] == "used":
            self.end(found["session_id"])
        raise Refusal(401, "token_revoked", "the refresh token was used or revoked before")

    def revoke(self, project: sqlite3.Row, token: str) -> None:
        """Revokes one token of either kind; the session goes on. Doing so twice is no error."""
        if token.startswith("rt_"):
            with self.database.writing() as store:
                found = _refresh_token(store, project, token)
                store.execute(
                    "UPDATE refresh_tokens SET state = 'revoked'"
                    " WHERE hash = ? AND state = 'good'",
                    (found["hash"],),
                )
        else:
            with contextlib.suppress(jeton.RevokedTokenError):
                self.issuer.block(self.issuer.verify(project["id"], token))

    def log_out(self, claims: jeton.Claims) -> None:
        """Ends the session that a token is of, and the token with it."""
        with self.database.reading() as store:
            found = store.execute(
                "SELECT session_id FROM access_tokens WHERE jti = ?", (claims["jti"],)
            ).fetchone()
        if found is None:
            self.issuer.block(claims)
        else:
            self.end(found["session_id"])

    def end(self, session: str) -> None:
        """Ends a session: its refresh tokens are void, its tokens on the blocklist.

        First the session, so that none is added to what is blocked then. Where blocking
        fails it can be done again: the tokens stay known.
        """
        now = int(time.time())
        with self.database.writing() as store:
            store.execute(
                "UPDATE sessions SET ended_at = ? WHERE id = ? AND ended_at IS NULL",
                (now, session),
            )
            live = store.execute(
                "SELECT jti, expires_at FROM access_tokens"
                " WHERE session_id = ? AND expires_at > ?",
                (session, now),
            ).fetchall()
        for token in live:
            self.issuer.block_id(token["jti"], token["expires_at"])

    def purge(self) -> None:
        """Forgets what has expired, and sessions that nothing is left of."""
        now = int(time.time())
        with self.database.writing() as store:
            store.execute("DELETE FROM access_tokens WHERE expires_at <= ?", (now,))
            store.execute("DELETE FROM refresh_tokens WHERE expires_at <= ?", (now,))
            store.execute(
                "DELETE FROM sessions WHERE id NOT IN (SELECT session_id FROM access_tokens)"
                " AND id NOT IN (SELECT session_id FROM refresh_tokens)"
            )

    def _tokens(
        self, store: sqlite3.Connection, project: sqlite3.Row, user: str, session: str
    ) -> dict[str, Any]:
        """Both tokens of a session, with the claims that the user has now."""
        row = users.find(store, project["id"], user)
        token, claims = self.issuer.mint(project["id"], project["token_expiry"], users.claims(row))
        store.execute(
            "INSERT INTO access_tokens VALUES (?, ?, ?)", (claims["jti"], session, claims.expires)
        )
        refresh_token, hashed = secret("rt_")
        store.execute(
            "INSERT INTO refresh_tokens (hash, session_id, expires_at) VALUES (?, ?, ?)",
            (hashed, session, int(time.time()) + project["refresh_token_expiry"]),
        )
        return {
            "access_token": token,
            "refresh_token": refresh_token,
            "token_type": "Bearer",
            "expires_in": project["token_expiry"],
        }


def _refresh_token(store: sqlite3.Connection, project: sqlite3.Row, token: str) -> sqlite3.Row:
    """A refresh token of this project, with its session."""
    found: sqlite3.Row | None = store.execute(
        "SELECT refresh_tokens.*, user_id, ended_at FROM refresh_tokens"
        " JOIN sessions ON sessions.id = session_id JOIN users ON users.id = user_id"
        " WHERE hash = ? AND project_id = ?",
        (digest(token), project["id"]),
    ).fetchone()
    if found is None:
        raise Refusal(401, "token_invalid", "the refresh token isn't known")
    return found
