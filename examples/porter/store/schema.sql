-- What isn't here: whether a project rejects users' tokens, and which API tokens
-- are revoked for verifiers. jeton's revocations hold both, since they reach
-- every process that verifies. Times are in seconds since 1970.

CREATE TABLE IF NOT EXISTS users (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	email       TEXT NOT NULL UNIQUE COLLATE NOCASE,
	password    BLOB NOT NULL, -- bcrypt's
	sso_subject TEXT UNIQUE
) STRICT;

CREATE TABLE IF NOT EXISTS sessions (
	hash    BLOB PRIMARY KEY, -- of the cookie
	user_id INTEGER NOT NULL REFERENCES users,
	expires INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS cli_codes (
	hash    BLOB PRIMARY KEY,
	user_id INTEGER NOT NULL REFERENCES users,
	expires INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS projects (
	id   INTEGER PRIMARY KEY AUTOINCREMENT,
	name TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS roles (
	project_id INTEGER NOT NULL REFERENCES projects,
	user_id    INTEGER NOT NULL REFERENCES users,
	kind       TEXT NOT NULL,
	PRIMARY KEY (project_id, user_id)
) STRICT;

CREATE TABLE IF NOT EXISTS api_tokens (
	project_id INTEGER NOT NULL REFERENCES projects,
	id         TEXT NOT NULL,
	secret     BLOB NOT NULL, -- the hash of it
	name       TEXT NOT NULL,
	policy     TEXT NOT NULL,
	created_by INTEGER NOT NULL REFERENCES users,
	created    INTEGER NOT NULL,
	expires    INTEGER NOT NULL,
	revoked    INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (project_id, id)
) STRICT;

-- A row for a day, a kind of credential and who used it.
CREATE TABLE IF NOT EXISTS credential_uses (
	project_id INTEGER NOT NULL REFERENCES projects,
	day        INTEGER NOT NULL, -- since 1970
	kind       TEXT NOT NULL,
	user_id    INTEGER NOT NULL,
	token_id   TEXT NOT NULL,
	accepted   INTEGER NOT NULL,
	rejected   INTEGER NOT NULL,
	last_used  INTEGER NOT NULL,
	PRIMARY KEY (project_id, day, kind, user_id, token_id)
) STRICT;
