/*
 * Every function with NULL in each place, with nothing, and with text that
 * isn't UTF-8: a status, an error that says why, and NULL left behind.
 */

#include "refused.h"

#define DERIVING JSON({"system" : {"name" : "stack-auth", "project" : null}})

static struct house house;
static jeton_claims *claims;
static char *token;
static size_t len;
static jeton_call call;

static void keys(void)
{
	jeton_keys *out;

	REFUSED_NULL(JETON_KEY, out,
		     jeton_keys_new(NULL, 0, NULL, 0, &out, error));
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_keys_new(NULL, 9, NULL, 0, &out, error));
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_keys_new("{}", 2, NULL, 9, &out, error));
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_keys_new("{}", SIZE_MAX, NULL, 0, &out, error));
	REFUSED_NULL(JETON_KEY, out,
		     jeton_keys_new(TEXT(BROKEN), NULL, 0, &out, error));
	REFUSED_NULL(JETON_OPTIONS, out,
		     jeton_keys_new("{}", 2, TEXT(BROKEN), &out, error));
	REFUSED(JETON_MISUSE, jeton_keys_new("{}", 2, NULL, 0, NULL, error));

	REFUSED_NULL(JETON_OPTIONS, out,
		     jeton_keys_secret(NULL, 0, NULL, 0, &out, error));
	REFUSED_NULL(JETON_WEAK_KEY, out,
		     jeton_keys_secret(NULL, 0,
				       TEXT(JSON({"algorithm" : "HS256"})),
				       &out, error));
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_keys_secret(NULL, 9,
				       TEXT(JSON({"algorithm" : "HS256"})),
				       &out, error));
	REFUSED_NULL(JETON_OPTIONS, out,
		     jeton_keys_secret("s", 1, TEXT(BROKEN), &out, error));
	REFUSED(JETON_MISUSE, jeton_keys_secret("s", 1, NULL, 0, NULL, error));

	REFUSED_NULL(JETON_OPTIONS, out,
		     jeton_keys_generate(NULL, 0, &out, error));
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_keys_generate(NULL, 9, &out, error));
	REFUSED_NULL(JETON_OPTIONS, out,
		     jeton_keys_generate(TEXT(BROKEN), &out, error));
	REFUSED(JETON_MISUSE,
		jeton_keys_generate(TEXT(JSON({"algorithm" : "ES256"})), NULL,
				    error));

	REFUSED_NULL(JETON_OPTIONS, out,
		     jeton_keys_derive(NULL, 0, NULL, 0, NULL, 0, &out, error));
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_keys_derive(NULL, 9, NULL, 0, NULL, 0, &out, error));
	REFUSED_NULL(JETON_OPTIONS, out,
		     jeton_keys_derive(TEXT(BROKEN), "abcd", 4, NULL, 0, &out,
				       error));
	REFUSED_NULL(JETON_KEY, out,
		     jeton_keys_derive(TEXT(DERIVING), NULL, 0, NULL, 0, &out,
				       error));
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_keys_derive(TEXT(DERIVING), NULL, 9, NULL, 0, &out,
				       error));
	REFUSED_NULL(JETON_KEY, out,
		     jeton_keys_derive(TEXT(DERIVING), TEXT(BROKEN), NULL, 0,
				       &out, error));
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_keys_derive(TEXT(DERIVING), "abcd", 4, NULL, 9, &out,
				       error));
	REFUSED_NULL(JETON_KEY, out,
		     jeton_keys_derive(TEXT(DERIVING), "abcd", 4, TEXT(BROKEN),
				       &out, error));
	REFUSED(JETON_MISUSE, jeton_keys_derive(TEXT(DERIVING), "abcd", 4, NULL,
						0, NULL, error));

	REFUSED(JETON_MISUSE,
		jeton_keys_replace(NULL, "{}", 2, NULL, 0, error));
	REFUSED(JETON_MISUSE,
		jeton_keys_replace(house.keys, NULL, 9, NULL, 0, error));
	REFUSED(JETON_KEY,
		jeton_keys_replace(house.keys, NULL, 0, NULL, 0, error));
	REFUSED(JETON_KEY,
		jeton_keys_replace(house.keys, TEXT(BROKEN), NULL, 0, error));
	REFUSED(JETON_OPTIONS,
		jeton_keys_replace(house.keys, "{}", 2, TEXT(BROKEN), error));
	CHECK_STATUS(verdict(house.verifier, token), JETON_OK);
}

static void texts_of_keys(void)
{
	jeton_status (*const writers[])(const jeton_keys *, char **, size_t *,
					jeton_error **) = {
		jeton_keys_public,
		jeton_keys_private,
		jeton_keys_status,
	};
	size_t index;
	char *out;

	for (index = 0; index < sizeof(writers) / sizeof(*writers); index++) {
		len = 9;
		REFUSED_NULL(JETON_MISUSE, out,
			     writers[index](NULL, &out, &len, error));
		CHECK(len == 0);
		REFUSED(JETON_MISUSE,
			writers[index](house.keys, NULL, &len, error));
		CHECK_STATUS(writers[index](house.keys, &out, NULL, NULL),
			     JETON_OK);
		CHECK(*out == '{');
		jeton_string_free(out);
	}
}

