/// jeton for C++17: the C ABI of jeton.h behind classes that free themselves.
///
/// Header only; link the library as for C. Text goes in as std::string_view and
/// nothing of it is kept; documents (options, rules, key sets) are JSON.
///
/// Handles are move-only, and may be destroyed in any order. Any number of
/// threads may use one handle, or read one error, at once; to move from it or
/// to destroy it, all must be done with it. A handle that was moved from is
/// empty: its getters find nothing, and all else fails with JETON_MISUSE.
///
/// Views are lent by an object and live as long as it does, so they can't be
/// asked of a temporary.
///
/// Whatever can fail has two forms: `try_verify(…)` returns a result, and
/// `verify(…)` returns the value or throws jeton::exception. The second form
/// isn't there where exceptions are turned off; files of both kinds may be
/// linked together. Either form may throw std::bad_alloc.

#ifndef JETON_HPP
#define JETON_HPP

#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "jeton.h"

#if defined(__cpp_exceptions) && __cpp_exceptions
#define JETON_HAS_EXCEPTIONS 1
#else
#define JETON_HAS_EXCEPTIONS 0
#endif

namespace jeton
{

/// The version of the library, such as "0.1.0".
[[nodiscard]] inline std::string_view version() noexcept
{
	return jeton_version();
}

/// The version of the library's ABI; jeton.h describes JETON_ABI_VERSION.
[[nodiscard]] inline std::uint32_t abi_version() noexcept
{
	return jeton_abi_version();
}

/// The name of a status, the same word in every language, such as "expired".
[[nodiscard]] inline std::string_view status_name(jeton_status status) noexcept
{
	return jeton_status_name(status);
}

namespace detail
{

template <auto Free> struct deleter {
	template <class T> void operator()(T *raw) const noexcept { Free(raw); }
};

/// A handle of the C ABI, freed once.
template <class T, auto Free> class owner
{
public:
	/// Takes over what a function of the C ABI made.
	explicit owner(T *made) noexcept : handle_(made) {}

	/// The handle, for functions of the C ABI; NULL once moved from.
	[[nodiscard]] T *get() const &noexcept { return handle_.get(); }
	T *get() const && = delete;

	/// Hands the handle over to a caller who frees it.
	[[nodiscard]] T *release() noexcept { return handle_.release(); }

private:
	std::unique_ptr<T, deleter<Free>> handle_;
};

/// A borrowed text; none for NULL.
inline std::optional<std::string_view> lent(const char *text,
					    std::size_t size) noexcept
{
	if (text == nullptr)
		return std::nullopt;
	return std::string_view(text, size);
}

/// A text that the result will point into, and so not a temporary string.
class lasting_text
{
public:
	lasting_text() = default;
	template <class Text, class = std::enable_if_t<std::is_convertible_v<
				      Text, std::string_view>>>
	lasting_text(Text &&text) : text_(std::forward<Text>(text))
	{
	}
	lasting_text(std::string &&) = delete;
	lasting_text(const std::string &&) = delete;

	operator std::string_view() const noexcept { return text_; }

private:
	std::string_view text_;
};

} // namespace detail

/// Why a call failed. Act on status() or name(); log message(). Copies share
/// one error, which never changes.
class error
{
public:
	/// Takes over an error object of the C ABI.
	explicit error(jeton_error *made) : shared_(made, jeton_error_free) {}

	/// The object, for functions of the C ABI; NULL once moved from.
	[[nodiscard]] const jeton_error *get() const &noexcept
	{
		return shared_.get();
	}
	const jeton_error *get() const && = delete;

	[[nodiscard]] jeton_status status() const noexcept
	{
		return jeton_error_status(get());
	}

	/// The same word in every language, such as "expired".
	[[nodiscard]] std::string_view name() const noexcept
	{
		return status_name(status());
	}

	/// For people: never a token, a secret or a claim's value.
	[[nodiscard]] std::string_view message() const &noexcept
	{
		return lent(jeton_error_message).value_or("");
	}
	std::string_view message() const && = delete;

	/// The claim at fault, such as "aud".
	[[nodiscard]] std::optional<std::string_view> claim() const &noexcept
	{
		return lent(jeton_error_claim);
	}
	std::optional<std::string_view> claim() const && = delete;

	/// What the option "report" asks for, as JSON, of a token whose
	/// signature holds.
	[[nodiscard]] std::optional<std::string_view> claims() const &noexcept
	{
		return lent(jeton_error_claims);
	}
	std::optional<std::string_view> claims() const && = delete;

private:
	using getter = const char *(*)(const jeton_error *, std::size_t *);

	std::optional<std::string_view> lent(getter read) const noexcept
	{
		std::size_t size = 0;
		const char *text = read(get(), &size);
		return detail::lent(text, size);
	}

	std::shared_ptr<const jeton_error> shared_;
};

#if JETON_HAS_EXCEPTIONS
/// What the throwing forms throw: an error that is a std::exception besides.
class exception : public std::exception, public error
{
public:
	explicit exception(error cause) noexcept : error(std::move(cause)) {}

