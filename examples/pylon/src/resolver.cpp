#include "resolver.hpp"

#include <utility>

#include "log.hpp"
#include "refusal.hpp"

namespace pylon
{

namespace
{

/// The same words for every reason, so that nobody learns which it was.
refusal refused(const char *code)
{
	return {401, code, "Bearer token is malformed, expired, or revoked"};
}

/// Whether the fault is not the token's but that of keys which aren't there.
bool is_unavailable(jeton_status status)
{
	return status == JETON_KEY_PENDING || status == JETON_KEYS_UNAVAILABLE;
}

/// jeton's reason, which never holds a token or the value of a claim.
std::string told(const jeton::error &cause)
{
	return std::string(cause.name()) + ": " + std::string(cause.message());
}

caller named_by(const jeton::claims &claims, const claim_names &names)
{
	caller found;
	found.how = known_by::jwt;
	found.user = claims.text(names.user).value_or("");
	found.tenant = claims.text(names.tenant);
	const json roles =
		json::parse(claims.value(names.roles).value_or("[]"));
	if (roles.is_array())
		for (const json &role : roles)
			if (role.is_string())
				found.roles.push_back(role);
	return found;
}

/// Whose tokens the bearer resolver itself verifies; none where JWTs are no
/// credentials, or are all refused.
const jeton::verifier *first_verifier(const std::optional<issuing> &issuing,
				      const std::optional<foreign> &foreign)
{
	if (issuing)
		return issuing->verifier() ? &*issuing->verifier() : nullptr;
	return foreign ? &foreign->verifier() : nullptr;
}

/// The issuer for the preset: said to be missing only where there is a secret,
/// since without one the service has no JWTs of its own to refuse.
std::string pinned(const settings &settings)
{
	return settings.jwt_secret.empty() ? "unused" : settings.jwt_issuer;
}

} // namespace

resolver::resolver(const settings &settings,
		   const std::optional<issuing> &issuing,
		   const std::optional<foreign> &foreign,
		   const sessions &sessions, const api_keys &api_keys)
    : foreign_(foreign), sessions_(sessions), api_keys_(api_keys),
      verifies_own_(issuing && issuing->verifier()),
      bearer_(first_verifier(issuing, foreign), settings.admin_token,
	      preset(pinned(settings)).dump())
{
}

caller resolver::resolve(const std::string &authorization,
			 const std::string &cookie) const
{
	const jeton::credential found = bearer_.resolve(authorization, cookie);
	if (found.kind == "admin")
		return {known_by::admin, "__admin__", std::nullopt, {"admin"}};
	if (found.kind == "jwt")
		return owner_of(found);
	if (found.kind == "api-key") {
		auto owner = found.rejection ? std::nullopt
					     : api_keys_.find(found.text);
		if (!owner)
			throw refused("INVALID_API_KEY");
		return {known_by::api_key, std::move(*owner)};
	}
	if (found.kind == "session" && !found.rejection)
		return sessions_.find(found.text).value_or(caller());
	return {};
}

caller resolver::owner_of(const jeton::credential &jwt) const
{
	if (jwt.claims)
		return named_by(*jwt.claims,
				verifies_own_ ? own_claims()
					      : foreign_->names(*jwt.claims));
	log("a JWT is refused: " + told(*jwt.rejection));
	if (jwt.rejection->status() == JETON_MISCONFIGURED)
		throw refused("JWT_MISCONFIGURED");
	if (!foreign_)
		throw refused("INVALID_JWT");

	const auto claims = foreign_->verify(jwt.text);
	if (claims)
		return named_by(*claims, foreign_->names(*claims));
	log("and isn't of a foreign issuer: " + told(claims.error()));
	if (is_unavailable(claims.error().status()))
		throw refusal(503, "JWT_KEYS_UNAVAILABLE",
			      "The issuer's keys can't be had; try again");
	throw refused("INVALID_JWT");
}

} // namespace pylon
