/*
 * Any number of threads share every handle: they verify while keys are
 * replaced, while tokens are revoked and while others mint, here or elsewhere.
 * Every verdict is counted, and each must be one that some order of the steps
 * explains.
 */

#include <pthread.h>
#include <stdatomic.h>

#include "elsewhere.h"

enum { THREADS = 4, TOKENS = 64 };

static struct house house;
static char *tokens[TOKENS];
static atomic_int stopped;
static atomic_long verdicts[600];
/* How many tokens the revoker has revoked: those before it must be refused. */
static atomic_int revoked;

static jeton_status counted(const jeton_verifier *verifier, const char *token)
{
	jeton_status status = verdict(verifier, token);

	atomic_fetch_add(&verdicts[status], 1);
	return status;
}

/* Runs `work` on as many threads as there are, and `change` beside them. */
static void together(void *(*work)(void *), void (*change)(void))
{
	pthread_t threads[THREADS];
	int index;

	memset(verdicts, 0, sizeof(verdicts));
	stopped = 0;
	for (index = 0; index < THREADS; index++)
		CHECK(!pthread_create(&threads[index], NULL, work, NULL));
	change();
	stopped = 1;
	for (index = 0; index < THREADS; index++)
		CHECK(!pthread_join(threads[index], NULL));
}

/* The sum of what was counted, and that no other status came. */
static long all_of(jeton_status one, jeton_status other)
{
	long sum = 0;
	int status;

	for (status = 0; status < 600; status++) {
		CHECK(status == one || status == other || !verdicts[status]);
		sum += verdicts[status];
	}
	return sum;
}

static void wait_for(jeton_status status, long count)
{
	while (atomic_load(&verdicts[status]) < count)
		sched_yield();
}

/* tokens[0] is of a key that always stays, tokens[1] of one that comes and
 * goes. */
static void *verify_both(void *unused)
{
	while (!stopped) {
		CHECK_STATUS(counted(house.verifier, tokens[0]), JETON_OK);
		counted(house.verifier, tokens[1]);
	}
	return unused;
}

static char *both_keys, *one_key;

static void replace_keys(void)
{
	int round, count = rounds(300);

	for (round = 0; round < count; round++) {
		char *other = round % 2 ? both_keys : one_key;

		CHECK_STATUS(jeton_keys_replace(house.keys, TEXT(other), NULL,
						0, NULL),
			     JETON_OK);
		/* In force at once for the thread that replaced them. */
		CHECK(verdict(house.verifier, tokens[1]) ==
		      (round % 2 ? JETON_OK : JETON_UNKNOWN_KEY));
	}
	wait_for(JETON_OK, 100);
}

static void keys_are_replaced_under_verifiers(void)
{
	struct house second = house_new();
	char *key[2];

	tokens[0] = minted(&house, "{}");
	tokens[1] = minted(&second, "{}");
	CHECK_STATUS(jeton_keys_private(house.keys, &key[0], NULL, NULL),
		     JETON_OK);
	jeton_keys_free(second.keys);
	second.keys =
		generated(JSON({"algorithm" : "Ed25519", "kid" : "second"}));
	jeton_minter_free(second.minter);
	second.minter = minter_of(second.keys, MINTING);
	jeton_string_free(tokens[1]);
	tokens[1] = minted(&second, "{}");
	CHECK_STATUS(jeton_keys_private(second.keys, &key[1], NULL, NULL),
		     JETON_OK);
	one_key = key[0];
	both_keys = malloc(strlen(key[0]) + strlen(key[1]));
	/* {"keys":[A]} and {"keys":[B]} become {"keys":[A,B]}. */
	sprintf(both_keys, "%.*s,%s", (int)strlen(key[0]) - 2, key[0],
		strchr(key[1], '[') + 1);

	together(verify_both, replace_keys);
	CHECK(all_of(JETON_OK, JETON_UNKNOWN_KEY) >= 100);

	free(both_keys);
	jeton_string_free(key[0]);
	jeton_string_free(key[1]);
	jeton_string_free(tokens[0]);
	jeton_string_free(tokens[1]);
	house_free(&second);
}

static void *verify_until_revoked(void *unused)
{
	int seen[TOKENS] = {0}, index;

	do {
		for (index = 0; index < TOKENS; index++) {
			int known = index < revoked;
			jeton_status status =
				counted(house.verifier, tokens[index]);

			/* What was revoked before the call began is refused. */
			CHECK(!known || status == JETON_REVOKED);
			/* And what was refused once stays refused. */
			CHECK(!seen[index] || status == JETON_REVOKED);
			seen[index] = status == JETON_REVOKED;
		}
	} while (!stopped);
	return unused;
}

static void revoke_all(void)
{
	jeton_call call = at(NOW);
	int index;

	for (index = 0; index < TOKENS; index++) {
		jeton_claims *claims = verified(house.verifier, tokens[index]);

		CHECK_STATUS(jeton_revocations_revoke_claims(
				     house.revocations, claims, NULL, 0, &call,
				     NULL, NULL, NULL),
			     JETON_OK);
		revoked = index + 1;
		jeton_claims_free(claims);
		/* Readers and writers of all kinds beside one another. */
		CHECK_STATUS(jeton_revocations_compact(house.revocations, &call,
						       NULL, NULL),
			     JETON_OK);
	}
	wait_for(JETON_REVOKED, TOKENS);
}

