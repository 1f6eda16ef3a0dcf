/* From a status and its error object to a JetonError. */

#include "addon.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Whether jeton_verifier_wait can make something of it. */
static bool may_be_waited_for(jeton_status status)
{
	return status == JETON_KEY_PENDING || status == JETON_KEYS_UNAVAILABLE;
}

static napi_value lent(napi_env env, const char *text, size_t len)
{
	return text ? string_of(env, text, len) : undefined_of(env);
}

/* An instance of the class that lib/error.js has handed over; `id` is 0 or
 * that of the error object. */
static napi_value make(struct addon *addon, jeton_status status,
		       const char *message, size_t message_len,
		       const jeton_error *error, double id)
{
	napi_env env = addon->env;
	const char *name = jeton_status_name(status);
	const char *claim, *claims;
	size_t claim_len = 0, claims_len = 0;
	napi_value class, made, values[6];

	claim = jeton_error_claim(error, &claim_len);
	claims = jeton_error_claims(error, &claims_len);
	values[0] = string_of(env, message, message_len);
	values[1] = string_of(env, name, strlen(name));
	values[2] = number_of(env, status);
	values[3] = lent(env, claim, claim_len);
	values[4] = lent(env, claims, claims_len);
	values[5] = number_of(env, id);
	if (napi_get_reference_value(env, addon->error_class, &class) !=
		    napi_ok ||
	    napi_new_instance(env, class, 6, values, &made) != napi_ok)
		return NULL;
	return made;
}

napi_value failure(struct addon *addon, jeton_status status, jeton_error *error)
{
	size_t len = 0;
	const char *message = jeton_error_message(error, &len);
	double id = 0;
	napi_ref owner;
	napi_value made;

	if (!message) {
		message = "out of memory";
		len = strlen(message);
	}
	if (error && may_be_waited_for(status))
		id = slot_take(addon, FAILURE, error, NULL);
	made = make(addon, status, message, len, error, id);
	if (!id)
		jeton_error_free(error);
	else if (!made ||
		 napi_create_reference(addon->env, made, 0, &owner) != napi_ok)
		slot_drop(addon, id);
	else
		slot_own(addon, id, owner);
	return made;
}

void throw_failure(struct addon *addon, jeton_status status, jeton_error *error)
{
	napi_value made = failure(addon, status, error);

	if (made)
		napi_throw(addon->env, made);
}

void throw_misuse(struct addon *addon, const char *format, ...)
{
	char message[256];
	va_list arguments;
	napi_value made;
	int len;

	va_start(arguments, format);
	len = vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	if (len < 0 || (size_t)len >= sizeof(message))
		len = sizeof(message) - 1;
	made = make(addon, JETON_MISUSE, message, (size_t)len, NULL, 0);
	if (made)
		napi_throw(addon->env, made);
}
