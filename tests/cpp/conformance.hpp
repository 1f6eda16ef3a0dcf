// Runs tests/vectors through jeton.hpp: the verdicts of every language. In one
// file that has exceptions and in one that hasn't, whose forms the macros below
// choose; what is expected is held as in C.

#ifndef CONFORMANCE_HPP
#define CONFORMANCE_HPP

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "../c/expect.h"
#include "jeton.hpp"

namespace
{

#if JETON_HAS_EXCEPTIONS
// What `action` returns or throws.
template <class Action> auto outcome(Action action)
{
	using value = std::invoke_result_t<Action>;
	try {
		if constexpr (std::is_void_v<value>) {
			action();
			return jeton::result<void>(std::monostate());
		} else {
			return jeton::result<value>(action());
		}
	} catch (const jeton::exception &cause) {
		return jeton::result<value>(jeton::error(cause));
	}
}
#define CALL(of, call) outcome([&] { return of call; })
#define MAKE(type, maker, ...) outcome([&] { return jeton::type(__VA_ARGS__); })
#else
#define CALL(of, call) of try_##call
#define MAKE(type, maker, ...) jeton::type::try_##maker(__VA_ARGS__)
#endif

jeton::call call;

// A member as it is passed on: nothing where it is absent.
std::string_view given(const char *name)
{
	const member *found = find(&vector, "%s", name);
	return std::string_view(found->text, found->len);
}

std::optional<std::string_view> said(const char *name)
{
	if (find(&vector, "%s", name)->text == nullptr)
		return std::nullopt;
	return given(name);
}

std::int64_t number(const char *name, std::int64_t otherwise)
{
	const char *text = find(&vector, "%s", name)->text;
	return text == nullptr ? otherwise : std::atoll(text);
}

void expect(const char *name, std::optional<std::string_view> text)
{
	::expect(name, text ? text->data() : nullptr, text ? text->size() : 0);
}

// Holds a status, and the error that came with it, against the vector.
template <class T> bool came_to(const jeton::result<T> &outcome)
{
	CHECK(is_there(find(&vector, "expect.status")));
	if (outcome) {
		expect("status", "ok");
		return true;
	}
	const jeton::error &cause = outcome.error();
	expect("status", cause.name());
	expect("claim", cause.claim());
	expect("report", cause.claims());
	expect_part("message", std::string(cause.message()).c_str());
	return false;
}

// What the vector rests on, which must have been made.
template <class T> T prepared(jeton::result<T> made)
{
	if (!made) {
		const std::string message(made.error().message());
		std::fprintf(stderr, "%s: not what the vector is about: %s\n",
			     check_test, message.c_str());
		_exit(1);
	}
	if constexpr (!std::is_void_v<T>)
		return *std::move(made);
}

jeton::result<jeton::keys> make_key(std::size_t index)
{
	const std::string name = "keys." + std::to_string(index);
	const std::string secret = name + ".secret";
	const std::string derive = name + ".derive";
	const std::string_view options = given((name + ".options").c_str());

	if (is_there(find(&vector, "%s", derive.c_str())))
		return CALL(jeton::keys::,
			    derive(given(derive.c_str()), given(secret.c_str()),
				   given((name + ".old_secret").c_str())));
	if (is_there(find(&vector, "%s", secret.c_str())))
		return CALL(jeton::keys::,
			    secret(given(secret.c_str()), options));
	return CALL(jeton::keys::,
		    read(given((name + ".document").c_str()), options));
}

std::vector<jeton::keys> make_keys()
{
	std::vector<jeton::keys> keys;

	while (is_there(find(&vector, "keys.%zu.options", keys.size())))
		keys.push_back(prepared(make_key(keys.size())));
	return keys;
}

std::optional<jeton::revocations> make_revocations()
{
	if (!is_there(find(&vector, "revocations")))
		return std::nullopt;
	auto made = prepared(MAKE(revocations, open, "memory:"));
	const jeton::call then = {number("revocations.at", call.now)};
	for (std::size_t index = 0;; index++) {
		const std::string rule =
			"revocations.rules." + std::to_string(index);
		if (!is_there(find(&vector, "%s", rule.c_str())))
			break;
		prepared(CALL(made., revoke(given(rule.c_str()), then)));
	}
	for (std::size_t index = 0;; index++) {
		const std::string of =
			"revocations.switches." + std::to_string(index);
		if (!is_there(find(&vector, "%s.scope", of.c_str())))
			break;
		prepared(CALL(made.,
			      turn(given((of + ".scope").c_str()),
				   given((of + ".name").c_str()),
				   given((of + ".on").c_str()) == "true")));
	}
	return made;
}

std::vector<jeton::source> make_lists()
{
	std::vector<jeton::source> lists;

	for (;;) {
		const std::string of = "lists." + std::to_string(lists.size());
		if (!is_there(find(&vector, "%s.token", of.c_str())))
			return lists;
		const auto keys = prepared(CALL(
			jeton::keys::, read(given((of + ".keys").c_str()))));
		lists.push_back(prepared(CALL(
			jeton::source::,
			open_list(keys, given((of + ".options").c_str())))));
		prepared(CALL(lists.back()., claim()));
		prepared(CALL(lists.back().,
			      accept({}, given((of + ".token").c_str()))));
	}
}

jeton::result<jeton::verifier> make_verifier(const char *options)
{
	const std::vector<jeton::keys> keys = make_keys();
	const auto revocations = make_revocations();

	auto verifier =
		MAKE(verifier, make, jeton::key_sets(keys.begin(), keys.end()),
		     given(options), revocations ? &*revocations : nullptr);
	const auto lists = make_lists();
	if (!verifier || lists.empty())
		return verifier;
	return CALL(verifier->,
		    following(jeton::status_lists(lists.begin(), lists.end())));
}

void verify()
{
	const auto verifier = prepared(make_verifier("options"));
	for (auto times = number("times", 1); times > 1; times--)
		prepared(CALL(verifier., verify(given("token"), call)));
	const auto claims = CALL(verifier., verify(given("token"), call));

	if (!came_to(claims))
		return;
	expect("claims", claims->json());
	expect("algorithm", claims->algorithm());
	expect("kid", claims->kid());
	expect("thumbprint", claims->thumbprint());
	expect_number("trust", static_cast<std::int64_t>(claims->trust()));
	if (const auto seconds = claims->expires())
		expect_number("expires", *seconds);
	else
		expect("expires", std::nullopt);
}

void options()
{
	if (given("of") != "minter") {
		came_to(make_verifier("options"));
		return;
	}
	const auto keys = make_keys();
	came_to(MAKE(minter, make, keys.at(0), given("options")));
}

void read_keys()
{
	const auto keys = make_key(0);

	if (!came_to(keys))
		return;
	if (is_there(find(&vector, "expect.public")))
		expect("public", prepared(CALL(keys->, public_set())));
	if (is_there(find(&vector, "expect.private")))
		expect("private", prepared(CALL(keys->, private_set())));
	expect_keys(prepared(CALL(keys->, status())).c_str());
}

void mint()
{
	const auto keys = make_keys();
	const auto minter =
		prepared(MAKE(minter, make, keys.at(0), given("options")));
	const auto token = CALL(minter., mint(given("claims"), call));
	const std::string_view starts = given("expect.starts");

	if (!came_to(token))
		return;
	expect("token", *token);
	CHECK(token->compare(0, starts.size(), starts) == 0);
	if (is_there(find(&vector, "verifier"))) {
		const auto verifier = prepared(make_verifier("verifier"));
		const auto claims =
			prepared(CALL(verifier., verify(*token, call)));
		expect("payload", claims.json());
		return;
	}
	expect("payload",
	       prepared(CALL(jeton::, verify_signature(keys.at(0), *token))));
}

void signature()
{
	const auto keys = make_keys();
	const auto payload =
		CALL(jeton::, verify_signature(keys.at(0), given("token"),
					       given("options")));

	if (came_to(payload))
		expect("payload", *payload);
}

void sign()
{
	const auto keys = make_keys();
	const auto token = CALL(
		jeton::, sign(keys.at(0), given("payload"), given("options")));

	if (came_to(token))
		expect("token", *token);
}

void bearer()
{
	std::optional<jeton::verifier> verifier;
	if (is_there(find(&vector, "keys.0.options")))
		verifier = prepared(make_verifier("verifier"));
	const auto resolver =
		MAKE(bearer, make, verifier ? &*verifier : nullptr,
		     given("admin"), given("options"));
	if (!resolver) {
		came_to(resolver);
		return;
	}
	const auto found = CALL(resolver->, resolve(given("authorization"),
						    given("cookie"), call));
	if (!came_to(found))
		return;
	expect("kind", found->kind);
	expect("text", found->text);
	if (found->claims)
		expect("claims", found->claims->json());
	else
		expect("claims", std::nullopt);
	if (found->rejection)
		expect("rejection", found->rejection->name());
	else
		expect("rejection", std::nullopt);
}

void introspect()
{
	const auto verifier = prepared(make_verifier("options"));
	const auto text = CALL(verifier., introspect(given("token"), call));

	if (came_to(text))
		expect("text", *text);
}

void inspect()
{
	const auto text = CALL(jeton::, inspect(given("token")));

	if (came_to(text))
		expect("text", *text);
}

void revoke()
{
	const auto revocations =
		MAKE(revocations, open, "memory:", given("open"));
	if (!revocations) {
		came_to(revocations);
		return;
	}
	const auto entry = CALL(revocations->, revoke(given("rule"), call));
	if (came_to(entry))
		expect("entry", *entry);
}

void load()
{
	const auto revocations = prepared(MAKE(revocations, open, "memory:"));
	const auto count = CALL(revocations., load(given("document"), call));

	if (!came_to(count))
		return;
	expect_number("count", static_cast<std::int64_t>(*count));
	expect("export", prepared(CALL(revocations., save(call))));
}

void run()
{
	static const kind known[] = {
		{"verify", verify},
		{"options", options},
		{"keys", read_keys},
		{"mint", mint},
		{"sign", sign},
		{"signature", signature},
		{"bearer", bearer},
		{"inspect", inspect},
		{"revoke", revoke},
		{"import", load},
		{"introspect", introspect},
		{nullptr, nullptr},
	};

	// Each text may be empty, which isn't absent.
	call = {number("now", 0),   said("call.scope"),
		said("call.nonce"), said("call.method"),
		said("call.uri"),   said("call.access_token"),
		said("call.jkt")};
	run_kind(known);
}

} // namespace

#endif
