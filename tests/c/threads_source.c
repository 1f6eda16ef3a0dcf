/*
 * A source that many threads share while its host fetches: they verify, wait,
 * and read what it tells of itself. Every verdict is counted, and each must be
 * one that some order of the steps explains.
 */

#include <pthread.h>
#include <stdatomic.h>

#include "house.h"

enum { VERIFIERS = 4, ALL = VERIFIERS + 2 };

/* No time of its may pass in a round, however slow a checker makes it. */
#define HOSTED                                                                 \
	JSON({                                                                 \
		"url" : "https://issuer.test/jwks",                            \
		"maximum" : 86400,                                             \
		"stale" : 86400,                                               \
		"cooldown" : 86400,                                            \
		"refresh" : false                                              \
	})

/* Whose keys the first set has, the second set, and both. */
enum { FIRST, SECOND, BOTH, ISSUERS };

static const char *const kids[ISSUERS] = {
	JSON({"algorithm" : "Ed25519", "kid" : "first"}),
	JSON({"algorithm" : "Ed25519", "kid" : "second"}),
	JSON({"algorithm" : "Ed25519", "kid" : "both"}),
};

static char *tokens[ISSUERS], *jwks[ISSUERS];
static jeton_source *source;
static jeton_verifier *verifier;
/* How many sets are known to be in force, and how many have been sent. */
static atomic_int known, sent;
static atomic_int stopped;
static atomic_long seen[3], verdicts[600];

static void make_issuers(void)
{
	jeton_call call = at(NOW);
	jeton_minter *minter;
	jeton_keys *keys;
	int who;

	for (who = 0; who < ISSUERS; who++) {
		keys = generated(kids[who]);
		minter = minter_of(keys, MINTING);
		CHECK_STATUS(jeton_mint(minter, TEXT("{}"), &call, &tokens[who],
					NULL, NULL),
			     JETON_OK);
		CHECK_STATUS(jeton_keys_public(keys, &jwks[who], NULL, NULL),
			     JETON_OK);
		jeton_minter_free(minter);
		jeton_keys_free(keys);
	}
}

/* Whether `status` is what a token may be told while the sets from `before` to
 * `after` were in force. */
static int is_explained(int who, jeton_status status, int before, int after)
{
	switch (status) {
	case JETON_KEYS_UNAVAILABLE:
		return before == 0;
	case JETON_OK:
		return (who == FIRST && before <= 1 && after >= 1) ||
		       (who == SECOND && after == 2) ||
		       (who == BOTH && after >= 1);
	case JETON_KEY_PENDING:
		/* It asks, and its fetch is under way until the second set. */
		return who == SECOND && before <= 1 && after >= 1;
	case JETON_UNKNOWN_KEY:
		return who == FIRST && after == 2;
	default:
		return 0;
	}
}

static void *verify_all(void *unused)
{
	int who, before, after;
	jeton_status status;

	while (!stopped)
		for (who = 0; who < ISSUERS; who++) {
			before = known;
			status = verdict(verifier, tokens[who]);
			after = sent;
			if (!is_explained(who, status, before, after)) {
				fprintf(stderr, "%s with sets %d to %d: %s\n",
					kids[who], before, after,
					jeton_status_name(status));
				abort();
			}
			atomic_fetch_add(&verdicts[status], 1);
			if (before == after)
				atomic_fetch_add(&seen[before], 1);
		}
	return unused;
}

/* As one who may wait: for the first keys, and once for the key of a token. */
static void *wait_for_both(void *unused)
{
	jeton_call call = at(NOW);
	jeton_claims *claims;
	jeton_error *error;

	CHECK_STATUS(jeton_source_wait(source, 60000, NULL), JETON_OK);
	CHECK_STATUS(verdict(verifier, tokens[BOTH]), JETON_OK);
	if (jeton_verify(verifier, TEXT(tokens[SECOND]), &call, &claims,
			 &error)) {
		CHECK(jeton_error_status(error) == JETON_KEY_PENDING);
		CHECK_STATUS(jeton_verifier_wait(verifier, error, 60000, NULL),
			     JETON_OK);
		CHECK_STATUS(verdict(verifier, tokens[SECOND]), JETON_OK);
	}
	jeton_error_free(error);
	jeton_claims_free(claims);
	return unused;
}

static void *look(void *unused)
{
	jeton_status status;
	char *text;

	while (!stopped) {
		CHECK_STATUS(jeton_source_status(source, &text, NULL, NULL),
			     JETON_OK);
		CHECK(strstr(text, "\"failures\":0"));
		jeton_string_free(text);
		CHECK_STATUS(jeton_source_events(source, &text, NULL, NULL),
			     JETON_OK);
		jeton_string_free(text);
		status = jeton_source_export(source, &text, NULL, NULL);
		CHECK(status == JETON_OK || status == JETON_KEYS_UNAVAILABLE);
		jeton_string_free(text);
	}
	return unused;
}

/* Answers the request that is due, or will be once a token has asked. */
static void fetch(int who)
{
	char *request = NULL, set[1024];

	while (!request) {
		CHECK_STATUS(jeton_source_claim(source, &request, NULL, NULL),
			     JETON_OK);
		sched_yield();
	}
	jeton_string_free(request);
	/* {"keys":[A]} and {"keys":[B]} become {"keys":[A,B]}. */
	snprintf(set, sizeof(set), "%.*s,%s", (int)strlen(jwks[who]) - 2,
		 jwks[who], strchr(jwks[BOTH], '[') + 1);
	sent++;
	CHECK_STATUS(jeton_source_accept(source, NULL, 0, TEXT(set), NULL),
		     JETON_OK);
	known++;
}

/* Until verdicts have been given while nothing changed. */
static void let_verify(int set)
{
	long until = seen[set] + VERIFIERS * ISSUERS;

	while (seen[set] < until)
		sched_yield();
}

static void one_round(void)
{
	pthread_t threads[ALL];
	jeton_keys *keys;
	int index;

	known = sent = stopped = 0;
	CHECK_STATUS(jeton_source_open(TEXT(HOSTED), NULL, 0, &source, NULL),
		     JETON_OK);
	CHECK_STATUS(jeton_source_keys(source, &keys, NULL), JETON_OK);
	verifier = verifier_of(keys, NULL, VERIFYING);
	jeton_keys_free(keys);
	for (index = 0; index < ALL; index++)
		CHECK(!pthread_create(&threads[index], NULL,
				      index < VERIFIERS	   ? verify_all
				      : index == VERIFIERS ? wait_for_both
							   : look,
				      NULL));
	let_verify(0);
	fetch(FIRST);
	let_verify(1);
	fetch(SECOND);
	let_verify(2);
	stopped = 1;
	for (index = 0; index < ALL; index++)
		CHECK(!pthread_join(threads[index], NULL));
	jeton_source_free(source);
	jeton_verifier_free(verifier);
}

static void keys_come_and_go_under_verifiers(void)
{
	int round, count = rounds(40);

	for (round = 0; round < count; round++)
		one_round();
	CHECK(verdicts[JETON_OK] && verdicts[JETON_KEYS_UNAVAILABLE]);
	CHECK(verdicts[JETON_KEY_PENDING] && verdicts[JETON_UNKNOWN_KEY]);
}

int main(void)
{
	int who;

	make_issuers();
	RUN(keys_come_and_go_under_verifiers);
	for (who = 0; who < ISSUERS; who++) {
		jeton_string_free(tokens[who]);
		jeton_string_free(jwks[who]);
	}
	return check_done();
}