	[[nodiscard]] const char *what() const noexcept override
	{
		return message().data(); // NUL-terminated by the C ABI
	}
};
#endif

/// A value, or why there is none. result<void> has no value to look at.
template <class T> class [[nodiscard]] result
{
public:
	using value_type =
		std::conditional_t<std::is_void_v<T>, std::monostate, T>;
	static_assert(std::is_nothrow_move_constructible_v<value_type>);

	result(value_type value) noexcept : outcome_(std::move(value)) {}
	result(jeton::error cause) noexcept : outcome_(std::move(cause)) {}

	[[nodiscard]] bool has_value() const noexcept
	{
		return outcome_.index() == 0;
	}
	[[nodiscard]] explicit operator bool() const noexcept
	{
		return has_value();
	}

	/// Why there is no value. There must be none.
	[[nodiscard]] const jeton::error &error() const &noexcept
	{
		return *std::get_if<jeton::error>(&outcome_);
	}
	[[nodiscard]] jeton::error error() &&noexcept
	{
		return std::move(*std::get_if<jeton::error>(&outcome_));
	}

	/// The value, unchecked: there must be one. A temporary hands it over.
	[[nodiscard]] value_type &operator*() &noexcept
	{
		return *std::get_if<value_type>(&outcome_);
	}
	[[nodiscard]] const value_type &operator*() const &noexcept
	{
		return *std::get_if<value_type>(&outcome_);
	}
	[[nodiscard]] value_type operator*() &&noexcept
	{
		return std::move(**this);
	}
	[[nodiscard]] value_type *operator->() &noexcept { return &**this; }
	[[nodiscard]] const value_type *operator->() const &noexcept
	{
		return &**this;
	}
	const value_type *operator->() const && = delete;

#if JETON_HAS_EXCEPTIONS
	/// The value; jeton::exception where there is none.
	value_type &value() &
	{
		must();
		return **this;
	}
	const value_type &value() const &
	{
		must();
		return **this;
	}
	value_type value() &&
	{
		must();
		return std::move(**this);
	}
#endif

private:
#if JETON_HAS_EXCEPTIONS
	void must() const
	{
		if (!has_value())
			throw exception(error());
	}
#endif

	std::variant<value_type, jeton::error> outcome_;
};

/// What may change from one call to the next; by default nothing is said.
struct call {
	/// Seconds since 1970 in place of the clock; 0 asks the clock.
	std::int64_t now = 0;
	/// Where switches are looked up; an empty one says "none".
	std::optional<std::string_view> scope = std::nullopt;
	/// The value that the claim `nonce` must have.
	std::optional<std::string_view> nonce = std::nullopt;
	/// The method of the request that a DPoP proof came with.
	std::optional<std::string_view> method = std::nullopt;
	/// The request's whole URI.
	std::optional<std::string_view> uri = std::nullopt;
	/// The access token that came with it; an empty one says "none".
	std::optional<std::string_view> access_token = std::nullopt;
	/// The thumbprint that the access token is bound to: its cnf.jkt.
	std::optional<std::string_view> jkt = std::nullopt;
};

namespace detail
{

/// A call as the C ABI takes it.
class raw_call
{
public:
	explicit raw_call(const call &said) noexcept
	{
		raw_.size = sizeof raw_;
		raw_.now = said.now;
		set(said.scope, raw_.scope, raw_.scope_len);
		set(said.nonce, raw_.nonce, raw_.nonce_len);
		set(said.method, raw_.method, raw_.method_len);
		set(said.uri, raw_.uri, raw_.uri_len);
		set(said.access_token, raw_.access_token,
		    raw_.access_token_len);
		set(said.jkt, raw_.jkt, raw_.jkt_len);
	}

	operator const jeton_call *() const noexcept { return &raw_; }

private:
	// Empty is said, too: not NULL.
	static void set(const std::optional<std::string_view> &said,
			const char *&text, std::size_t &size) noexcept
	{
		if (said) {
			text = said->empty() ? "" : said->data();
			size = said->size();
		}
	}

