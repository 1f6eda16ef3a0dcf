#include "foreign.hpp"

#include <string>

#include "fields.hpp"
#include "log.hpp"

namespace pylon
{

namespace
{

/// Milliseconds that a request waits for the keys of an issuer.
constexpr std::uint64_t patience = 2000;

std::vector<claim_names> names_of(const std::vector<foreign_issuer> &issuers)
{
	std::vector<claim_names> names;
	for (const foreign_issuer &issuer : issuers)
		names.push_back(issuer.claims);
	return names;
}

/// The live keys of those that publish them, and the others' secrets.
jeton::keys keys_of(const foreign_issuer &issuer,
		    std::vector<jeton::source> &sources)
try {
	if (issuer.source.is_null())
		return jeton::keys::secret(issuer.secret,
					   R"({"algorithm": "HS256"})");
	return sources.emplace_back(issuer.source.dump()).keys();
} catch (const jeton::exception &cause) {
	throw bad_document("the issuer " + issuer.issuer + ": " + cause.what());
}

/// What jeton is told of one issuer's tokens: an entry of its option "trust".
json trusted(const foreign_issuer &issuer, std::size_t keys)
{
	const json algorithms = issuer.source.is_null()
					? json{"HS256"}
					: json{"RS256", "ES256"};
	return {{"issuer", issuer.issuer},
		{"audience", issuer.audience},
		{"keys", keys},
		{"algorithms", algorithms},
		{"require", {"exp", issuer.claims.user}},
		{"claims", {{issuer.claims.user, {{"type", "string"}}}}}};
}

jeton::verifier verifier_of(const std::vector<foreign_issuer> &issuers,
			    std::vector<jeton::source> &sources)
try {
	std::vector<jeton::keys> keys;
	json trust = json::array();
	for (const foreign_issuer &issuer : issuers) {
		trust.push_back(trusted(issuer, keys.size()));
		keys.push_back(keys_of(issuer, sources));
	}
	return jeton::verifier(jeton::key_sets(keys.begin(), keys.end()),
			       json{{"trust", trust}}.dump());
} catch (const jeton::exception &cause) {
	throw bad_document(std::string("the manifest's issuers: ") +
			   cause.what());
}

} // namespace

foreign::foreign(const std::vector<foreign_issuer> &issuers)
    : names_(names_of(issuers)), verifier_(verifier_of(issuers, sources_))
{
}

jeton::result<jeton::claims> foreign::verify(std::string_view token) const
{
	auto verdict = verifier_.try_verify(token);
	// The wait fails at once where there is nothing to wait for.
	if (!verdict && verifier_.try_wait(verdict.error(), patience))
		verdict = verifier_.try_verify(token);
	for (const jeton::source &source : sources_)
		if (const std::string events = source.events(); events != "[]")
			log("key sets: " + events);
	return verdict;
}

} // namespace pylon
