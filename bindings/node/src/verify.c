/*
 * Verifying, written out because it is called the most.
 *
 * A verdict crosses as the payload's text and a few numbers, and the claims are
 * freed while they are still in the cache: what JavaScript does with them is up
 * to its own collector. Only those that may have to be revoked stay a handle.
 */

#include "addon.h"
#include "batch.h"
#include "marks.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What a verdict says beside the payload; lib/claims.js reads it in this order.
 */
enum number {
	SUB_AT,	 /* where the text of sub begins and ends in the payload; */
	SUB_END, /* -1: it isn't there to be cut out */
	EXP,	 /* NaN: there's none, or it isn't whole */
	EXPIRES, /* NaN: never */
	TRUST,
	ID,	 /* of the handle; 0: none is kept */
	MARK,	 /* the number of the token's mark, see marks.h */
	IS_FLAT, /* whether the payload holds no object and no list */
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

/* Where sub stands in the payload, so that JavaScript can cut it out: not where
 * it was unescaped elsewhere, nor where a byte isn't a character. */
static void locate_sub(struct addon *addon, const jeton_claims *claims,
		       const char *json, size_t json_len, bool is_plain)
{
	size_t len = 0;
	const char *sub = jeton_claims_text(claims, "sub", 3, &len);
	bool is_within =
		sub && is_plain && sub >= json && sub + len <= json + json_len;

	addon->numbers[SUB_AT] = is_within ? (double)(sub - json) : -1;
	addon->numbers[SUB_END] = is_within ? (double)(sub - json + len) : -1;
}

static napi_value describe(struct addon *addon, const jeton_claims *claims)
{
	double *numbers = addon->numbers;
	napi_value value = NULL;
	bool is_plain;
	int64_t seconds;
	size_t len;
	const char *json = jeton_claims_json(claims, &len);

	is_plain = is_ascii(json, len);
	locate_sub(addon, claims, json, len, is_plain);
	numbers[EXP] = jeton_claims_integer(claims, "exp", 3, &seconds)
			       ? (double)seconds
			       : NAN;
	numbers[EXPIRES] =
		jeton_claims_expires(claims, &seconds) ? (double)seconds : NAN;
	numbers[TRUST] = (double)jeton_claims_trust(claims);
	numbers[MARK] = mark_of(addon->marks, claims);
	numbers[IS_FLAT] =
		!memchr(json + 1, '{', len - 1) && !memchr(json, '[', len);
	if (is_plain) /* which is known here, and read faster so */
		napi_create_string_latin1(addon->env, json, len, &value);
	else
		value = string_of(addon->env, json, len);
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

/* verify(verifier, token, owner or undefined, what the call says…) */
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
	if (!said_read(addon, &values[3], count > 3 ? count - 3 : 0, &said)) {
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

/* mark(number): [header, algorithm, thumbprint, kid or undefined] */
static napi_value mark(napi_env env, napi_callback_info info)
{
	napi_value values[MOST_ARGUMENTS], list, item;
	struct addon *addon = arguments(env, info, values, NULL);
	const char *text;
	uint32_t part;
	int64_t number = 0;
	size_t len;

	napi_get_value_int64(env, values[0], &number);
	napi_create_array_with_length(env, MARK_PARTS, &list);
	for (part = 0; part < MARK_PARTS; part++) {
		text = mark_part(addon->marks, (uint64_t)number, part, &len);
		item = text ? string_of(env, text, len) : undefined_of(env);
		napi_set_element(env, list, part, item);
	}
	return list;
}

void add_verify(struct addon *addon, napi_value exports)
{
	napi_env env = addon->env;
	napi_value buffer, numbers;
	void *data;

	addon->marks = marks_new();
	if (!addon->marks ||
	    napi_create_arraybuffer(env, NUMBERS * sizeof(double), &data,
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
	add_function(addon, exports, "mark", mark);
}
