// Mints a token, verifies it, revokes it and is refused, as is an attack.

#include <iostream>
#include <jeton.hpp>

int main()
try {
	const auto keys = jeton::keys::generate(R"({"algorithm": "ES256"})");
	std::cout << "public keys: " << keys.public_set() << '\n';

	const jeton::minter minter(keys, R"({"issuer": "https://a.example",
		"audience": "api", "lifetime": 600})");
	const std::string token = minter.mint(R"({"sub": "ada"})");
	std::cout << "token: " << token << '\n';

	const jeton::revocations revocations;
	const jeton::verifier verifier(
		keys, R"({"issuer": "https://a.example", "audience": "api"})",
		&revocations);
	const jeton::claims claims = verifier.verify(token);
	std::cout << "verified: " << claims.text("sub").value_or("nobody")
		  << ", until " << claims.expires().value_or(0) << '\n';

	revocations.revoke(claims);
	const auto again = verifier.try_verify(token); // the form without throw
	if (!again)
		std::cout << "once revoked: " << again.error().name() << ": "
			  << again.error().message() << '\n';

	(void)jeton::keys::secret(keys.public_set(),
				  R"({"algorithm": "HS256"})");
	return 1; // not reached: a public key never becomes an HMAC secret
} catch (const jeton::exception &attack) {
	std::cout << "the public keys as an HMAC secret: " << attack.name()
		  << ": " << attack.what() << '\n';
	return attack.status() == JETON_KEY ? 0 : 1;
}
