/* The header twice in one file, and again in two.c: as C and as C++. */

#include <string.h>

#include "jeton.h"

/* Apart, so that formatting them keeps both. */
#include "jeton.h"

const char *version_in_two(void);

int main(void)
{
	jeton_call call;

	memset(&call, 0, sizeof(call));
	call.size = sizeof(call);
	return JETON_OK != 0 || JETON_EXPIRED != 304 ||
	       jeton_abi_version() != JETON_ABI_VERSION ||
	       strcmp(jeton_version(), version_in_two()) != 0;
}
