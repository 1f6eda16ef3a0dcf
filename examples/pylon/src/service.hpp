/// The service: everything that a route may need, put together once.

#ifndef PYLON_SERVICE_HPP
#define PYLON_SERVICE_HPP

#include <optional>

#include "accounts.hpp"
#include "api_keys.hpp"
#include "database.hpp"
#include "foreign.hpp"
#include "issuing.hpp"
#include "resolver.hpp"
#include "sessions.hpp"
#include "settings.hpp"

namespace pylon
{

/// Stays where it was made, since its parts know one another. Any number of
/// threads may use it.
struct service {
	explicit service(pylon::settings given);
	service(const service &) = delete;
	service &operator=(const service &) = delete;

	const pylon::settings settings;
	const pylon::database database;
	const pylon::accounts accounts;
	const pylon::orgs orgs;
	const pylon::sessions sessions;
	const pylon::api_keys api_keys;
	/// None without PYLON_JWT_SECRET.
	const std::optional<pylon::issuing> issuing;
	/// None without an issuer in the manifest.
	const std::optional<pylon::foreign> foreign;
	const pylon::resolver resolver;
};

} // namespace pylon

#endif
