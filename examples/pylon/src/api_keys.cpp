#include "api_keys.hpp"

#include <utility>

#include "clock.hpp"
#include "secrets.hpp"

namespace pylon
{

namespace
{

constexpr std::string_view mark = "pk.";
/// "key_" and 32 characters.
constexpr std::size_t id_size = 36;
/// What lists show of a key.
constexpr std::size_t prefix_size = 16;
/// Seconds in which the use of a key is noted once.
constexpr std::int64_t note_every = 60;

} // namespace

api_keys::api_keys(const database &database, std::string pepper)
    : database_(database), pepper_(std::move(pepper))
{
}

json api_keys::add(const std::string &user, const std::string &name,
		   const std::optional<std::string> &scopes,
		   const std::optional<std::int64_t> &expires_at) const
{
	const std::string id = "key_" + random_base64url(24);
	const std::string secret = random_base64url(32);
	const std::string key = std::string(mark) + id + "." + secret;
	const std::string prefix = key.substr(0, prefix_size);
	const std::int64_t created = now();
	database_.change([&] {
		database_.run("INSERT INTO api_keys (id, user_id, name, "
			      "prefix, secret_hash, scopes, created_at, "
			      "expires_at) "
			      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
			      id, user, name, prefix,
			      keyed_digest(pepper_, secret), scopes, created,
			      expires_at);
	});
	return {{"key", key},
		{"id", id},
		{"prefix", prefix},
		{"name", name},
		{"scopes", or_null(scopes)},
		{"expires_at", or_null(expires_at)},
		{"created_at", created}};
}

std::optional<std::string> api_keys::find(std::string_view key) const
{
	const std::string id(key.substr(mark.size(), id_size));
	const std::string hash =
		keyed_digest(pepper_, key.substr(mark.size() + id_size + 1));
	const std::int64_t at = now();
	std::optional<std::string> owner;
	std::int64_t used = 0;
	database_.read([&] {
		auto row = database_.query(
			"SELECT user_id, secret_hash, last_used_at "
			"FROM api_keys WHERE id = ?1 "
			"AND (expires_at IS NULL OR expires_at > ?2)",
			id, at);
		if (!row.next() || !equal(row.text(1), hash))
			return;
		owner = row.text(0);
		used = row.integer(2);
	});
	if (owner && used <= at - note_every)
		database_.change([&] {
			database_.run("UPDATE api_keys SET last_used_at = ?1 "
				      "WHERE id = ?2",
				      at, id);
		});
	return owner;
}

json api_keys::list(const std::string &user) const
{
	return database_.read([&] {
		auto row = database_.query(
			"SELECT id, name, prefix, scopes, expires_at, "
			"last_used_at, created_at FROM api_keys "
			"WHERE user_id = ?1 ORDER BY created_at",
			user);
		json list = json::array();
		while (row.next())
			list.push_back(
				{{"id", row.text(0)},
				 {"name", row.text(1)},
				 {"prefix", row.text(2)},
				 {"scopes", or_null(row.optional_text(3))},
				 {"expires_at",
				  or_null(row.optional_integer(4))},
				 {"last_used_at",
				  or_null(row.optional_integer(5))},
				 {"created_at", row.integer(6)}});
		return list;
	});
}

bool api_keys::remove(const std::string &user, const std::string &id) const
{
	return database_.change([&] {
		return database_.run("DELETE FROM api_keys "
				     "WHERE id = ?1 AND user_id = ?2",
				     id, user) > 0;
	});
}

} // namespace pylon
