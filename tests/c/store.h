/* A store in a file, or the one that JETON_TEST_STORE names, for the programs
 * that share one. */

#ifndef STORE_H
#define STORE_H

#include "house.h"

#define STALE JSON({"stale" : null})
#define RULE                                                                   \
	"{\"realm\":\"https://a.test\",\"claim\":\"sub\","                     \
	"\"value\":\"%s\",\"until\":null}"

static char folder[] = "/tmp/jeton-XXXXXX", location[64];

/* Makes the folder that the store is in, if it isn't elsewhere. */
static inline void make_store(void)
{
	const char *elsewhere = getenv("JETON_TEST_STORE");

	if (elsewhere) {
		snprintf(location, sizeof(location), "%s", elsewhere);
		return;
	}
	CHECK(mkdtemp(folder));
	snprintf(location, sizeof(location), "sqlite:%s/db", folder);
}

static inline jeton_revocations *shared(void)
{
	jeton_revocations *store;

	CHECK_STATUS(jeton_revocations_open(TEXT(location), TEXT(STALE), &store,
					    NULL),
		     JETON_OK);
	return store;
}

static inline void revoke(jeton_revocations *store, const char *sub)
{
	jeton_call call = at(NOW);
	char rule[128];

	snprintf(rule, sizeof(rule), RULE, sub);
	CHECK_STATUS(jeton_revocations_revoke(store, TEXT(rule), &call, NULL,
					      NULL, NULL),
		     JETON_OK);
}

static inline jeton_status verdict_on(const jeton_revocations *store,
				      const char *sub)
{
	struct house house = house_new();
	jeton_verifier *verifier = verifier_of(house.keys, store, VERIFYING);
	char claims[64], *token;
	jeton_status status;

	snprintf(claims, sizeof(claims), "{\"sub\":\"%s\"}", sub);
	token = minted(&house, claims);
	status = verdict(verifier, token);
	jeton_string_free(token);
	jeton_verifier_free(verifier);
	house_free(&house);
	return status;
}

static inline void remove_store(void)
{
	static const char *const names[] = {"", "-wal", "-shm"};
	char path[64];
	size_t index;

	if (getenv("JETON_TEST_STORE"))
		return;
	for (index = 0; index < 3; index++) {
		snprintf(path, sizeof(path), "%s/db%s", folder, names[index]);
		unlink(path);
	}
	CHECK(!rmdir(folder));
}

#endif