	jeton_call raw_ = {};
};

/// An argument as the C ABI takes it: one parameter, or two for a text.
inline auto flat(std::string_view text) noexcept
{
	return std::tuple(text.data(), text.size());
}
inline auto flat(const call &said) noexcept
{
	return std::tuple(raw_call(said));
}
template <class T> auto flat(T plain) noexcept
{
	return std::tuple(plain);
}

/// Calls `function` with what is given, flattened, and with `places` and a
/// place for the error behind it. Names are qualified here and below, or a
/// program's own functions on jeton's handles would be found too.
template <class Function, class... Place, class... Given>
std::optional<error> failure(Function function, std::tuple<Place...> places,
			     const Given &...given)
{
	jeton_error *cause = nullptr;
	std::apply(function, std::tuple_cat(detail::flat(given)..., places,
					    std::tuple(&cause)));
	if (cause == nullptr)
		return std::nullopt;
	return error(cause);
}

/// What the C ABI hands over for a T: its handle, or itself.
template <class T, class = void> struct raw {
	using type = T;
};
template <class T>
struct raw<T, std::void_t<decltype(std::declval<T &>().get())>> {
	using type = decltype(std::declval<T &>().get());
};

/// What a function of the C ABI makes.
template <class T, class Function, class... Given>
result<T> made(Function function, const Given &...given)
{
	typename raw<T>::type value = {};
	if (auto cause =
		    detail::failure(function, std::tuple(&value), given...))
		return std::move(*cause);
	return T(value);
}

/// The text that a function of the C ABI hands over; empty for NULL.
template <class Function, class... Given>
result<std::string> text(Function function, const Given &...given)
{
	char *text = nullptr;
	std::size_t size = 0;
	if (auto cause = detail::failure(function, std::tuple(&text, &size),
					 given...))
		return std::move(*cause);
	const owner<char, jeton_string_free> owned(text);
	return std::string(text, size);
}

/// Nothing, from a function of the C ABI that only succeeds or fails.
template <class Function, class... Given>
result<void> done(Function function, const Given &...given)
{
	if (auto cause = detail::failure(function, std::tuple(), given...))
		return std::move(*cause);
	return std::monostate();
}

} // namespace detail

/// A set of keys, each bound to exactly one algorithm.
class keys : public detail::owner<jeton_keys, jeton_keys_free>
{
public:
	using owner::owner;

	/// Reads a JWK, a JWK Set, PEM or DER.
	static result<keys> try_read(std::string_view document,
				     std::string_view options = {})
	{
		return detail::made<keys>(jeton_keys_new, document, options);
	}

	/// One HMAC key of raw bytes; the options name its algorithm.
	static result<keys> try_secret(std::string_view secret,
				       std::string_view options)
	{
		return detail::made<keys>(jeton_keys_secret, secret, options);
	}

	/// A new private key, as in {"algorithm": "ES256"}.
	static result<keys> try_generate(std::string_view options)
	{
		return detail::made<keys>(jeton_keys_generate, options);
	}

	/// A system's keys, derived from its secret; the options name the
	/// system. The old secret is the one that is being rotated out.
	static result<keys> try_derive(std::string_view options,
				       std::string_view secret,
				       std::string_view old_secret = {})
	{
		return detail::made<keys>(jeton_keys_derive, options, secret,
					  old_secret);
	}

	/// Replaces the whole set, for all that was made with it.
	result<void> try_replace(std::string_view document,
				 std::string_view options = {}) const
	{
		return detail::done(jeton_keys_replace, get(), document,
				    options);
	}

	/// The public halves as a JWK Set, to be served to anybody; without
	/// those past their exp.
	result<std::string> try_public_set() const
	{
		return detail::text(jeton_keys_public, get());
	}

	/// The whole set, private members included, to be stored: keep it as
	/// what it is, a secret.
	result<std::string> try_private_set() const
	{
		return detail::text(jeton_keys_private, get());
	}

	/// Which keys there are and which were skipped, without key material.
	result<std::string> try_status() const
	{
		return detail::text(jeton_keys_status, get());
	}

#if JETON_HAS_EXCEPTIONS
	[[nodiscard]] static keys read(std::string_view document,
				       std::string_view options = {})
	{
		return try_read(document, options).value();
	}
	[[nodiscard]] static keys secret(std::string_view secret,
					 std::string_view options)
	{
		return try_secret(secret, options).value();
	}
	[[nodiscard]] static keys generate(std::string_view options)
	{
		return try_generate(options).value();
	}
	static keys derive(std::string_view options, std::string_view secret,
			   std::string_view old_secret = {})
	{
		return try_derive(options, secret, old_secret).value();
	}
	void replace(std::string_view document,
		     std::string_view options = {}) const
	{
		try_replace(document, options).value();
	}
	[[nodiscard]] std::string public_set() const
	{
		return try_public_set().value();
	}
	[[nodiscard]] std::string private_set() const
	{
		return try_private_set().value();
	}
	[[nodiscard]] std::string status() const
	{
		return try_status().value();
	}
#endif
};

/// What a signer is asked to sign, in each of the forms that one may want. The
/// views live until it returns.
class signing
{
public:
	explicit signing(jeton_signing *asked) noexcept : raw_(asked) {}
	signing(const signing &) = delete;
	signing &operator=(const signing &) = delete;

	/// The key's algorithm, such as "ES256"; "Ed25519", never "EdDSA".
	[[nodiscard]] std::string_view algorithm() const noexcept
	{
		return raw_->algorithm;
	}

	/// What is signed: for EdDSA, and for signers that hash themselves.
	[[nodiscard]] std::string_view message() const noexcept
	{
		return view(raw_->message, raw_->message_len);
	}

	/// The message's digest; empty for EdDSA.
	[[nodiscard]] std::string_view digest() const noexcept
	{
		return view(raw_->digest, raw_->digest_len);
	}

