/* As nulls.c, for sources. */

#include "refused.h"

#define HOSTED                                                                 \
	JSON({                                                                 \
		"url" : "https://issuer.test/jwks",                            \
		"stale" : null,                                                \
		"refresh" : false                                              \
	})

static jeton_source *source;
static size_t len;

static void opening(void)
{
	jeton_source *out;
	jeton_keys *keys;

	REFUSED_NULL(JETON_OPTIONS, out,
		     jeton_source_open(NULL, 0, NULL, 0, &out, error));
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_source_open(NULL, 9, NULL, 0, &out, error));
	REFUSED_NULL(JETON_OPTIONS, out,
		     jeton_source_open(TEXT(BROKEN), NULL, 0, &out, error));
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_source_open(TEXT(HOSTED), NULL, 9, &out, error));
	REFUSED_NULL(
		JETON_MISUSE, out,
		jeton_source_open(TEXT(HOSTED), TEXT(BROKEN), &out, error));
	REFUSED_NULL(JETON_OPTIONS, out,
		     jeton_source_open(TEXT(HOSTED), "{}", 2, &out, error));
	REFUSED(JETON_MISUSE,
		jeton_source_open(TEXT(HOSTED), NULL, 0, NULL, error));
	REFUSED_NULL(JETON_MISUSE, keys, jeton_source_keys(NULL, &keys, error));
	REFUSED(JETON_MISUSE, jeton_source_keys(source, NULL, error));
}

static void fetching(void)
{
	char *out;

	REFUSED(JETON_MISUSE, jeton_source_wait(NULL, 0, error));
	REFUSED(JETON_MISUSE, jeton_source_refresh(NULL, error));
	REFUSED_NULL(JETON_MISUSE, out,
		     jeton_source_claim(NULL, &out, &len, error));
	REFUSED(JETON_MISUSE, jeton_source_claim(source, NULL, &len, error));
	REFUSED(JETON_MISUSE,
		jeton_source_accept(NULL, NULL, 0, NULL, 0, error));
	REFUSED(JETON_MISUSE,
		jeton_source_accept(source, NULL, 9, NULL, 0, error));
	REFUSED(JETON_MISUSE,
		jeton_source_accept(source, NULL, 0, NULL, 9, error));
	REFUSED(JETON_OPTIONS,
		jeton_source_accept(source, TEXT(BROKEN), NULL, 0, error));
	REFUSED(JETON_OPTIONS,
		jeton_source_accept(
			source,
			TEXT(JSON({"status" : 200, "headers" : {"age" : 1}})),
			NULL, 0, error));
	REFUSED(JETON_MISUSE,
		jeton_source_accept(source, NULL, 0, NULL, 0, error));
	CHECK_STATUS(jeton_source_claim(source, &out, NULL, NULL), JETON_OK);
	CHECK(out);
	jeton_string_free(out);
	CHECK_STATUS(jeton_source_accept(source, NULL, 0, NULL, 0, NULL),
		     JETON_KEY);
	REFUSED(JETON_MISUSE, jeton_source_failed(NULL, "x", 1, error));
	REFUSED(JETON_MISUSE, jeton_source_failed(source, NULL, 1, error));
	REFUSED(JETON_MISUSE, jeton_source_failed(source, TEXT(BROKEN), error));
}

static void looking(void)
{
	jeton_status (*const writers[])(const jeton_source *, char **, size_t *,
					jeton_error **) = {
		jeton_source_status,
		jeton_source_events,
		jeton_source_export,
	};
	size_t index;
	char *out;

	for (index = 0; index < sizeof(writers) / sizeof(*writers); index++) {
		REFUSED_NULL(JETON_MISUSE, out,
			     writers[index](NULL, &out, &len, error));
		REFUSED(JETON_MISUSE,
			writers[index](source, NULL, &len, error));
	}
	CHECK_STATUS(jeton_source_status(source, &out, NULL, NULL), JETON_OK);
	jeton_string_free(out);
	CHECK_STATUS(jeton_source_events(source, &out, NULL, NULL), JETON_OK);
	jeton_string_free(out);
}

static void waiting(void)
{
	REFUSED(JETON_MISUSE, jeton_verifier_wait(NULL, NULL, 0, error));
	jeton_source_free(NULL);
}

int main(void)
{
	CHECK_STATUS(jeton_source_open(TEXT(HOSTED), NULL, 0, &source, NULL),
		     JETON_OK);
	RUN(opening);
	RUN(fetching);
	RUN(looking);
	RUN(waiting);
	jeton_source_free(source);
	return check_done();
}
