/// Between HTTP and the routes: JSON in and out, callers, errors, the cookie.

#ifndef PYLON_HTTP_HPP
#define PYLON_HTTP_HPP

#include <optional>
#include <string>

#include <httplib.h>

#include "caller.hpp"
#include "fields.hpp"
#include "json.hpp"
#include "service.hpp"

namespace pylon
{

/// A request with whoever sent it.
struct request {
	const httplib::Request &http;
	const std::string &content;
	caller who;

	/// The fields of the content, a JSON object.
	fields body() const;

	/// What the pattern's parenthesis of this number matched.
	std::string part(std::size_t number) const;

	/// The client's own name for itself.
	std::string device() const;

	/// Fails with 401 for nobody and guests, with 403 for what isn't a
	/// session: an API key or a JWT doesn't beget another credential.
	void must_be_session() const;
};

/// What a route answers.
struct reply {
	json body;
	int status = 200;
	/// The session cookie to set; an empty one is taken back.
	std::optional<std::string> cookie = std::nullopt;
};

/// What answers a request. It may throw a refusal.
using handler = reply (*)(const service &, const request &);

/// The routes of a server. A pattern is a regular expression of a whole path;
/// what it matches is bounded, since a path may be long.
class router
{
public:
	/// Both must live as long as requests are answered.
	router(httplib::Server &server, const service &service);

	void get(const std::string &pattern, handler by);
	void post(const std::string &pattern, handler by);
	void put(const std::string &pattern, handler by);
	void remove(const std::string &pattern, handler by);

private:
	httplib::Server &server_;
	const service &service_;
};

} // namespace pylon

#endif
