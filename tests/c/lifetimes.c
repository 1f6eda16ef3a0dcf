/* Handles may be freed in any order, and NULL is always fine to free. */

#include "house.h"

static void null_is_fine_to_free(void)
{
	jeton_keys_free(NULL);
	jeton_minter_free(NULL);
	jeton_verifier_free(NULL);
	jeton_claims_free(NULL);
	jeton_revocations_free(NULL);
	jeton_bearer_free(NULL);
	jeton_error_free(NULL);
	jeton_string_free(NULL);
}

static void a_minter_and_a_verifier_outlive_their_keys(void)
{
	struct house house = house_new();
	char *token;

	jeton_keys_free(house.keys);
	house.keys = NULL;
	token = minted(&house, JSON({"sub" : "ada"}));
	CHECK_STATUS(verdict(house.verifier, token), JETON_OK);
	jeton_string_free(token);
	house_free(&house);
}

static void a_verifier_goes_on_asking_revocations_that_were_freed(void)
{
	struct house house = house_new();
	char *token = minted(&house, JSON({"sub" : "ada"}));
	jeton_claims *claims = verified(house.verifier, token);
	jeton_call call = at(NOW);

	CHECK_STATUS(jeton_revocations_revoke_claims(house.revocations, claims,
						     NULL, 0, &call, NULL, NULL,
						     NULL),
		     JETON_OK);
	jeton_revocations_free(house.revocations);
	house.revocations = NULL;
	CHECK_STATUS(verdict(house.verifier, token), JETON_REVOKED);
	jeton_claims_free(claims);
	jeton_string_free(token);
	house_free(&house);
}

static void claims_and_their_texts_outlive_all_else(void)
{
	struct house house = house_new();
	char *token = minted(&house, JSON({"sub" : "ad\u0061", "n" : 7}));
	jeton_claims *claims = verified(house.verifier, token);
	const char *kid, *thumbprint, *early;
	size_t kid_len, thumbprint_len, early_len, len;

	early = jeton_claims_text(claims, TEXT("sub"), &early_len);
	memset(token, '!', strlen(token));
	jeton_string_free(token);
	house_free(&house);

	CHECK(is_text(early, early_len, "ada"));
	CHECK(jeton_claims_text(claims, TEXT("sub"), &len) == early);
	CHECK(strstr(jeton_claims_json(claims, &len), "\"n\":7") ||
	      strstr(jeton_claims_json(claims, &len), "\"n\": 7"));
	CHECK(strlen(jeton_claims_json(claims, NULL)) == len);
	jeton_claims_key(claims, &kid, &kid_len, &thumbprint, &thumbprint_len);
	CHECK(is_text(kid, kid_len, "first"));
	CHECK(strlen(kid) == kid_len);
	CHECK(thumbprint_len == 43 && strlen(thumbprint) == 43);
	CHECK(!strcmp(jeton_claims_algorithm(claims), "Ed25519") ||
	      !strcmp(jeton_claims_algorithm(claims), "EdDSA"));
	jeton_claims_free(claims);
}

static void a_bearer_outlives_its_verifier(void)
{
	struct house house = house_new();
	char *token = minted(&house, JSON({"sub" : "ada"}));
	jeton_call call = at(NOW);
	jeton_bearer *bearer;
	jeton_claims *claims;
	jeton_error *rejection;
	const char *kind;
	char header[1024];

	CHECK_STATUS(jeton_bearer_new(house.verifier, NULL, 0, NULL, 0, &bearer,
				      NULL),
		     JETON_OK);
	house_free(&house);
	snprintf(header, sizeof(header), "Bearer %s", token);
	CHECK_STATUS(jeton_bearer_resolve(bearer, TEXT(header), NULL, 0, &call,
					  &kind, NULL, NULL, &claims,
					  &rejection, NULL),
		     JETON_OK);
	CHECK(!strcmp(kind, "jwt") && claims && !rejection);
	jeton_bearer_free(bearer);
	jeton_claims_free(claims);
	jeton_string_free(token);
}

static void an_error_outlives_what_it_came_from(void)
{
	struct house house = house_new();
	jeton_claims *claims;
	jeton_error *error;

	CHECK_STATUS(jeton_verify(house.verifier, TEXT("not a token"), NULL,
				  &claims, &error),
		     JETON_MALFORMED);
	house_free(&house);
	CHECK(!claims);
	CHECK(strlen(jeton_error_message(error, NULL)) > 0);
	jeton_error_free(error);
}

/* Options, tokens and documents are overwritten once the call is over. */
static void nothing_is_kept_of_what_was_given(void)
{
	char options[] = VERIFYING;
	char minting[] = MINTING;
	char claims[] = JSON({"sub" : "ada"});
	struct house house = house_with(minting, options);
	char *token = minted(&house, claims);

	memset(options, ' ', sizeof(options));
	memset(minting, ' ', sizeof(minting));
	memset(claims, ' ', sizeof(claims));
	CHECK_STATUS(verdict(house.verifier, token), JETON_OK);
	jeton_string_free(token);
	token = minted(&house, JSON({"sub" : "bob"}));
	CHECK_STATUS(verdict(house.verifier, token), JETON_OK);
	jeton_string_free(token);
	house_free(&house);
}

/* Each bit of `order` says which half of the handles goes first. */
static void any_order_of_freeing_will_do(void)
{
	unsigned order;

	for (order = 0; order < 16; order++) {
		struct house house = house_new();
		char *token = minted(&house, "{}");
		jeton_claims *claims = verified(house.verifier, token);
		int half;

		for (half = 0; half < 2; half++) {
			if ((order & 1) == (unsigned)half)
				jeton_keys_free(house.keys);
			if ((order >> 1 & 1) == (unsigned)half)
				jeton_revocations_free(house.revocations);
			if ((order >> 2 & 1) == (unsigned)half)
				jeton_verifier_free(house.verifier);
			if ((order >> 3 & 1) == (unsigned)half)
				jeton_claims_free(claims);
		}
		jeton_minter_free(house.minter);
		jeton_string_free(token);
	}
}

static void keys_that_were_replaced_serve_old_handles_too(void)
{
	struct house house = house_new();
	jeton_keys *other = generated(JSON({"algorithm" : "Ed25519"}));
	char *token = minted(&house, "{}"), *document;
	size_t len;

	CHECK_STATUS(jeton_keys_private(other, &document, &len, NULL),
		     JETON_OK);
	CHECK_STATUS(
		jeton_keys_replace(house.keys, document, len, NULL, 0, NULL),
		JETON_OK);
	jeton_string_free(document);
	jeton_keys_free(other);
	CHECK_STATUS(verdict(house.verifier, token), JETON_UNKNOWN_KEY);
	jeton_string_free(token);
	token = minted(&house, "{}");
	CHECK_STATUS(verdict(house.verifier, token), JETON_OK);
	jeton_string_free(token);
	house_free(&house);
}

int main(void)
{
	RUN(null_is_fine_to_free);
	RUN(a_minter_and_a_verifier_outlive_their_keys);
	RUN(a_verifier_goes_on_asking_revocations_that_were_freed);
	RUN(claims_and_their_texts_outlive_all_else);
	RUN(a_bearer_outlives_its_verifier);
	RUN(an_error_outlives_what_it_came_from);
	RUN(nothing_is_kept_of_what_was_given);
	RUN(any_order_of_freeing_will_do);
	RUN(keys_that_were_replaced_serve_old_handles_too);
	return check_done();
}
