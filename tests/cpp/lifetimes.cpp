// What C++ adds to the C ABI's rules of ownership: handles that were moved
// from, handles that go back to C, views that would outlive what lends them.

#include <exception>
#include <functional>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "check.hpp"
#include "jeton.hpp"

namespace
{

constexpr jeton::call at = {1700000000};
constexpr auto policy = R"({"issuer": "a", "audience": null})";

// Whether an expression on a T compiles.
template <class T, class Action> constexpr bool compiles(Action)
{
	return std::is_invocable_v<Action, T>;
}
#define ON(T, ...)                                                             \
	compiles<T>(                                                           \
		[](auto &&it) -> decltype((void)std::forward<decltype(it)>(it) \
						  .__VA_ARGS__) {})

// A view of a temporary is gone before anybody can look at it.
#define LENT_BY_A_NAMED_ONE_ALONE(T, ...)                                      \
	static_assert(ON(T &, __VA_ARGS__) && ON(const T &, __VA_ARGS__));     \
	static_assert(!ON(T, __VA_ARGS__) && !ON(const T, __VA_ARGS__))

LENT_BY_A_NAMED_ONE_ALONE(jeton::claims, json());
LENT_BY_A_NAMED_ONE_ALONE(jeton::claims, header());
LENT_BY_A_NAMED_ONE_ALONE(jeton::claims, text("sub"));
LENT_BY_A_NAMED_ONE_ALONE(jeton::claims, value("sub"));
LENT_BY_A_NAMED_ONE_ALONE(jeton::claims, algorithm());
LENT_BY_A_NAMED_ONE_ALONE(jeton::claims, kid());
LENT_BY_A_NAMED_ONE_ALONE(jeton::claims, thumbprint());
LENT_BY_A_NAMED_ONE_ALONE(jeton::error, message());
LENT_BY_A_NAMED_ONE_ALONE(jeton::error, claim());
LENT_BY_A_NAMED_ONE_ALONE(jeton::error, claims());
LENT_BY_A_NAMED_ONE_ALONE(jeton::exception, message());
LENT_BY_A_NAMED_ONE_ALONE(jeton::error, get());
LENT_BY_A_NAMED_ONE_ALONE(jeton::keys, get());
LENT_BY_A_NAMED_ONE_ALONE(jeton::bearer, resolve(""));
LENT_BY_A_NAMED_ONE_ALONE(jeton::bearer, try_resolve(""));
LENT_BY_A_NAMED_ONE_ALONE(jeton::result<jeton::claims>, operator->());
// What isn't a view may be asked of both.
static_assert(ON(jeton::claims, integer("n")) && ON(jeton::claims, has("n")));
static_assert(ON(jeton::error, status()) && ON(jeton::error, name()));

// What a credential points into must be there after the call.
static_assert(ON(jeton::bearer &, resolve(std::declval<std::string &>())));
static_assert(ON(jeton::bearer &, resolve(std::declval<std::string_view>())));
static_assert(ON(jeton::bearer &, resolve("Bearer x", "cookie")));
static_assert(!ON(jeton::bearer &, resolve(std::string("Bearer x"))));
static_assert(!ON(jeton::bearer &, resolve(std::declval<const std::string>())));
static_assert(!ON(jeton::bearer &, resolve("", std::string("cookie"))));

// A temporary result hands over what it has, and lends nothing of itself.
using outcome = jeton::result<jeton::claims>;
static_assert(
	std::is_same_v<decltype(*std::declval<outcome>()), jeton::claims>);
static_assert(std::is_same_v<decltype(std::declval<outcome>().value()),
			     jeton::claims>);
static_assert(std::is_same_v<decltype(std::declval<outcome>().error()),
			     jeton::error>);
static_assert(std::is_same_v<decltype(std::declval<const outcome &>().value()),
			     const jeton::claims &>);

// Key sets are lent to the call: no temporary among them.
static_assert(
	!std::is_constructible_v<jeton::key_sets::value_type, jeton::keys>);

// Nothing becomes a handle by itself, and nothing that moves may throw.
template <class T, class Raw>
constexpr bool is_owner =
	!std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T> &&
	std::is_nothrow_move_constructible_v<T> &&
	std::is_nothrow_move_assignable_v<T> &&
	std::is_nothrow_swappable_v<T> && std::is_nothrow_destructible_v<T> &&
	!std::is_convertible_v<Raw *, T> &&
	std::is_nothrow_constructible_v<T, Raw *> && sizeof(T) == sizeof(Raw *);
static_assert(is_owner<jeton::keys, jeton_keys>);
static_assert(is_owner<jeton::minter, jeton_minter>);
static_assert(is_owner<jeton::claims, jeton_claims>);
static_assert(is_owner<jeton::revocations, jeton_revocations>);
static_assert(is_owner<jeton::source, jeton_source>);
static_assert(is_owner<jeton::verifier, jeton_verifier>);
static_assert(is_owner<jeton::bearer, jeton_bearer>);
static_assert(std::is_nothrow_move_constructible_v<outcome> &&
	      std::is_nothrow_move_assignable_v<outcome>);
static_assert(std::is_nothrow_copy_constructible_v<jeton::error> &&
	      std::is_nothrow_copy_constructible_v<jeton::exception> &&
	      std::is_nothrow_move_assignable_v<jeton::exception>);

jeton::keys some_keys()
{
	return jeton::keys::generate(R"({"algorithm": "Ed25519"})");
}

// What a handle that was moved from answers.
void is_empty(const jeton::keys &keys)
{
	CHECK(keys.get() == nullptr);
	CHECK(keys.try_public_set().error().name() == "misuse");
	CHECK(keys.try_replace("").error().name() == "misuse");
	CHECK(jeton::try_sign(keys, "").error().name() == "misuse");
	CHECK(jeton::minter::try_make(keys, "{}").error().name() == "misuse");
	CHECK(jeton::verifier::try_make(keys, policy).error().name() ==
	      "misuse");
}

void an_empty_handle_is_misuse_and_no_crash()
{
	jeton::keys keys = some_keys();
	jeton::minter minter(keys, R"({"issuer": "a", "lifetime": 60})");
	jeton::revocations revocations;
	jeton::verifier verifier(keys, policy, &revocations);
	jeton::bearer bearer(&verifier);
	jeton::source source(R"({"url": "https://a.test/jwks", "stale": null,
		"refresh": false})");
	jeton::claims claims = verifier.verify(minter.mint("{}", at), at);

