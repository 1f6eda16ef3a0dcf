/*
 * Minters whose private key is elsewhere: a function of JavaScript signs.
 *
 * It can only be called where JavaScript runs. So these minters are a kind of
 * their own, which no operation takes that may run on another thread. The
 * function belongs to the minter's object and comes with each call: a reference
 * to it from here would be one that the collector can't see through.
 */

#include "addon.h"
#include <string.h>

/* A call that is being made. */
struct asking {
	napi_value signer, cause; /* what it has thrown, or NULL */
	struct asking *outer;	  /* of a signer that mints, too */
};

static napi_value bytes_or_nothing(napi_env env, const uint8_t *bytes,
				   size_t len)
{
	napi_value value = NULL;

	if (!bytes)
		return undefined_of(env);
	napi_create_buffer_copy(env, len, bytes, NULL, &value);
	return value;
}

/* Takes what lib/minter.js has made sure is a Uint8Array. */
static bool take_signature(napi_env env, napi_value answer,
			   jeton_signing *signing)
{
	napi_typedarray_type type;
	void *data = NULL;
	size_t len = 0;

	if (napi_get_typedarray_info(env, answer, &type, &len, &data, NULL,
				     NULL) != napi_ok ||
	    type != napi_uint8_array)
		return false;
	/* One that is too long is refused by its length. */
	signing->signature_len = len;
	if (len && len <= signing->signature_capacity)
		memcpy(signing->signature, data, len);
	return true;
}

static int32_t sign(void *context, jeton_signing *signing)
{
	static const char thrown[] = "what it threw is this error's cause";
	struct addon *addon = context;
	struct asking *asking = addon->asking;
	napi_env env = addon->env;
	napi_value values[4], answer;

	values[0] =
		string_of(env, signing->algorithm, strlen(signing->algorithm));
	values[1] =
		bytes_or_nothing(env, signing->message, signing->message_len);
	values[2] = bytes_or_nothing(env, signing->digest, signing->digest_len);
	values[3] = bytes_or_nothing(env, signing->digest_info,
				     signing->digest_info_len);
	if (napi_call_function(env, undefined_of(env), asking->signer, 4,
			       values, &answer) == napi_ok)
		return take_signature(env, answer, signing) ? 0 : 1;
	if (napi_get_and_clear_last_exception(env, &asking->cause) == napi_ok)
		memcpy(signing->reason, thrown, sizeof(thrown));
	return 1;
}

jeton_status minter_external(struct addon *addon, const jeton_keys *keys,
			     const struct text *options, jeton_minter **minter,
			     jeton_error **error)
{
	return jeton_minter_external(keys, sign, addon, NULL, options->data,
				     options->len, minter, error);
}

static void throw_caused(struct addon *addon, jeton_status status,
			 jeton_error *error, napi_value cause)
{
	napi_property_descriptor property = {
		.utf8name = "cause",
		.value = cause,
		.attributes = napi_writable | napi_configurable,
	};
	napi_value made = failure(addon, status, error);

	if (made && cause)
		napi_define_properties(addon->env, made, 1, &property);
	if (made)
		napi_throw(addon->env, made);
}

static napi_value mint(struct addon *addon, struct slot *slot,
		       napi_value signer, const struct text *claims,
		       const jeton_call *call)
{
	struct asking asking = {signer, NULL, addon->asking};
	const jeton_minter *minter = slot->handle;
	uint32_t held = slot_hold(addon, slot); /* the signer may close it */
	napi_value result = NULL;
	jeton_error *error = NULL;
	jeton_status status;
	char *token = NULL;
	size_t len = 0;

	addon->asking = &asking;
	status = jeton_mint(minter, claims->data, claims->len, call, &token,
			    &len, &error);
	addon->asking = asking.outer;
	slot_release(addon, held);
	if (status == JETON_OK)
		result = string_of(addon->env, token, len);
	else
		throw_caused(addon, status, error, asking.cause);
	jeton_string_free(token);
	return result;
}

/* mintExternal(minter, claims, signer, what the call says…) */
static napi_value mint_external(napi_env env, napi_callback_info info)
{
	napi_value values[MOST_ARGUMENTS], result = NULL;
	size_t count;
	struct addon *addon = arguments(env, info, values, &count);
	struct slot *slot = slot_find(addon, values[0], EXTERNAL);
	struct short_text claims;
	struct said said;

	if (!slot || !TEXT_READ(addon, values[1], "the claims", &claims) ||
	    is_missing(addon, &claims.text, "the claims"))
		return NULL;
	if (said_read(addon, &values[3], count - 3, &said))
		result = mint(addon, slot, values[2], &claims.text, said.given);
	said_clear(&said);
	text_clear(&claims.text);
	return result;
}

void add_signer(struct addon *addon, napi_value exports)
{
	add_function(addon, exports, "mintExternal", mint_external);
}
