/* Wrong on purpose: AddressSanitizer has to end this, or it isn't on. */

#include <string.h>

#include "jeton.h"

int main(void)
{
	jeton_keys *keys;
	jeton_error *error;
	const char *message;

	jeton_keys_new("nonsense", 8, NULL, 0, &keys, &error);
	message = jeton_error_message(error, NULL);
	jeton_error_free(error);
	return strchr(message, '\n') != NULL;
}
