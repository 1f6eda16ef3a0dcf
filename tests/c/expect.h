/* The vector at hand, and what it expects; for C and for C++. */

#ifndef EXPECT_H
#define EXPECT_H

#include "vector.h"

static struct vector vector;

/* Fails unless `expect.NAME`, where it is said, is this; NULL is null. */
static inline void expect(const char *name, const char *text, size_t len)
{
	const struct member *wanted = find(&vector, "expect.%s", name);

	if (is_there(wanted) &&
	    (!text || !wanted->text
		     ? text != wanted->text
		     : len != wanted->len || memcmp(text, wanted->text, len))) {
		fprintf(stderr, "%s: expect.%s: %s was expected, not %.*s\n",
			check_test, name, wanted->text ? wanted->text : "null",
			text ? (int)len : 4, text ? text : "null");
		_exit(1);
	}
}

static inline void expect_number(const char *name, int64_t number)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)number);
	expect(name, text, strlen(text));
}

/* Fails unless `text` holds what `expect.NAME` says, where it says anything. */
static inline void expect_part(const char *name, const char *text)
{
	const char *part = find(&vector, "expect.%s", name)->text;

	if (part && (!text || !strstr(text, part))) {
		fprintf(stderr, "%s: expect.%s: \"%s\" isn't in: %s\n",
			check_test, name, part, text ? text : "null");
		_exit(1);
	}
}

/* How often `part` occurs in `text`. */
static inline int64_t occurrences(const char *text, const char *part)
{
	int64_t count = 0;

	for (; (text = strstr(text, part)); text++)
		count++;
	return count;
}

/* The status document of keys is read by its words: a thumbprint a key, a
 * reason a skip. */
static inline void expect_keys(const char *status)
{
	const char *end = strchr(status, '}');
	const char *part, *found;
	size_t index;

	expect_number("keys", occurrences(status, "\"thumbprint\":"));
	expect_number("skipped", occurrences(status, "\"reason\":"));
	expect_part("reason", strstr(status, "\"reason\":"));
	for (index = 0; index < vector.count; index++) {
		part = find(&vector, "expect.key.%zu", index)->text;
		found = part ? strstr(status, part) : NULL;
		CHECK(!part || (found && found < end)); /* in the first key */
	}
}

/* Whether this build lacks the algorithm that a vector needs. */
static inline bool is_skipped(void)
{
	const char *needs = find(&vector, "needs")->text;
	char options[64];
	jeton_keys *made;
	jeton_status status;

	if (!needs)
		return false;
	snprintf(options, sizeof(options), "{\"algorithm\":\"%s\"}", needs);
	status = jeton_keys_generate(TEXT(options), &made, NULL);
	jeton_keys_free(made);
	return status == JETON_UNSUPPORTED;
}

/* What runs the vectors of a kind; a list of them ends with NULL. */
struct kind {
	const char *name;
	void (*run)(void);
};

/* Runs the vector at hand by its kind. */
static inline void run_kind(const struct kind *known)
{
	const char *name = find(&vector, "kind")->text;

	for (; known->name; known++)
		if (!strcmp(known->name, name)) {
			known->run();
			return;
		}
	fprintf(stderr, "%s: an unknown kind: %s\n", check_test, name);
	_exit(1);
}

/* The whole of main: runs every vector of the file that is named. */
static inline int run_vectors(int count, char **arguments, void (*run)(void))
{
	FILE *file = count == 2 ? fopen(arguments[1], "rb") : NULL;

	if (!file) {
		fprintf(stderr, "usage: conformance vectors.flat\n");
		return 2;
	}
	while (vector_read(&vector, file)) {
		check_test = find(&vector, "name")->text;
		if (is_skipped())
			continue;
		run();
		check_passed++;
	}
	CHECK(check_passed > 0);
	vector_clear(&vector);
	fclose(file);
	return check_done();
}

#endif
