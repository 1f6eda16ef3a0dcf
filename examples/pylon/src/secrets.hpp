/// Random texts, hashes and comparisons, all of them OpenSSL's or argon2's.

#ifndef PYLON_SECRETS_HPP
#define PYLON_SECRETS_HPP

#include <cstddef>
#include <string>
#include <string_view>

namespace pylon
{

/// Random bytes as hexadecimal digits.
std::string random_hex(std::size_t bytes);

/// Random bytes as base64url without padding; `bytes` is a multiple of 3, or
/// one less.
std::string random_base64url(std::size_t bytes);

/// SHA-256 in lower-case hexadecimal: for texts that nobody can guess.
std::string digest(std::string_view text);

/// HMAC-SHA256 in lower-case hexadecimal.
std::string keyed_digest(std::string_view key, std::string_view text);

/// Compares in a time that says nothing but the lengths.
bool equal(std::string_view one, std::string_view other);

/// Argon2id in its own text form, with a salt: for what people choose.
std::string hash_password(std::string_view password);
bool is_password(const std::string &hash, std::string_view password);

} // namespace pylon

#endif
