#include "settings.hpp"

#include <charconv>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <string_view>

#include "fields.hpp"

namespace pylon
{

namespace
{

/// A variable; empty where it is unset, because "set but empty" is how an
/// unset one arrives through compose files and the like.
std::string variable(const char *name, const char *fallback = "")
{
	const char *value = std::getenv(name);
	return value == nullptr || *value == '\0' ? fallback : value;
}

std::int64_t number(const char *name, std::int64_t fallback, std::int64_t least,
		    std::int64_t most)
{
	const std::string text = variable(name);
	if (text.empty())
		return fallback;
	std::int64_t value = 0;
	const char *end = text.data() + text.size();
	const auto read = std::from_chars(text.data(), end, value);
	if (read.ec != std::errc() || read.ptr != end || value < least ||
	    value > most)
		throw bad_document(
			std::string(name) + " must be a whole number from " +
			std::to_string(least) + " to " + std::to_string(most));
	return value;
}

std::string one_of(const char *name, std::initializer_list<const char *> words)
{
	const std::string value = variable(name, *words.begin());
	std::string known;
	for (const char *word : words) {
		if (value == word)
			return value;
		known += known.empty() ? word : std::string(", ") + word;
	}
	throw bad_document(std::string(name) + " must be one of: " + known);
}

/// Where the keys of an issuer come from: a URL, with what jeton may be told
/// besides, such as the certificates to trust.
json source_of(fields &config, std::string url, const std::string &place)
{
	json source = config.any("source").value_or(json::object());
	if (!source.is_object())
		throw bad_document(place + ".source must be a JSON object");
	source["url"] = std::move(url);
	// A day without a good answer, and the keys are no longer trusted.
	source.emplace("stale", 86400);
	return source;
}

foreign_issuer read_issuer(const json &document, const std::string &place)
{
	fields config(document, place);
	foreign_issuer read;
	read.issuer = config.required("issuer");
	auto audience = config.any("audience");
	if (!audience)
		throw bad_document(place + ".audience is missing: say yours, "
					   "or null to accept any");
	read.audience = std::move(*audience);

	auto url = config.text("jwks_url");
	const auto secret_name = config.text("secret_env");
	if (url.has_value() == secret_name.has_value())
		throw bad_document(place + " must have one of jwks_url and "
					   "secret_env");
	if (url)
		read.source = source_of(config, std::move(*url), place);
	else
		read.secret = variable(secret_name->c_str());
	if (secret_name && read.secret.empty())
		throw bad_document(place + ".secret_env names " + *secret_name +
				   ", which isn't set");

	read.claims.user = config.text("user_id_claim").value_or("sub");
	read.claims.tenant = config.text("tenant_claim").value_or("tenant_id");
	read.claims.roles = config.text("roles_claim").value_or("roles");
	config.finish();
	return read;
}

json read_json(const std::string &path)
try {
	std::ifstream file(path);
	if (!file)
		throw bad_document(path + " can't be read");
	return json::parse(file);
} catch (const json::parse_error &cause) {
	throw bad_document(path + ": " + cause.what());
}

std::vector<foreign_issuer> read_manifest(const std::string &path)
{
	fields manifest(read_json(path), path);
	const json plugins = manifest.any("plugins").value_or(json());
	manifest.finish();
	if (!plugins.is_array())
		throw bad_document(path + ": plugins must be a list");

	std::vector<foreign_issuer> issuers;
	for (std::size_t index = 0; index < plugins.size(); index++) {
		const std::string place =
			path + ": plugins[" + std::to_string(index) + "]";
		fields plugin(plugins.at(index), place);
		if (plugin.required("name") != "jwt")
			throw bad_document(place +
					   ".name: there is only \"jwt\"");
		issuers.push_back(
			read_issuer(plugin.any("config").value_or(json()),
				    place + ".config"));
		plugin.finish();
	}
	return issuers;
}

} // namespace

settings read_settings()
{
	settings read;
	read.jwt_secret = variable("PYLON_JWT_SECRET");
	read.jwt_issuer = variable("PYLON_JWT_ISSUER");
	read.jwt_lifetime = number("PYLON_JWT_LIFETIME_SECS", 3600, 1,
				   std::int64_t{365} * 24 * 3600);
	read.admin_token = variable("PYLON_ADMIN_TOKEN");
	read.api_key_pepper = variable("PYLON_API_KEY_PEPPER");
	read.session_db = variable("PYLON_SESSION_DB", ":memory:");
	read.cookie_domain = variable("PYLON_COOKIE_DOMAIN");
	read.cookie_same_site =
		one_of("PYLON_COOKIE_SAME_SITE", {"lax", "strict", "none"});
	read.cookie_secure =
		one_of("PYLON_COOKIE_SECURE", {"true", "false"}) == "true";
	if (read.cookie_same_site == "none" && !read.cookie_secure)
		throw bad_document("PYLON_COOKIE_SAME_SITE=none needs "
				   "PYLON_COOKIE_SECURE=true");
	read.host = variable("HOST", "127.0.0.1");
	read.port = static_cast<int>(number("PORT", 4321, 0, 65535));
	const std::string manifest = variable("PYLON_MANIFEST");
	if (!manifest.empty())
		read.foreign = read_manifest(manifest);
	return read;
}

} // namespace pylon
