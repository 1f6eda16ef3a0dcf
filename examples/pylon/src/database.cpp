#include "database.hpp"

#include <stdexcept>

namespace pylon
{

namespace
{

// Of what lets somebody in there are hashes here, and nothing else.
constexpr const char *schema = R"sql(
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;

CREATE TABLE IF NOT EXISTS users (
	id TEXT PRIMARY KEY,
	email TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	password_hash TEXT NOT NULL,
	created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS orgs (
	id TEXT PRIMARY KEY,
	name TEXT NOT NULL,
	created_by TEXT NOT NULL REFERENCES users,
	created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS members (
	org_id TEXT NOT NULL REFERENCES orgs,
	user_id TEXT NOT NULL REFERENCES users,
	role TEXT NOT NULL,
	joined_at INTEGER NOT NULL,
	PRIMARY KEY (org_id, user_id)
) STRICT;

CREATE TABLE IF NOT EXISTS sessions (
	hash TEXT PRIMARY KEY,
	prefix TEXT NOT NULL,
	user_id TEXT NOT NULL, -- a guest's is no user's
	is_guest INTEGER NOT NULL,
	tenant_id TEXT REFERENCES orgs,
	device TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS sessions_of_user ON sessions (user_id);
CREATE INDEX IF NOT EXISTS sessions_by_end ON sessions (expires_at);

CREATE TABLE IF NOT EXISTS api_keys (
	id TEXT PRIMARY KEY,
	user_id TEXT NOT NULL REFERENCES users,
	name TEXT NOT NULL,
	prefix TEXT NOT NULL,
	secret_hash TEXT NOT NULL,
	scopes TEXT,
	created_at INTEGER NOT NULL,
	expires_at INTEGER,
	last_used_at INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS api_keys_of_user ON api_keys (user_id);
)sql";

void must(sqlite3 *connection, int status)
{
	if (status != SQLITE_OK)
		throw std::runtime_error(std::string("sqlite: ") +
					 sqlite3_errmsg(connection));
}

} // namespace

statement::statement(sqlite3 *connection, std::string_view sql)
{
	sqlite3_stmt *made = nullptr;
	must(connection,
	     sqlite3_prepare_v2(connection, sql.data(),
				static_cast<int>(sql.size()), &made, nullptr));
	raw_.reset(made);
}

void statement::bind(int place, std::string_view text)
{
	must(sqlite3_db_handle(raw_.get()),
	     sqlite3_bind_text64(raw_.get(), place,
				 text.empty() ? "" : text.data(), text.size(),
				 SQLITE_TRANSIENT, SQLITE_UTF8));
}

void statement::bind(int place, std::int64_t number)
{
	must(sqlite3_db_handle(raw_.get()),
	     sqlite3_bind_int64(raw_.get(), place, number));
}

bool statement::next()
{
	const int status = sqlite3_step(raw_.get());
	if (status != SQLITE_ROW && status != SQLITE_DONE)
		must(sqlite3_db_handle(raw_.get()), status);
	return status == SQLITE_ROW;
}

std::string statement::text(int column) const
{
	const auto *data = sqlite3_column_text(raw_.get(), column);
	const int size = sqlite3_column_bytes(raw_.get(), column);
	return data == nullptr
		       ? std::string()
		       : std::string(reinterpret_cast<const char *>(data),
				     static_cast<std::size_t>(size));
}

std::int64_t statement::integer(int column) const
{
	return sqlite3_column_int64(raw_.get(), column);
}

std::optional<std::string> statement::optional_text(int column) const
{
	if (is_null(column))
		return std::nullopt;
	return text(column);
}

std::optional<std::int64_t> statement::optional_integer(int column) const
{
	if (is_null(column))
		return std::nullopt;
	return integer(column);
}

bool statement::is_null(int column) const
{
	return sqlite3_column_type(raw_.get(), column) == SQLITE_NULL;
}

database::database(const std::string &path)
{
	sqlite3 *opened = nullptr;
	const int status = sqlite3_open_v2(
		path.c_str(), &opened,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
	raw_.reset(opened); // an error's connection has to be closed, too
	if (status != SQLITE_OK)
		throw std::runtime_error(path + ": " + sqlite3_errstr(status));
	must(opened, sqlite3_busy_timeout(opened, 5000));
	must(opened, sqlite3_exec(opened, schema, nullptr, nullptr, nullptr));
}

database::transaction::transaction(const database &of) : of_(of)
{
	of_.run("BEGIN IMMEDIATE");
}

database::transaction::~transaction()
{
	// Of one that was committed nothing is left to undo.
	if (sqlite3_get_autocommit(of_.raw_.get()) == 0)
		sqlite3_exec(of_.raw_.get(), "ROLLBACK", nullptr, nullptr,
			     nullptr);
}

void database::transaction::commit() const
{
	of_.run("COMMIT");
}

} // namespace pylon
