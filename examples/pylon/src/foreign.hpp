/// JWTs that others mint: the document's plugin `jwt`.

#ifndef PYLON_FOREIGN_HPP
#define PYLON_FOREIGN_HPP

#include <string_view>
#include <vector>

#include <jeton.hpp>

#include "settings.hpp"

namespace pylon
{

/// Verifies the tokens of the manifest's issuers, each under its own keys
/// alone: which one is asked is jeton's to say, by its option "trust".
class foreign
{
public:
	/// There must be an issuer. Key sets are fetched in the background.
	explicit foreign(const std::vector<foreign_issuer> &issuers);

	/// The claims of a good token. Where its key may have been published
	/// just now, this waits a little for it to come.
	jeton::result<jeton::claims> verify(std::string_view token) const;

	/// Where the claims of such a token say whose it is.
	const claim_names &names(const jeton::claims &claims) const
	{
		return names_.at(claims.trust());
	}

	const jeton::verifier &verifier() const { return verifier_; }

private:
	std::vector<claim_names> names_;
	/// Of the issuers that publish their keys: kept for what they report.
	/// Before the verifier, since making that opens them.
	std::vector<jeton::source> sources_;
	jeton::verifier verifier_;
};

} // namespace pylon

#endif
