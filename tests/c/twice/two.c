/* The other half of one.c. */

#include "jeton.h"

const char *version_in_two(void);

const char *version_in_two(void)
{
	return jeton_version();
}
