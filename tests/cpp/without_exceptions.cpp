// jeton.hpp with -fno-exceptions -fno-rtti: results only, and nothing throws.

#include "check.hpp"
#include "jeton.hpp"

static_assert(JETON_HAS_EXCEPTIONS == 0);

namespace
{

// Whether the throwing form is there; without exceptions it must not be.
template <class T, class = void> constexpr bool throws = false;
template <class T>
constexpr bool throws<T, std::void_t<decltype(std::declval<T>().verify(""))>> =
	true;
static_assert(!throws<jeton::verifier>);
static_assert(
	!std::is_constructible_v<jeton::minter, jeton::keys &, const char *>);

constexpr jeton::call at = {1700000000};

void a_token_is_minted_verified_and_revoked()
{
	auto keys = jeton::keys::try_generate(R"({"algorithm": "ES256"})");
	CHECK(keys);
	auto revocations = jeton::revocations::try_open();
	CHECK(revocations);
	auto minter = jeton::minter::try_make(
		*keys, R"({"issuer": "a", "lifetime": 60})");
	CHECK(minter);
	auto verifier = jeton::verifier::try_make(
		*keys, R"({"issuer": "a", "audience": null})", &*revocations);
	CHECK(verifier);

	auto token = minter->try_mint(R"({"sub": "ada"})", at);
	CHECK(token);
	auto claims = verifier->try_verify(*token, at);
	CHECK(claims && claims->text("sub") == "ada");
	CHECK(revocations->try_revoke(*claims, {}, at));
	auto refused = verifier->try_verify(*token, at);
	CHECK(!refused && refused.error().name() == "revoked");
	CHECK(!refused.error().message().empty());
}

void a_failure_is_an_error_and_no_value()
{
	auto keys = jeton::keys::try_read("ssh-rsa AAAA");
	CHECK(!keys && keys.error().status() == JETON_KEY);
	auto made = jeton::keys::try_generate(R"({"algoritm": "ES256"})");
	CHECK(!made && made.error().name() == "options");
	auto good = jeton::keys::try_generate(R"({"algorithm": "HS256"})");
	CHECK(good);
	auto replaced = good->try_replace("nonsense");
	CHECK(!replaced && replaced.error().status() == JETON_KEY);
	CHECK(!jeton::try_inspect("x"));
	auto token = jeton::try_sign(*good, "payload");
	CHECK(token);
	auto payload = jeton::try_verify_signature(*good, *token);
	CHECK(payload && *payload == "payload");
}

void a_signer_elsewhere_says_why_it_fails()
{
	auto hidden = jeton::keys::try_generate(R"({"algorithm": "ES256"})");
	CHECK(hidden);
	auto keys = jeton::keys::try_read(*hidden->try_public_set());
	CHECK(keys);
	const auto signer =
		[](const jeton::signing &asked) -> std::optional<std::string> {
		return asked.fail(asked.algorithm());
	};
	const auto options = R"({"lifetime": 60})";
	auto minter = jeton::minter::try_external(*keys, signer, options);
	CHECK(minter);
	auto token = minter->try_mint("{}");
	CHECK(!token && token.error().status() == JETON_SIGNER);
	CHECK(token.error().message() == "the external signer failed: ES256");
	auto refused = jeton::minter::try_external(*hidden, signer, options);
	CHECK(!refused && refused.error().name() == "misconfigured");
}

} // namespace

int main()
{
	RUN(a_token_is_minted_verified_and_revoked);
	RUN(a_failure_is_an_error_and_no_value);
	RUN(a_signer_elsewhere_says_why_it_fails);
	return check::done();
}
