/* Reads the vectors that flatten_vectors.py writes; for C and for C++. */

#ifndef VECTOR_H
#define VECTOR_H

#include <stdarg.h>

#include "check.h"

struct member {
	char name[64];
	char *text; /* NUL-terminated besides; NULL for null */
	size_t len;
};

struct vector {
	struct member members[256];
	size_t count;
};

static inline void vector_clear(struct vector *vector)
{
	while (vector->count)
		free(vector->members[--vector->count].text);
}

/* Reads the next vector; false at the end of the file. */
static inline bool vector_read(struct vector *vector, FILE *file)
{
	vector_clear(vector);
	for (;;) {
		struct member *member = &vector->members[vector->count];
		char len[24];

		if (fscanf(file, "%63s", member->name) != 1)
			return false;
		if (!strcmp(member->name, "."))
			return true;
		CHECK(vector->count + 1 < 256);
		CHECK(fscanf(file, "%23s", len) == 1 && fgetc(file) == '\n');
		member->text = NULL;
		member->len = strtoul(len, NULL, 10);
		if (strcmp(len, "null") != 0) {
			member->text = (char *)calloc(1, member->len + 1);
			CHECK(fread(member->text, 1, member->len, file) ==
			      member->len);
		}
		vector->count++;
	}
}

/* The member of this name, which may be numbered; else one without a name. */
__attribute__((format(printf, 2, 3))) static inline const struct member *
find(const struct vector *vector, const char *format, ...)
{
	static const struct member absent = {"", NULL, 0};
	char name[64];
	size_t index;
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(name, sizeof(name), format, arguments);
	va_end(arguments);
	for (index = 0; index < vector->count; index++)
		if (!strcmp(vector->members[index].name, name))
			return &vector->members[index];
	return &absent;
}

static inline bool is_there(const struct member *member)
{
	return member->name[0] != '\0';
}

/* Whether a member is there, and is this text. */
static inline bool is(const struct member *member, const char *text)
{
	return member->text && !strcmp(member->text, text);
}

/* As TEXT, of a member that may be absent. */
#define GIVEN(member) (member)->text, (member)->len

#endif
