#include "issuing.hpp"

#include "clock.hpp"

namespace pylon
{

namespace
{

json minting(const settings &settings)
{
	json options = preset(settings.jwt_issuer);
	options["lifetime"] = settings.jwt_lifetime;
	return options;
}

} // namespace

json preset(const std::string &issuer)
{
	const json named = issuer.empty() ? json() : json(issuer);
	return {{"system", {{"name", "pylon"}, {"issuer", named}}}};
}

claim_names own_claims()
{
	return {"sub", "https://pylonsync.com/tenant",
		"https://pylonsync.com/roles"};
}

issuing::issuing(const settings &settings)
    : lifetime_(settings.jwt_lifetime),
      keys_(jeton::keys::derive(preset(settings.jwt_issuer).dump(),
				settings.jwt_secret)),
      minter_(keys_, minting(settings).dump())
{
	if (!settings.jwt_issuer.empty())
		verifier_.emplace(keys_, preset(settings.jwt_issuer).dump());
}

minted_token issuing::mint(const caller &who) const
{
	const claim_names names = own_claims();
	json claims = {{names.user, who.user}};
	if (who.tenant)
		claims[names.tenant] = *who.tenant;
	if (!who.roles.empty())
		claims[names.roles] = who.roles;

	jeton::call call;
	call.now = now();
	return {minter_.mint(claims.dump(), call), call.now + lifetime_};
}

bool issuing::is_weak() const
{
	const json status = json::parse(keys_.status());
	return status.at("keys").at(0).at("weak").get<bool>();
}

} // namespace pylon
