/* Telling kinds of credentials apart. */

#include "operations.h"
#include <stdlib.h>
#include <string.h>

static jeton_status bearer_new(struct job *job)
{
	return jeton_bearer_new(job->handle[0], GIVEN(job, 0), GIVEN(job, 1),
				(jeton_bearer **)&job->made, &job->error);
}

const struct operation bearer_operations[] = {
	{"bearerNew", "+voo", bearer_new, HANDLE, BEARER},
	{NULL, NULL, NULL, NONE, NOTHING},
};

/* What came in, and what it was found to be. */
struct request {
	struct long_text authorization, cookie;
	struct said said;
	const char *kind, *credential;
	size_t credential_len;
	jeton_claims *claims;
	jeton_error *rejection;
};

/* Empties all but the room for texts, which is large. */
static void begin(struct addon *addon, struct request *request)
{
	static const struct text none;

	request->authorization.text = request->cookie.text = none;
	said_read(addon, NULL, 0, &request->said);
	request->claims = NULL;
	request->rejection = NULL;
}

static void clear(struct request *request)
{
	text_clear(&request->authorization.text);
	text_clear(&request->cookie.text);
	said_clear(&request->said);
}

/* [kind, credential, verdict or undefined, rejection or undefined] */
static napi_value found(struct addon *addon, struct request *request,
			napi_value owner)
{
	napi_env env = addon->env;
	napi_value list, item;

	napi_create_array_with_length(env, 4, &list);
	item = string_of(env, request->kind, strlen(request->kind));
	napi_set_element(env, list, 0, item);
	item = string_of(env, request->credential, request->credential_len);
	napi_set_element(env, list, 1, item);
	if (request->claims) {
		item = verdict(addon, request->claims, owner);
		napi_set_element(env, list, 2, item);
	}
	if (request->rejection) {
		item = failure(addon, jeton_error_status(request->rejection),
			       request->rejection);
		if (item)
			napi_set_element(env, list, 3, item);
	}
	return list;
}

/* resolve(bearer, authorization, cookie, owner, what the call says…) */
static napi_value resolve(napi_env env, napi_callback_info info)
{
	napi_value values[MOST_ARGUMENTS], result = NULL;
	size_t count;
	struct addon *addon = arguments(env, info, values, &count);
	struct slot *slot = slot_find(addon, values[0], BEARER);
	struct request request;
	jeton_error *error = NULL;
	jeton_status status;

	if (!slot)
		return NULL;
	begin(addon, &request);
	if (TEXT_READ(addon, values[1], "authorization",
		      &request.authorization) &&
	    TEXT_READ(addon, values[2], "cookie", &request.cookie) &&
	    said_read(addon, &values[4], count - 4, &request.said)) {
		status = jeton_bearer_resolve(
			slot->handle, request.authorization.text.data,
			request.authorization.text.len,
			request.cookie.text.data, request.cookie.text.len,
			request.said.given, &request.kind, &request.credential,
			&request.credential_len, &request.claims,
			&request.rejection, &error);
		if (status == JETON_OK)
			result = found(addon, &request, values[3]);
		else
			throw_failure(addon, status, error);
	}
	clear(&request);
	return result;
}

void add_bearer(struct addon *addon, napi_value exports)
{
	add_function(addon, exports, "resolve", resolve);
}
