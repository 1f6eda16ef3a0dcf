/* As nulls.c, for revocations, the bearer resolver and plain JWS. */

#include "refused.h"

#define RULE                                                                   \
	JSON({"realm" : "r", "claim" : "jti", "value" : "1", "until" : null})

static struct house house;
static jeton_claims *claims;
static size_t len;

static void opening(void)
{
	jeton_revocations *out;

	REFUSED_NULL(JETON_OPTIONS, out,
		     jeton_revocations_open(NULL, 0, NULL, 0, &out, error));
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_revocations_open(NULL, 9, NULL, 0, &out, error));
	REFUSED_NULL(
		JETON_MISUSE, out,
		jeton_revocations_open(TEXT(BROKEN), NULL, 0, &out, error));
	REFUSED_NULL(
		JETON_MISUSE, out,
		jeton_revocations_open(TEXT("memory:"), NULL, 9, &out, error));
	REFUSED_NULL(JETON_OPTIONS, out,
		     jeton_revocations_open(TEXT("memory:"), TEXT("["), &out,
					    error));
	REFUSED(JETON_MISUSE,
		jeton_revocations_open(TEXT("memory:"), NULL, 0, NULL, error));
}

static void revoking(void)
{
	const jeton_revocations *store = house.revocations;
	char *out;

	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_revocations_revoke(NULL, TEXT(RULE), NULL, &out,
					      &len, error));
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_revocations_revoke(store, NULL, 9, NULL, &out, &len,
					      error));
	REFUSED_NULL(JETON_OPTIONS, out,
		     jeton_revocations_revoke(store, NULL, 0, NULL, &out, &len,
					      error));
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_revocations_revoke(store, TEXT(BROKEN), NULL, &out,
					      &len, error));
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_revocations_revoke_claims(NULL, claims, NULL, 0,
						     NULL, &out, &len, error));
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_revocations_revoke_claims(store, NULL, NULL, 0, NULL,
						     &out, &len, error));
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_revocations_revoke_claims(store, claims, NULL, 9,
						     NULL, &out, &len, error));
	REFUSED_NULL(JETON_OPTIONS, out,
		     jeton_revocations_revoke_claims(store, claims,
						     TEXT(BROKEN), NULL, &out,
						     &len, error));
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_revocations_revoke_logout(NULL, claims, NULL, 0,
						     NULL, &out, &len, error));
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_revocations_revoke_logout(store, NULL, NULL, 0, NULL,
						     &out, &len, error));
	REFUSED_NULL(JETON_OPTIONS, out,
		     jeton_revocations_revoke_logout(store, claims, NULL, 0,
						     NULL, &out, &len, error));
	CHECK_STATUS(jeton_revocations_revoke(store, TEXT(RULE), NULL, NULL,
					      NULL, NULL),
		     JETON_OK);
}

