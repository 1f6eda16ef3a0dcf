/* Mints a token, verifies it, revokes it and is refused, as is an attack. */

#include <jeton.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT(text) (text), strlen(text)
#define MINTING                                                                \
	"{\"issuer\": \"https://a.example\", \"audience\": \"api\","           \
	" \"lifetime\": 600}"
#define VERIFYING "{\"issuer\": \"https://a.example\", \"audience\": \"api\"}"

static jeton_error *error;

/* Ends the program where a call failed, and says why. */
static void must(jeton_status status)
{
	if (status == JETON_OK)
		return;
	fprintf(stderr, "%s\n", jeton_error_message(error, NULL));
	exit(1);
}

/* Ends the program where a call that must fail didn't. */
static void refused(const char *what, jeton_status status)
{
	if (status == JETON_OK)
		exit(1);
	printf("%s: %s: %s\n", what, jeton_status_name(status),
	       jeton_error_message(error, NULL));
	jeton_error_free(error);
}

int main(void)
{
	jeton_keys *keys, *secret;
	const jeton_keys *trusted[1];
	jeton_revocations *revocations;
	jeton_minter *minter;
	jeton_verifier *verifier;
	jeton_claims *claims;
	char *public, *token;
	size_t len;

	must(jeton_keys_generate(TEXT("{\"algorithm\": \"ES256\"}"), &keys,
				 &error));
	must(jeton_keys_public(keys, &public, NULL, &error));
	printf("public keys: %s\n", public);

	must(jeton_minter_new(keys, TEXT(MINTING), &minter, &error));
	must(jeton_mint(minter, TEXT("{\"sub\": \"ada\"}"), NULL, &token, &len,
			&error));
	printf("token: %s\n", token);

	trusted[0] = keys;
	must(jeton_revocations_open(TEXT("memory:"), NULL, 0, &revocations,
				    &error));
	must(jeton_verifier_new(trusted, 1, revocations, TEXT(VERIFYING),
				&verifier, &error));
	must(jeton_verify(verifier, token, len, NULL, &claims, &error));
	printf("verified: %s\n", jeton_claims_json(claims, NULL));

	must(jeton_revocations_revoke_claims(revocations, claims, NULL, 0, NULL,
					     NULL, NULL, &error));
	jeton_claims_free(claims);
	refused("once revoked",
		jeton_verify(verifier, token, len, NULL, &claims, &error));
	refused("the public keys as an HMAC secret",
		jeton_keys_secret(TEXT(public),
				  TEXT("{\"algorithm\": \"HS256\"}"), &secret,
				  &error));

	jeton_verifier_free(verifier);
	jeton_revocations_free(revocations);
	jeton_minter_free(minter);
	jeton_keys_free(keys);
	jeton_string_free(token);
	jeton_string_free(public);
	return 0;
}
