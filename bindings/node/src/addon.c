/* What is exported, and the life of an environment. */

#include "addon.h"
#include "marks.h"
#include <stdlib.h>
#include <string.h>

struct addon *arguments(napi_env env, napi_callback_info info,
			napi_value values[MOST_ARGUMENTS], size_t *given)
{
	size_t count = MOST_ARGUMENTS;
	void *addon = NULL;

	napi_get_cb_info(env, info, &count, values, NULL, &addon);
	if (given)
		*given = count;
	return addon;
}

void add_function(struct addon *addon, napi_value exports, const char *name,
		  napi_callback function)
{
	napi_value value;

	if (napi_create_function(addon->env, name, NAPI_AUTO_LENGTH, function,
				 addon, &value) == napi_ok)
		napi_set_named_property(addon->env, exports, name, value);
}

/* Receives the class that failures are instances of. */
static napi_value set_error_class(napi_env env, napi_callback_info info)
{
	napi_value values[MOST_ARGUMENTS];
	struct addon *addon = arguments(env, info, values, NULL);

	if (!addon->error_class)
		napi_create_reference(env, values[0], 1, &addon->error_class);
	return NULL;
}

static napi_value status_name(napi_env env, napi_callback_info info)
{
	napi_value values[MOST_ARGUMENTS];
	const char *name;
	int32_t status = -1;

	arguments(env, info, values, NULL);
	napi_get_value_int32(env, values[0], &status);
	name = jeton_status_name(status);
	return string_of(env, name, strlen(name));
}

/* Frees a handle of any kind. */
static napi_value close(napi_env env, napi_callback_info info)
{
	napi_value values[MOST_ARGUMENTS];
	struct addon *addon = arguments(env, info, values, NULL);
	struct slot *slot = slot_find(addon, values[0], NOTHING);

	if (slot)
		slot_close(addon, slot);
	return NULL;
}

static void unload(napi_env env, void *data, void *hint)
{
	struct addon *addon = data;

	(void)hint;
	slots_clear(addon);
	marks_free(addon->marks);
	if (addon->error_class)
		napi_delete_reference(env, addon->error_class);
	if (addon->numbers_buffer)
		napi_delete_reference(env, addon->numbers_buffer);
	free(addon);
}

NAPI_MODULE_INIT()
{
	struct addon *addon = calloc(1, sizeof(*addon));
	const char *version = jeton_version();
	napi_value number;

	if (!addon ||
	    napi_set_instance_data(env, addon, unload, NULL) != napi_ok) {
		free(addon);
		napi_throw_error(env, NULL, "jeton couldn't be initialised");
		return NULL;
	}
	addon->env = env;
	napi_set_named_property(env, exports, "version",
				string_of(env, version, strlen(version)));
	number = number_of(env, jeton_abi_version());
	napi_set_named_property(env, exports, "abiVersion", number);
	add_function(addon, exports, "setErrorClass", set_error_class);
	add_function(addon, exports, "statusName", status_name);
	add_function(addon, exports, "close", close);
	add_operations(addon, exports);
	add_verify(addon, exports);
	add_signer(addon, exports);
	add_bearer(addon, exports);
	return exports;
}
