// The other half of one.cpp.

#include "jeton.hpp"

bool is_token_in_two(std::string_view text);

bool is_token_in_two(std::string_view text)
{
	return jeton::try_inspect(text).has_value();
}
