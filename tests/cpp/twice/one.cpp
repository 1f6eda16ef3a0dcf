// The wrapper twice in one program: here, and in two.cpp, which may have been
// compiled without exceptions where this file has them, or the other way round.

#include "jeton.hpp"

bool is_refused_in_two(const jeton::keys &keys, std::string_view token);

int main()
{
	const auto keys =
		jeton::keys::try_generate(R"({"algorithm": "ES256"})");

	if (!keys || !is_refused_in_two(*keys, "x"))
		return 1;
	const auto payload = jeton::try_verify_signature(*keys, "x");
	if (payload || payload.error().name() != "malformed")
		return 1;
#if JETON_HAS_EXCEPTIONS
	try {
		(void)jeton::verify_signature(*keys, "x");
		return 1;
	} catch (const jeton::exception &cause) {
		return cause.name() == "malformed" ? 0 : 1;
	}
#else
	return 0;
#endif
}