	/// The digest in its DigestInfo; empty but for RS256, RS384, RS512.
	[[nodiscard]] std::string_view digest_info() const noexcept
	{
		return view(raw_->digest_info, raw_->digest_info_len);
	}

	/// Says why there is no signature: `return asked.fail("locked");`
	std::nullopt_t fail(std::string_view reason) const noexcept
	{
		const std::size_t size =
			reason.copy(raw_->reason, raw_->reason_capacity - 1);
		raw_->reason[size] = '\0';
		return std::nullopt;
	}

private:
	static std::string_view view(const std::uint8_t *data,
				     std::size_t size) noexcept
	{
		return std::string_view(reinterpret_cast<const char *>(data),
					size);
	}

	jeton_signing *raw_;
};

namespace detail
{

/// Asks the signer, and hands over what it answers.
template <class Signer>
std::int32_t answer(const Signer &signer, jeton_signing *asked)
{
	const std::optional<std::string> signature = signer(signing(asked));
	if (!signature)
		return 1;
	signature->copy(reinterpret_cast<char *>(asked->signature),
			asked->signature_capacity);
	asked->signature_len = signature->size();
	return 0;
}

/// The jeton_signer of a Signer; nothing that it throws leaves it. `Throws` is
/// part of its name, so that files without exceptions have one of their own.
template <class Signer, bool Throws>
std::int32_t sign(void *context, jeton_signing *asked) noexcept
{
	const auto &signer = *static_cast<const Signer *>(context);
#if JETON_HAS_EXCEPTIONS
	try {
		return detail::answer(signer, asked);
	} catch (const std::exception &failure) {
		signing(asked).fail(failure.what());
	} catch (...) {
		signing(asked).fail("it threw what is no std::exception");
	}
	return 1;
#else
	return detail::answer(signer, asked);
#endif
}

template <class Signer> void release(void *context) noexcept
{
	delete static_cast<Signer *>(context);
}

} // namespace detail

/// Mints tokens under one set of options.
class minter : public detail::owner<jeton_minter, jeton_minter_free>
{
public:
	using owner::owner;

	static result<minter> try_make(const keys &keys,
				       std::string_view options)
	{
		return detail::made<minter>(jeton_minter_new, keys.get(),
					    options);
	}

	/// A minter whose private key is elsewhere: `signer` is called with a
	/// `const signing &`, and returns the signature as a string, or as an
	/// optional one, with none where it fails. It may throw, too. Threads
	/// that mint together are in it together, so it is called as const.
	template <class Signer, bool Throws = JETON_HAS_EXCEPTIONS>
	static result<minter> try_external(const keys &keys, Signer signer,
					   std::string_view options)
	{
		static_assert(
			std::is_invocable_r_v<std::optional<std::string>,
					      const Signer &, const signing &>,
			"a signer is callable as const, takes a const "
			"jeton::signing & and returns a std::string or an "
			"optional one");
		void *context = new Signer(std::move(signer));
		return detail::made<minter>(jeton_minter_external, keys.get(),
					    &detail::sign<Signer, Throws>,
					    context, &detail::release<Signer>,
					    options);
	}

	/// A token over `claims`, a JSON object.
	result<std::string> try_mint(std::string_view claims,
				     const call &call = {}) const
	{
		return detail::text(jeton_mint, get(), claims, call);
	}

#if JETON_HAS_EXCEPTIONS
	minter(const keys &keys, std::string_view options)
	    : minter(try_make(keys, options).value())
	{
	}
	template <class Signer, bool Throws = JETON_HAS_EXCEPTIONS>
	[[nodiscard]] static minter external(const keys &keys, Signer signer,
					     std::string_view options)
	{
		return try_external<Signer, Throws>(keys, std::move(signer),
						    options)
			.value();
	}
	[[nodiscard]] std::string mint(std::string_view claims,
				       const call &call = {}) const
	{
		return try_mint(claims, call).value();
	}
#endif
};

/// The claims of a token whose signature and every rule held. The views that it
/// gives live as long as it does. A name that begins with "/" is a JSON
/// pointer.
class claims : public detail::owner<jeton_claims, jeton_claims_free>
{
public:
	using owner::owner;

	/// The whole payload, byte for byte as it was signed.
	[[nodiscard]] std::string_view json() const &noexcept
	{
		return lent(jeton_claims_json).value_or("");
	}
	std::string_view json() const && = delete;
	[[nodiscard]] std::string_view header() const &noexcept
	{
		return lent(jeton_claims_header).value_or("");
	}
	std::string_view header() const && = delete;

	/// A claim that is a string.
	[[nodiscard]] std::optional<std::string_view>
	text(std::string_view name) const &noexcept
	{
		return lent(jeton_claims_text, name.data(), name.size());
	}
	std::optional<std::string_view>
		text(std::string_view) const && = delete;

	/// The JSON of a claim of any type.
	[[nodiscard]] std::optional<std::string_view>
	value(std::string_view name) const &noexcept
	{
		return lent(jeton_claims_value, name.data(), name.size());
	}
	std::optional<std::string_view>
		value(std::string_view) const && = delete;

