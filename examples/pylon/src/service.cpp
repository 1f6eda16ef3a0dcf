#include "service.hpp"

#include <utility>

#include "fields.hpp"
#include "log.hpp"

namespace pylon
{

namespace
{

/// Known to everybody, as the original's is.
constexpr const char *development_pepper =
	"pylon-dev-api-key-pepper-not-for-production";

std::string pepper_of(const settings &settings)
{
	if (!settings.api_key_pepper.empty())
		return settings.api_key_pepper;
	log("warning: PYLON_API_KEY_PEPPER isn't set; API keys are hashed "
	    "under a pepper that everybody knows");
	return development_pepper;
}

std::optional<issuing> issuing_of(const settings &settings)
try {
	if (settings.jwt_secret.empty())
		return std::nullopt;
	issuing made(settings);
	if (made.is_weak())
		log("warning: PYLON_JWT_SECRET has fewer than 256 bits; make "
		    "one with: openssl rand -hex 32");
	if (!made.verifier())
		log("warning: PYLON_JWT_ISSUER isn't set; every JWT is refused "
		    "as JWT_MISCONFIGURED");
	return made;
} catch (const jeton::exception &cause) {
	throw bad_document(std::string("PYLON_JWT_SECRET: ") + cause.what());
}

std::optional<foreign> foreign_of(const settings &settings)
{
	for (const foreign_issuer &issuer : settings.foreign)
		if (issuer.issuer == settings.jwt_issuer)
			throw bad_document("the manifest's issuer " +
					   issuer.issuer +
					   " is PYLON_JWT_ISSUER: nobody else "
					   "signs for this service");
	if (settings.foreign.empty())
		return std::nullopt;
	return foreign(settings.foreign);
}

} // namespace

service::service(pylon::settings given)
    : settings(std::move(given)), database(settings.session_db),
      accounts(database), orgs(database), sessions(database),
      api_keys(database, pepper_of(settings)), issuing(issuing_of(settings)),
      foreign(foreign_of(settings)),
      resolver(settings, issuing, foreign, sessions, api_keys)
{
}

} // namespace pylon
