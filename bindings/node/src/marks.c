/* The marks seen last, each in the place that its key and header give it. */

#include "marks.h"
#include <stdlib.h>
#include <string.h>

#define PLACES 64

struct part {
	const char *text; /* NULL: the mark has none */
	size_t len;
};

struct mark {
	struct part parts[MARK_PARTS];
	char *copy; /* what their texts are in */
	uint64_t number;
};

struct marks {
	struct mark places[PLACES];
	uint64_t made;
};

struct marks *marks_new(void)
{
	return calloc(1, sizeof(struct marks));
}

void marks_free(struct marks *marks)
{
	size_t place;

	for (place = 0; marks && place < PLACES; place++)
		free(marks->places[place].copy);
	free(marks);
}

static void read_parts(const jeton_claims *claims, struct part *parts)
{
	struct part *kid = &parts[MARK_KID];
	struct part *thumbprint = &parts[MARK_THUMBPRINT];

	parts[MARK_HEADER].text =
		jeton_claims_header(claims, &parts[MARK_HEADER].len);
	parts[MARK_ALGORITHM].text = jeton_claims_algorithm(claims);
	parts[MARK_ALGORITHM].len = strlen(parts[MARK_ALGORITHM].text);
	jeton_claims_key(claims, &kid->text, &kid->len, &thumbprint->text,
			 &thumbprint->len);
	if (!kid->text)
		kid->len = 0;
}

static bool is_same(const struct part *one, const struct part *other)
{
	return one->len == other->len && !one->text == !other->text &&
	       (!one->len || !memcmp(one->text, other->text, one->len));
}

static bool are_same(const struct part *some, const struct part *others)
{
	size_t part;

	for (part = 0; part < MARK_PARTS; part++)
		if (!is_same(&some[part], &others[part]))
			return false;
	return true;
}

/* Puts copies of the parts into a place; none where there's no memory. */
static void replace(struct mark *mark, const struct part *parts)
{
	size_t part, len = 1;
	char *copy;

	for (part = 0; part < MARK_PARTS; part++)
		len += parts[part].len;
	free(mark->copy);
	copy = mark->copy = malloc(len);
	for (part = 0; part < MARK_PARTS; part++) {
		mark->parts[part] = parts[part];
		if (!parts[part].text)
			continue;
		mark->parts[part].text = copy;
		if (!copy)
			continue;
		memcpy(copy, parts[part].text, parts[part].len);
		copy += parts[part].len;
	}
}

double mark_of(struct marks *marks, const jeton_claims *claims)
{
	struct part parts[MARK_PARTS];
	const struct part *thumbprint = &parts[MARK_THUMBPRINT];
	struct mark *mark;
	size_t place;

	read_parts(claims, parts);
	/* A hash already; tokens of one key differ by how long their headers
	 * are. */
	place = ((unsigned char)thumbprint->text[0] * 7u +
		 (unsigned char)thumbprint->text[1] + parts[MARK_HEADER].len) %
		PLACES;
	mark = &marks->places[place];
	if (!mark->copy || !are_same(mark->parts, parts)) {
		replace(mark, parts);
		mark->number = ++marks->made * PLACES + place;
	}
	return (double)mark->number;
}

const char *mark_part(const struct marks *marks, uint64_t number,
		      enum mark_part part, size_t *len)
{
	const struct mark *mark = &marks->places[number % PLACES];

	*len = mark->parts[part].len;
	return mark->parts[part].text;
}
