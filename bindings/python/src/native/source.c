/* Sources: key sets that are kept fresh. */

#include "native.h"

DEALLOC(dealloc, jeton_source, jeton_source_free)

static void release(void *handle)
{
	jeton_source_free(handle);
}

PyObject *source_open(PyObject *module, PyObject *args)
{
	module_state *state = PyModule_GetState(module);
	PyObject *given;
	PyTypeObject *type;
	text options = NO_TEXT, saved = NO_TEXT;
	jeton_source *source = NULL;
	jeton_error *error = NULL;
	jeton_status status;

	if (!PyArg_ParseTuple(args, "OO&O&", &given, text_argument, &options,
			      optional_text_argument, &saved))
		return NULL;
	type = class_take(given, state->source);
	if (type != NULL) {
		WITHOUT_GIL(status = jeton_source_open(LEND(options),
						       LEND(saved), &source,
						       &error));
	}
	text_drop(&options);
	text_drop(&saved);
	if (type == NULL)
		return NULL;
	if (status != JETON_OK)
		return failure_raise(state, status, error);
	return handle_new(state, type, source, release);
}

PyObject *source_open_list(PyObject *module, PyObject *args)
{
	module_state *state = PyModule_GetState(module);
	PyObject *given, *keys;
	PyTypeObject *type;
	void *handle = NULL;
	text options = NO_TEXT;
	jeton_source *source = NULL;
	jeton_error *error = NULL;
	jeton_status status;

	if (!PyArg_ParseTuple(args, "OOO&", &given, &keys, text_argument,
			      &options))
		return NULL;
	type = class_take(given, state->source);
	if (type != NULL)
		handle = handle_take(keys, state->keys);
	if (handle != NULL) {
		WITHOUT_GIL(status = jeton_source_open_list(
				    handle, LEND(options), &source, &error));
	}
	text_drop(&options);
	if (handle == NULL)
		return NULL;
	if (status != JETON_OK)
		return failure_raise(state, status, error);
	return handle_new(state, type, source, release);
}

static PyObject *wait_keys(PyObject *self, PyObject *milliseconds)
{
	handle_object *source = (handle_object *)self;
	unsigned long long limit = PyLong_AsUnsignedLongLong(milliseconds);
	jeton_error *error = NULL;
	jeton_status status;

	if (PyErr_Occurred())
		return NULL;
	WITHOUT_GIL(status = jeton_source_wait(source->handle, limit, &error));
	return done_result(source->state, status, error);
}

static PyObject *refresh(PyObject *self, PyObject *unused)
{
	handle_object *source = (handle_object *)self;
	jeton_error *error = NULL;
	jeton_status status;

	(void)unused;
	WITHOUT_GIL(status = jeton_source_refresh(source->handle, &error));
	return done_result(source->state, status, error);
}

/* The answer to a claimed request, as JSON, and its body. */
static PyObject *accept_answer(PyObject *self, PyObject *args)
{
	handle_object *source = (handle_object *)self;
	text answer = NO_TEXT, body = NO_TEXT;
	jeton_error *error = NULL;
	jeton_status status;

	if (!PyArg_ParseTuple(args, "O&O&", text_argument, &answer,
			      text_argument, &body))
		return NULL;
	WITHOUT_GIL(status = jeton_source_accept(source->handle, LEND(answer),
						 LEND(body), &error));
	text_drop(&answer);
	text_drop(&body);
	return done_result(source->state, status, error);
}

static PyObject *failed(PyObject *self, PyObject *given)
{
	handle_object *source = (handle_object *)self;
	text message = NO_TEXT;
	jeton_error *error = NULL;
	jeton_status status;

	if (!text_take(given, "message", &message))
		return NULL;
	WITHOUT_GIL(status = jeton_source_failed(source->handle, LEND(message),
						 &error));
	text_drop(&message);
	return done_result(source->state, status, error);
}

/* What the source says: None where there is nothing. */
static PyObject *told(PyObject *self,
		      jeton_status (*tell)(const jeton_source *, char **,
					   size_t *, jeton_error **))
{
	handle_object *source = (handle_object *)self;
	char *made = NULL;
	size_t size = 0;
	jeton_error *error = NULL;
	jeton_status status;

	WITHOUT_GIL(status = tell(source->handle, &made, &size, &error));
	return text_result(source->state, status, made, size, error);
}

static PyObject *claim(PyObject *self, PyObject *unused)
{
	(void)unused;
	return told(self, jeton_source_claim);
}

static PyObject *source_status(PyObject *self, PyObject *unused)
{
	(void)unused;
	return told(self, jeton_source_status);
}

static PyObject *events(PyObject *self, PyObject *unused)
{
	(void)unused;
	return told(self, jeton_source_events);
}

static PyObject *export(PyObject *self, PyObject *unused)
{
	(void)unused;
	return told(self, jeton_source_export);
}

static PyMethodDef methods[] = {
	{"_wait", wait_keys, METH_O, NULL},
	{"_refresh", refresh, METH_NOARGS, NULL},
	{"_claim", claim, METH_NOARGS, NULL},
	{"_accept", accept_answer, METH_VARARGS, NULL},
	{"_failed", failed, METH_O, NULL},
	{"_status", source_status, METH_NOARGS, NULL},
	{"_events", events, METH_NOARGS, NULL},
	{"_export", export, METH_NOARGS, NULL},
	{NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {
	{Py_tp_dealloc, dealloc},
	{Py_tp_methods, methods},
	{0, NULL},
};

PyType_Spec source_spec = {
	.name = "jeton._jeton.Source",
	.basicsize = sizeof(handle_object),
	.flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE |
		 Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
	.slots = slots,
};
