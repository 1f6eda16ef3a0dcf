// jeton.hpp in a program whose short names are taken: by the macros of
// windows.h, X11, complex.h and assert macros, by functions of the program's
// own that would fit jeton's handles, and by its own namespace jeton.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

#define min(a, b) ((a) < (b) ? (a) : (b))
#define max(a, b) ((a) > (b) ? (a) : (b))
#define check(what) taken(what)
#define require(what) taken(what)
#define major(device) taken(device)
#define minor(device) taken(device)
#define I taken
#define IN taken
#define OUT taken
#define OPTIONAL taken
#define ERROR taken
#define DELETE taken
#define NO_ERROR taken
#define interface taken
#define small taken
#define near taken
#define far taken
#define None taken
#define Bool taken
#define Status taken
#define Success taken
#define Always taken
#define unix taken
#define linux taken

#include "jeton.hpp"

#undef check
#include "check.hpp"

// Found through the handles' own namespace, the global one, wherever jeton.hpp
// leaves a name unqualified.
template <class T> void flat(T) = delete;
template <class Function, class... Place, class... Given>
void failure(Function, std::tuple<Place...>, const Given &...) = delete;
template <class T, class Function, class... Given>
void made(Function, const Given &...) = delete;
template <class Function, class... Given>
void text(Function, const Given &...) = delete;
template <class Function, class... Given>
void done(Function, const Given &...) = delete;

namespace acme
{

namespace jeton
{
struct keys {
};
struct error {
};
} // namespace jeton

using namespace ::jeton; // ours stays ours

bool is_signed()
{
	const auto keys = ::jeton::keys::try_generate(R"({"algorithm":
		"ES256"})");
	CHECK(keys);
	const auto token = try_sign(*keys, "payload");
	CHECK(token);
	const auto verifier = ::jeton::verifier::try_make(
		*keys, R"({"issuer": null, "audience": null})");
	CHECK(verifier);
	const auto refused = verifier->try_verify(*token);
	CHECK(!refused && refused.error().name() == "malformed");
	CHECK(verifier->try_verify_many({*token}));
	const auto bearer = ::jeton::bearer::try_make(&*verifier);
	CHECK(bearer && bearer->try_resolve("Bearer x"));
	const auto source = ::jeton::source::try_open(
		R"({"url": "https://a.test", "stale": null, "refresh": false})");
	CHECK(source && source->try_claim());
	const auto revocations = ::jeton::revocations::try_open();
	CHECK(revocations && revocations->try_list());
	const auto minter =
		::jeton::minter::try_make(*keys, R"({"lifetime": 60})");
	CHECK(minter && minter->try_mint("{}"));
	return try_verify_signature(*keys, *token).has_value();
}

} // namespace acme

int main()
{
	CHECK(acme::is_signed());
	check::passed++;
	return check::done();
}
