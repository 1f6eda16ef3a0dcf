#include "refusal.hpp"
#include "routes.hpp"
#include "secrets.hpp"

namespace pylon
{

namespace
{

/// A new session for whoever has asked, in a cookie too.
reply signed_in(const service &service, const request &asked,
		const std::string &user)
{
	const open_session opened = service.sessions.open(user, asked.device());
	reply made = with_token(opened);
	made.cookie = opened.token;
	return made;
}

reply sign_up(const service &service, const request &asked)
{
	fields body = asked.body();
	const auto email = body.required("email");
	const auto password = body.required("password");
	const auto name = body.text("displayName");
	body.finish();

	reply made = signed_in(
		service, asked,
		service.accounts.add(email, password, name.value_or("")));
	made.status = 201;
	return made;
}

reply sign_in(const service &service, const request &asked)
{
	fields body = asked.body();
	const auto email = body.required("email");
	const auto password = body.required("password");
	body.finish();
	return signed_in(service, asked,
			 service.accounts.sign_in(email, password));
}

/// For people who haven't signed in yet, and want to find again what they did.
reply sign_in_as_guest(const service &service, const request &asked)
{
	const open_session opened = service.sessions.open(
		"guest_" + random_hex(12), asked.device(), /*is_guest=*/true);
	reply made = with_token(opened);
	made.body["guest"] = true;
	made.cookie = opened.token;
	return made;
}

/// For the administrator's programs; the token isn't for their own cookie.
reply sign_in_somebody(const service &service, const request &asked)
{
	if (asked.who.how != known_by::admin)
		throw refusal(403, "FORBIDDEN",
			      "Only the administrator signs others in");
	fields body = asked.body();
	const auto user = body.required("user_id");
	body.finish();
	if (!service.accounts.exists(user))
		throw refusal(404, "USER_NOT_FOUND", "There is no such user");
	return with_token(service.sessions.open(user, asked.device()));
}

} // namespace

reply with_token(const open_session &session)
{
	return {{{"token", session.token},
		 {"user_id", session.user},
		 {"expires_at", session.expires_at}}};
}

void add_sign_in_routes(router &routes)
{
	routes.post("/api/auth/password/register", sign_up);
	routes.post("/api/auth/password/login", sign_in);
	routes.post("/api/auth/guest", sign_in_as_guest);
	routes.post("/api/auth/session", sign_in_somebody);
}

} // namespace pylon
