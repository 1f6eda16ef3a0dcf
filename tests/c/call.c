/* What a call says, guarded by the size of its struct. */

#include <limits.h>
#include <stddef.h>

#include "house.h"

/* The size of a call as the first version of the header had it. */
#define FIRST offsetof(jeton_call, method)

/* A call as a later version of the header would have it. */
struct later_call {
	jeton_call call;
	int64_t added[4];
};

static struct house house;
static char *token;

static jeton_status with(const jeton_call *call)
{
	jeton_claims *claims;
	jeton_status status;

	status = jeton_verify(house.verifier, TEXT(token), call, &claims, NULL);
	jeton_claims_free(claims);
	return status;
}

static void the_time_is_the_calls_or_else_the_clocks(void)
{
	jeton_call call = at(NOW + 59);

	CHECK_STATUS(with(&call), JETON_OK);
	call.now = NOW + 60;
	CHECK_STATUS(with(&call), JETON_EXPIRED);
	call.now = 0;
	CHECK_STATUS(with(&call), JETON_EXPIRED);
	CHECK_STATUS(with(NULL), JETON_EXPIRED);
}

static void a_size_that_no_version_had_is_misuse(void)
{
	jeton_call call = at(NOW);

	for (call.size = 0; call.size < sizeof(call); call.size++)
		CHECK_STATUS(with(&call),
			     call.size == FIRST ? JETON_OK : JETON_MISUSE);
	CHECK_STATUS(with(&call), JETON_OK);
	call.size = SIZE_MAX;
	CHECK_STATUS(with(&call), JETON_MISUSE);
	call.size = (size_t)INT_MAX;
	CHECK_STATUS(with(&call), JETON_MISUSE);
}

static void an_earlier_programs_struct_says_what_it_has(void)
{
	jeton_call call = at(NOW + 60);

	/* What lies behind it is another's, and isn't read. */
	memset((char *)&call + FIRST, 0xff, sizeof(call) - FIRST);
	call.size = FIRST;
	CHECK_STATUS(with(&call), JETON_EXPIRED);
	call.now = NOW;
	CHECK_STATUS(with(&call), JETON_OK);
}

static void a_request_is_heard_by_verifiers_of_proofs_alone(void)
{
	const char *const said[] = {"GET", "https://a.test/", "", "jkt"};
	const char *options =
		JSON({"system" : {"name" : "dpop", "replay" : false}});
	jeton_call call = at(NOW);
	const char **texts[] = {&call.method, &call.uri, &call.access_token,
				&call.jkt};
	jeton_verifier *verifier;
	jeton_claims *claims;
	size_t index;

	CHECK_STATUS(jeton_verifier_new(NULL, 0, NULL, TEXT(options), &verifier,
					NULL),
		     JETON_OK);
	for (index = 0; index < 4; index++) {
		CHECK_STATUS(
			jeton_verify(verifier, TEXT("x"), &call, &claims, NULL),
			index < 3 ? JETON_MISUSE : JETON_MALFORMED);
		*texts[index] = said[index];
		call.method_len = call.method ? 3 : 0;
		call.uri_len = call.uri ? strlen(call.uri) : 0;
		call.jkt_len = call.jkt ? strlen(call.jkt) : 0;
		CHECK_STATUS(with(&call), JETON_MISUSE);
	}
	CHECK_STATUS(jeton_verify(verifier, TEXT("x"), &call, &claims, NULL),
		     JETON_MALFORMED);
	call.uri = "\xff";
	call.uri_len = 1;
	CHECK_STATUS(jeton_verify(verifier, TEXT("x"), &call, &claims, NULL),
		     JETON_MISUSE);
	jeton_verifier_free(verifier);
	CHECK_STATUS(jeton_verifier_new(NULL, 0, NULL, TEXT(VERIFYING),
					&verifier, NULL),
		     JETON_MISUSE);
	CHECK(!verifier);
}

static void a_later_programs_struct_may_say_nothing_more(void)
{
	struct later_call later = {0};

	later.call = at(NOW);
	later.call.size = sizeof(later);
	CHECK_STATUS(with(&later.call), JETON_OK);
	later.added[3] = 1;
	CHECK_STATUS(with(&later.call), JETON_UNSUPPORTED);
	later.call.size = sizeof(later) - sizeof(later.added[3]);
	CHECK_STATUS(with(&later.call), JETON_OK);
}

