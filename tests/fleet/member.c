/* See README.md. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "jeton.h"

#define TEXT(text) text, strlen(text)

static jeton_minter *minter;
static jeton_verifier *verifier;

static void must(jeton_status status, const char *what)
{
	if (status) {
		fprintf(stderr, "%s: %s\n", what, jeton_status_name(status));
		exit(1);
	}
}

static jeton_status verdict(const char *jti)
{
	char claims[64], *token;
	jeton_claims *verified = NULL;
	jeton_status status;
	size_t len;

	snprintf(claims, sizeof(claims), "{\"jti\":\"%s\"}", jti);
	must(jeton_mint(minter, TEXT(claims), NULL, &token, &len, NULL),
	     "mint");
	status = jeton_verify(verifier, token, len, NULL, &verified, NULL);
	jeton_claims_free(verified);
	jeton_string_free(token);
	return status;
}

static void accept(int own, int number)
{
	char jti[48];

	snprintf(jti, sizeof(jti), "other-%d-%d", own, number);
	must(verdict(jti), jti);
}

static void pause_for(long nanoseconds)
{
	struct timespec time = {0, nanoseconds};

	nanosleep(&time, NULL);
}

static long long milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

static void see(int member, int number, long long limit)
{
	jeton_status status;
	char jti[48];

	snprintf(jti, sizeof(jti), "%d-%d", member, number);
	while ((status = verdict(jti)) != JETON_REVOKED) {
		must(status, jti);
		if (milliseconds() > limit) {
			fprintf(stderr, "%s was revoked and is accepted\n",
				jti);
			exit(1);
		}
		pause_for(1000000);
	}
}

int main(int argc, char **argv)
{
	int own, members, count, others, member, number;
	jeton_revocations *store;
	jeton_keys *keys;
	long long started, waited;
	char rule[160];

	if (argc != 6)
		return 2;
	own = atoi(argv[2]);
	members = atoi(argv[3]);
	count = atoi(argv[4]);
	others = atoi(argv[5]);
	srand((unsigned)own + 1);
	must(jeton_keys_secret(TEXT("0123456789abcdef0123456789abcdef"),
			       TEXT("{\"algorithm\":\"HS256\"}"), &keys, NULL),
	     "keys");
	must(jeton_minter_new(keys,
			      TEXT("{\"issuer\":\"fleet\",\"audience\":null,"
				   "\"lifetime\":3600,\"id\":null,"
				   "\"override\":[\"jti\"]}"),
			      &minter, NULL),
	     "minter");
	must(jeton_revocations_open(TEXT(argv[1]), TEXT("{\"stale\":null}"),
				    &store, NULL),
	     "store");
	must(jeton_verifier_new((const jeton_keys *const *)&keys, 1, store,
				TEXT("{\"issuer\":\"fleet\","
				     "\"audience\":null}"),
				&verifier, NULL),
	     "verifier");

	for (number = 0; number < count; number++) {
		snprintf(rule, sizeof(rule),
			 "{\"realm\":\"fleet\",\"claim\":\"jti\","
			 "\"value\":\"%d-%d\",\"until\":%lld}",
			 own, number, (long long)time(NULL) + 3600);
		must(jeton_revocations_revoke(store, TEXT(rule), NULL, NULL,
					      NULL, NULL),
		     "revoke");
		accept(own, number);
		pause_for(rand() % 1000000);
	}
	puts("revoked");
	fflush(stdout);

	if (!fgets(rule, sizeof(rule), stdin))
		return 1;
	started = milliseconds();
	for (member = 0; member < members; member++)
		for (number = 0; number < count; number++)
			see(member, number, started + 60000);
	waited = milliseconds() - started;
	for (number = 0; number < others; number++)
		accept(own, number);
	printf("%lld %d %d\n", waited, members * count, others);
	jeton_revocations_free(store);
	jeton_verifier_free(verifier);
	jeton_minter_free(minter);
	jeton_keys_free(keys);
	return 0;
}
