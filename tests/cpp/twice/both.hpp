// What one.cpp and two.cpp share.

#ifndef BOTH_HPP
#define BOTH_HPP

#include "jeton.hpp"

// Of two.cpp.
bool is_refused_in_two(const jeton::keys &keys, std::string_view token);
bool signs_in_two(const jeton::keys &keys);

// Of one.cpp: throws where that has exceptions.
std::string signature_in_one();

// A signer that both files hand to jeton.
struct signer {
	std::string operator()(const jeton::signing &) const
	{
		return signature_in_one();
	}
};

constexpr auto minting = R"({"lifetime": 60})";

#endif
