/// Long-lived keys for programs: "pk.key_<32 characters>.<43 characters>".

#ifndef PYLON_API_KEYS_HPP
#define PYLON_API_KEYS_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "database.hpp"
#include "json.hpp"

namespace pylon
{

/// Of a key's secret only the HMAC under the pepper is kept.
class api_keys
{
public:
	api_keys(const database &database, std::string pepper);

	/// Makes a key. What it answers is the only place where it stands.
	json add(const std::string &user, const std::string &name,
		 const std::optional<std::string> &scopes,
		 const std::optional<std::int64_t> &expires_at) const;

	/// Whose key this is; none for unknown, wrong and expired ones. The
	/// key has the shape above, which the bearer resolver has looked at.
	std::optional<std::string> find(std::string_view key) const;

	json list(const std::string &user) const;

	/// Revokes one of a user's own keys; whether there was one.
	bool remove(const std::string &user, const std::string &id) const;

private:
	const database &database_;
	const std::string pepper_;
};

} // namespace pylon

#endif
