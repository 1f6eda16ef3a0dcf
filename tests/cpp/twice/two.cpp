// The other half of one.cpp.

#include "both.hpp"

bool is_refused_in_two(const jeton::keys &keys, std::string_view token)
{
#if JETON_HAS_EXCEPTIONS
	try {
		(void)jeton::verify_signature(keys, token);
	} catch (const jeton::exception &) {
		return true;
	}
	return false;
#else
	return !jeton::try_verify_signature(keys, token);
#endif
}

bool signs_in_two(const jeton::keys &keys)
{
	const auto minter =
		jeton::minter::try_external(keys, signer(), minting);
	return minter && minter->try_mint("{}").error().name() == "signer";
}
