/*
 * Verifying, written out because it is called the most.
 *
 * A verdict crosses as one string and a few numbers, and the claims are freed
 * while they are still in the cache: what JavaScript does with them is up to
 * its own collector. Only those that may have to be revoked stay a handle.
 */

#include "addon.h"
#include "batch.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Where the parts end in the string that verify returns, and what else there
 * is; lib/claims.js reads them in this order. */
enum number {
	JSON_END,
	HEADER_END,
	ALGORITHM_END,
	THUMBPRINT_END,
	KID_END, /* -1: the key has none */
	SUB_END, /* -1: it isn't a string */
	EXP,	 /* NaN: there's none, or it isn't whole */
	EXPIRES, /* NaN: never */
	TRUST,
	ID, /* of the handle; 0: none is kept */
	NUMBERS
};

static bool is_ascii(const char *text, size_t len)
{
	uint64_t all = 0, word;

	for (; len >= sizeof(word); text += sizeof(word), len -= sizeof(word)) {
		memcpy(&word, text, sizeof(word));
		all |= word;
	}
	for (; len; text++, len--)
		all |= (unsigned char)*text;
	return !(all & UINT64_C(0x8080808080808080));
}

/* How many of JavaScript's characters `text` is. */
static size_t characters(const char *text, size_t len)
{
	size_t index, count = 0;

	for (index = 0; index < len; index++) {
		unsigned char byte = (unsigned char)text[index];

		count += (byte & 0xc0) != 0x80;
		count += byte >= 0xf0;
	}
	return count;
}

/* A string in the making. */
struct parts {
	char *text;
	size_t len, characters;
	bool is_ascii;
};

static double add(struct parts *parts, const char *text, size_t len)
{
	if (!text)
		return -1;
	memcpy(parts->text + parts->len, text, len);
	parts->len += len;
	if (is_ascii(text, len)) {
		parts->characters += len;
	} else {
		parts->characters += characters(text, len);
		parts->is_ascii = false;
	}
	return (double)parts->characters;
}

/* Puts the parts together. */
static napi_value describe(struct addon *addon, const jeton_claims *claims)
{
	double *numbers = addon->numbers;
	const char *json, *header, *algorithm, *kid, *thumbprint, *sub;
	size_t json_len, header_len, kid_len, thumbprint_len, sub_len;
	size_t algorithm_len, most;
	char room[4096];
	struct parts parts = {room, 0, 0, true};
	int64_t seconds;
	napi_value value = NULL;

	json = jeton_claims_json(claims, &json_len);
	header = jeton_claims_header(claims, &header_len);
	algorithm = jeton_claims_algorithm(claims);
	algorithm_len = strlen(algorithm);
	jeton_claims_key(claims, &kid, &kid_len, &thumbprint, &thumbprint_len);
	sub = jeton_claims_text(claims, "sub", 3, &sub_len);
	most = json_len + header_len + algorithm_len + thumbprint_len +
	       (kid ? kid_len : 0) + (sub ? sub_len : 0);
	if (most > sizeof(room))
		parts.text = malloc(most);
	if (!parts.text) {
		throw_misuse(addon, "out of memory");
		return NULL;
	}
	numbers[JSON_END] = add(&parts, json, json_len);
	numbers[HEADER_END] = add(&parts, header, header_len);
	numbers[ALGORITHM_END] = add(&parts, algorithm, algorithm_len);
	numbers[THUMBPRINT_END] = add(&parts, thumbprint, thumbprint_len);
	numbers[KID_END] = add(&parts, kid, kid_len);
	numbers[SUB_END] = add(&parts, sub, sub_len);
	numbers[EXP] = jeton_claims_integer(claims, "exp", 3, &seconds)
			       ? (double)seconds
			       : NAN;
	numbers[EXPIRES] =
		jeton_claims_expires(claims, &seconds) ? (double)seconds : NAN;
	numbers[TRUST] = (double)jeton_claims_trust(claims);
	if (parts.is_ascii) /* which is known here, and read faster so */
		napi_create_string_latin1(addon->env, parts.text, parts.len,
					  &value);
	else
		value = string_of(addon->env, parts.text, parts.len);
	if (parts.text != room)
		free(parts.text);
	return value;
}

napi_value verdict(struct addon *addon, jeton_claims *claims, napi_value owner)
{
	napi_value value = describe(addon, claims);
	napi_valuetype type = napi_undefined;
	napi_ref reference;

	addon->numbers[ID] = 0;
	napi_typeof(addon->env, owner, &type);
	if (type != napi_object ||
	    napi_create_reference(addon->env, owner, 0, &reference) != napi_ok)
		jeton_claims_free(claims);
	else
		addon->numbers[ID] =
			slot_take(addon, CLAIMS, claims, reference);
	return value;
}

/* verify(verifier, token, owner or undefined, now, scope, nonce) */
static napi_value verify(napi_env env, napi_callback_info info)
{
	napi_value values[MOST_ARGUMENTS];
	size_t count;
	struct addon *addon = arguments(env, info, values, &count);
	struct slot *slot = slot_find(addon, values[0], VERIFIER);
	struct long_text token;
	struct said said;
	jeton_claims *claims = NULL;
	jeton_error *error = NULL;
	jeton_status status;

	if (!slot || !TEXT_READ(addon, values[1], "the token", &token) ||
	    is_missing(addon, &token.text, "the token"))
		return NULL;
	if (!said_read(addon, &values[3], count > 3, &said)) {
		said_clear(&said);
		free(token.text.owned);
		return NULL;
	}
	status = jeton_verify(slot->handle, token.text.data, token.text.len,
			      said.given, &claims, &error);
	said_clear(&said);
	free(token.text.owned);
	if (status != JETON_OK) {
		throw_failure(addon, status, error);
		return NULL;
	}
	return verdict(addon, claims, values[2]);
}

/* take(batch, index, owner or undefined): that token's verdict. */
static napi_value take(napi_env env, napi_callback_info info)
{
	napi_value values[MOST_ARGUMENTS];
	struct addon *addon = arguments(env, info, values, NULL);
	struct slot *slot = slot_find(addon, values[0], BATCH);
	struct batch *batch = slot ? slot->handle : NULL;
	uint32_t index = UINT32_MAX;
	jeton_claims *claims;
	jeton_error *error;

	napi_get_value_uint32(env, values[1], &index);
	if (!batch)
		return NULL;
	if (index >= batch->count) {
		throw_misuse(addon, "the batch has no such token");
		return NULL;
	}
	claims = batch->claims[index];
	error = batch->errors[index];
	batch->claims[index] = NULL;
	batch->errors[index] = NULL;
	if (claims)
		return verdict(addon, claims, values[2]);
	throw_failure(addon, batch->statuses[index], error);
	return NULL;
}

void add_verify(struct addon *addon, napi_value exports)
{
	napi_env env = addon->env;
	napi_value buffer, numbers;
	void *data;

	if (napi_create_arraybuffer(env, NUMBERS * sizeof(double), &data,
				    &buffer) != napi_ok ||
	    napi_create_typedarray(env, napi_float64_array, NUMBERS, buffer, 0,
				   &numbers) != napi_ok ||
	    napi_create_reference(env, buffer, 1, &addon->numbers_buffer) !=
		    napi_ok)
		return;
	addon->numbers = data;
	napi_set_named_property(env, exports, "numbers", numbers);
	add_function(addon, exports, "verify", verify);
	add_function(addon, exports, "take", take);
}
