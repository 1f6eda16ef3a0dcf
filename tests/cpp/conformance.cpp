// The vectors through the throwing form.

#include "conformance.hpp"

static_assert(JETON_HAS_EXCEPTIONS == 1);

int main(int count, char **arguments)
{
	return run_vectors(count, arguments, run);
}
