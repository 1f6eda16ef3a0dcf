// jeton.hpp with exceptions: both forms, ownership, and what is handed out.

#include <array>
#include <cstdio>
#include <stdexcept>
#include <type_traits>

#include "check.hpp"
#include "jeton.hpp"

namespace
{

constexpr std::int64_t now = 1700000000;
constexpr auto minting =
	R"({"issuer": "https://a.test", "audience": "api", "lifetime": 60})";
constexpr auto verifying = R"({"issuer": "https://a.test", "audience": "api"})";

struct house {
	jeton::keys keys = jeton::keys::generate(R"({"algorithm": "Ed25519"})");
	jeton::revocations revocations;
	jeton::minter minter{keys, minting};
	jeton::verifier verifier{keys, verifying, &revocations};
	jeton::call call = {now};

	std::string minted(std::string_view claims = "{}") const
	{
		return minter.mint(claims, call);
	}
};

// The name of what `action` throws, or "ok".
template <class Action> std::string thrown(Action action)
{
	try {
		action();
	} catch (const jeton::exception &failure) {
		CHECK(failure.what() == std::string(failure.message()));
		return std::string(failure.name());
	}
	return "ok";
}

void a_token_is_minted_verified_and_revoked()
{
	house house;
	const std::string token = house.minted(R"({"sub": "ada", "n": 7})");
	const jeton::claims claims = house.verifier.verify(token, house.call);

	CHECK(claims.text("sub") == "ada");
	CHECK(claims.value("sub") == R"("ada")");
	CHECK(claims.integer("n") == 7);
	CHECK(!claims.boolean("n") && !claims.text("n") && !claims.text("x"));
	CHECK(claims.has("jti") && !claims.has("x"));
	CHECK(claims.expires() == now + 60);
	CHECK(claims.fresh(10, 50, now) && !claims.fresh(60, 50, now));
	CHECK(claims.algorithm() == "EdDSA" || claims.algorithm() == "Ed25519");
	CHECK(claims.kid() == claims.thumbprint());
	CHECK(claims.trust() == 0);
	CHECK(claims.json().front() == '{' && claims.header().back() == '}');

	const std::string entry =
		house.revocations.revoke(claims, {}, house.call);
	CHECK(entry.find("\"jti\"") != std::string::npos);
	CHECK(thrown([&] { house.verifier.verify(token, house.call); }) ==
	      "revoked");
}

void an_exception_carries_the_whole_error()
{
	house house;
	const std::string token = house.minted();

	try {
		house.verifier.verify(token, {now + 60});
		CHECK(false);
	} catch (const std::exception &failure) {
		const auto &cause =
			dynamic_cast<const jeton::exception &>(failure);
		const jeton::exception copy = cause;
		CHECK(copy.status() == JETON_EXPIRED);
		CHECK(copy.name() == "expired");
		CHECK(copy.claim() == "exp" && !copy.claims());
		CHECK(std::string(copy.what()).find("JWT is expired") == 0);
	}
}

void keys_are_derived_for_a_system()
{
	constexpr auto any =
		R"({"system": {"name": "stack-auth", "project": null}})";
	constexpr auto one =
		R"({"system": {"name": "stack-auth", "project": "one"}})";
	const auto keys = jeton::keys::derive(one, "abcd");
	const auto rotating = jeton::keys::derive(one, "abcd", "efgh");

	CHECK(keys.public_set().find("\"kid\"") != std::string::npos);
	CHECK(rotating.public_set().size() > keys.public_set().size());
	CHECK(!jeton::keys::derive(any, "abcd").try_public_set());
	CHECK(thrown([&] { jeton::keys::derive(one, ""); }) == "key");
	CHECK(thrown([&] { jeton::keys::derive("{}", "abcd"); }) == "options");
}

void a_result_is_a_value_or_an_error()
{
	house house;
	auto good = house.verifier.try_verify(house.minted(), house.call);
	auto bad = house.verifier.try_verify("not a token", house.call);

	CHECK(good && good.has_value() && good->has("jti"));
	CHECK((*good).has("exp"));
	CHECK(!bad && bad.error().status() == JETON_MALFORMED);
	CHECK(thrown([&] { bad.value(); }) == "malformed");
	CHECK(bad.error().name() == "malformed");
	const jeton::claims claims = std::move(good).value();
	CHECK(claims.has("exp"));
}

void constructors_and_factories_throw_what_is_wrong()
{
	house house;

	CHECK(thrown([] { return jeton::keys::read("{}"); }) == "key");
	CHECK(thrown([] {
		      return jeton::keys::secret("x",
						 R"({"algorithm": "HS256"})");
	      }) == "weak-key");
	CHECK(thrown([&] { jeton::minter(house.keys, "{}"); }) == "options");
	CHECK(thrown([&] { jeton::verifier(house.keys, "{}"); }) == "options");
	CHECK(thrown([&] { jeton::verifier(jeton::key_sets{}, verifying); }) ==
	      "misuse");
	CHECK(thrown([] { jeton::revocations("nowhere:"); }) == "options");
	CHECK(thrown([] { jeton::bearer(nullptr, {}, "[]"); }) == "options");
	CHECK(thrown([&] { house.keys.replace("x"); }) == "key");
	CHECK(thrown([&] { house.revocations.load("{}"); }) == "options");
}

void handles_move_and_outlive_one_another()
{
	auto maker = std::make_unique<house>();
	const std::string token = maker->minted();
	jeton::verifier verifier = std::move(maker->verifier);

	CHECK(maker->verifier.get() == nullptr);
	CHECK(thrown([&] { maker->verifier.verify(token); }) == "misuse");
	maker.reset();
	CHECK(verifier.verify(token, {now}).has("jti"));
}

void key_sets_are_told_apart()
{
	const auto first = jeton::keys::generate(R"({"algorithm": "ES256"})");
	const auto second = jeton::keys::generate(R"({"algorithm": "ES256"})");
	const jeton::verifier verifier({first, second}, R"({"trust": [
		{"issuer": "a", "audience": null},
		{"issuer": "b", "audience": null, "keys": 1}]})");
	const jeton::minter minter(second, R"({"issuer": "b", "lifetime": 9})");

	CHECK(verifier.verify(minter.mint("{}")).trust() == 1);
	CHECK(first.public_set().find("\"d\"") == std::string::npos);
	CHECK(jeton::keys::read(first.private_set()).status() ==
	      first.status());
}