	const jeton::keys taken_keys = std::move(keys);
	const jeton::minter taken_minter = std::move(minter);
	const jeton::revocations taken_revocations = std::move(revocations);
	const jeton::verifier taken_verifier = std::move(verifier);
	const jeton::bearer taken_bearer = std::move(bearer);
	const jeton::source taken_source = std::move(source);
	const jeton::claims taken_claims = std::move(claims);

	// Looked at after the move on purpose.
	is_empty(keys);
	CHECK(minter.try_mint("{}").error().name() == "misuse");
	CHECK(revocations.try_list().error().name() == "misuse");
	CHECK(revocations.try_revoke(taken_claims).error().name() == "misuse");
	CHECK(taken_revocations.try_revoke(claims).error().name() == "misuse");
	CHECK(verifier.try_verify("").error().name() == "misuse");
	CHECK(verifier.try_verify_many({"x"}).error().name() == "misuse");
	CHECK(bearer.try_resolve("").error().name() == "misuse");
	CHECK(source.try_keys().error().name() == "misuse");
	CHECK(claims.json().empty() && claims.header().empty());
	CHECK(claims.algorithm().empty() && claims.thumbprint().empty());
	CHECK(!claims.text("iss") && !claims.value("iss") && !claims.kid());
	CHECK(!claims.integer("exp") && !claims.boolean("x"));
	CHECK(!claims.has("iss") && !claims.expires() && claims.trust() == 0);
	CHECK(taken_claims.has("iss") && taken_source.try_status());

	keys = some_keys();
	CHECK(keys.try_public_set());
}

void an_empty_error_says_nothing()
{
	jeton::error cause = jeton::try_inspect("x").error();
	const jeton::error copy = cause;
	const jeton::error taken = std::move(cause);

	CHECK(taken.name() == "malformed" && copy.get() == taken.get());
	CHECK(cause.get() == nullptr && cause.status() == JETON_OK);
	CHECK(cause.message().empty() && !cause.claim() && !cause.claims());
	CHECK(jeton::exception(cause).what() == std::string());
}

void handles_pass_to_c_and_back()
{
	jeton::keys keys = some_keys();
	jeton_keys *raw = keys.release();

	CHECK(raw != nullptr && keys.get() == nullptr);
	const jeton::keys back(raw);
	CHECK(back.get() == raw && back.try_public_set());

	jeton::keys other = some_keys();
	other = std::move(keys); // frees what it had, which valgrind sees
	CHECK(other.get() == nullptr);
}

// An exception may be in flight in several threads at once.
void an_error_is_read_by_many_threads()
{
	std::exception_ptr failure;
	std::vector<std::thread> readers;

	try {
		(void)jeton::inspect("x");
	} catch (...) {
		failure = std::current_exception();
	}
	for (int count = 0; count < 4; count++)
		readers.emplace_back([failure] {
			for (int round = 0; round < 100; round++) {
				try {
					std::rethrow_exception(failure);
				} catch (const jeton::exception &cause) {
					const jeton::error copy = cause;
					CHECK(copy.message() == cause.what());
				}
			}
		});
	for (std::thread &reader : readers)
		reader.join();
}

void the_library_says_what_it_is()
{
	CHECK(jeton::version() == jeton_version());
	CHECK(jeton::abi_version() == JETON_ABI_VERSION);
	CHECK(jeton::status_name(JETON_TOO_OLD) == "too-old");
}

} // namespace

int main()
{
	RUN(an_empty_handle_is_misuse_and_no_crash);
	RUN(an_empty_error_says_nothing);
	RUN(handles_pass_to_c_and_back);
	RUN(an_error_is_read_by_many_threads);
	RUN(the_library_says_what_it_is);
	return check::done();
}