static void minters(void)
{
	jeton_minter *out;
	char *text;

	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_minter_new(NULL, TEXT(MINTING), &out, error));
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_minter_new(house.keys, NULL, 9, &out, error));
	REFUSED_NULL(JETON_OPTIONS, out,
		     jeton_minter_new(house.keys, NULL, 0, &out, error));
	REFUSED_NULL(JETON_OPTIONS, out,
		     jeton_minter_new(house.keys, TEXT(BROKEN), &out, error));
	REFUSED(JETON_MISUSE,
		jeton_minter_new(house.keys, TEXT(MINTING), NULL, error));

	REFUSED_NULL(JETON_MISUSE, text,
		     jeton_mint(NULL, "{}", 2, NULL, &text, &len, error));
	REFUSED_NULL(
		JETON_MISUSE, text,
		jeton_mint(house.minter, NULL, 9, NULL, &text, &len, error));
	REFUSED_NULL(
		JETON_OPTIONS, text,
		jeton_mint(house.minter, NULL, 0, NULL, &text, &len, error));
	REFUSED_NULL(JETON_OPTIONS, text,
		     jeton_mint(house.minter, TEXT(BROKEN), NULL, &text, &len,
				error));
	REFUSED(JETON_MISUSE,
		jeton_mint(house.minter, "{}", 2, NULL, NULL, &len, error));
	CHECK_STATUS(jeton_mint(house.minter, "{}", 2, NULL, &text, NULL, NULL),
		     JETON_OK);
	jeton_string_free(text);
}

static int32_t never(void *context, jeton_signing *signing)
{
	(void)context, (void)signing;
	return 1;
}

static void external_minters(void)
{
	jeton_minter *out;
	jeton_keys *public;
	char *text;

	CHECK_STATUS(jeton_keys_public(house.keys, &text, &len, NULL),
		     JETON_OK);
	CHECK_STATUS(jeton_keys_new(text, len, NULL, 0, &public, NULL),
		     JETON_OK);
	jeton_string_free(text);
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_minter_external(NULL, never, NULL, NULL,
					   TEXT(MINTING), &out, error));
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_minter_external(public, NULL, NULL, NULL,
					   TEXT(MINTING), &out, error));
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_minter_external(public, never, NULL, NULL, NULL, 9,
					   &out, error));
	REFUSED_NULL(JETON_OPTIONS, out,
		     jeton_minter_external(public, never, NULL, NULL, NULL, 0,
					   &out, error));
	REFUSED_NULL(JETON_OPTIONS, out,
		     jeton_minter_external(public, never, NULL, NULL,
					   TEXT(BROKEN), &out, error));
	REFUSED(JETON_MISUSE,
		jeton_minter_external(public, never, NULL, NULL, TEXT(MINTING),
				      NULL, error));
	/* Neither a context nor somebody to release it is needed. */
	CHECK_STATUS(jeton_minter_external(public, never, NULL, NULL,
					   TEXT(MINTING), &out, NULL),
		     JETON_OK);
	REFUSED_NULL(JETON_SIGNER, text,
		     jeton_mint(out, "{}", 2, NULL, &text, NULL, error));
	jeton_minter_free(out);
	jeton_keys_free(public);
}

static void verifiers(void)
{
	const jeton_keys *given[] = {house.keys, NULL};
	jeton_verifier *out;
	jeton_claims *good;

	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_verifier_new(NULL, 0, NULL, TEXT(VERIFYING), &out,
					error));
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_verifier_new(NULL, 1, NULL, TEXT(VERIFYING), &out,
					error));
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_verifier_new(given, 0, NULL, TEXT(VERIFYING), &out,
					error));
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_verifier_new(given, 2, NULL, TEXT(VERIFYING), &out,
					error));
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_verifier_new(given, SIZE_MAX, NULL, TEXT(VERIFYING),
					&out, error));
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_verifier_new(given, 1, NULL, NULL, 9, &out, error));
	REFUSED_NULL(JETON_OPTIONS, out,
		     jeton_verifier_new(given, 1, NULL, NULL, 0, &out, error));
	REFUSED_NULL(
		JETON_OPTIONS, out,
		jeton_verifier_new(given, 1, NULL, TEXT(BROKEN), &out, error));
	REFUSED(JETON_MISUSE, jeton_verifier_new(given, 1, NULL,
						 TEXT(VERIFYING), NULL, error));

	REFUSED_NULL(JETON_MISUSE, good,
		     jeton_verify(NULL, TEXT(token), &call, &good, error));
	REFUSED_NULL(
		JETON_MISUSE, good,
		jeton_verify(house.verifier, NULL, 9, &call, &good, error));
	REFUSED_NULL(
		JETON_MALFORMED, good,
		jeton_verify(house.verifier, NULL, 0, &call, &good, error));
	REFUSED_NULL(JETON_MALFORMED, good,
		     jeton_verify(house.verifier, "", 0, &call, &good, error));
	REFUSED_NULL(JETON_MALFORMED, good,
		     jeton_verify(house.verifier, TEXT(BROKEN), &call, &good,
				  error));
	REFUSED(JETON_MISUSE,
		jeton_verify(house.verifier, TEXT(token), &call, NULL, error));
}

