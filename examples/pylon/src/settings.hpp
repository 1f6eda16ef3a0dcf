/// What the environment and the manifest say, read once at the start.

#ifndef PYLON_SETTINGS_HPP
#define PYLON_SETTINGS_HPP

#include <cstdint>
#include <string>
#include <vector>

#include "json.hpp"

namespace pylon
{

/// Which claims say who a token is of: names, or JSON pointers.
struct claim_names {
	std::string user;
	std::string tenant;
	std::string roles;
};

/// An issuer whose tokens are accepted although they are minted elsewhere: an
/// entry of the manifest for the plugin `jwt`.
struct foreign_issuer {
	std::string issuer;
	/// One, several, or null to waive the check; jeton's own option.
	json audience;
	/// jeton's options of a source; null where a secret is shared instead.
	json source;
	std::string secret;
	claim_names claims;
};

/// The variables are the original's; what is unset is empty.
struct settings {
	std::string jwt_secret;		     ///< PYLON_JWT_SECRET
	std::string jwt_issuer;		     ///< PYLON_JWT_ISSUER
	std::int64_t jwt_lifetime;	     ///< PYLON_JWT_LIFETIME_SECS
	std::string admin_token;	     ///< PYLON_ADMIN_TOKEN
	std::string api_key_pepper;	     ///< PYLON_API_KEY_PEPPER
	std::string session_db;		     ///< PYLON_SESSION_DB
	std::string cookie_domain;	     ///< PYLON_COOKIE_DOMAIN
	std::string cookie_same_site;	     ///< PYLON_COOKIE_SAME_SITE
	bool cookie_secure;		     ///< PYLON_COOKIE_SECURE
	std::string host;		     ///< HOST
	int port;			     ///< PORT; 0 lets the system choose
	std::vector<foreign_issuer> foreign; ///< PYLON_MANIFEST
};

/// Reads them, or throws bad_document with what is wrong and where.
settings read_settings();

} // namespace pylon

#endif
