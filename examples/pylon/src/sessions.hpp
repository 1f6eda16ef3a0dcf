/// Opaque sessions: what signs people in, and can be ended at any time.

#ifndef PYLON_SESSIONS_HPP
#define PYLON_SESSIONS_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "caller.hpp"
#include "database.hpp"
#include "json.hpp"

namespace pylon
{

/// A session with its token, which is known to nobody but its owner.
struct open_session {
	std::string token;
	std::string user;
	std::int64_t expires_at;
};

/// Only the hashes of tokens are kept, so that whoever reads the file can't
/// take over a session.
class sessions
{
public:
	/// Seconds that a session lives: 30 days.
	static constexpr std::int64_t lifetime = 30 * 24 * 3600;

	explicit sessions(const database &database) : database_(database) {}

	open_session open(const std::string &user, const std::string &device,
			  bool is_guest = false) const;

	/// Whose session this is; none for unknown and expired ones. The tenant
	/// and the role in it are those of this moment: whoever is no longer a
	/// member has neither.
	std::optional<caller> find(std::string_view token) const;

	/// Another token for a session, with a whole lifetime ahead; the old
	/// one is void.
	open_session renew(const caller &who) const;

	/// Makes an organisation the session's tenant, or none; whether the
	/// caller is a member of it.
	bool select(const caller &who,
		    const std::optional<std::string> &org) const;

	void end(const caller &who) const;

	/// Ends all sessions of a user; how many.
	std::int64_t end_all(const std::string &user) const;

	json list(const std::string &user) const;

private:
	const database &database_;
};

} // namespace pylon

#endif
