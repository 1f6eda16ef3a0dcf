/* Sources: files, hosts that fetch by themselves, forks, and who waits. */

#include <pthread.h>

#include "house.h"
#include "refreshers.h"

#define HOSTED                                                                 \
	JSON({                                                                 \
		"url" : "https://issuer.test/jwks",                            \
		"stale" : null,                                                \
		"refresh" : false                                              \
	})

static char path[] = "/tmp/jeton-XXXXXX";

static jeton_source *opened_source(const char *options)
{
	jeton_source *source;

	CHECK_STATUS(jeton_source_open(TEXT(options), NULL, 0, &source, NULL),
		     JETON_OK);
	return source;
}

static jeton_verifier *verifier_over(const jeton_source *source)
{
	jeton_verifier *verifier;
	jeton_keys *keys;

	CHECK_STATUS(jeton_source_keys(source, &keys, NULL), JETON_OK);
	verifier = verifier_of(keys, NULL, VERIFYING);
	jeton_keys_free(keys);
	return verifier;
}

static char *published(const struct house *house)
{
	size_t len;
	char *set;

	CHECK_STATUS(jeton_keys_public(house->keys, &set, &len, NULL),
		     JETON_OK);
	return set;
}

/* A new file in the place of the old one. */
static void publish(const struct house *house)
{
	char *set = published(house), next[64];
	FILE *file;

	snprintf(next, sizeof(next), "%s.next", path);
	file = fopen(next, "w");
	CHECK(file);
	CHECK(fputs(set, file) >= 0);
	CHECK(!fclose(file));
	CHECK(!rename(next, path));
	jeton_string_free(set);
}

static jeton_source *over_the_file(void)
{
	char options[128];

	snprintf(options, sizeof(options), "{\"file\":\"%s\",\"stale\":60}",
		 path);
	return opened_source(options);
}

static void accept_keys(jeton_source *source, const struct house *house)
{
	char *request, *set = published(house);
	size_t len;

	CHECK_STATUS(jeton_source_claim(source, &request, &len, NULL),
		     JETON_OK);
	CHECK(request && strlen(request) == len);
	CHECK(strstr(request, "\"url\":\"https://issuer.test/jwks\""));
	CHECK_STATUS(jeton_source_accept(source, NULL, 0, TEXT(set), NULL),
		     JETON_OK);
	jeton_string_free(request);
	jeton_string_free(set);
}

/* A token of a key that nobody publishes. */
static char *of_another_key(void)
{
	jeton_keys *keys =
		generated(JSON({"algorithm" : "Ed25519", "kid" : "other"}));
	jeton_minter *minter = minter_of(keys, MINTING);
	jeton_call call = at(NOW);
	char *token;

	CHECK_STATUS(jeton_mint(minter, TEXT("{}"), &call, &token, NULL, NULL),
		     JETON_OK);
	jeton_minter_free(minter);
	jeton_keys_free(keys);
	return token;
}

static void a_host_fetches_and_the_verifier_sees_it(void)
{
	struct house house = house_new();
	jeton_source *source = opened_source(HOSTED);
	jeton_verifier *verifier = verifier_over(source);
	char *token = minted(&house, "{}"), *stranger = of_another_key(), *text;
	jeton_keys *keys;
	size_t len;

	CHECK_STATUS(verdict(verifier, token), JETON_KEYS_UNAVAILABLE);
	accept_keys(source, &house);
	CHECK_STATUS(verdict(verifier, token), JETON_OK);
	CHECK_STATUS(jeton_source_claim(source, &text, &len, NULL), JETON_OK);
	CHECK(!text && len == 0);
	CHECK_STATUS(jeton_source_wait(source, 0, NULL), JETON_OK);
	/* An answer counts once, and for a request. */
	CHECK_STATUS(jeton_source_accept(source, NULL, 0, "{}", 2, NULL),
		     JETON_MISUSE);
	CHECK_STATUS(jeton_source_failed(source, TEXT("no route"), NULL),
		     JETON_MISUSE);
	/* A kid that isn't there asks for the next. */
	CHECK_STATUS(verdict(verifier, stranger), JETON_KEY_PENDING);
	CHECK_STATUS(jeton_source_claim(source, &text, &len, NULL), JETON_OK);
	CHECK(text);
	jeton_string_free(text);
	CHECK_STATUS(jeton_source_failed(source, TEXT("no route"), NULL),
		     JETON_OK);
	CHECK_STATUS(jeton_source_status(source, &text, &len, NULL), JETON_OK);
	CHECK(strstr(text, "\"last_error\":\"no route\""));
	jeton_string_free(text);
	CHECK_STATUS(jeton_source_events(source, &text, &len, NULL), JETON_OK);
	CHECK(strstr(text, "keys-rotated") && strstr(text, "fetch-failed"));
	jeton_string_free(text);
	CHECK_STATUS(jeton_source_keys(source, &keys, NULL), JETON_OK);
	CHECK_STATUS(jeton_keys_replace(keys, "{}", 2, NULL, 0, NULL),
		     JETON_MISUSE);
	jeton_source_free(source);
	CHECK_STATUS(verdict(verifier, token), JETON_OK);
	jeton_keys_free(keys);
	jeton_verifier_free(verifier);
	jeton_string_free(stranger);
	jeton_string_free(token);
	house_free(&house);
}

