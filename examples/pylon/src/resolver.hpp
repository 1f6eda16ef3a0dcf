/// From a credential to a caller, in the order of the document: the
/// administrator, API keys, JWTs, sessions.

#ifndef PYLON_RESOLVER_HPP
#define PYLON_RESOLVER_HPP

#include <optional>
#include <string>

#include <jeton.hpp>

#include "api_keys.hpp"
#include "caller.hpp"
#include "foreign.hpp"
#include "issuing.hpp"
#include "sessions.hpp"
#include "settings.hpp"

namespace pylon
{

class resolver
{
public:
	/// What it is given must live as long as it does.
	resolver(const settings &settings,
		 const std::optional<issuing> &issuing,
		 const std::optional<foreign> &foreign,
		 const sessions &sessions, const api_keys &api_keys);

	/// Who sent this header or, where it names no bearer, this cookie. An
	/// unknown session is nobody's; a bad JWT or API key is refused.
	caller resolve(const std::string &authorization,
		       const std::string &cookie) const;

private:
	caller owner_of(const jeton::credential &jwt) const;

	const std::optional<foreign> &foreign_;
	const sessions &sessions_;
	const api_keys &api_keys_;
	/// Whether the bearer's own verdict is that of this service's tokens.
	const bool verifies_own_;
	const jeton::bearer bearer_;
};

} // namespace pylon

#endif
