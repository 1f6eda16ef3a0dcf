/* Wrong on purpose: says more bytes than there are, and jeton reads them. */

#include <stdlib.h>
#include <string.h>

#include "jeton.h"

int main(void)
{
	char *token = malloc(64), *text;
	size_t len;

	memset(token, 'a', 64);
	return jeton_inspect(token, 65, &text, &len, NULL) == JETON_OK;
}