	/// A claim that is a whole number within 64 bits.
	[[nodiscard]] std::optional<std::int64_t>
	integer(std::string_view name) const noexcept
	{
		return read<std::int64_t>(jeton_claims_integer, name.data(),
					  name.size());
	}

	/// A claim that is true or false.
	[[nodiscard]] std::optional<bool>
	boolean(std::string_view name) const noexcept
	{
		return read<bool>(jeton_claims_boolean, name.data(),
				  name.size());
	}
	[[nodiscard]] bool has(std::string_view name) const noexcept
	{
		return jeton_claims_has(get(), name.data(), name.size());
	}

	[[nodiscard]] std::string_view algorithm() const &noexcept
	{
		const char *name = jeton_claims_algorithm(get());
		return name == nullptr ? "" : name;
	}
	std::string_view algorithm() const && = delete;

	/// The kid of the key that verified; not the header's.
	[[nodiscard]] std::optional<std::string_view> kid() const &noexcept
	{
		const char *kid = nullptr;
		std::size_t size = 0;
		jeton_claims_key(get(), &kid, &size, nullptr, nullptr);
		return detail::lent(kid, size);
	}
	std::optional<std::string_view> kid() const && = delete;

	/// The RFC 7638 thumbprint of the key that verified.
	[[nodiscard]] std::string_view thumbprint() const &noexcept
	{
		const char *text = nullptr;
		std::size_t size = 0;
		jeton_claims_key(get(), nullptr, nullptr, &text, &size);
		return detail::lent(text, size).value_or("");
	}
	std::string_view thumbprint() const && = delete;

	/// Which entry of the option "trust" accepted the token.
	[[nodiscard]] std::size_t trust() const noexcept
	{
		return jeton_claims_trust(get());
	}
	[[nodiscard]] std::optional<std::int64_t> expires() const noexcept
	{
		return read<std::int64_t>(jeton_claims_expires);
	}