void revocations_travel_and_are_taken_back()
{
	house house;
	const jeton::revocations other;
	const std::string token = house.minted(R"({"sub": "ada"})");
	const auto target =
		R"({"realm": "https://a.test", "claim": "sub", "value": "ada"})";
	const auto rule = R"({"realm": "https://a.test", "claim": "sub",
			      "value": "ada", "until": 1700000010})";

	house.revocations.revoke(rule, house.call);
	CHECK(thrown([&] { house.verifier.verify(token, house.call); }) ==
	      "revoked");
	CHECK(other.load(house.revocations.save(house.call), house.call) == 1);
	CHECK(other.list(house.call).find("\"ada\"") != std::string::npos);
	CHECK(house.revocations.restore(target, house.call));
	CHECK(!house.revocations.restore(target, house.call));
	CHECK(house.verifier.verify(token, house.call).has("sub"));
	CHECK(other.compact({now + 10}) == 1);
	CHECK(other.status().find("\"entries\":0") != std::string::npos);
}

void a_switch_needs_its_scope()
{
	const house house;
	const jeton::verifier verifier(house.keys,
				       R"({"issuer": "https://a.test",
		"audience": "api", "deny": [{"name": "users",
		"when": {"kind": "user"}, "switch": "no_users"}]})",
				       &house.revocations);
	const std::string token = house.minted(R"({"kind": "user"})");

	house.revocations.turn("p1", "no_users", true);
	CHECK(house.revocations.is_on("p1", "no_users"));
	CHECK(!house.revocations.is_on("p2", "no_users"));
	CHECK(thrown([&] { (void)house.revocations.is_on("", "x"); }) ==
	      "options");
	CHECK(thrown([&] { verifier.verify(token, {now, "p1"}); }) == "denied");
	CHECK(verifier.verify(token, {now, "p2"}).has("kind"));
	CHECK(verifier.verify(token, {now, std::string_view()}).has("kind"));
	CHECK(thrown([&] { verifier.verify(token, {now}); }) == "misuse");
}

