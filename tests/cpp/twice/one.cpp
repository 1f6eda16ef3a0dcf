// The wrapper twice in one file, and again in two.cpp.

#include "jeton.hpp"

bool is_token_in_two(std::string_view text);

int main()
{
	return is_token_in_two("x") || jeton::try_inspect("x") ? 1 : 0;
}