	/// Whether more than `remaining` seconds are left and fewer than `age`
	/// gone.
	[[nodiscard]] bool fresh(std::int64_t remaining, std::int64_t age,
				 std::int64_t now = 0) const noexcept
	{
		return jeton_claims_fresh(get(), now, remaining, age);
	}

private:
	template <class Function, class... Given>
	std::optional<std::string_view> lent(Function function,
					     Given... given) const noexcept
	{
		std::size_t size = 0;
		const char *text = function(get(), given..., &size);
		return detail::lent(text, size);
	}
	template <class T, class Function, class... Given>
	std::optional<T> read(Function function, Given... given) const noexcept
	{
		T value = {};
		if (!function(get(), given..., &value))
			return std::nullopt;
		return value;
	}
};

/// What has been revoked, and which switches are on.
class revocations
    : public detail::owner<jeton_revocations, jeton_revocations_free>
{
public:
	using owner::owner;

	static result<revocations>
	try_open(std::string_view location = "memory:",
		 std::string_view options = {})
	{
		return detail::made<revocations>(jeton_revocations_open,
						 location, options);
	}

	/// Adds a rule, and returns the entry with its cut-off.
	result<std::string> try_revoke(std::string_view rule,
				       const call &call = {}) const
	{
		return detail::text(jeton_revocations_revoke, get(), rule,
				    call);
	}

	/// Revokes by a claim of verified claims: by default this one token.
	result<std::string> try_revoke(const claims &claims,
				       std::string_view options = {},
				       const call &call = {}) const
	{
		return detail::text(jeton_revocations_revoke_claims, get(),
				    claims.get(), options, call);
	}

	/// Ends the session that a verified logout token names.
	result<std::string> try_log_out(const claims &claims,
					std::string_view options,
					const call &call = {}) const
	{
		return detail::text(jeton_revocations_revoke_logout, get(),
				    claims.get(), options, call);
	}

	/// Takes a rule back; whether one was in force.
	result<bool> try_restore(std::string_view rule,
				 const call &call = {}) const
	{
		return detail::made<bool>(jeton_revocations_restore, get(),
					  rule, call);
	}

	/// Turns a switch on or off for a scope.
	result<void> try_turn(std::string_view scope, std::string_view name,
			      bool on) const
	{
		return detail::done(jeton_revocations_switch, get(), scope,
				    name, on);
	}

	/// Whether a switch is on for a scope, by what this process knows.
	result<bool> try_is_on(std::string_view scope,
			       std::string_view name) const
	{
		return detail::made<bool>(jeton_revocations_is_on, get(), scope,
					  name);
	}

	/// The rules in force and the switches, as JSON.
	result<std::string> try_list(const call &call = {}) const
	{
		return detail::text(jeton_revocations_list, get(), call);
	}

	/// The signed token of a Token Status List, made from the log.
	result<std::string> try_status_list(const minter &minter,
					    std::string_view options,
					    const call &call = {}) const
	{
		return detail::text(jeton_revocations_status_list, get(),
				    minter.get(), options, call);
	}

	/// All that is in force, as a document for try_load.
	result<std::string> try_save(const call &call = {}) const
	{
		return detail::text(jeton_revocations_export, get(), call);
	}

	/// Adds what try_save wrote; how many rules were still in force.
	result<std::size_t> try_load(std::string_view document,
				     const call &call = {}) const
	{
		return detail::made<std::size_t>(jeton_revocations_import,
						 get(), document, call);
	}

	/// Drops rules that have ended; how many there were.
	result<std::size_t> try_compact(const call &call = {}) const
	{
		return detail::made<std::size_t>(jeton_revocations_compact,
						 get(), call);
	}

	/// Brings this process up to date with a shared store.
	result<void> try_refresh() const
	{
		return detail::done(jeton_revocations_refresh, get());
	}

	/// Takes what has happened to a shared store, as a JSON array.
	result<std::string> try_events() const
	{
		return detail::text(jeton_revocations_events, get());
	}
	result<std::string> try_status(const call &call = {}) const
	{
		return detail::text(jeton_revocations_status, get(), call);
	}

#if JETON_HAS_EXCEPTIONS
	explicit revocations(std::string_view location = "memory:",
			     std::string_view options = {})
	    : revocations(try_open(location, options).value())
	{
	}
	std::string revoke(std::string_view rule, const call &call = {}) const
	{
		return try_revoke(rule, call).value();
	}
	std::string revoke(const claims &claims, std::string_view options = {},
			   const call &call = {}) const
	{
		return try_revoke(claims, options, call).value();
	}
	std::string log_out(const claims &claims, std::string_view options,
			    const call &call = {}) const
	{
		return try_log_out(claims, options, call).value();
	}
	bool restore(std::string_view rule, const call &call = {}) const
	{
		return try_restore(rule, call).value();
	}
	void turn(std::string_view scope, std::string_view name, bool on) const
	{
		try_turn(scope, name, on).value();
	}
	[[nodiscard]] bool is_on(std::string_view scope,
				 std::string_view name) const
	{
		return try_is_on(scope, name).value();
	}
	[[nodiscard]] std::string list(const call &call = {}) const
	{
		return try_list(call).value();
	}
	[[nodiscard]] std::string status_list(const minter &minter,
					      std::string_view options,
					      const call &call = {}) const
	{
		return try_status_list(minter, options, call).value();
	}
	[[nodiscard]] std::string save(const call &call = {}) const
	{
		return try_save(call).value();
	}
	std::size_t load(std::string_view document, const call &call = {}) const
	{
		return try_load(document, call).value();
	}
	std::size_t compact(const call &call = {}) const
	{
		return try_compact(call).value();
	}
	void refresh() const
	{
		try_refresh().value();
	}
	[[nodiscard]] std::string events() const
	{
		return try_events().value();
	}
	[[nodiscard]] std::string status(const call &call = {}) const
	{
		return try_status(call).value();
	}
#endif
};

/// A key set that is kept fresh from a file, a URL, or what the host fetches.
class source : public detail::owner<jeton_source, jeton_source_free>
{
public:
	using owner::owner;

	/// `state` is what try_save wrote, to begin without a fetch.
	static result<source> try_open(std::string_view options,
				       std::string_view state = {})
	{
		return detail::made<source>(jeton_source_open, options, state);
	}

	/// A source that follows a Token Status List, whose token `keys`
	/// verify; for verifier::try_following.
	static result<source> try_open_list(const jeton::keys &keys,
					    std::string_view options)
	{
		return detail::made<source>(jeton_source_open_list, keys.get(),
					    options);
	}

	/// The live set, for verifiers.
	result<jeton::keys> try_keys() const
	{
		return detail::made<jeton::keys>(jeton_source_keys, get());
	}

	/// Waits until there are keys.
	result<void> try_wait(std::uint64_t milliseconds) const
	{
		return detail::done(jeton_source_wait, get(), milliseconds);
	}

	/// Fetches now, in the calling thread.
	result<void> try_refresh() const
	{
		return detail::done(jeton_source_refresh, get());
	}

	/// The request that is due, as JSON, for a host that fetches itself.
	result<std::optional<std::string>> try_claim() const
	{
		auto request = detail::text(jeton_source_claim, get());
		if (!request)
			return std::move(request).error();
		if (request->empty())
			return std::optional<std::string>();
		return std::optional<std::string>(std::move(*request));
	}

	/// The answer to a claimed request: {"status", "headers"} and a body.
	result<void> try_accept(std::string_view answer,
				std::string_view body) const
	{
		return detail::done(jeton_source_accept, get(), answer, body);
	}

	/// A claimed request failed.
	result<void> try_failed(std::string_view message) const
	{
		return detail::done(jeton_source_failed, get(), message);
	}

	/// How the source is, as JSON.
	result<std::string> try_status() const
	{
		return detail::text(jeton_source_status, get());
	}

	/// Takes what has happened, as a JSON array.
	result<std::string> try_events() const
	{
		return detail::text(jeton_source_events, get());
	}

