/* Between JavaScript's values and C's. */

#define _DEFAULT_SOURCE /* explicit_bzero */
#include "addon.h"
#include <stdlib.h>
#include <string.h>

/* UTF-8, never Latin-1: that would fold U+0141 into "A", and so make one token
 * of many strings. */
static bool read_string(struct addon *addon, napi_value value,
			struct text *text, char *room, size_t size)
{
	napi_env env = addon->env;

	if (napi_get_value_string_utf8(env, value, room, size, &text->len) !=
	    napi_ok)
		return false;
	text->data = room;
	/* Room for one more character of four bytes, and so for all of it. */
	if (text->len + 4 < size)
		return true;
	napi_get_value_string_utf8(env, value, NULL, 0, &text->len);
	text->owned = malloc(text->len + 1);
	text->data = text->owned;
	return text->owned &&
	       napi_get_value_string_utf8(env, value, text->owned,
					  text->len + 1, &text->len) == napi_ok;
}

static bool read_bytes(struct addon *addon, napi_value value, struct text *text,
		       char *room, size_t size)
{
	napi_typedarray_type type;
	void *data = NULL;

	if (napi_get_typedarray_info(addon->env, value, &type, &text->len,
				     &data, NULL, NULL) != napi_ok ||
	    type != napi_uint8_array)
		return false;
	if (text->len >= size)
		room = text->owned = malloc(text->len + 1);
	if (!room)
		return false;
	if (text->len)
		memcpy(room, data, text->len);
	text->data = room;
	return true;
}

static void refuse(struct addon *addon, const char *name)
{
	throw_misuse(addon, "%s must be a string or a Uint8Array", name);
}

bool is_missing(struct addon *addon, const struct text *text, const char *name)
{
	if (text->data)
		return false;
	refuse(addon, name);
	return true;
}

bool text_read(struct addon *addon, napi_value value, const char *name,
	       struct text *text, char *room, size_t size)
{
	napi_valuetype type = napi_undefined;

	text->data = NULL;
	text->owned = NULL;
	text->len = 0;
	if (read_string(addon, value, text, room, size))
		return true;
	napi_typeof(addon->env, value, &type);
	if (type == napi_undefined || type == napi_null)
		return true;
	if (type == napi_object && read_bytes(addon, value, text, room, size))
		return true;
	refuse(addon, name);
	return false;
}

void text_clear(struct text *text)
{
	if (text->data)
		explicit_bzero((char *)text->data, text->len);
	free(text->owned);
	text->data = NULL;
	text->owned = NULL;
}

bool said_read(struct addon *addon, const napi_value *values, size_t count,
	       struct said *said)
{
	jeton_call *call = &said->call;
	const struct {
		const char *name, **text;
		size_t *len;
	} places[SAID_TEXTS] = {
		{"scope", &call->scope, &call->scope_len},
		{"nonce", &call->nonce, &call->nonce_len},
		{"method", &call->method, &call->method_len},
		{"uri", &call->uri, &call->uri_len},
		{"accessToken", &call->access_token, &call->access_token_len},
		{"jkt", &call->jkt, &call->jkt_len},
	};
	size_t index;

	memset(call, 0, sizeof(*call));
	call->size = sizeof(*call);
	said->given = NULL;
	for (index = 0; index < SAID_TEXTS; index++) {
		said->texts[index].text.owned = NULL;
		said->texts[index].text.data = NULL;
	}
	if (!count)
		return true;
	if (napi_get_value_int64(addon->env, values[0], &call->now) == napi_ok)
		said->given = call;
	for (index = 0; index < SAID_TEXTS && index + 1 < count; index++) {
		struct short_text *said_text = &said->texts[index];

		if (!TEXT_READ(addon, values[index + 1], places[index].name,
			       said_text))
			return false;
		*places[index].text = said_text->text.data;
		*places[index].len = said_text->text.len;
		if (said_text->text.data)
			said->given = call;
	}
	return true;
}

void said_clear(struct said *said)
{
	size_t index;

	for (index = 0; index < SAID_TEXTS; index++)
		text_clear(&said->texts[index].text);
}

napi_value string_of(napi_env env, const char *text, size_t len)
{
	napi_value value = NULL;

	napi_create_string_utf8(env, text, len, &value);
	return value;
}

napi_value number_of(napi_env env, double number)
{
	napi_value value = NULL;

	napi_create_double(env, number, &value);
	return value;
}

napi_value boolean_of(napi_env env, bool truth)
{
	napi_value value = NULL;

	napi_get_boolean(env, truth, &value);
	return value;
}

napi_value undefined_of(napi_env env)
{
	napi_value value = NULL;

	napi_get_undefined(env, &value);
	return value;
}