/* Every function that takes a call looks at its size. */
static void every_function_looks_at_the_size(void)
{
	const char *rule = JSON({"realm" : "r", "claim" : "c", "value" : 1});
	jeton_claims *claims = verified(house.verifier, token);
	jeton_revocations *store = house.revocations;
	const char *tokens[] = {token};
	size_t lens[] = {strlen(token)}, len;
	jeton_claims *good;
	jeton_status status;
	jeton_bearer *bearer;
	jeton_error *bad;
	const char *kind;
	jeton_call call = at(NOW);
	char *text;

	CHECK_STATUS(jeton_bearer_new(NULL, NULL, 0, NULL, 0, &bearer, NULL),
		     JETON_OK);
	call.size--;
#define LOOKS(made) CHECK_STATUS(made, JETON_MISUSE)
	LOOKS(jeton_mint(house.minter, "{}", 2, &call, &text, &len, NULL));
	LOOKS(jeton_verify_many(house.verifier, tokens, lens, 1, &call, &good,
				&status, NULL, NULL));
	LOOKS(jeton_revocations_revoke(store, TEXT(rule), &call, NULL, NULL,
				       NULL));
	LOOKS(jeton_revocations_revoke_claims(store, claims, NULL, 0, &call,
					      NULL, NULL, NULL));
	LOOKS(jeton_revocations_revoke_logout(store, claims, NULL, 0, &call,
					      NULL, NULL, NULL));
	LOOKS(jeton_revocations_restore(store, TEXT(rule), &call, NULL, NULL));
	LOOKS(jeton_revocations_list(store, &call, &text, &len, NULL));
	LOOKS(jeton_revocations_export(store, &call, &text, &len, NULL));
	LOOKS(jeton_revocations_import(store, "{}", 2, &call, NULL, NULL));
	LOOKS(jeton_revocations_compact(store, &call, NULL, NULL));
	LOOKS(jeton_revocations_status(store, &call, &text, &len, NULL));
	LOOKS(jeton_bearer_resolve(bearer, NULL, 0, NULL, 0, &call, &kind, NULL,
				   NULL, &good, &bad, NULL));
#undef LOOKS
	jeton_bearer_free(bearer);
	jeton_claims_free(claims);
}

static void texts_of_a_call_are_checked(void)
{
	jeton_call call = at(NOW);

	call.scope_len = 1;
	CHECK_STATUS(with(&call), JETON_MISUSE);
	call.scope = "\xff";
	CHECK_STATUS(with(&call), JETON_MISUSE);
	call.scope = "s";
	CHECK_STATUS(with(&call), JETON_OK);
	call.nonce_len = 1;
	CHECK_STATUS(with(&call), JETON_MISUSE);
	call.nonce = "n";
	CHECK_STATUS(with(&call), JETON_CLAIM);
}

static void a_nonce_must_match(void)
{
	char *other = token;
	jeton_call call = at(NOW);

	token = minted(&house, JSON({"nonce" : "n-0S6"}));
	call.nonce = "n-0S6!";
	call.nonce_len = 5;
	CHECK_STATUS(with(&call), JETON_OK);
	call.nonce_len = 6;
	CHECK_STATUS(with(&call), JETON_CLAIM);
	call.nonce_len = 0;
	CHECK_STATUS(with(&call), JETON_CLAIM);
	jeton_string_free(token);
	token = other;
}

/* The ends of time neither wrap around nor panic. */
static void any_time_gets_a_verdict(void)
{
	const int64_t times[] = {INT64_MIN,	INT64_MIN + 1, -1,	 1, NOW,
				 INT64_MAX - 1, INT64_MAX,     1LL << 53};
	struct house fussy = house_with(MINTING, JSON({
						"issuer" : "https://a.test",
						"audience" : "api",
						"leeway" : 600,
						"lifetime" : 600,
						"age" : 600
					}));
	size_t index, len;

	for (index = 0; index < sizeof(times) / sizeof(*times); index++) {
		jeton_call call = at(times[index]);
		jeton_claims *claims = NULL;
		jeton_status status;
		char *text;

		status = jeton_mint(fussy.minter, "{}", 2, &call, &text, &len,
				    NULL);
		CHECK(status == JETON_OK || status == JETON_OPTIONS);
		if (status == JETON_OK) {
			status = jeton_verify(fussy.verifier, text, len, &call,
					      &claims, NULL);
			CHECK(status != JETON_INTERNAL);
			CHECK(status != JETON_OK || claims);
			jeton_claims_fresh(claims, INT64_MIN, INT64_MAX, 1);
			jeton_claims_fresh(claims, INT64_MAX, INT64_MIN, -1);
		}
		if (claims) {
			status = jeton_revocations_revoke_claims(
				fussy.revocations, claims,
				TEXT(JSON({"claim" : "jti"})), &call, NULL,
				NULL, NULL);
			CHECK(status != JETON_INTERNAL);
		}
		jeton_claims_free(claims);
		jeton_string_free(text);
		CHECK_STATUS(jeton_revocations_list(fussy.revocations, &call,
						    &text, &len, NULL),
			     JETON_OK);
		jeton_string_free(text);
		CHECK_STATUS(jeton_revocations_compact(fussy.revocations, &call,
						       &len, NULL),
			     JETON_OK);
	}
	house_free(&fussy);
}

int main(void)
{
	house = house_new();
	token = minted(&house, "{}");
	RUN(the_time_is_the_calls_or_else_the_clocks);
	RUN(a_size_that_no_version_had_is_misuse);
	RUN(an_earlier_programs_struct_says_what_it_has);
	RUN(a_request_is_heard_by_verifiers_of_proofs_alone);
	RUN(a_later_programs_struct_may_say_nothing_more);
	RUN(every_function_looks_at_the_size);
	RUN(texts_of_a_call_are_checked);
	RUN(a_nonce_must_match);
	RUN(any_time_gets_a_verdict);
	jeton_string_free(token);
	house_free(&house);
	return check_done();
}
