// Says what a token on standard input is worth: prints its status, and exits
// with 0 where it is "ok", with 1 where it isn't.
//
//     verify KEYS OPTIONS REVOCATIONS < TOKEN

#include <iostream>
#include <jeton.hpp>
#include <string>

int main(int count, char **arguments)
try {
	if (count != 4)
		return 2;
	const auto keys = jeton::keys::read(arguments[1]);
	const jeton::revocations revocations(arguments[3], R"({"stale": 10})");
	const jeton::verifier verifier(keys, arguments[2], &revocations);

	std::string token;
	std::getline(std::cin, token);
	const auto claims = verifier.try_verify(token);
	std::cout << (claims ? jeton::status_name(JETON_OK)
			     : claims.error().name())
		  << '\n';
	return claims ? 0 : 1;
} catch (const jeton::exception &unusable) {
	std::cerr << unusable.what() << '\n';
	return 2;
}
