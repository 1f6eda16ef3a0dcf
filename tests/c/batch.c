/* Many tokens in one call: each has a verdict of its own, in its place. */

#include "house.h"

enum { COUNT = 1000 };

static struct house house;
static const char *tokens[JETON_BATCH_MOST + 1];
static size_t lens[JETON_BATCH_MOST + 1];
static jeton_claims *claims[JETON_BATCH_MOST + 1];
static jeton_status statuses[JETON_BATCH_MOST + 1];
static jeton_error *errors[JETON_BATCH_MOST + 1];

/* A batch at NOW; `places` may be NULL: no errors are wanted. */
static jeton_status batch(size_t count, jeton_error **places)
{
	jeton_call call = at(NOW);

	return jeton_verify_many(house.verifier, tokens, lens, count, &call,
				 claims, statuses, places, NULL);
}

static void each_token_has_its_own_verdict_in_its_place(void)
{
	char document[64], wanted[32];
	char *good[COUNT];
	int count = rounds(COUNT), index;
	size_t len;

	for (index = 0; index < count; index++) {
		snprintf(document, sizeof(document), "{\"n\":%d}", index);
		good[index] = minted(&house, document);
		tokens[index] = good[index];
		lens[index] = strlen(good[index]);
		if (index % 3 == 1)
			tokens[index] = "not a token", lens[index] = 11;
		if (index % 3 == 2)
			spoil(good[index]);
	}
	CHECK_STATUS(batch((size_t)count, errors), JETON_OK);
	for (index = 0; index < count; index++) {
		const char *text;

		CHECK_STATUS(jeton_error_status(errors[index]),
			     statuses[index]);
		if (index % 3 == 0) {
			CHECK_STATUS(statuses[index], JETON_OK);
			snprintf(wanted, sizeof(wanted), "%d", index);
			text = jeton_claims_value(claims[index], TEXT("n"),
						  &len);
			CHECK(is_text(text, len, wanted));
		} else {
			CHECK(!claims[index]);
			CHECK(errors[index]);
			CHECK(statuses[index] == (index % 3 == 1
							  ? JETON_MALFORMED
							  : JETON_SIGNATURE));
		}
		jeton_claims_free(claims[index]);
		jeton_error_free(errors[index]);
		jeton_string_free(good[index]);
	}
}

static void errors_need_not_be_wanted(void)
{
	tokens[0] = "x";
	lens[0] = 1;
	errors[0] = (void *)tokens;
	CHECK_STATUS(batch(1, NULL), JETON_OK);
	CHECK_STATUS(statuses[0], JETON_MALFORMED);
	CHECK(errors[0] == (void *)tokens);
}

static void a_batch_that_fails_leaves_null_everywhere(void)
{
	size_t index;

	for (index = 0; index < 3; index++) {
		tokens[index] = index == 1 ? NULL : "x";
		lens[index] = 1;
		claims[index] = (void *)tokens;
		errors[index] = (void *)tokens;
		statuses[index] = JETON_OK;
	}
	CHECK_STATUS(batch(3, errors), JETON_MISUSE);
	for (index = 0; index < 3; index++) {
		CHECK(!claims[index] && !errors[index]);
		CHECK_STATUS(statuses[index], JETON_MISUSE);
	}
}

static void the_most_is_the_most(void)
{
	size_t index;

	for (index = 0; index <= JETON_BATCH_MOST; index++) {
		tokens[index] = "x";
		lens[index] = 1;
		statuses[index] = JETON_OK;
	}
	CHECK_STATUS(batch(JETON_BATCH_MOST, NULL), JETON_OK);
	for (index = 0; index < JETON_BATCH_MOST; index++)
		CHECK(statuses[index] == JETON_MALFORMED);
	CHECK(statuses[JETON_BATCH_MOST] == JETON_OK);
	CHECK_STATUS(batch(JETON_BATCH_MOST + 1, NULL), JETON_MISUSE);
}

int main(void)
{
	house = house_new();
	RUN(each_token_has_its_own_verdict_in_its_place);
	RUN(errors_need_not_be_wanted);
	RUN(a_batch_that_fails_leaves_null_everywhere);
	RUN(the_most_is_the_most);
	house_free(&house);
	return check_done();
}
