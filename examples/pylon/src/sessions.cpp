#include "sessions.hpp"

#include "clock.hpp"
#include "secrets.hpp"

namespace pylon
{

namespace
{

/// "pylon_" and 256 random bits.
std::string new_token()
{
	return "pylon_" + random_hex(32);
}

/// What lists show of a token.
std::string prefix_of(const std::string &token)
{
	return token.substr(0, 8);
}

} // namespace

open_session sessions::open(const std::string &user, const std::string &device,
			    bool is_guest) const
{
	const std::int64_t opened = now();
	open_session made = {new_token(), user, opened + lifetime};
	database_.change([&] {
		database_.run("DELETE FROM sessions WHERE expires_at <= ?1",
			      opened);
		database_.run("INSERT INTO sessions (hash, prefix, user_id, "
			      "is_guest, device, created_at, expires_at) "
			      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
			      digest(made.token), prefix_of(made.token), user,
			      std::int64_t{is_guest}, device, opened,
			      made.expires_at);
	});
	return made;
}

std::optional<caller> sessions::find(std::string_view token) const
{
	const std::string hash = digest(token);
	return database_.read([&]() -> std::optional<caller> {
		auto row = database_.query(
			"SELECT sessions.user_id, is_guest, org_id, role "
			"FROM sessions LEFT JOIN members "
			"ON members.org_id = sessions.tenant_id "
			"AND members.user_id = sessions.user_id "
			"WHERE hash = ?1 AND expires_at > ?2",
			hash, now());
		if (!row.next())
			return std::nullopt;
		caller found;
		found.how = row.integer(1) != 0 ? known_by::guest_session
						: known_by::session;
		found.user = row.text(0);
		found.tenant = row.optional_text(2);
		if (auto role = row.optional_text(3))
			found.roles.push_back(std::move(*role));
		found.session = hash;
		return found;
	});
}

open_session sessions::renew(const caller &who) const
{
	open_session made = {new_token(), who.user, now() + lifetime};
	database_.change([&] {
		database_.run("UPDATE sessions SET hash = ?1, prefix = ?2, "
			      "expires_at = ?3 WHERE hash = ?4",
			      digest(made.token), prefix_of(made.token),
			      made.expires_at, who.session);
	});
	return made;
}

bool sessions::select(const caller &who,
		      const std::optional<std::string> &org) const
{
	return database_.change([&] {
		// An org that the user isn't a member of selects no row.
		return database_.run(
			       "UPDATE sessions SET tenant_id = ?1 "
			       "WHERE hash = ?2 AND (?1 IS NULL OR EXISTS "
			       "(SELECT 1 FROM members "
			       "WHERE org_id = ?1 AND user_id = ?3))",
			       org, who.session, who.user) > 0;
	});
}

void sessions::end(const caller &who) const
{
	database_.change([&] {
		database_.run("DELETE FROM sessions WHERE hash = ?1",
			      who.session);
	});
}

std::int64_t sessions::end_all(const std::string &user) const
{
	return database_.change([&] {
		return database_.run("DELETE FROM sessions WHERE user_id = ?1",
				     user);
	});
}

json sessions::list(const std::string &user) const
{
	return database_.read([&] {
		auto row = database_.query(
			"SELECT prefix, user_id, device, created_at, "
			"expires_at FROM sessions "
			"WHERE user_id = ?1 AND expires_at > ?2 "
			"ORDER BY created_at",
			user, now());
		json list = json::array();
		while (row.next())
			list.push_back({{"token_prefix", row.text(0)},
					{"user_id", row.text(1)},
					{"device", row.text(2)},
					{"created_at", row.integer(3)},
					{"expires_at", row.integer(4)}});
		return list;
	});
}

} // namespace pylon