	/// The keys as a document for try_open.
	result<std::string> try_save() const
	{
		return detail::text(jeton_source_export, get());
	}

#if JETON_HAS_EXCEPTIONS
	explicit source(std::string_view options, std::string_view state = {})
	    : source(try_open(options, state).value())
	{
	}
	[[nodiscard]] static source open_list(const jeton::keys &keys,
					      std::string_view options)
	{
		return try_open_list(keys, options).value();
	}
	[[nodiscard]] jeton::keys keys() const
	{
		return try_keys().value();
	}
	void wait(std::uint64_t milliseconds) const
	{
		try_wait(milliseconds).value();
	}
	void refresh() const
	{
		try_refresh().value();
	}
	[[nodiscard]] std::optional<std::string> claim() const
	{
		return try_claim().value();
	}
	void accept(std::string_view answer, std::string_view body) const
	{
		try_accept(answer, body).value();
	}
	void failed(std::string_view message) const
	{
		try_failed(message).value();
	}
	[[nodiscard]] std::string status() const
	{
		return try_status().value();
	}
	[[nodiscard]] std::string events() const
	{
		return try_events().value();
	}
	[[nodiscard]] std::string save() const
	{
		return try_save().value();
	}
#endif
};

/// Several sources that follow status lists.
using status_lists = std::vector<std::reference_wrapper<const source>>;

/// Several key sets, for the option "trust": its "keys" is an index into them.
using key_sets = std::vector<std::reference_wrapper<const keys>>;

/// Checks tokens against one policy.
class verifier : public detail::owner<jeton_verifier, jeton_verifier_free>
{
public:
	using owner::owner;

	static result<verifier>
	try_make(const keys &keys, std::string_view options,
		 const revocations *revocations = nullptr)
	{
		return try_make(key_sets{keys}, options, revocations);
	}
	static result<verifier>
	try_make(const key_sets &sets, std::string_view options,
		 const revocations *revocations = nullptr)
	{
		std::vector<const jeton_keys *> raw;
		for (const keys &set : sets)
			raw.push_back(set.get());
		return detail::made<verifier>(
			jeton_verifier_new, raw.data(), raw.size(),
			revocations ? revocations->get() : nullptr, options);
	}

	/// A verifier that checks the same and, last of all, the claim "status"
	/// of tokens in one of `lists`.
	result<verifier> try_following(const status_lists &lists) const
	{
		std::vector<const jeton_source *> raw;
		for (const source &list : lists)
			raw.push_back(list.get());
		return detail::made<verifier>(jeton_verifier_following, get(),
					      raw.data(), raw.size());
	}

	/// The claims of `token`, once its signature and every rule hold.
	result<claims> try_verify(std::string_view token,
				  const call &call = {}) const
	{
		return detail::made<claims>(jeton_verify, get(), token, call);
	}

	/// The verdict as RFC 7662 answers it: {"active":true, …} with the
	/// claims, or {"active":false}.
	result<std::string> try_introspect(std::string_view token,
					   const call &call = {}) const
	{
		return detail::text(jeton_introspect, get(), token, call);
	}

	/// Waits for keys that `cause`, from try_verify, has missed; then
	/// verify again, once.
	result<void> try_wait(const error &cause,
			      std::uint64_t milliseconds) const
	{
		return detail::done(jeton_verifier_wait, get(), cause.get(),
				    milliseconds);
	}

	/// A verdict for each token, in their order, on all cores.
	result<std::vector<result<claims>>>
	try_verify_many(const std::vector<std::string_view> &tokens,
			const call &call = {}) const
	{
		const std::size_t count = tokens.size();
		std::vector<const char *> texts(count);
		std::vector<std::size_t> sizes(count);
		for (std::size_t index = 0; index < count; index++) {
			texts[index] = tokens[index].data();
			sizes[index] = tokens[index].size();
		}
		batch filled(count);
		auto cause = detail::failure(
			jeton_verify_many,
			std::tuple(filled.good.data(), filled.statuses.data(),
				   filled.bad.data()),
			get(), texts.data(), sizes.data(), count, call);
		if (cause)
			return std::move(*cause);
		std::vector<result<claims>> verdicts;
		verdicts.reserve(count);
		for (std::size_t index = 0; index < count; index++)
			verdicts.push_back(filled.take(index));
		return verdicts;
	}

#if JETON_HAS_EXCEPTIONS
	verifier(const keys &keys, std::string_view options,
		 const revocations *revocations = nullptr)
	    : verifier(key_sets{keys}, options, revocations)
	{
	}
	verifier(const key_sets &sets, std::string_view options,
		 const revocations *revocations = nullptr)
	    : verifier(try_make(sets, options, revocations).value())
	{
	}
	[[nodiscard]] verifier following(const status_lists &lists) const
	{
		return try_following(lists).value();
	}
	claims verify(std::string_view token, const call &call = {}) const
	{
		return try_verify(token, call).value();
	}
	[[nodiscard]] std::string introspect(std::string_view token,
					     const call &call = {}) const
	{
		return try_introspect(token, call).value();
	}
	void wait(const error &cause, std::uint64_t milliseconds) const
	{
		try_wait(cause, milliseconds).value();
	}
	[[nodiscard]] std::vector<result<claims>>
	verify_many(const std::vector<std::string_view> &tokens,
		    const call &call = {}) const
	{
		return try_verify_many(tokens, call).value();
	}
#endif

private:
	/// What a batch comes to; what isn't taken is freed.
	struct batch {
		explicit batch(std::size_t count)
		    : good(count), statuses(count), bad(count)
		{
		}
		batch(const batch &) = delete;
		batch &operator=(const batch &) = delete;
		~batch()
		{
			for (jeton_claims *claims : good)
				jeton_claims_free(claims);
			for (jeton_error *cause : bad)
				jeton_error_free(cause);
		}

