/// The service's own JWTs: jeton's preset "pylon" under PYLON_JWT_SECRET.

#ifndef PYLON_ISSUING_HPP
#define PYLON_ISSUING_HPP

#include <cstdint>
#include <optional>
#include <string>

#include <jeton.hpp>

#include "caller.hpp"
#include "settings.hpp"

namespace pylon
{

/// The preset's options for a verifier, a minter, keys or a resolver; an empty
/// issuer is one that nobody has configured.
json preset(const std::string &issuer);

/// The claims of the service's own tokens.
claim_names own_claims();

struct minted_token {
	std::string token;
	std::int64_t expires_at;
};

/// Mints, and verifies what was minted.
class issuing
{
public:
	/// There must be a secret.
	explicit issuing(const settings &settings);

	/// A token of what the caller is at this moment. It isn't changed by
	/// what becomes of the caller later, and it can't be revoked.
	minted_token mint(const caller &who) const;

	/// None where no issuer is configured: with the secret alone, whoever
	/// else has it could sign in anybody.
	const std::optional<jeton::verifier> &verifier() const
	{
		return verifier_;
	}

	/// Whether the secret has fewer than 256 bits.
	bool is_weak() const;

private:
	std::int64_t lifetime_;
	jeton::keys keys_;
	jeton::minter minter_;
	std::optional<jeton::verifier> verifier_;
};

} // namespace pylon

#endif
