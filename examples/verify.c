/*
 * Says what a token on standard input is worth: prints its status, and exits
 * with 0 where it is "ok", with 1 where it isn't.
 *
 *     verify KEYS OPTIONS REVOCATIONS < TOKEN
 */

#include <jeton.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT(text) (text), strlen(text)

/* Ends the program where what it was given can't be used. */
static void must(jeton_status status, jeton_error *error)
{
	if (status == JETON_OK)
		return;
	fprintf(stderr, "%s\n", jeton_error_message(error, NULL));
	exit(2);
}

int main(int count, char **arguments)
{
	static char token[65536];
	size_t len;
	jeton_keys *keys;
	const jeton_keys *trusted[1];
	jeton_revocations *revocations;
	jeton_verifier *verifier;
	jeton_claims *claims = NULL;
	jeton_error *error = NULL;
	jeton_status status;

	if (count != 4)
		return 2;
	must(jeton_keys_new(TEXT(arguments[1]), NULL, 0, &keys, &error), error);
	must(jeton_revocations_open(TEXT(arguments[3]), TEXT("{\"stale\": 10}"),
				    &revocations, &error),
	     error);
	trusted[0] = keys;
	must(jeton_verifier_new(trusted, 1, revocations, TEXT(arguments[2]),
				&verifier, &error),
	     error);

	len = fread(token, 1, sizeof(token), stdin);
	while (len > 0 && token[len - 1] == '\n')
		len--;
	status = jeton_verify(verifier, token, len, NULL, &claims, NULL);
	puts(jeton_status_name(status));

	jeton_claims_free(claims);
	jeton_verifier_free(verifier);
	jeton_revocations_free(revocations);
	jeton_keys_free(keys);
	return status != JETON_OK;
}