		result<claims> take(std::size_t index)
		{
			if (bad[index] != nullptr)
				return error(
					std::exchange(bad[index], nullptr));
			return claims(std::exchange(good[index], nullptr));
		}

		std::vector<jeton_claims *> good;
		std::vector<jeton_status> statuses;
		std::vector<jeton_error *> bad;
	};
};

/// What came in a header or a cookie.
struct credential {
	/// "none", "admin", "jwt", "session" or the kind of a prefix; lives as
	/// long as the resolver.
	std::string_view kind;
	/// The credential, within the text that was given, as long as that
	/// lives.
	std::string_view text;
	/// The claims of a good JWT.
	std::optional<jeton::claims> claims;
	/// Why it is bad: a request with this must not go on.
	std::optional<jeton::error> rejection;
};

/// Tells kinds of credentials apart.
class bearer : public detail::owner<jeton_bearer, jeton_bearer_free>
{
public:
	using owner::owner;

	/// Without a verifier nothing is taken for a JWT; an empty
	/// administrator's token is nobody's.
	static result<bearer> try_make(const verifier *verifier,
				       std::string_view admin = {},
				       std::string_view options = {})
	{
		return detail::made<bearer>(
			jeton_bearer_new, verifier ? verifier->get() : nullptr,
			admin, options);
	}

	/// Tells what came in the header Authorization or else in a cookie. A
	/// bad credential is a result, with its rejection.
	result<credential> try_resolve(detail::lasting_text authorization,
				       detail::lasting_text cookie = {},
				       const call &call = {}) const &
	{
		const char *kind = nullptr, *text = nullptr;
		std::size_t size = 0;
		jeton_claims *good = nullptr;
		jeton_error *bad = nullptr;
		auto cause = detail::failure(
			jeton_bearer_resolve,
			std::tuple(&kind, &text, &size, &good, &bad), get(),
			std::string_view(authorization),
			std::string_view(cookie), call);
		if (cause)
			return std::move(*cause);
		credential found = {kind, {}, {}, {}};
		found.text = detail::lent(text, size).value_or("");
		if (good != nullptr)
			found.claims.emplace(good);
		if (bad != nullptr)
			found.rejection.emplace(bad);
		return found;
	}
	result<credential> try_resolve(detail::lasting_text,
				       detail::lasting_text = {},
				       const call & = {}) const && = delete;

#if JETON_HAS_EXCEPTIONS
	explicit bearer(const verifier *verifier, std::string_view admin = {},
			std::string_view options = {})
	    : bearer(try_make(verifier, admin, options).value())
	{
	}
	[[nodiscard]] credential resolve(detail::lasting_text authorization,
					 detail::lasting_text cookie = {},
					 const call &call = {}) const &
	{
		return try_resolve(authorization, cookie, call).value();
	}
	credential resolve(detail::lasting_text, detail::lasting_text = {},
			   const call & = {}) const && = delete;
#endif
};

/// Signs any payload into a compact JWS.
inline result<std::string> try_sign(const keys &keys, std::string_view payload,
				    std::string_view options = {})
{
	return detail::text(jeton_sign, keys.get(), payload, options);
}

/// The payload of a compact JWS whose signature holds; no claim is looked at.
inline result<std::string> try_verify_signature(const keys &keys,
						std::string_view token,
						std::string_view options = {})
{
	return detail::text(jeton_verify_signature, keys.get(), token, options);
}

/// What a token says, unverified: for looking at, never for deciding.
inline result<std::string> try_inspect(std::string_view token)
{
	return detail::text(jeton_inspect, token);
}

#if JETON_HAS_EXCEPTIONS
[[nodiscard]] inline std::string
sign(const keys &keys, std::string_view payload, std::string_view options = {})
{
	return try_sign(keys, payload, options).value();
}
inline std::string verify_signature(const keys &keys, std::string_view token,
				    std::string_view options = {})
{
	return try_verify_signature(keys, token, options).value();
}
[[nodiscard]] inline std::string inspect(std::string_view token)
{
	return try_inspect(token).value();
}
#endif

} // namespace jeton

#endif
