/// Who asks, and how that is known.

#ifndef PYLON_CALLER_HPP
#define PYLON_CALLER_HPP

#include <optional>
#include <string>
#include <vector>

namespace pylon
{

enum class known_by { nothing, session, guest_session, jwt, api_key, admin };

struct caller {
	known_by how = known_by::nothing;
	std::string user = {};
	std::optional<std::string> tenant = std::nullopt;
	std::vector<std::string> roles = {};
	/// Which session it is, where it is one.
	std::string session = {};
};

} // namespace pylon

#endif