void a_batch_has_a_verdict_for_each()
{
	const house house;
	const std::string token = house.minted();
	const std::vector<std::string_view> tokens = {token, "x", token};
	const auto verdicts = house.verifier.verify_many(tokens, house.call);

	CHECK(verdicts.size() == 3);
	CHECK(verdicts[0] && verdicts[2] && verdicts[2]->has("jti"));
	CHECK(!verdicts[1] && verdicts[1].error().name() == "malformed");
	CHECK(house.verifier.verify_many({}).empty());
}

void credentials_are_told_apart()
{
	const house house;
	const jeton::bearer bearer(&house.verifier, "admin-token");
	const std::string token = house.minted();
	const std::string header = "Bearer " + token;

	CHECK(bearer.resolve("").kind == "none");
	CHECK(bearer.resolve("Bearer admin-token").kind == "admin");
	const auto good = bearer.resolve(header, {}, house.call);
	CHECK(good.kind == "jwt" && good.text == token);
	CHECK(good.claims && good.claims->has("jti") && !good.rejection);
	const auto bad = bearer.resolve({}, "a.b.c");
	CHECK(bad.kind == "jwt" && !bad.claims);
	CHECK(bad.rejection && bad.rejection->name() == "malformed");
}

void payloads_may_hold_any_byte()
{
	const auto keys = jeton::keys::generate(R"({"algorithm": "HS256"})");
	const std::string payload("\0\xff", 2);

	CHECK(jeton::verify_signature(keys, jeton::sign(keys, payload)) ==
	      payload);
	CHECK(thrown([&] { jeton::verify_signature(keys, "x"); }) ==
	      "malformed");
	CHECK(jeton::inspect(jeton::sign(keys, "{}")).find("false") !=
	      std::string::npos);
}

// The signature of what a signer is asked for, from keys that jeton has under
// another handle: the token is made once more, and its last part decoded.
std::string signature_of(const jeton::signing &asked, const jeton::keys &keys)
{
	const auto decoded = [](std::string_view text) {
		constexpr std::string_view alphabet =
			"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			"0123456789-_";
		std::string bytes;
		unsigned held = 0, bits = 0;
		for (char letter : text) {
			held = held << 6 | unsigned(alphabet.find(letter));
			bits += 6;
			if (bits >= 8)
				bytes += char(held >> (bits -= 8) & 0xff);
		}
		return bytes;
	};
	const auto message = asked.message();
	const auto payload = message.substr(message.find('.') + 1);
	const std::string token =
		jeton::sign(keys, decoded(payload), R"({"type": "JWT"})");
	CHECK(token.substr(0, message.size()) == message);
	return decoded(token.substr(message.size() + 1));
}

void a_signer_elsewhere_is_any_callable()
{
	const auto hidden = jeton::keys::generate(R"({"algorithm": "ES256"})");
	const auto keys = jeton::keys::read(hidden.public_set());
	const jeton::verifier verifier(keys, verifying);
	// Lives as long as the callable that holds it, which is freed once.
	auto held = std::make_shared<int>(0);
	const std::weak_ptr<int> alive = held;
	{
		const auto minter = jeton::minter::external(
			keys,
			[&hidden, held](const jeton::signing &asked) {
				++*held;
				CHECK(asked.algorithm() == "ES256");
				CHECK(asked.digest().size() == 32);
				CHECK(asked.digest_info().empty());
				return signature_of(asked, hidden);
			},
			minting);
		const std::string token = minter.mint("{}", {now});
		CHECK(verifier.verify(token, {now}).has("jti"));
		CHECK(*held == 1);
		held.reset();
		CHECK(!alive.expired());
	}
	CHECK(alive.expired());
	CHECK(thrown([&] {
		      return jeton::minter::external(
			      hidden, [](const auto &) { return ""; }, minting);
	      }) == "misconfigured");
}

