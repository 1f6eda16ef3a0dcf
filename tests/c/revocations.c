/* Revocations: rules, sessions, switches, and moving them between stores. */

#include "house.h"

#define SWITCHED                                                               \
	JSON({                                                                 \
		"issuer" : "https://a.test",                                   \
		"audience" : "api",                                            \
		"deny" : [ {                                                   \
			"name" : "no users",                                   \
			"when" : {"kind" : "user"},                            \
			"switch" : "reject_users"                              \
		} ]                                                            \
	})
#define LOGOUT                                                                 \
	JSON({                                                                 \
		"sid" : "s1",                                                  \
		"events" : {                                                   \
			"http://schemas.openid.net/event/backchannel-logout" : \
				{}                                             \
		}                                                              \
	})

static void revoke(const struct house *house, const char *rule)
{
	jeton_call call = at(NOW);

	CHECK_STATUS(jeton_revocations_revoke(house->revocations, TEXT(rule),
					      &call, NULL, NULL, NULL),
		     JETON_OK);
}

/* How many rules the store says it has, by its status document. */
static long entries(const jeton_revocations *store, int64_t now)
{
	jeton_call call = at(now);
	char *text, *place;
	long count;

	CHECK_STATUS(jeton_revocations_status(store, &call, &text, NULL, NULL),
		     JETON_OK);
	place = strstr(text, "\"entries\":");
	CHECK(place);
	count = strtol(place + strlen("\"entries\":"), NULL, 10);
	jeton_string_free(text);
	return count;
}

static void one_token_is_refused_and_its_neighbour_is_not(void)
{
	struct house house = house_new();
	char *bad = minted(&house, "{}"), *good = minted(&house, "{}");
	jeton_claims *claims = verified(house.verifier, bad);
	jeton_call call = at(NOW);
	char *entry;
	size_t len;

	CHECK_STATUS(jeton_revocations_revoke_claims(house.revocations, claims,
						     NULL, 0, &call, &entry,
						     &len, NULL),
		     JETON_OK);
	CHECK(strlen(entry) == len && strstr(entry, "\"claim\":\"jti\""));
	CHECK(strstr(entry, "\"realm\":\"https://a.test\""));
	CHECK_STATUS(verdict(house.verifier, bad), JETON_REVOKED);
	CHECK_STATUS(verdict(house.verifier, good), JETON_OK);
	jeton_string_free(entry);
	jeton_claims_free(claims);
	jeton_string_free(bad);
	jeton_string_free(good);
	house_free(&house);
}

/* Sign out everywhere: what was issued by now is refused, what comes isn't. */
static void a_cut_off_spares_what_is_issued_later(void)
{
	struct house house = house_new();
	char *old = minted(&house, JSON({"sub" : "ada"})), *new;
	jeton_call call = at(NOW + 1);
	jeton_claims *claims;

	revoke(&house, JSON({
		"realm" : "https://a.test",
		"claim" : "sub",
		"value" : "ada",
		"until" : null
	}));
	CHECK_STATUS(verdict(house.verifier, old), JETON_REVOKED);
	CHECK_STATUS(jeton_mint(house.minter, TEXT(JSON({"sub" : "ada"})),
				&call, &new, NULL, NULL),
		     JETON_OK);
	CHECK_STATUS(
		jeton_verify(house.verifier, TEXT(new), &call, &claims, NULL),
		JETON_OK);
	jeton_claims_free(claims);
	jeton_string_free(new);
	jeton_string_free(old);
	house_free(&house);
}

static void a_compromised_key_is_refused_by_its_own_kid(void)
{
	struct house house = house_new();
	char *token = minted(&house, "{}");

	revoke(&house, JSON({
		"realm" : "https://a.test",
		"key" : "second",
		"until" : null
	}));
	CHECK_STATUS(verdict(house.verifier, token), JETON_OK);
	revoke(&house, JSON({
		"realm" : "https://a.test",
		"key" : "first",
		"until" : null
	}));
	CHECK_STATUS(verdict(house.verifier, token), JETON_REVOKED);
	jeton_string_free(token);
	house_free(&house);
}

static void a_logout_token_ends_its_session(void)
{
	struct house house = house_new();
	char *token = minted(&house, JSON({"sid" : "s1"}));
	char *logout = minted(&house, LOGOUT);
	jeton_claims *claims = verified(house.verifier, token);
	jeton_call call = at(NOW);
	jeton_error *error;

	CHECK_STATUS(
		jeton_revocations_revoke_logout(house.revocations, claims,
						TEXT(JSON({"lifetime" : 60})),
						&call, NULL, NULL, &error),
		JETON_CLAIM);
	CHECK(!strcmp(jeton_error_claim(error, NULL), "events"));
	jeton_error_free(error);
	jeton_claims_free(claims);

	claims = verified(house.verifier, logout);
	CHECK_STATUS(
		jeton_revocations_revoke_logout(house.revocations, claims,
						TEXT(JSON({"lifetime" : 60})),
						&call, NULL, NULL, NULL),
		JETON_OK);
	CHECK_STATUS(verdict(house.verifier, token), JETON_REVOKED);
	CHECK(entries(house.revocations, NOW + 59) == 1);
	CHECK(entries(house.revocations, NOW + 60) == 0);
	jeton_claims_free(claims);
	jeton_string_free(logout);
	jeton_string_free(token);
	house_free(&house);
}

