#include "refusal.hpp"
#include "routes.hpp"

namespace pylon
{

namespace
{

/// Whoever asks, whatever the credential.
reply who_am_i(const service &, const request &asked)
{
	const caller &who = asked.who;
	const bool is_anybody = who.how != known_by::nothing;
	return {{{"userId", is_anybody ? json(who.user) : json()},
		 {"isAdmin", who.how == known_by::admin},
		 {"isGuest", who.how == known_by::guest_session},
		 {"roles", who.roles},
		 {"tenantId", or_null(who.tenant)}}};
}

/// A JWT of what the session is now. Nothing but a session is exchanged, or a
/// JWT would be renewed for ever.
reply exchange(const service &service, const request &asked)
{
	asked.must_be_session();
	if (!service.issuing)
		throw refusal(501, "JWT_NOT_CONFIGURED",
			      "JWT-shaped sessions are disabled",
			      "Set PYLON_JWT_SECRET (openssl rand -hex 32) and "
			      "PYLON_JWT_ISSUER");
	const minted_token minted = service.issuing->mint(asked.who);
	return {{{"token", minted.token}, {"expires_at", minted.expires_at}}};
}

reply renew_session(const service &service, const request &asked)
{
	asked.must_be_session();
	const open_session renewed = service.sessions.renew(asked.who);
	reply made = with_token(renewed);
	made.cookie = renewed.token;
	return made;
}

reply list_sessions(const service &service, const request &asked)
{
	asked.must_be_session();
	return {service.sessions.list(asked.who.user)};
}

/// Signs out here; a guest may, too.
reply sign_out(const service &service, const request &asked)
{
	if (asked.who.how != known_by::guest_session)
		asked.must_be_session();
	service.sessions.end(asked.who);
	return {{{"revoked", true}}, 200, ""};
}

/// Signs out everywhere.
reply sign_out_everywhere(const service &service, const request &asked)
{
	asked.must_be_session();
	const auto ended = service.sessions.end_all(asked.who.user);
	return {{{"revoked_count", ended}}, 200, ""};
}

} // namespace

void add_session_routes(router &routes)
{
	routes.get("/api/auth/me", who_am_i);
	routes.post("/api/auth/jwt", exchange);
	routes.post("/api/auth/refresh", renew_session);
	routes.get("/api/auth/sessions", list_sessions);
	routes.remove("/api/auth/session", sign_out);
	routes.remove("/api/auth/sessions", sign_out_everywhere);
}

} // namespace pylon
