/* A store in a file, between handles of one process. */

#include "store.h"

static void refresh(const jeton_revocations *store)
{
	CHECK_STATUS(jeton_revocations_refresh(store, NULL), JETON_OK);
}

static void what_one_handle_revokes_the_other_refuses(void)
{
	jeton_revocations *one = shared(), *other = shared();

	revoke(one, "ada");
	refresh(other);
	CHECK_STATUS(verdict_on(other, "ada"), JETON_REVOKED);
	CHECK_STATUS(verdict_on(other, "eve"), JETON_OK);
	jeton_revocations_free(one);
	jeton_revocations_free(other);
}

static void a_verifier_keeps_the_store_that_its_handle_let_go(void)
{
	struct house house = house_new();
	jeton_revocations *store = shared();
	jeton_verifier *verifier = verifier_of(house.keys, store, VERIFYING);
	char *token = minted(&house, JSON({"sub" : "late"}));

	revoke(store, "late");
	jeton_revocations_free(store);
	CHECK_STATUS(verdict(verifier, token), JETON_REVOKED);
	jeton_string_free(token);
	jeton_verifier_free(verifier);
	house_free(&house);
}

static void what_happened_is_told_once(void)
{
	jeton_revocations *store = shared();
	char *status, *events;
	size_t len;

	CHECK_STATUS(jeton_revocations_status(store, NULL, &status, &len, NULL),
		     JETON_OK);
	CHECK(strstr(status, "\"durable\":true"));
	CHECK(strstr(status, "\"last_error\":null"));
	CHECK_STATUS(jeton_revocations_events(store, &events, &len, NULL),
		     JETON_OK);
	CHECK(is_text(events, len, "[]"));
	jeton_string_free(events);
	jeton_string_free(status);
	jeton_revocations_free(store);
}

int main(void)
{
	make_store();
	RUN(what_one_handle_revokes_the_other_refuses);
	RUN(a_verifier_keeps_the_store_that_its_handle_let_go);
	RUN(what_happened_is_told_once);
	remove_store();
	return check_done();
}
