/*
 * Calls that may fail, each a row of a table: what it takes, the function that
 * makes the call, what comes of it. JavaScript gets every row twice: `NAME(…)`
 * calls at once, `later.NAME(…)` on a thread of libuv's pool and returns a
 * promise.
 */

#ifndef OPERATIONS_H
#define OPERATIONS_H

#include "addon.h"

#define MOST_HANDLES 2
#define MOST_TEXTS 3

/* Many handles of one kind, or many texts, for the calls that take a list. */
struct list {
	size_t count;
	void **handles;
	struct text *texts;
	uint32_t *held; /* the slots of the handles */
};

struct job {
	struct addon *addon;
	const struct operation *operation;

	/* What was given. */
	void *handle[MOST_HANDLES];
	uint32_t held[MOST_HANDLES];
	size_t handles;
	struct short_text text[MOST_TEXTS];
	size_t texts;
	struct list list;
	struct said said;
	bool has_said;
	bool flag;
	napi_ref owner; /* of the handle to be made */

	/* What came. */
	jeton_status status;
	jeton_error *error;
	void *made;
	char *answer;
	size_t answer_len;
	size_t count;
	bool truth;

	napi_deferred deferred;
	napi_async_work work;
};

enum result { NONE, TEXT, BYTES, COUNT, TRUTH, HANDLE };

struct operation {
	const char *name;
	/*
	 * Its parameters, a letter each: "+" the owner of the handle that is
	 * made (first); "K", "S", "M", "V", "R", "C", "F" a handle of that
	 * kind, in lower case one that may be undefined; "t" a text, "o" one
	 * that may be undefined; "b" a boolean; "[K" and "[t" lists; "c" what
	 * the call says (three values).
	 */
	const char *takes;
	jeton_status (*run)(struct job *job);
	enum result result;
	enum kind makes;
};

/* The tables; each ends with a row without a name. */
extern const struct operation keys_operations[];
extern const struct operation token_operations[];
extern const struct operation source_operations[];
extern const struct operation revocations_operations[];
extern const struct operation bearer_operations[];

/* A job's n-th text and its call, as the functions of jeton.h take them. */
#define GIVEN(job, n) (job)->text[n].text.data, (job)->text[n].text.len
#define ANSWER(job) &(job)->answer, &(job)->answer_len, &(job)->error

#endif
