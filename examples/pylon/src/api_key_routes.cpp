#include "refusal.hpp"
#include "routes.hpp"

namespace pylon
{

namespace
{

reply add_key(const service &service, const request &asked)
{
	asked.must_be_session();
	fields body = asked.body();
	const auto name = body.required("name");
	const auto scopes = body.text("scopes");
	const auto expires_at = body.integer("expires_at");
	body.finish();
	return {service.api_keys.add(asked.who.user, name, scopes, expires_at)};
}

reply list_keys(const service &service, const request &asked)
{
	asked.must_be_session();
	return {service.api_keys.list(asked.who.user)};
}

/// Somebody else's key isn't there.
reply revoke_key(const service &service, const request &asked)
{
	asked.must_be_session();
	if (!service.api_keys.remove(asked.who.user, asked.part(1)))
		throw refusal(404, "NOT_FOUND", "There is no such API key");
	return {{{"revoked", true}}};
}

} // namespace

void add_api_key_routes(router &routes)
{
	const std::string keys = "/api/auth/api-keys";
	routes.post(keys, add_key);
	routes.get(keys, list_keys);
	routes.remove(keys + "/(key_[A-Za-z0-9_-]{32})", revoke_key);
}

} // namespace pylon
