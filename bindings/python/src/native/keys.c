/* Keys. */

#include "native.h"

DEALLOC(dealloc, jeton_keys, jeton_keys_free)

static void release(void *handle)
{
	jeton_keys_free(handle);
}

/* A class, a document and options, given to one of the two that read keys. */
static PyObject *make(PyObject *module, PyObject *args,
		      jeton_status (*read)(const char *, size_t, const char *,
					   size_t, jeton_keys **,
					   jeton_error **))
{
	module_state *state = PyModule_GetState(module);
	PyObject *given;
	PyTypeObject *type;
	text document = NO_TEXT, options = NO_TEXT;
	jeton_keys *keys = NULL;
	jeton_error *error = NULL;
	jeton_status status;

	if (!PyArg_ParseTuple(args, "OO&O&", &given, text_argument, &document,
			      text_argument, &options))
		return NULL;
	type = class_take(given, state->keys);
	if (type != NULL) {
		WITHOUT_GIL(status = read(LEND(document), LEND(options), &keys,
					  &error));
	}
	text_drop(&document);
	text_drop(&options);
	if (type == NULL)
		return NULL;
	if (status != JETON_OK)
		return failure_raise(state, status, error);
	return handle_new(state, type, keys, release);
}

PyObject *keys_read(PyObject *module, PyObject *args)
{
	return make(module, args, jeton_keys_new);
}

PyObject *keys_secret(PyObject *module, PyObject *args)
{
	return make(module, args, jeton_keys_secret);
}

PyObject *keys_generate(PyObject *module, PyObject *args)
{
	module_state *state = PyModule_GetState(module);
	PyObject *given;
	PyTypeObject *type;
	text options = NO_TEXT;
	jeton_keys *keys = NULL;
	jeton_error *error = NULL;
	jeton_status status;

	if (!PyArg_ParseTuple(args, "OO&", &given, text_argument, &options))
		return NULL;
	type = class_take(given, state->keys);
	if (type != NULL) {
		WITHOUT_GIL(status = jeton_keys_generate(LEND(options), &keys,
							 &error));
	}
	text_drop(&options);
	if (type == NULL)
		return NULL;
	if (status != JETON_OK)
		return failure_raise(state, status, error);
	return handle_new(state, type, keys, release);
}

PyObject *keys_derive(PyObject *module, PyObject *args)
{
	module_state *state = PyModule_GetState(module);
	PyObject *given;
	PyTypeObject *type;
	text secret = NO_TEXT, old = NO_TEXT, options = NO_TEXT;
	jeton_keys *keys = NULL;
	jeton_error *error = NULL;
	jeton_status status;

	if (!PyArg_ParseTuple(args, "OO&O&O&", &given, text_argument, &secret,
			      optional_text_argument, &old, text_argument,
			      &options))
		return NULL;
	type = class_take(given, state->keys);
	if (type != NULL) {
		WITHOUT_GIL(status = jeton_keys_derive(LEND(options),
						       LEND(secret), LEND(old),
						       &keys, &error));
	}
	text_drop(&secret);
	text_drop(&old);
	text_drop(&options);
	if (type == NULL)
		return NULL;
	if (status != JETON_OK)
		return failure_raise(state, status, error);
	return handle_new(state, type, keys, release);
}

/* The live set of a source. */
PyObject *keys_source(PyObject *module, PyObject *args)
{
	module_state *state = PyModule_GetState(module);
	PyObject *given, *source;
	PyTypeObject *type;
	void *handle;
	jeton_keys *keys = NULL;
	jeton_error *error = NULL;
	jeton_status status;

	if (!PyArg_ParseTuple(args, "OO", &given, &source))
		return NULL;
	type = class_take(given, state->keys);
	handle = type == NULL ? NULL : handle_take(source, state->source);
	if (handle == NULL)
		return NULL;
	status = jeton_source_keys(handle, &keys, &error);
	if (status != JETON_OK)
		return failure_raise(state, status, error);
	return handle_new(state, type, keys, release);
}

static PyObject *replace(PyObject *self, PyObject *args)
{
	handle_object *keys = (handle_object *)self;
	text document = NO_TEXT, options = NO_TEXT;
	jeton_error *error = NULL;
	jeton_status status;

	if (!PyArg_ParseTuple(args, "O&O&", text_argument, &document,
			      text_argument, &options))
		return NULL;
	WITHOUT_GIL(status = jeton_keys_replace(keys->handle, LEND(document),
						LEND(options), &error));
	text_drop(&document);
	text_drop(&options);
	return done_result(keys->state, status, error);
}

/* What the set says of itself. */
static PyObject *told(PyObject *self,
		      jeton_status (*tell)(const jeton_keys *, char **,
					   size_t *, jeton_error **))
{
	handle_object *keys = (handle_object *)self;
	char *made = NULL;
	size_t size = 0;
	jeton_error *error = NULL;
	jeton_status status;

	WITHOUT_GIL(status = tell(keys->handle, &made, &size, &error));
	return text_result(keys->state, status, made, size, error);
}

static PyObject *public_set(PyObject *self, PyObject *unused)
{
	(void)unused;
	return told(self, jeton_keys_public);
}

static PyObject *private_set(PyObject *self, PyObject *unused)
{
	(void)unused;
	return told(self, jeton_keys_private);
}

static PyObject *keys_status(PyObject *self, PyObject *unused)
{
	(void)unused;
	return told(self, jeton_keys_status);
}

static PyMethodDef methods[] = {
	{"_replace", replace, METH_VARARGS, NULL},
	{"_public", public_set, METH_NOARGS, NULL},
	{"_private", private_set, METH_NOARGS, NULL},
	{"_status", keys_status, METH_NOARGS, NULL},
	{NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {
	{Py_tp_dealloc, dealloc},
	{Py_tp_methods, methods},
	{0, NULL},
};

PyType_Spec keys_spec = {
	.name = "jeton._jeton.Keys",
	.basicsize = sizeof(handle_object),
	.flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE |
		 Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
	.slots = slots,
};