static void batches(void)
{
	const char *tokens[] = {token, NULL};
	size_t lens[] = {strlen(token), 9};
	jeton_claims *good[2];
	jeton_status statuses[2];
	jeton_verifier *v = house.verifier;

	REFUSED_NULL(JETON_MISUSE, good[0],
		     jeton_verify_many(NULL, tokens, lens, 1, &call, good,
				       statuses, NULL, error));
	REFUSED_NULL(JETON_MISUSE, good[0],
		     jeton_verify_many(v, NULL, lens, 1, &call, good, statuses,
				       NULL, error));
	REFUSED_NULL(JETON_MISUSE, good[0],
		     jeton_verify_many(v, tokens, NULL, 1, &call, good,
				       statuses, NULL, error));
	REFUSED(JETON_MISUSE, jeton_verify_many(v, tokens, lens, 1, &call, NULL,
						statuses, NULL, error));
	REFUSED_NULL(JETON_MISUSE, good[0],
		     jeton_verify_many(v, tokens, lens, 1, &call, good, NULL,
				       NULL, error));
	REFUSED_NULL(JETON_MISUSE, good[1],
		     jeton_verify_many(v, tokens, lens, 2, &call, good,
				       statuses, NULL, error));
	CHECK(!good[0]);
	REFUSED(JETON_MISUSE,
		jeton_verify_many(v, tokens, lens, SIZE_MAX, &call, good,
				  statuses, NULL, error));
	CHECK_STATUS(jeton_verify_many(v, NULL, NULL, 0, NULL, NULL, NULL, NULL,
				       NULL),
		     JETON_OK);
}

static void getters(void)
{
	const char *kid = "", *thumbprint = "";
	size_t thumbprint_len;
	int64_t number = 5;
	bool yes = true;

	len = 9;
	CHECK(!jeton_claims_json(NULL, &len) && len == 0);
	len = 9;
	CHECK(!jeton_claims_header(NULL, &len) && len == 0);
	len = 9;
	CHECK(!jeton_claims_text(NULL, TEXT("sub"), &len) && len == 0);
	len = 9;
	CHECK(!jeton_claims_value(NULL, TEXT("sub"), &len) && len == 0);
	CHECK(!jeton_claims_integer(NULL, TEXT("n"), &number) && number == 5);
	CHECK(!jeton_claims_boolean(NULL, TEXT("b"), &yes) && yes);
	CHECK(!jeton_claims_has(NULL, TEXT("sub")));
	CHECK(!jeton_claims_algorithm(NULL));
	CHECK(jeton_claims_trust(NULL) == 0);
	CHECK(!jeton_claims_expires(NULL, &number) && number == 5);
	CHECK(!jeton_claims_fresh(NULL, 1, 0, 0));
	jeton_claims_key(NULL, &kid, &len, &thumbprint, &thumbprint_len);
	CHECK(!kid && !thumbprint && !len && !thumbprint_len);
	jeton_claims_key(claims, NULL, NULL, NULL, NULL);

	CHECK(jeton_claims_json(claims, NULL));
	CHECK(jeton_claims_header(claims, NULL));
	CHECK(jeton_claims_text(claims, TEXT("sub"), NULL));
	CHECK(jeton_claims_integer(claims, TEXT("exp"), NULL));
	CHECK(jeton_claims_expires(claims, NULL));
	CHECK(!jeton_claims_has(claims, NULL, 0));
	CHECK(!jeton_claims_has(claims, NULL, 9));
	CHECK(!jeton_claims_text(claims, NULL, 9, &len));
	CHECK(!jeton_claims_value(claims, "sub", SIZE_MAX, &len));
	CHECK(!jeton_claims_integer(claims, TEXT(BROKEN), &number));
	CHECK(!jeton_claims_boolean(claims, TEXT(BROKEN), NULL));

	CHECK(jeton_error_status(NULL) == JETON_OK);
	len = 9;
	CHECK(!jeton_error_message(NULL, &len) && len == 0);
	CHECK(!jeton_error_claim(NULL, &len) &&
	      !jeton_error_claims(NULL, &len));
	CHECK(!strcmp(jeton_status_name(-1), "unknown"));
	CHECK(strlen(jeton_version()) > 0);
	CHECK(jeton_abi_version() == JETON_ABI_VERSION);
}

int main(void)
{
	house = house_new();
	call = at(NOW);
	token = minted(&house, JSON({"sub" : "ada"}));
	claims = verified(house.verifier, token);
	RUN(keys);
	RUN(texts_of_keys);
	RUN(minters);
	RUN(external_minters);
	RUN(verifiers);
	RUN(batches);
	RUN(getters);
	jeton_claims_free(claims);
	jeton_string_free(token);
	house_free(&house);
	return check_done();
}
