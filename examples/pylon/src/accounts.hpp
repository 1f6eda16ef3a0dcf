/// People: who they are, and the organisations that they are members of.

#ifndef PYLON_ACCOUNTS_HPP
#define PYLON_ACCOUNTS_HPP

#include <string>

#include "database.hpp"
#include "json.hpp"

namespace pylon
{

class accounts
{
public:
	explicit accounts(const database &database) : database_(database) {}

	/// Adds a user; the new id.
	std::string add(const std::string &email, const std::string &password,
			const std::string &name) const;

	/// The id of the user whose e-mail address and password these are. It
	/// takes as long whether or not there is one.
	std::string sign_in(const std::string &email,
			    const std::string &password) const;

	bool exists(const std::string &user) const;

private:
	const database &database_;
};

/// A member is an owner, an admin or a member. To all others an organisation
/// isn't there, so that nobody finds out which ids there are.
class orgs
{
public:
	explicit orgs(const database &database) : database_(database) {}

	/// Adds an organisation with its first owner.
	json add(const std::string &name, const std::string &owner) const;

	/// Those that a user is a member of.
	json list(const std::string &user) const;

	/// Gives a user a role, who may be no member so far.
	void set_role(const std::string &org, const std::string &by,
		      const std::string &user, const std::string &role) const;

	/// Anybody may leave, and nobody but an owner or admin remove others.
	void remove(const std::string &org, const std::string &by,
		    const std::string &user) const;

private:
	std::string role(const std::string &org, const std::string &user) const;
	void must_manage(const std::string &org, const std::string &by,
			 const std::string &was,
			 const std::string &becomes) const;
	void must_have_an_owner(const std::string &org) const;

	const database &database_;
};

} // namespace pylon

#endif
