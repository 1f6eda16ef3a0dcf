#include "secrets.hpp"

#include <array>
#include <stdexcept>
#include <vector>

#include <argon2.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

namespace pylon
{

namespace
{

using bytes = std::vector<unsigned char>;

bytes random_bytes(std::size_t count)
{
	bytes made(count);
	if (RAND_bytes(made.data(), static_cast<int>(count)) != 1)
		throw std::runtime_error("there are no random bytes");
	return made;
}

std::string hex(const unsigned char *data, std::size_t size)
{
	static constexpr char digits[] = "0123456789abcdef";
	std::string text;
	text.reserve(2 * size);
	for (std::size_t index = 0; index < size; index++) {
		text += digits[data[index] >> 4];
		text += digits[data[index] & 15];
	}
	return text;
}

} // namespace

std::string random_hex(std::size_t count)
{
	return hex(random_bytes(count).data(), count);
}

std::string random_base64url(std::size_t count)
{
	const bytes made = random_bytes(count);
	std::string text(4 * ((count + 2) / 3) + 1, '\0');
	EVP_EncodeBlock(reinterpret_cast<unsigned char *>(text.data()),
			made.data(), static_cast<int>(count));
	text.resize((4 * count + 2) / 3);
	for (char &letter : text)
		letter = letter == '+' ? '-' : letter == '/' ? '_' : letter;
	return text;
}

std::string digest(std::string_view text)
{
	std::array<unsigned char, EVP_MAX_MD_SIZE> made;
	unsigned int size = 0;
	if (EVP_Digest(text.data(), text.size(), made.data(), &size,
		       EVP_sha256(), nullptr) != 1)
		throw std::runtime_error("SHA-256 failed");
	return hex(made.data(), size);
}

std::string keyed_digest(std::string_view key, std::string_view text)
{
	std::array<unsigned char, EVP_MAX_MD_SIZE> made;
	unsigned int size = 0;
	if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
		 reinterpret_cast<const unsigned char *>(text.data()),
		 text.size(), made.data(), &size) == nullptr)
		throw std::runtime_error("HMAC-SHA256 failed");
	return hex(made.data(), size);
}

bool equal(std::string_view one, std::string_view other)
{
	return one.size() == other.size() &&
	       CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

std::string hash_password(std::string_view password)
{
	constexpr std::uint32_t passes = 2, kibibytes = 19 * 1024, lanes = 1;
	constexpr std::size_t hash_size = 32;
	const bytes salt = random_bytes(16);
	std::string text(
		argon2_encodedlen(passes, kibibytes, lanes,
				  static_cast<std::uint32_t>(salt.size()),
				  hash_size, Argon2_id),
		'\0');
	const int status = argon2id_hash_encoded(
		passes, kibibytes, lanes, password.data(), password.size(),
		salt.data(), salt.size(), hash_size, text.data(), text.size());
	if (status != ARGON2_OK)
		throw std::runtime_error(argon2_error_message(status));
	text.resize(text.find(
		'\0')); // the length counts a NUL, and may be generous
	return text;
}

bool is_password(const std::string &hash, std::string_view password)
{
	return argon2id_verify(hash.c_str(), password.data(),
			       password.size()) == ARGON2_OK;
}

} // namespace pylon
