/* Inputs made to hurt: deep, long, cut off, changed. A verdict, and no crash.
 */

#include <pthread.h>

#include "house.h"

enum { LONG = 1 << 20 };

static struct house house;
static char *text;

/* A text of `part`, over and over. */
static size_t repeated(const char *part)
{
	size_t len = strlen(part), at, most = (size_t)rounds(LONG);

	for (at = 0; at + len <= most; at += len)
		memcpy(text + at, part, len);
	return at;
}

/* A failure, and one that isn't a bug of jeton's. */
#define FAILS(made)                                                            \
	do {                                                                   \
		jeton_status came = (made);                                    \
		CHECK(came != JETON_OK && came != JETON_INTERNAL);             \
	} while (0)

static void every_document_may_be_a_mebibyte_of_anything(void)
{
	static const char *const parts[] = {
		"[",	       "{\"a\":",  "{",	       "\"",	"\\",
		".",	       "0",	   "\n",       "-",	"[1,",
		"\"\\u0",      "\xf0\x9f", "{\"a\":[", "null,", "e30.",
		"-----BEGIN ", "MII",	   "0\x82",
	};
	const jeton_keys *keys = house.keys;
	jeton_keys *made;
	jeton_minter *minter;
	jeton_verifier *verifier;
	jeton_revocations *store;
	jeton_bearer *bearer;
	jeton_claims *claims;
	size_t index, len, unused;
	char *out;

	for (index = 0; index < sizeof(parts) / sizeof(*parts); index++) {
		len = repeated(parts[index]);
		FAILS(jeton_keys_new(text, len, NULL, 0, &made, NULL));
		FAILS(jeton_keys_new(text, len, "[", 1, &made, NULL));
		FAILS(jeton_keys_generate(text, len, &made, NULL));
		FAILS(jeton_keys_secret("s", 1, text, len, &made, NULL));
		FAILS(jeton_keys_derive(text, len, "s", 1, NULL, 0, &made,
					NULL));
		FAILS(jeton_keys_replace(keys, text, len, NULL, 0, NULL));
		FAILS(jeton_minter_new(keys, text, len, &minter, NULL));
		FAILS(jeton_mint(house.minter, text, len, NULL, &out, NULL,
				 NULL));
		FAILS(jeton_verifier_new(&keys, 1, NULL, text, len, &verifier,
					 NULL));
		FAILS(jeton_verify(house.verifier, text, len, NULL, &claims,
				   NULL));
		FAILS(jeton_inspect(text, len, &out, NULL, NULL));
		FAILS(jeton_verify_signature(keys, text, len, NULL, 0, &out,
					     NULL, NULL));
		FAILS(jeton_sign(keys, "p", 1, text, len, &out, NULL, NULL));
		FAILS(jeton_revocations_open(text, len, NULL, 0, &store, NULL));
		FAILS(jeton_revocations_open(TEXT("memory:"), text, len, &store,
					     NULL));
		FAILS(jeton_revocations_revoke(house.revocations, text, len,
					       NULL, NULL, NULL, NULL));
		FAILS(jeton_revocations_restore(house.revocations, text, len,
						NULL, NULL, NULL));
		FAILS(jeton_revocations_import(house.revocations, text, len,
					       NULL, &unused, NULL));
		FAILS(jeton_revocations_switch(house.revocations, text, len,
					       "n", 1, true, NULL));
		FAILS(jeton_revocations_is_on(house.revocations, text, len, "n",
					      1, NULL, NULL));
		FAILS(jeton_bearer_new(NULL, NULL, 0, text, len, &bearer,
				       NULL));
	}
}

static void a_token_cut_anywhere_is_refused(void)
{
	char *token = minted(&house, JSON({"sub" : "ada"}));
	size_t whole = strlen(token), len;
	jeton_call call = at(NOW);
	jeton_claims *claims;

	for (len = 0; len < whole; len++) {
		/* From the heap, so that a checker sees a read past its end. */
		char *part = malloc(len + 1);

		memcpy(part, token, len);
		FAILS(jeton_verify(house.verifier, part, len, &call, &claims,
				   NULL));
		CHECK(!claims);
		free(part);
	}
	jeton_string_free(token);
}

static void a_token_with_any_other_byte_is_refused(void)
{
	char *token = minted(&house, JSON({"sub" : "ada"}));
	size_t whole = strlen(token), place, step = 100 / (size_t)rounds(100);
	jeton_call call = at(NOW);
	jeton_claims *claims;
	int bit;

	for (place = 0; place < whole; place += step)
		for (bit = 0; bit < 8; bit++) {
			token[place] ^= (char)(1 << bit);
			FAILS(jeton_verify(house.verifier, token, whole, &call,
					   &claims, NULL));
			token[place] ^= (char)(1 << bit);
		}
	CHECK_STATUS(verdict(house.verifier, token), JETON_OK);
	jeton_string_free(token);
}

static void *live(void *unused)
{
	char *token = minted(&house, "{\"sub\":\"a\\tb\"}");
	jeton_claims *claims = verified(house.verifier, token);
	jeton_keys *keys = generated(JSON({"algorithm" : "PS512"}));
	jeton_minter *minter = minter_of(keys, MINTING);
	jeton_verifier *verifier = verifier_of(keys, NULL, VERIFYING);
	jeton_call call = at(NOW);
	char *other;

	CHECK(jeton_claims_text(claims, TEXT("sub"), NULL));
	CHECK_STATUS(jeton_revocations_revoke_claims(house.revocations, claims,
						     NULL, 0, &call, NULL, NULL,
						     NULL),
		     JETON_OK);
	CHECK_STATUS(jeton_mint(minter, "{}", 2, &call, &other, NULL, NULL),
		     JETON_OK);
	CHECK_STATUS(verdict(verifier, other), JETON_OK);
	every_document_may_be_a_mebibyte_of_anything();
	jeton_string_free(other);
	jeton_string_free(token);
	jeton_claims_free(claims);
	jeton_verifier_free(verifier);
	jeton_minter_free(minter);
	jeton_keys_free(keys);
	return unused;
}

/* A host may call from a thread whose stack is as small as musl's. */
static void a_small_stack_is_enough(void)
{
	pthread_attr_t small;
	pthread_t thread;

	CHECK(!pthread_attr_init(&small));
	CHECK(!pthread_attr_setstacksize(&small, 128 << 10));
	CHECK(!pthread_create(&thread, &small, live, NULL));
	CHECK(!pthread_join(thread, NULL));
	pthread_attr_destroy(&small);
}

int main(void)
{
	house = house_new();
	text = malloc(LONG);
	CHECK(text);
	RUN(every_document_may_be_a_mebibyte_of_anything);
	RUN(a_token_cut_anywhere_is_refused);
	RUN(a_token_with_any_other_byte_is_refused);
	RUN(a_small_stack_is_enough);
	free(text);
	house_free(&house);
	return check_done();
}
