/* As nulls.c, for status lists. */

#include "refused.h"

#define FOLLOWED                                                               \
	JSON({                                                                 \
		"uri" : "https://a.test/1",                                    \
		"issuer" : null,                                               \
		"stale" : null,                                                \
		"refresh" : false                                              \
	})
#define PUBLISHED JSON({"uri" : "https://a.test/1", "realm" : "r", "size" : 8})

static struct house house;
static jeton_source *list;
static size_t len;

static void opening(void)
{
	jeton_source *out;
	jeton_keys *keys;
	char *state;

	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_source_open_list(NULL, TEXT(FOLLOWED), &out, error));
	REFUSED_NULL(JETON_OPTIONS, out,
		     jeton_source_open_list(house.keys, NULL, 0, &out, error));
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_source_open_list(house.keys, NULL, 9, &out, error));
	REFUSED_NULL(
		JETON_OPTIONS, out,
		jeton_source_open_list(house.keys, TEXT(BROKEN), &out, error));
	REFUSED(JETON_MISUSE, jeton_source_open_list(house.keys, TEXT(FOLLOWED),
						     NULL, error));
	REFUSED_NULL(JETON_MISUSE, keys, jeton_source_keys(list, &keys, error));
	REFUSED_NULL(JETON_MISUSE, state,
		     jeton_source_export(list, &state, &len, error));
}

static void following(void)
{
	const jeton_source *none[] = {NULL}, *twice[] = {list, list};
	const jeton_source *lists[] = {list};
	jeton_verifier *v = house.verifier, *out;

	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_verifier_following(NULL, lists, 1, &out, error));
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_verifier_following(v, NULL, 1, &out, error));
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_verifier_following(v, lists, 0, &out, error));
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_verifier_following(v, none, 1, &out, error));
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_verifier_following(v, lists, SIZE_MAX, &out, error));
	REFUSED_NULL(JETON_MISCONFIGURED, out,
		     jeton_verifier_following(v, twice, 2, &out, error));
	REFUSED(JETON_MISUSE,
		jeton_verifier_following(v, lists, 1, NULL, error));
}

static void publishing(void)
{
	const jeton_revocations *store = house.revocations;
	const jeton_minter *minter = house.minter;
	char *out;

	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_revocations_status_list(NULL, minter,
						   TEXT(PUBLISHED), NULL, &out,
						   &len, error));
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_revocations_status_list(store, NULL, TEXT(PUBLISHED),
						   NULL, &out, &len, error));
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_revocations_status_list(store, minter, NULL, 9, NULL,
						   &out, &len, error));
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_revocations_status_list(store, minter, TEXT(BROKEN),
						   NULL, &out, &len, error));
	REFUSED_NULL(JETON_OPTIONS, out,
		     jeton_revocations_status_list(store, minter, NULL, 0, NULL,
						   &out, &len, error));
	REFUSED(JETON_MISUSE,
		jeton_revocations_status_list(store, minter, TEXT(PUBLISHED),
					      NULL, NULL, &len, error));
	/* Its type is another. */
	REFUSED_NULL(JETON_MISCONFIGURED, out,
		     jeton_revocations_status_list(store, minter,
						   TEXT(PUBLISHED), NULL, &out,
						   &len, error));
}

int main(void)
{
	house = house_new();
	CHECK_STATUS(
		jeton_source_open_list(house.keys, TEXT(FOLLOWED), &list, NULL),
		JETON_OK);
	RUN(opening);
	RUN(following);
	RUN(publishing);
	jeton_source_free(list);
	house_free(&house);
	return check_done();
}