static void restoring_and_switching(void)
{
	const jeton_revocations *store = house.revocations;
	bool done, on = true;

	REFUSED(JETON_MISUSE, jeton_revocations_restore(NULL, TEXT(RULE), NULL,
							&done, error));
	REFUSED(JETON_MISUSE,
		jeton_revocations_restore(store, NULL, 9, NULL, &done, error));
	REFUSED(JETON_OPTIONS,
		jeton_revocations_restore(store, NULL, 0, NULL, &done, error));
	REFUSED(JETON_MISUSE, jeton_revocations_restore(store, TEXT(BROKEN),
							NULL, &done, error));
	CHECK_STATUS(
		jeton_revocations_restore(
			store,
			TEXT(JSON({"realm" : "r", "claim" : "a", "value" : 1})),
			NULL, NULL, NULL),
		JETON_OK);

	REFUSED(JETON_MISUSE,
		jeton_revocations_switch(NULL, "s", 1, "n", 1, true, error));
	REFUSED(JETON_MISUSE,
		jeton_revocations_switch(store, NULL, 9, "n", 1, true, error));
	REFUSED(JETON_MISUSE,
		jeton_revocations_switch(store, "s", 1, NULL, 9, true, error));
	REFUSED(JETON_OPTIONS,
		jeton_revocations_switch(store, NULL, 0, "n", 1, true, error));
	REFUSED(JETON_OPTIONS,
		jeton_revocations_switch(store, "s", 1, NULL, 0, true, error));
	REFUSED(JETON_MISUSE, jeton_revocations_switch(store, TEXT(BROKEN), "n",
						       1, true, error));

	REFUSED(JETON_MISUSE,
		jeton_revocations_is_on(NULL, "s", 1, "n", 1, &on, error));
	REFUSED(JETON_MISUSE,
		jeton_revocations_is_on(store, NULL, 9, "n", 1, &on, error));
	REFUSED(JETON_OPTIONS,
		jeton_revocations_is_on(store, "s", 1, NULL, 0, &on, error));
	REFUSED(JETON_MISUSE,
		jeton_revocations_is_on(store, "s", 1, "n", 1, NULL, error));
	CHECK(!on);
}

static void listing(void)
{
	jeton_status (*const writers[])(const jeton_revocations *,
					const jeton_call *, char **, size_t *,
					jeton_error **) = {
		jeton_revocations_list,
		jeton_revocations_export,
		jeton_revocations_status,
	};
	const jeton_revocations *store = house.revocations;
	size_t index;
	char *out;

	for (index = 0; index < sizeof(writers) / sizeof(*writers); index++) {
		REFUSED_NULL(JETON_MISUSE, out,
			     writers[index](NULL, NULL, &out, &len, error));
		REFUSED(JETON_MISUSE,
			writers[index](store, NULL, NULL, &len, error));
		CHECK_STATUS(writers[index](store, NULL, &out, NULL, NULL),
			     JETON_OK);
		jeton_string_free(out);
	}
	REFUSED(JETON_MISUSE,
		jeton_revocations_import(NULL, "{}", 2, NULL, &len, error));
	REFUSED(JETON_MISUSE,
		jeton_revocations_import(store, NULL, 9, NULL, &len, error));
	REFUSED(JETON_OPTIONS,
		jeton_revocations_import(store, NULL, 0, NULL, &len, error));
	REFUSED(JETON_MISUSE, jeton_revocations_import(store, TEXT(BROKEN),
						       NULL, &len, error));
	REFUSED(JETON_MISUSE,
		jeton_revocations_compact(NULL, NULL, &len, error));
	CHECK_STATUS(jeton_revocations_compact(store, NULL, NULL, NULL),
		     JETON_OK);
	REFUSED(JETON_MISUSE, jeton_revocations_refresh(NULL, error));
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_revocations_events(NULL, &out, &len, error));
	REFUSED(JETON_MISUSE,
		jeton_revocations_events(store, NULL, &len, error));
	CHECK_STATUS(jeton_revocations_events(store, &out, NULL, NULL),
		     JETON_OK);
	CHECK(!strcmp(out, "[]"));
	jeton_string_free(out);
}