static void a_rule_is_taken_back_or_ends_by_itself(void)
{
	const char *rule = JSON({
		"realm" : "https://a.test",
		"claim" : "n",
		"value" : 7,
		"until" : 1700000010
	});
	const char *target =
		JSON({"realm" : "https://a.test", "claim" : "n", "value" : 7});
	struct house house = house_new();
	char *token = minted(&house, JSON({"n" : 7}));
	jeton_call call = at(NOW);
	bool restored = false;
	size_t count;

	revoke(&house, rule);
	CHECK_STATUS(verdict(house.verifier, token), JETON_REVOKED);
	CHECK_STATUS(jeton_revocations_restore(house.revocations, TEXT(target),
					       &call, &restored, NULL),
		     JETON_OK);
	CHECK(restored);
	CHECK_STATUS(verdict(house.verifier, token), JETON_OK);
	CHECK_STATUS(jeton_revocations_restore(house.revocations, TEXT(target),
					       &call, &restored, NULL),
		     JETON_OK);
	CHECK(!restored);

	revoke(&house, rule);
	call.now = NOW + 10;
	CHECK_STATUS(jeton_revocations_compact(house.revocations, &call, &count,
					       NULL),
		     JETON_OK);
	CHECK(count == 1);
	CHECK_STATUS(verdict(house.verifier, token), JETON_OK);
	jeton_string_free(token);
	house_free(&house);
}

static void a_switch_turns_a_rule_on_in_its_scope(void)
{
	struct house house = house_with(MINTING, SWITCHED);
	char *token = minted(&house, JSON({"kind" : "user"}));
	jeton_call call = at(NOW);
	jeton_claims *claims;
	jeton_verifier *verifier;
	const jeton_keys *keys = house.keys;
	bool on;

	CHECK_STATUS(verdict(house.verifier, token), JETON_MISUSE);
	CHECK_STATUS(jeton_revocations_switch(house.revocations, TEXT("p1"),
					      TEXT("reject_users"), true, NULL),
		     JETON_OK);
	CHECK_STATUS(jeton_revocations_is_on(house.revocations, TEXT("p1"),
					     TEXT("reject_users"), &on, NULL),
		     JETON_OK);
	CHECK(on);
	CHECK_STATUS(jeton_revocations_is_on(house.revocations, TEXT("p2"),
					     TEXT("reject_users"), &on, NULL),
		     JETON_OK);
	CHECK(!on);
	call.scope = "p1 and more";
	call.scope_len = 2;
	CHECK_STATUS(
		jeton_verify(house.verifier, TEXT(token), &call, &claims, NULL),
		JETON_DENIED);
	call.scope = "p2";
	CHECK_STATUS(
		jeton_verify(house.verifier, TEXT(token), &call, &claims, NULL),
		JETON_OK);
	jeton_claims_free(claims);
	call.scope_len = 0;
	CHECK_STATUS(
		jeton_verify(house.verifier, TEXT(token), &call, &claims, NULL),
		JETON_OK);
	jeton_claims_free(claims);
	CHECK_STATUS(jeton_verifier_new(&keys, 1, NULL, TEXT(SWITCHED),
					&verifier, NULL),
		     JETON_MISCONFIGURED);
	jeton_string_free(token);
	house_free(&house);
}

static void an_export_says_the_same_elsewhere(void)
{
	struct house house = house_new();
	char *token = minted(&house, JSON({"sub" : "ada"})), *document, *list;
	jeton_revocations *other = opened();
	jeton_verifier *verifier = verifier_of(house.keys, other, VERIFYING);
	jeton_call call = at(NOW);
	size_t len, count;

	revoke(&house, JSON({
		"realm" : "https://a.test",
		"claim" : "sub",
		"value" : "ada",
		"until" : null,
		"note" : "lost her phone"
	}));
	CHECK_STATUS(jeton_revocations_export(house.revocations, &call,
					      &document, &len, NULL),
		     JETON_OK);
	CHECK_STATUS(verdict(verifier, token), JETON_OK);
	CHECK_STATUS(jeton_revocations_import(other, document, len, &call,
					      &count, NULL),
		     JETON_OK);
	CHECK(count == 1);
	CHECK_STATUS(verdict(verifier, token), JETON_REVOKED);
	CHECK_STATUS(jeton_revocations_list(other, &call, &list, &len, NULL),
		     JETON_OK);
	CHECK(strlen(list) == len && strstr(list, "lost her phone"));

	/* All or nothing: cut short, it changes nothing. */
	CHECK_STATUS(jeton_revocations_import(other, document, len / 2, &call,
					      NULL, NULL),
		     JETON_OPTIONS);
	jeton_string_free(list);
	jeton_string_free(document);
	jeton_string_free(token);
	jeton_verifier_free(verifier);
	jeton_revocations_free(other);
	house_free(&house);
}

static void a_store_without_a_log_still_refuses(void)
{
	jeton_revocations *store;
	char *text;

	CHECK_STATUS(jeton_revocations_open(TEXT("memory:"),
					    TEXT(JSON({"log" : false})), &store,
					    NULL),
		     JETON_OK);
	CHECK_STATUS(jeton_revocations_list(store, NULL, &text, NULL, NULL),
		     JETON_MISCONFIGURED);
	CHECK_STATUS(jeton_revocations_export(store, NULL, &text, NULL, NULL),
		     JETON_MISCONFIGURED);
	CHECK(entries(store, NOW) == 0);
	jeton_revocations_free(store);
}

int main(void)
{
	RUN(one_token_is_refused_and_its_neighbour_is_not);
	RUN(a_cut_off_spares_what_is_issued_later);
	RUN(a_compromised_key_is_refused_by_its_own_kid);
	RUN(a_logout_token_ends_its_session);
	RUN(a_rule_is_taken_back_or_ends_by_itself);
	RUN(a_switch_turns_a_rule_on_in_its_scope);
	RUN(an_export_says_the_same_elsewhere);
	RUN(a_store_without_a_log_still_refuses);
	return check_done();
}
