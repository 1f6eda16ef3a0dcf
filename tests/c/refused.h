/* Calls that must be refused, and must say so everywhere they can. */

#ifndef REFUSED_H
#define REFUSED_H

#include "house.h"

/* Not UTF-8, and not JSON either. */
#define BROKEN "\xff\xfe{"

/* Stands where a call must leave NULL. */
static char refused_poison[64];

/*
 * Makes the call twice, with a place for the error object and without, and
 * checks status and error. `error` is its name in the call.
 */
#define REFUSED(wanted, made)                                                  \
	do {                                                                   \
		jeton_error *object = (void *)refused_poison,                  \
			    **error = &object;                                 \
                                                                               \
		CHECK_STATUS(made, wanted);                                    \
		CHECK(jeton_error_status(object) == (wanted));                 \
		CHECK(strlen(jeton_error_message(object, NULL)) > 0);          \
		jeton_error_free(object);                                      \
		error = NULL;                                                  \
		CHECK_STATUS(made, wanted);                                    \
	} while (0)

/* As REFUSED, and the call leaves NULL in `out`. */
#define REFUSED_NULL(wanted, out, made)                                        \
	do {                                                                   \
		(out) = (void *)refused_poison;                                \
		REFUSED(wanted, made);                                         \
		CHECK(!(out));                                                 \
	} while (0)

#endif