static void bearers(void)
{
	jeton_bearer *out, *bearer;
	jeton_claims *good;
	jeton_error *bad;
	const char *kind, *found;

	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_bearer_new(NULL, NULL, 9, NULL, 0, &out, error));
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_bearer_new(NULL, NULL, 0, NULL, 9, &out, error));
	REFUSED_NULL(
		JETON_OPTIONS, out,
		jeton_bearer_new(NULL, NULL, 0, TEXT(BROKEN), &out, error));
	REFUSED(JETON_MISUSE,
		jeton_bearer_new(NULL, NULL, 0, NULL, 0, NULL, error));
	CHECK_STATUS(jeton_bearer_new(NULL, NULL, 0, NULL, 0, &bearer, NULL),
		     JETON_OK);

	len = 9;
	found = "";
	good = (void *)&house;
	REFUSED_NULL(JETON_MISUSE, bad,
		     jeton_bearer_resolve(NULL, NULL, 0, NULL, 0, NULL, &kind,
					  &found, &len, &good, &bad, error));
	CHECK(!kind && !found && !len && !good);
	REFUSED_NULL(JETON_MISUSE, kind,
		     jeton_bearer_resolve(bearer, NULL, 9, NULL, 0, NULL, &kind,
					  &found, &len, &good, &bad, error));
	REFUSED_NULL(JETON_MISUSE, kind,
		     jeton_bearer_resolve(bearer, NULL, 0, NULL, 9, NULL, &kind,
					  &found, &len, &good, &bad, error));
	REFUSED(JETON_MISUSE,
		jeton_bearer_resolve(bearer, NULL, 0, NULL, 0, NULL, NULL,
				     &found, &len, &good, &bad, error));
	REFUSED(JETON_MISUSE,
		jeton_bearer_resolve(bearer, NULL, 0, NULL, 0, NULL, &kind,
				     &found, &len, NULL, &bad, error));
	REFUSED(JETON_MISUSE,
		jeton_bearer_resolve(bearer, NULL, 0, NULL, 0, NULL, &kind,
				     &found, &len, &good, NULL, error));
	CHECK_STATUS(jeton_bearer_resolve(bearer, NULL, 0, NULL, 0, NULL, &kind,
					  NULL, NULL, &good, &bad, NULL),
		     JETON_OK);
	CHECK(!strcmp(kind, "none") && !good && !bad);
	jeton_bearer_free(bearer);
}

static void plain_jws(void)
{
	const jeton_keys *keys = house.keys;
	char *out;

	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_sign(NULL, "p", 1, NULL, 0, &out, &len, error));
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_sign(keys, NULL, 9, NULL, 0, &out, &len, error));
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_sign(keys, "p", 1, NULL, 9, &out, &len, error));
	REFUSED_NULL(JETON_OPTIONS, out,
		     jeton_sign(keys, "p", 1, TEXT(BROKEN), &out, &len, error));
	REFUSED(JETON_MISUSE,
		jeton_sign(keys, "p", 1, NULL, 0, NULL, &len, error));
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_verify_signature(NULL, "p", 1, NULL, 0, &out, &len,
					    error));
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_verify_signature(keys, NULL, 9, NULL, 0, &out, &len,
					    error));
	REFUSED_NULL(JETON_MALFORMED, out,
		     jeton_verify_signature(keys, NULL, 0, NULL, 0, &out, &len,
					    error));
	REFUSED_NULL(JETON_MALFORMED, out,
		     jeton_verify_signature(keys, TEXT(BROKEN), NULL, 0, &out,
					    &len, error));
	REFUSED_NULL(JETON_OPTIONS, out,
		     jeton_verify_signature(keys, "p", 1, TEXT(BROKEN), &out,
					    &len, error));
	REFUSED(JETON_MISUSE, jeton_verify_signature(keys, "p", 1, NULL, 0,
						     NULL, &len, error));
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_inspect(NULL, 9, &out, &len, error));
	REFUSED_NULL(JETON_MALFORMED, out,
		     jeton_inspect(NULL, 0, &out, &len, error));
	REFUSED_NULL(JETON_MALFORMED, out,
		     jeton_inspect(TEXT(BROKEN), &out, &len, error));
	REFUSED(JETON_MISUSE, jeton_inspect("p", 1, NULL, &len, error));
}

int main(void)
{
	char *token;

	house = house_new();
	token = minted(&house, "{}");
	claims = verified(house.verifier, token);
	RUN(opening);
	RUN(revoking);
	RUN(restoring_and_switching);
	RUN(listing);
	RUN(bearers);
	RUN(plain_jws);
	jeton_claims_free(claims);
	jeton_string_free(token);
	house_free(&house);
	return check_done();
}
