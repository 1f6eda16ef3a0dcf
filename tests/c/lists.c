/*
 * A Token Status List from end to end: one process publishes what its store has
 * revoked, another follows the list and knows no store.
 */

#include "house.h"

#define STATUS(index)                                                          \
	JSON({                                                                 \
		"sub" : "ada",                                                 \
		"status" : {                                                   \
			"status_list" :                                        \
				{"idx" : index, "uri" : "https://a.test/1"}    \
		}                                                              \
	})

static struct house house;

/* The list as the store has it now. */
static char *published(void)
{
	jeton_minter *minter =
		minter_of(house.keys, JSON({
				  "issuer" : "https://lists.test",
				  "lifetime" : 4000000000,
				  "type" : "statuslist+jwt"
			  }));
	jeton_call call = at(NOW);
	char *token;
	size_t len;

	CHECK_STATUS(jeton_revocations_status_list(
			     house.revocations, minter, TEXT(JSON({
				     "uri" : "https://a.test/1",
				     "realm" : "https://a.test",
				     "size" : 1000,
				     "ttl" : 300
			     })),
			     &call, &token, &len, NULL),
		     JETON_OK);
	CHECK(strlen(token) == len);
	jeton_minter_free(minter);
	return token;
}

static jeton_source *followed(void)
{
	jeton_source *source;

	CHECK_STATUS(
		jeton_source_open_list(house.keys, TEXT(JSON({
					       "uri" : "https://a.test/1",
					       "issuer" : "https://lists.test",
					       "stale" : null,
					       "refresh" : false
				       })),
				       &source, NULL),
		JETON_OK);
	return source;
}

/* Has the source take a list as the answer to its request. */
static jeton_status answer(jeton_source *source, const char *token)
{
	char *request;

	CHECK_STATUS(jeton_source_claim(source, &request, NULL, NULL),
		     JETON_OK);
	CHECK(strstr(request, "\"accept\":\"application/statuslist+jwt\""));
	jeton_string_free(request);
	return jeton_source_accept(source, NULL, 0, TEXT(token), NULL);
}

/* What is revoked in the store is refused by who follows the list, also once
 * all else is gone. */
static void a_revoked_place_is_refused_elsewhere(void)
{
	jeton_verifier *plain = verifier_of(house.keys, NULL, VERIFYING);
	jeton_source *source = followed();
	const jeton_source *lists[] = {source};
	char *list, *good = minted(&house, STATUS(7));
	char *bad = minted(&house, STATUS(8));
	char *without = minted(&house, JSON({"sub" : "ada"}));
	jeton_verifier *verifier;

	CHECK_STATUS(jeton_verifier_following(plain, lists, 1, &verifier, NULL),
		     JETON_OK);
	CHECK(verdict(verifier, good) == JETON_REVOCATIONS_UNAVAILABLE);
	CHECK_STATUS(jeton_revocations_revoke(
			     house.revocations, TEXT(JSON({
				     "realm" : "https://a.test",
				     "claim" : "/status/status_list/idx",
				     "value" : 8,
				     "until" : null
			     })),
			     NULL, NULL, NULL, NULL),
		     JETON_OK);
	list = published();
	CHECK_STATUS(answer(source, list), JETON_OK);
	jeton_verifier_free(plain);
	jeton_source_free(source);

	CHECK(verdict(verifier, good) == JETON_OK);
	CHECK(verdict(verifier, bad) == JETON_REVOKED);
	CHECK(verdict(verifier, without) == JETON_MISSING);
	/* The store refuses it by the same rule. */
	CHECK(verdict(house.verifier, bad) == JETON_REVOKED);
	CHECK(verdict(house.verifier, good) == JETON_OK);

	jeton_verifier_free(verifier);
	jeton_string_free(list);
	jeton_string_free(good);
	jeton_string_free(bad);
	jeton_string_free(without);
}

/* Whatever isn't a list leaves the source as it was, and says why. */
static void what_is_no_list_is_refused(void)
{
	jeton_source *source = followed();
	char *token = minted(&house, STATUS(7)), *status;

	CHECK_STATUS(answer(source, token), JETON_REVOCATIONS_UNAVAILABLE);
	CHECK_STATUS(jeton_source_status(source, &status, NULL, NULL),
		     JETON_OK);
	CHECK(strstr(status, "Invalid type") &&
	      strstr(status, "\"list\":null"));
	CHECK(jeton_source_wait(source, 0, NULL) ==
	      JETON_REVOCATIONS_UNAVAILABLE);
	jeton_string_free(status);
	jeton_string_free(token);
	jeton_source_free(source);
}

int main(void)
{
	house = house_new();
	RUN(a_revoked_place_is_refused_elsewhere);
	RUN(what_is_no_list_is_refused);
	house_free(&house);
	return check_done();
}
