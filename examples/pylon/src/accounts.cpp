#include "accounts.hpp"

#include <algorithm>

#include "clock.hpp"
#include "refusal.hpp"
#include "secrets.hpp"

namespace pylon
{

namespace
{

/// One address, however it is written: trimmed, in lower case.
std::string normal(std::string email)
{
	const char *spaces = " \t\r\n";
	email.erase(0, email.find_first_not_of(spaces));
	email.erase(email.find_last_not_of(spaces) + 1);
	std::transform(email.begin(), email.end(), email.begin(), [](char one) {
		return one >= 'A' && one <= 'Z' ? static_cast<char>(one + 32)
						: one;
	});
	return email;
}

std::string new_id(const char *kind)
{
	return kind + random_hex(12);
}

} // namespace

std::string accounts::add(const std::string &email, const std::string &password,
			  const std::string &name) const
{
	const std::string address = normal(email);
	if (address.find('@') == std::string::npos)
		throw refusal(400, "INVALID_EMAIL", "The email has no @");
	if (password.size() < 8)
		throw refusal(400, "WEAK_PASSWORD",
			      "The password has fewer than 8 characters");

	const std::string id = new_id("usr_");
	const std::string hash = hash_password(password);
	const auto added = database_.change([&] {
		return database_.run(
			"INSERT INTO users (id, email, name, password_hash, "
			"created_at) VALUES (?1, ?2, ?3, ?4, ?5) "
			"ON CONFLICT (email) DO NOTHING",
			id, address, name.empty() ? address : name, hash,
			now());
	});
	if (added == 0)
		throw refusal(409, "EMAIL_TAKEN",
			      "The email is registered already");
	return id;
}

std::string accounts::sign_in(const std::string &email,
			      const std::string &password) const
{
	// What the password of nobody is compared with.
	static const std::string nobodys = hash_password(random_hex(16));

	std::string id, hash = nobodys;
	database_.read([&] {
		auto found = database_.query(
			"SELECT id, password_hash FROM users WHERE email = ?1",
			normal(email));
		if (found.next()) {
			id = found.text(0);
			hash = found.text(1);
		}
	});
	if (!is_password(hash, password) || id.empty())
		throw refusal(401, "INVALID_CREDENTIALS",
			      "Email or password is incorrect");
	return id;
}

bool accounts::exists(const std::string &user) const
{
	return database_.read([&] {
		return database_
			.query("SELECT 1 FROM users WHERE id = ?1", user)
			.next();
	});
}

json orgs::add(const std::string &name, const std::string &owner) const
{
	const std::string id = new_id("org_");
	const std::int64_t created = now();
	database_.change([&] {
		database_.run("INSERT INTO orgs (id, name, created_by, "
			      "created_at) VALUES (?1, ?2, ?3, ?4)",
			      id, name, owner, created);
		database_.run("INSERT INTO members (org_id, user_id, role, "
			      "joined_at) VALUES (?1, ?2, 'owner', ?3)",
			      id, owner, created);
	});
	return {{"id", id},
		{"name", name},
		{"role", "owner"},
		{"created_at", created}};
}

json orgs::list(const std::string &user) const
{
	return database_.read([&] {
		auto row = database_.query(
			"SELECT orgs.id, orgs.name, members.role, "
			"orgs.created_at FROM orgs JOIN members "
			"ON members.org_id = orgs.id "
			"WHERE members.user_id = ?1 ORDER BY orgs.created_at",
			user);
		json list = json::array();
		while (row.next())
			list.push_back({{"id", row.text(0)},
					{"name", row.text(1)},
					{"role", row.text(2)},
					{"created_at", row.integer(3)}});
		return list;
	});
}

void orgs::set_role(const std::string &org, const std::string &by,
		    const std::string &user, const std::string &becomes) const
{
	if (becomes != "owner" && becomes != "admin" && becomes != "member")
		throw refusal(400, "BAD_ROLE",
			      "role must be owner, admin or member");
	database_.change([&] {
		must_manage(org, by, role(org, user), becomes);
		const bool is_user =
			database_
				.query("SELECT 1 FROM users WHERE id = ?1",
				       user)
				.next();
		if (!is_user)
			throw refusal(404, "USER_NOT_FOUND",
				      "There is no such user");
		database_.run("INSERT INTO members (org_id, user_id, role, "
			      "joined_at) VALUES (?1, ?2, ?3, ?4) "
			      "ON CONFLICT DO UPDATE SET role = ?3",
			      org, user, becomes, now());
		must_have_an_owner(org);
	});
}

void orgs::remove(const std::string &org, const std::string &by,
		  const std::string &user) const
{
	database_.change([&] {
		if (by != user || role(org, by).empty())
			must_manage(org, by, role(org, user), "");
		const auto removed =
			database_.run("DELETE FROM members "
				      "WHERE org_id = ?1 AND user_id = ?2",
				      org, user);
		if (removed == 0)
			throw refusal(404, "NOT_FOUND",
				      "There is no such member");
		must_have_an_owner(org);
	});
}

/// The role of a member; empty for all others.
std::string orgs::role(const std::string &org, const std::string &user) const
{
	auto found = database_.query("SELECT role FROM members "
				     "WHERE org_id = ?1 AND user_id = ?2",
				     org, user);
	return found.next() ? found.text(0) : std::string();
}

void orgs::must_manage(const std::string &org, const std::string &by,
		       const std::string &was, const std::string &becomes) const
{
	const std::string manager = role(org, by);
	if (manager.empty())
		throw refusal(404, "ORG_NOT_FOUND",
			      "There is no such organization");
	if (manager == "member")
		throw refusal(403, "FORBIDDEN",
			      "Only owners and admins manage members");
	if (manager != "owner" && (was == "owner" || becomes == "owner"))
		throw refusal(403, "FORBIDDEN", "Only owners manage owners");
}

/// Within the change that may have taken the last one away, which this undoes.
void orgs::must_have_an_owner(const std::string &org) const
{
	const bool has_one =
		database_
			.query("SELECT 1 FROM members "
			       "WHERE org_id = ?1 AND role = 'owner'",
			       org)
			.next();
	if (!has_one)
		throw refusal(400, "LAST_OWNER",
			      "An organization keeps an owner");
}

} // namespace pylon
