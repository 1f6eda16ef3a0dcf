/* A driver in C: reads requests, writes answers; see ../README.md. */

#ifndef DRIVER_H
#define DRIVER_H

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a driver has: its name, and its answers. NULL in `generate`: no keys. */
struct peer {
	const char *name;
	json_t *(*generate)(const json_t *request);
	json_t *(*mint)(const json_t *request);
	json_t *(*verify)(const json_t *request);
};

/* A member of a request that is a text; "" where it is absent or null. */
static inline const char *said(const json_t *request, const char *name)
{
	const char *text = json_string_value(json_object_get(request, name));

	return text ? text : "";
}

static inline int is(const json_t *request, const char *name, const char *text)
{
	return !strcmp(said(request, name), text);
}

/* An answer of one member. */
static inline json_t *answer(const char *name, const char *text)
{
	return json_pack("{s:s?}", name, text);
}

/* Claims that came out of a token. */
static inline json_t *answer_claims(const char *text, size_t len)
{
	return json_pack("{s:o}", "claims", json_loadb(text, len, 0, NULL));
}

static inline json_t *answer_peers(const char *name)
{
	return json_pack("{s:[{s:s, s:s}]}", "peers", "name", name, "version",
			 VERSION);
}

/* Whether it is one of HS, RS and so on, with a hash's size behind it. */
static inline int is_of(const char *algorithm, const char *kinds)
{
	char kind[3] = {0};

	if (strlen(algorithm) != 5 || !strstr("256 384 512", algorithm + 2))
		return 0;
	memcpy(kind, algorithm, 2);
	return strstr(kinds, kind) != NULL;
}

static inline int drive(const struct peer *peer, const char *kinds)
{
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, stdin) > 0) {
		json_t *request = json_loads(line, 0, NULL);
		json_t *answered;

		if (is(request, "do", "peers"))
			answered = answer_peers(peer->name);
		else if (!is_of(said(request, "algorithm"), kinds))
			answered = answer("absent", "algorithm");
		else if (is(request, "do", "mint"))
			answered = peer->mint(request);
		else if (is(request, "do", "verify"))
			answered = peer->verify(request);
		else if (peer->generate)
			answered = peer->generate(request);
		else
			answered = answer("absent", "key");
		json_dumpf(answered, stdout, JSON_COMPACT);
		putchar('\n');
		fflush(stdout);
		json_decref(answered);
		json_decref(request);
	}
	free(line);
	return 0;
}

#endif
