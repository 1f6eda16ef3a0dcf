/* What a C test needs: a check that says where it failed, and a count. */

#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "jeton.h"

/* A text, as the pointer and the length that the ABI takes. */
#define TEXT(text) (text), strlen(text)

/* JSON without the backslashes that a C string would need. */
#define JSON(...) #__VA_ARGS__

/* Ends the program, a forked child included, without the parent's buffers. */
#define CHECK(what)                                                            \
	do {                                                                   \
		if (!(what)) {                                                 \
			fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, \
				check_test, #what);                            \
			_exit(1);                                              \
		}                                                              \
	} while (0)

/* As CHECK for a status, and names the one that came. */
#define CHECK_STATUS(call, wanted)                                             \
	do {                                                                   \
		jeton_status check_status = (call);                            \
		if (check_status != (wanted)) {                                \
			fprintf(stderr, "%s:%d: %s: %s: %s is not %s\n",       \
				__FILE__, __LINE__, check_test, #call,         \
				jeton_status_name(check_status),               \
				jeton_status_name(wanted));                    \
			_exit(1);                                              \
		}                                                              \
	} while (0)

#define RUN(test) check_run(#test, test)

static const char *check_test = "";
static int check_passed;

static inline void check_run(const char *name, void (*test)(void))
{
	check_test = name;
	test();
	check_passed++;
}

/* The last line of a test program, and what it returns. */
static inline int check_done(void)
{
	printf("%d passed\n", check_passed);
	return 0;
}

/* How often to repeat: less under valgrind, where each step is dear. */
static inline int rounds(int usual)
{
	const char *said = getenv("JETON_TEST_PERCENT");
	int percent = said ? atoi(said) : 100;
	int count = usual * percent / 100;

	return count > 0 ? count : 1;
}

/* Whether a lent text, with or without a NUL behind it, is `wanted`. */
static inline int is_text(const char *text, size_t len, const char *wanted)
{
	return text && len == strlen(wanted) && !memcmp(text, wanted, len);
}

#endif
