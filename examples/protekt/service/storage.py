"""The database, an SQLite file, and the secrets that only their hashes are kept of."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS projects (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    token_expiry INTEGER NOT NULL,
    refresh_token_expiry INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS api_keys (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES projects ON DELETE CASCADE,
    hash BLOB NOT NULL UNIQUE,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS api_keys_of ON api_keys (project_id);
CREATE TABLE IF NOT EXISTS users (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES projects ON DELETE CASCADE,
    email TEXT NOT NULL,
    email_verified INTEGER NOT NULL DEFAULT 0,
    password TEXT NOT NULL,
    metadata TEXT NOT NULL DEFAULT '{}',
    created_at INTEGER NOT NULL,
    UNIQUE (project_id, email)
) STRICT;
CREATE TABLE IF NOT EXISTS sessions (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE,
    ended_at INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS sessions_of ON sessions (user_id);
-- Used ones are kept until they expire: who shows one again has stolen it, or was stolen from.
CREATE TABLE IF NOT EXISTS refresh_tokens (
    hash BLOB PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions ON DELETE CASCADE,
    state TEXT NOT NULL DEFAULT 'good' CHECK (state IN ('good', 'used', 'revoked')),
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS refresh_tokens_of ON refresh_tokens (session_id);
-- What a session that ends must put on the blocklist.
CREATE TABLE IF NOT EXISTS access_tokens (
    jti TEXT PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES sessions ON DELETE CASCADE,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS access_tokens_of ON access_tokens (session_id);
"""


class Database:
    """Hands out one connection for each transaction; any number of threads may ask."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def make(self) -> None:
        """Makes the tables that aren't there."""
        with self._connected() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(SCHEMA)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A transaction that sees one state of the database throughout."""
        with self._connected() as connection:
            connection.execute("BEGIN")
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that no other one writes beside; rolled back where it raises."""
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self.path, timeout=10, isolation_level=None)
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA foreign_keys = ON")
            yield connection
        finally:
            connection.close()


def identifier(prefix: str) -> str:
    """A new name that nobody guesses, such as "usr_…"."""
    return prefix + secrets.token_hex(12)


def secret(prefix: str) -> tuple[str, bytes]:
    """A new secret of 256 bits, and the hash that is kept of it."""
    made = prefix + secrets.token_urlsafe(32)
    return made, digest(made)


def digest(shown: str) -> bytes:
    """What a secret is looked up by.

    The time that a look-up takes tells of hashes alone. One that is fast to compute will
    do, since these secrets are random, unlike passwords.
    """
    return hashlib.sha256(shown.encode()).digest()