static void tokens_are_revoked_under_verifiers(void)
{
	int index;

	for (index = 0; index < TOKENS; index++)
		tokens[index] = minted(&house, "{}");
	together(verify_until_revoked, revoke_all);
	CHECK(all_of(JETON_OK, JETON_REVOKED) >= THREADS * TOKENS);
	for (index = 0; index < TOKENS; index++)
		jeton_string_free(tokens[index]);
}

/* Each thread's tokens, whose ids are compared afterwards. */
static void *mint_and_revoke(void *place)
{
	char(*ids)[40] = place;
	jeton_call call = at(NOW);
	int round, count = rounds(100);

	for (round = 0; round < count; round++) {
		char *token = minted(&house, "{}"), *list;
		jeton_claims *claims = verified(house.verifier, token);
		size_t len;
		const char *id = jeton_claims_text(claims, TEXT("jti"), &len);

		CHECK(len < sizeof(*ids));
		memcpy(ids[round], id, len);
		CHECK_STATUS(jeton_revocations_revoke_claims(
				     house.revocations, claims, NULL, 0, &call,
				     NULL, NULL, NULL),
			     JETON_OK);
		CHECK_STATUS(verdict(house.verifier, token), JETON_REVOKED);
		if (round % 10 == 0) {
			CHECK_STATUS(jeton_revocations_list(house.revocations,
							    &call, &list, NULL,
							    NULL),
				     JETON_OK);
			jeton_string_free(list);
		}
		jeton_claims_free(claims);
		jeton_string_free(token);
	}
	return NULL;
}

static int by_text(const void *left, const void *right)
{
	return strcmp(left, right);
}

static void every_minted_token_is_another(void)
{
	static char ids[THREADS][100][40];
	pthread_t threads[THREADS];
	char(*all)[40] = ids[0];
	int index, count = rounds(100);

	for (index = 0; index < THREADS; index++)
		CHECK(!pthread_create(&threads[index], NULL, mint_and_revoke,
				      ids[index]));
	for (index = 0; index < THREADS; index++)
		CHECK(!pthread_join(threads[index], NULL));
	qsort(all, THREADS * 100, sizeof(*all), by_text);
	for (index = THREADS * (100 - count) + 1; index < THREADS * 100;
	     index++)
		CHECK(strcmp(all[index - 1], all[index]) < 0);
}

static jeton_claims *shared;

static void *read_claims(void *unused)
{
	size_t len;
	const char *text = jeton_claims_text(shared, TEXT("sub"), &len);

	CHECK(is_text(text, len, "a\tb"));
	return unused;
}

static void do_nothing(void) {}

/* The first to ask for an escaped text makes it, for all of them. */
static void claims_are_read_by_all(void)
{
	int round, count = rounds(200);

	for (round = 0; round < count; round++) {
		char *token = minted(&house, "{\"sub\":\"a\\tb\"}");

		shared = verified(house.verifier, token);
		together(read_claims, do_nothing);
		jeton_claims_free(shared);
		jeton_string_free(token);
	}
}

static pthread_barrier_t in_the_signer;

/* Each thread waits in the signer for all of them: a lock would let none go. */
static int32_t meet(const uint8_t *signature, size_t len,
		    jeton_signing *signing)
{
	pthread_barrier_wait(&in_the_signer);
	return give(signature, len, signing);
}

static void *mint_elsewhere(void *external)
{
	const struct house *house = external;
	int round, count = rounds(100);

	for (round = 0; round < count; round++) {
		char *token = minted(house, "{}");

		CHECK_STATUS(verdict(house->verifier, token), JETON_OK);
		jeton_string_free(token);
	}
	return NULL;
}

static void a_signer_elsewhere_serves_all(void)
{
	struct elsewhere signer =
		elsewhere_new(JSON({"algorithm" : "Ed25519"}));
	struct house external = {0};
	pthread_t threads[THREADS];
	int index;

	signer.answer = meet;
	external.minter = external_minter(&signer);
	external.verifier = verifier_of(signer.public, NULL, VERIFYING);
	CHECK(!pthread_barrier_init(&in_the_signer, NULL, THREADS));
	for (index = 0; index < THREADS; index++)
		CHECK(!pthread_create(&threads[index], NULL, mint_elsewhere,
				      &external));
	for (index = 0; index < THREADS; index++)
		CHECK(!pthread_join(threads[index], NULL));
	CHECK(signer.asked == THREADS * rounds(100) && !signer.released);
	house_free(&external);
	CHECK(signer.released == 1);
	pthread_barrier_destroy(&in_the_signer);
	elsewhere_free(&signer);
}

int main(void)
{
	house = house_new();
	RUN(keys_are_replaced_under_verifiers);
	RUN(tokens_are_revoked_under_verifiers);
	RUN(every_minted_token_is_another);
	RUN(claims_are_read_by_all);
	RUN(a_signer_elsewhere_serves_all);
	house_free(&house);
	return check_done();
}