static void a_state_begins_where_another_process_ended(void)
{
	struct house house = house_new();
	jeton_source *source = opened_source(HOSTED), *next;
	char *token = minted(&house, "{}"), *state;
	jeton_verifier *verifier;
	size_t len;

	CHECK_STATUS(jeton_source_export(source, &state, &len, NULL),
		     JETON_KEYS_UNAVAILABLE);
	accept_keys(source, &house);
	CHECK_STATUS(jeton_source_export(source, &state, &len, NULL), JETON_OK);
	CHECK_STATUS(jeton_source_open(TEXT(HOSTED), state, len, &next, NULL),
		     JETON_OK);
	verifier = verifier_over(next);
	CHECK_STATUS(verdict(verifier, token), JETON_OK);
	jeton_verifier_free(verifier);
	jeton_source_free(next);
	jeton_source_free(source);
	jeton_string_free(state);
	jeton_string_free(token);
	house_free(&house);
}

struct waiter {
	const jeton_verifier *verifier;
	const char *token;
};

/* As one who may wait: once, and then verifies again. */
static void *wait_and_verify(void *data)
{
	struct waiter *waiter = data;
	jeton_call call = at(NOW);
	jeton_claims *claims;
	jeton_error *error;

	if (jeton_verify(waiter->verifier, TEXT(waiter->token), &call, &claims,
			 &error)) {
		CHECK_STATUS(jeton_verifier_wait(waiter->verifier, error, 60000,
						 NULL),
			     JETON_OK);
		jeton_error_free(error);
		CHECK_STATUS(verdict(waiter->verifier, waiter->token),
			     JETON_OK);
	} else {
		jeton_claims_free(claims);
	}
	return NULL;
}

static void eight_threads_wait_for_the_first_keys(void)
{
	struct house house = house_new();
	jeton_source *source = opened_source(HOSTED);
	jeton_verifier *verifier = verifier_over(source);
	char *token = minted(&house, "{}");
	struct waiter waiter = {verifier, token};
	pthread_t threads[8];
	int index;

	for (index = 0; index < 8; index++)
		CHECK(!pthread_create(&threads[index], NULL, wait_and_verify,
				      &waiter));
	accept_keys(source, &house);
	for (index = 0; index < 8; index++)
		CHECK(!pthread_join(threads[index], NULL));
	CHECK_STATUS(jeton_verifier_wait(verifier, NULL, 0, NULL), JETON_OK);
	jeton_source_free(source);
	jeton_verifier_free(verifier);
	jeton_string_free(token);
	house_free(&house);
}

static void a_wait_ends_in_time(void)
{
	struct house house = house_new();
	jeton_source *source = opened_source(HOSTED);
	jeton_verifier *verifier = verifier_over(source);
	char *token = minted(&house, "{}");
	jeton_claims *claims;
	jeton_error *error;

	CHECK_STATUS(jeton_source_wait(source, 1, NULL), JETON_TIMEOUT);
	CHECK_STATUS(jeton_verify(verifier, TEXT(token), NULL, &claims, &error),
		     JETON_KEYS_UNAVAILABLE);
	CHECK_STATUS(jeton_verifier_wait(verifier, error, 1, NULL),
		     JETON_TIMEOUT);
	jeton_error_free(error);
	/* What no fetch can change comes back as it is. */
	CHECK_STATUS(
		jeton_verify(verifier, "no token", 8, NULL, &claims, &error),
		JETON_MALFORMED);
	CHECK_STATUS(jeton_verifier_wait(verifier, error, 60000, NULL),
		     JETON_MALFORMED);
	jeton_error_free(error);
	jeton_source_free(source);
	jeton_verifier_free(verifier);
	jeton_string_free(token);
	house_free(&house);
}

static void until(const jeton_verifier *verifier, const char *token)
{
	int tries;

	for (tries = 0; tries < 60000; tries++) {
		if (verdict(verifier, token) == JETON_OK)
			return;
		nap();
	}
	CHECK(!"the new key came");
}

static void a_file_is_followed_and_the_thread_goes_with_its_source(void)
{
	struct house old = house_new(), new = house_new();
	char *token = minted(&new, "{}");
	jeton_verifier *verifier;
	jeton_source *source;

	CHECK(refreshers() == 0);
	publish(&old);
	source = over_the_file();
	verifier = verifier_over(source);
	until_refreshers(1);
	publish(&new);
	until(verifier, token);
	jeton_source_free(source);
	CHECK(refreshers() == 1);
	jeton_verifier_free(verifier);
	until_refreshers(0);
	jeton_string_free(token);
	house_free(&old);
	house_free(&new);
}

int main(void)
{
	int file = mkstemp(path);

	CHECK(file >= 0);
	CHECK(!close(file));
	RUN(a_host_fetches_and_the_verifier_sees_it);
	RUN(a_state_begins_where_another_process_ended);
	RUN(eight_threads_wait_for_the_first_keys);
	RUN(a_wait_ends_in_time);
	RUN(a_file_is_followed_and_the_thread_goes_with_its_source);
	unlink(path);
	return check_done();
}
