#include "http.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "log.hpp"
#include "refusal.hpp"

namespace pylon
{

namespace
{

constexpr const char *cookie_name = "pylon_session";
/// No body of this service's is longer.
constexpr std::size_t most_bytes = 64 * 1024;

json error_body(const std::string &code, const std::string &message,
		const std::string &hint = {})
{
	json error = {{"code", code}, {"message", message}};
	if (!hint.empty())
		error["hint"] = hint;
	return {{"error", error}};
}

void write(httplib::Response &response, int status, const json &body)
{
	response.status = status;
	// What a client calls itself needn't be UTF-8.
	response.set_content(
		body.dump(-1, ' ', false, json::error_handler_t::replace),
		"application/json");
}

/// The value of the session cookie, the first if there are several.
std::string session_cookie(const httplib::Request &request)
{
	const std::string header = request.get_header_value("Cookie");
	const std::string name = std::string(cookie_name) + "=";
	for (std::string_view rest = header; !rest.empty();) {
		const auto end = std::min(rest.find(';'), rest.size());
		std::string_view pair = rest.substr(0, end);
		rest.remove_prefix(std::min(end + 1, rest.size()));
		pair.remove_prefix(
			std::min(pair.find_first_not_of(' '), pair.size()));
		if (pair.starts_with(name))
			return std::string(pair.substr(name.size()));
	}
	return {};
}

std::string cookie(const settings &settings, const std::string &token)
{
	const auto age = token.empty() ? 0 : sessions::lifetime;
	std::string text =
		std::string(cookie_name) + "=" + token +
		"; Path=/; HttpOnly; Max-Age=" + std::to_string(age) +
		"; SameSite=" + settings.cookie_same_site;
	if (settings.cookie_secure)
		text += "; Secure";
	if (!settings.cookie_domain.empty())
		text += "; Domain=" + settings.cookie_domain;
	return text;
}

/// What the handler answers, or the error that it throws.
reply answer(const service &service, const httplib::Request &asked,
	     const std::string &content, handler by)
try {
	if (asked.get_header_value_count("Authorization") > 1)
		throw refusal(400, "BAD_REQUEST",
			      "There is more than one Authorization header");
	auto who = service.resolver.resolve(
		asked.get_header_value("Authorization"), session_cookie(asked));
	return by(service, {asked, content, std::move(who)});
} catch (const refusal &why) {
	return {error_body(why.code, why.what(), why.hint), why.status};
} catch (const bad_document &why) {
	return {error_body("BAD_REQUEST", why.what()), 400};
} catch (const std::exception &failure) {
	log(std::string("failed: ") + failure.what());
	return {error_body("INTERNAL", "Something went wrong here"), 500};
}

void respond(const service &service, const httplib::Request &asked,
	     const std::string &content, handler by,
	     httplib::Response &response)
{
	const reply made = answer(service, asked, content, by);
	write(response, made.status, made.body);
	if (made.cookie)
		response.set_header("Set-Cookie",
				    cookie(service.settings, *made.cookie));
}

/// Reads what was sent and responds. A request that doesn't say how long its
/// content is has none (RFC 9112 section 6.3), and is not waited for; that is
/// why httplib isn't left to read it.
auto with_content(const service &service, handler by)
{
	return [&service, by](const httplib::Request &asked,
			      httplib::Response &response,
			      const httplib::ContentReader &read) {
		std::string content;
		const auto append = [&](const char *data, std::size_t size) {
			content.append(data, size);
			return true;
		};
		// What can't be read has its status from httplib.
		if (!asked.has_header("Content-Length") || read(append))
			respond(service, asked, content, by, response);
	};
}

/// Refuses content whose size isn't known beforehand: httplib's limit is of
/// what Content-Length says.
httplib::Server::HandlerResponse refuse_unbounded(const httplib::Request &asked,
						  httplib::Response &response)
{
	if (asked.has_header("Transfer-Encoding"))
		response.status = 411;
	else if (asked.has_header("Content-Encoding"))
		response.status = 415;
	else
		return httplib::Server::HandlerResponse::Unhandled;
	return httplib::Server::HandlerResponse::Handled;
}

/// The body for a request that never came to a route.
json unrouted(int status)
{
	switch (status) {
	case 404:
		return error_body("NOT_FOUND", "There is no such path");
	case 411:
		return error_body("LENGTH_REQUIRED",
				  "Content needs a Content-Length");
	case 415:
		return error_body("UNSUPPORTED_ENCODING",
				  "Content is taken without Content-Encoding");
	case 413:
		return error_body("TOO_LARGE", "The body is too long");
	default:
		return error_body("BAD_REQUEST", "This can't be understood");
	}
}

} // namespace

fields request::body() const
{
	return fields(json::parse(content, nullptr,
				  /*allow_exceptions=*/false),
		      "");
}

std::string request::part(std::size_t number) const
{
	return http.matches[number].str();
}

std::string request::device() const
{
	return http.get_header_value("User-Agent");
}

void request::must_be_session() const
{
	if (who.how == known_by::nothing || who.how == known_by::guest_session)
		throw refusal(401, "AUTH_REQUIRED", "Login required");
	if (who.how == known_by::api_key)
		throw refusal(403, "API_KEY_AUTH_FORBIDDEN",
			      "An API key can't do this; sign in");
	if (who.how != known_by::session)
		throw refusal(403, "SESSION_REQUIRED",
			      "Only a session can do this; sign in");
}

router::router(httplib::Server &server, const service &service)
    : server_(server), service_(service)
{
	server_.set_payload_max_length(most_bytes);
	server_.set_default_headers({{"Cache-Control", "no-store"},
				     {"X-Content-Type-Options", "nosniff"}});
	server_.set_pre_routing_handler(refuse_unbounded);
	// A connection is for one request: while one is idle it has a thread
	// for itself, and what is refused unread must not be taken for another.
	server_.set_keep_alive_max_count(1);
	// For what never came to a route: an unknown path, a body too long.
	server_.set_error_handler(
		[](const httplib::Request &, httplib::Response &response) {
			if (response.body.empty())
				write(response, response.status,
				      unrouted(response.status));
		});
}

void router::get(const std::string &pattern, handler by)
{
	server_.Get(pattern, [&service = service_, by](const auto &asked,
						       auto &response) {
		respond(service, asked, "", by, response);
	});
}

void router::post(const std::string &pattern, handler by)
{
	server_.Post(pattern, with_content(service_, by));
}

void router::put(const std::string &pattern, handler by)
{
	server_.Put(pattern, with_content(service_, by));
}

void router::remove(const std::string &pattern, handler by)
{
	server_.Delete(pattern, with_content(service_, by));
}

} // namespace pylon
