// The vectors through results, with -fno-exceptions -fno-rtti.

#include "conformance.hpp"

static_assert(JETON_HAS_EXCEPTIONS == 0);

int main(int count, char **arguments)
{
	return run_vectors(count, arguments, run);
}
