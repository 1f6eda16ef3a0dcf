/* Plain JWS, and looking at a token without trusting it. */

#include "native.h"

PyObject *jws_sign(PyObject *module, PyObject *args)
{
	module_state *state = PyModule_GetState(module);
	PyObject *keys;
	void *handle;
	text payload = NO_TEXT, options = NO_TEXT;
	char *token = NULL;
	size_t size = 0;
	jeton_error *error = NULL;
	jeton_status status;

	if (!PyArg_ParseTuple(args, "OO&O&", &keys, text_argument, &payload,
			      text_argument, &options))
		return NULL;
	handle = handle_take(keys, state->keys);
	if (handle != NULL) {
		WITHOUT_GIL(status = jeton_sign(handle, LEND(payload),
						LEND(options), &token, &size,
						&error));
	}
	text_drop(&payload);
	text_drop(&options);
	if (handle == NULL)
		return NULL;
	return text_result(state, status, token, size, error);
}

PyObject *jws_verify_signature(PyObject *module, PyObject *args)
{
	module_state *state = PyModule_GetState(module);
	PyObject *keys, *result;
	void *handle;
	text token = NO_TEXT, options = NO_TEXT;
	char *payload = NULL;
	size_t size = 0;
	jeton_error *error = NULL;
	jeton_status status;

	if (!PyArg_ParseTuple(args, "OO&O&", &keys, text_argument, &token,
			      text_argument, &options))
		return NULL;
	handle = handle_take(keys, state->keys);
	if (handle != NULL) {
		WITHOUT_GIL(status = jeton_verify_signature(
				    handle, LEND(token), LEND(options),
				    &payload, &size, &error));
	}
	text_drop(&token);
	text_drop(&options);
	if (handle == NULL)
		return NULL;
	if (status != JETON_OK)
		return failure_raise(state, status, error);
	result = PyBytes_FromStringAndSize(payload, (Py_ssize_t)size);
	jeton_string_free(payload);
	return result;
}

PyObject *jws_inspect(PyObject *module, PyObject *args)
{
	module_state *state = PyModule_GetState(module);
	text token = NO_TEXT;
	char *made = NULL;
	size_t size = 0;
	jeton_error *error = NULL;
	jeton_status status;

	if (!PyArg_ParseTuple(args, "O&", text_argument, &token))
		return NULL;
	WITHOUT_GIL(status = jeton_inspect(LEND(token), &made, &size, &error));
	text_drop(&token);
	return text_result(state, status, made, size, error);
}
