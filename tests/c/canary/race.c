/* Wrong on purpose: jeton writes two threads' lengths into one variable. */

#include <pthread.h>

#include "jeton.h"

static jeton_keys *keys;
static size_t shared;

static void *write_length(void *unused)
{
	int round;
	char *text;

	for (round = 0; round < 100; round++) {
		jeton_keys_status(keys, &text, &shared, NULL);
		jeton_string_free(text);
	}
	return unused;
}

int main(void)
{
	static const char options[] = "{\"algorithm\":\"HS256\"}";
	pthread_t threads[2];
	int index;

	jeton_keys_generate(options, sizeof(options) - 1, &keys, NULL);
	for (index = 0; index < 2; index++)
		pthread_create(&threads[index], NULL, write_length, NULL);
	for (index = 0; index < 2; index++)
		pthread_join(threads[index], NULL);
	jeton_keys_free(keys);
	return 0;
}
