/*
 * What a call costs without JavaScript: jeton_verify in a loop of C's, in the
 * same process, so that both are measured side by side. And the time that this
 * thread has had a core, which Node 20 doesn't tell.
 */

#define NAPI_VERSION 9
#define _POSIX_C_SOURCE 200809L

#include <jeton.h>
#include <node_api.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* One verifier and one token, kept until the process ends. */
struct subject {
	jeton_verifier *verifier;
	char token[4096];
	size_t len;
};

static size_t text(napi_env env, napi_value value, char *room, size_t size)
{
	size_t len = 0;

	napi_get_value_string_utf8(env, value, room, size, &len);
	return len;
}

/* verify(times): how many of that many calls succeeded. */
static napi_value verify(napi_env env, napi_callback_info info)
{
	size_t count = 1;
	napi_value times, result;
	struct subject *subject;
	jeton_claims *claims;
	jeton_error *error;
	uint32_t left = 0, good = 0;

	napi_get_cb_info(env, info, &count, &times, NULL, (void **)&subject);
	napi_get_value_uint32(env, times, &left);
	for (; left; left--) {
		error = NULL;
		good += jeton_verify(subject->verifier, subject->token,
				     subject->len, NULL, &claims,
				     &error) == JETON_OK;
		jeton_claims_free(claims);
	}
	napi_create_uint32(env, good, &result);
	return result;
}

/* subject(keys, key options, verifier options, token): its verify. Keys that
 * begin with "{" are a JWK Set, others a secret. */
static napi_value make(napi_env env, napi_callback_info info)
{
	struct subject *subject = calloc(1, sizeof(*subject));
	napi_value values[4], function = NULL;
	size_t count = 4, len, options_len;
	char keys[8192], options[1024];
	jeton_keys *made = NULL;

	napi_get_cb_info(env, info, &count, values, NULL, NULL);
	if (!subject)
		return NULL;
	len = text(env, values[0], keys, sizeof(keys));
	options_len = text(env, values[1], options, sizeof(options));
	if (*keys == '{')
		jeton_keys_new(keys, len, options, options_len, &made, NULL);
	else
		jeton_keys_secret(keys, len, options, options_len, &made, NULL);
	options_len = text(env, values[2], options, sizeof(options));
	jeton_verifier_new((const jeton_keys *const *)&made, 1, NULL, options,
			   options_len, &subject->verifier, NULL);
	jeton_keys_free(made);
	subject->len =
		text(env, values[3], subject->token, sizeof(subject->token));
	napi_create_function(env, "verify", NAPI_AUTO_LENGTH, verify, subject,
			     &function);
	return function;
}

/* Milliseconds that this thread has had a core. */
static napi_value thread_time(napi_env env, napi_callback_info info)
{
	struct timespec time = {0, 0};
	napi_value result;

	(void)info;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	napi_create_double(env, time.tv_sec * 1e3 + time.tv_nsec / 1e6,
			   &result);
	return result;
}

NAPI_MODULE_INIT()
{
	napi_value function;

	napi_create_function(env, "subject", NAPI_AUTO_LENGTH, make, NULL,
			     &function);
	napi_set_named_property(env, exports, "subject", function);
	napi_create_function(env, "threadTime", NAPI_AUTO_LENGTH, thread_time,
			     NULL, &function);
	napi_set_named_property(env, exports, "threadTime", function);
	return exports;
}
