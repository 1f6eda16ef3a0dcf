// The wrapper twice in one program: here, and in two.cpp, which may have been
// compiled without exceptions where this file has them, or the other way round.

#include "both.hpp"

std::string signature_in_one()
{
#if JETON_HAS_EXCEPTIONS
	throw jeton::exception(jeton::try_inspect("x").error());
#else
	return "no signature";
#endif
}

namespace
{

// A failure is thrown by the functions of this file, whatever two.cpp does.
bool is_thrown(const jeton::keys &keys)
{
#if JETON_HAS_EXCEPTIONS
	try {
		(void)jeton::verify_signature(keys, "x");
	} catch (const jeton::exception &cause) {
		return cause.name() == "malformed";
	}
	return false;
#else
	return !jeton::try_verify_signature(keys, "x");
#endif
}

} // namespace

int main()
{
	const auto keys =
		jeton::keys::try_generate(R"({"algorithm": "ES256"})");
	if (!keys || !is_refused_in_two(*keys, "x") || !is_thrown(*keys))
		return 1;

	const auto public_set = keys->try_public_set();
	const auto published = jeton::keys::try_read(*public_set);
	const auto minter =
		jeton::minter::try_external(*published, signer(), minting);
	if (!minter || minter->try_mint("{}").error().name() != "signer")
		return 1;
	// Never with exceptions where two.cpp has none to catch.
	return JETON_HAS_EXCEPTIONS || signs_in_two(*published) ? 0 : 1;
}
