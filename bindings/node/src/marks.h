/*
 * What tokens are marked with: their header, and which key verified them. One
 * token after the other has the same, so JavaScript gets the strings of each
 * mark once, and from then on its number.
 */

#ifndef MARKS_H
#define MARKS_H

#include <jeton.h>

/* The parts of a mark, in their order. */
enum mark_part {
	MARK_HEADER,
	MARK_ALGORITHM,
	MARK_THUMBPRINT,
	MARK_KID,
	MARK_PARTS
};

struct marks;

struct marks *marks_new(void);
void marks_free(struct marks *marks);

/* The number of the claims' mark. It says the place (the rest of a division by
 * 64) and is never used again for another mark. */
double mark_of(struct marks *marks, const jeton_claims *claims);

/* A part of the mark that was numbered so last; NULL where it has none. */
const char *mark_part(const struct marks *marks, uint64_t number,
		      enum mark_part part, size_t *len);

#endif