void what_a_signer_throws_is_the_reason()
{
	const auto keys = jeton::keys::read(
		jeton::keys::generate(R"({"algorithm": "ES256"})")
			.public_set());
	const auto reason = [&](auto signer) {
		const auto minter =
			jeton::minter::external(keys, signer, minting);
		const auto token = minter.try_mint("{}");
		CHECK(!token && token.error().name() == "signer");
		return std::string(token.error().message());
	};
	using jeton::signing;
	using std::string;

	CHECK(reason([](const signing &) -> string {
		      throw std::runtime_error("locked");
	      }) == "the external signer failed: locked");
	CHECK(reason([](const signing &) -> string {
		      throw 7;
	      }).find("std::exception") != string::npos);
	CHECK(reason([](const signing &asked) -> std::optional<string> {
		      return asked.fail("no quorum");
	      }) == "the external signer failed: no quorum");
	CHECK(reason([](const signing &asked) -> std::optional<string> {
		      asked.fail(string(5000, 'x'));
		      return asked.fail("");
	      }).find("no reason") != string::npos);
	CHECK(reason([](const signing &) {
		      return string(64, 'x');
	      }).find("no signature") != string::npos);
	CHECK(reason([](const signing &) {
		      return string(5000, 'x');
	      }).find("longer than the place") != string::npos);
}

void a_source_is_fed_by_its_host()
{
	const jeton::keys keys =
		jeton::keys::generate(R"({"algorithm": "ES256", "kid": "1"})");
	const jeton::minter minter(keys, minting);
	const jeton::source source(
		R"({"url": "https://a.test/jwks", "stale": null,
		    "refresh": false})");
	const jeton::verifier verifier(source.keys(), verifying);
	const std::string token = minter.mint("{}", {now});

	auto early = verifier.try_verify(token, {now});
	CHECK(!early && early.error().name() == "keys-unavailable");
	CHECK(verifier.try_wait(early.error(), 1).error().name() == "timeout");
	CHECK(source.try_wait(1).error().name() == "timeout");
	auto request = source.claim();
	CHECK(request && request->find("https://a.test/jwks") != request->npos);
	CHECK(!source.claim());
	source.accept(R"({"status": 200, "headers": {"etag": "1"}})",
		      keys.public_set());
	CHECK(verifier.verify(token, {now}).has("exp"));
	source.wait(0);
	CHECK(source.events().find("keys-rotated") != std::string::npos);
	CHECK(source.status().find("\"fetches\":1") != std::string::npos);

	const jeton::source next(
		R"({"url": "https://a.test/jwks", "stale": 60,
		    "refresh": false})",
		source.save());
	next.wait(0);
	CHECK(!next.claim()); // the keys it was given are fresh
	CHECK(thrown([&] { next.failed("gone"); }) == "misuse");

	const jeton::source other(R"({"url": "https://b.test/jwks", "stale": 60,
		"refresh": false})");
	CHECK(other.claim().has_value());
	CHECK(thrown([&] { other.accept("", "no keys"); }) == "key");
}

} // namespace

int main()
{
	RUN(a_token_is_minted_verified_and_revoked);
	RUN(an_exception_carries_the_whole_error);
	RUN(keys_are_derived_for_a_system);
	RUN(a_result_is_a_value_or_an_error);
	RUN(constructors_and_factories_throw_what_is_wrong);
	RUN(handles_move_and_outlive_one_another);
	RUN(key_sets_are_told_apart);
	RUN(revocations_travel_and_are_taken_back);
	RUN(a_switch_needs_its_scope);
	RUN(a_batch_has_a_verdict_for_each);
	RUN(credentials_are_told_apart);
	RUN(payloads_may_hold_any_byte);
	RUN(a_source_is_fed_by_its_host);
	RUN(a_signer_elsewhere_is_any_callable);
	RUN(what_a_signer_throws_is_the_reason);
	return check::done();
}
