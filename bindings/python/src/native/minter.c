/* Minters. */

#include "native.h"
#include <stdatomic.h>

typedef struct {
	handle_object base;
	_Atomic(bool) quick; /* as its last token was */
} minter_object;

DEALLOC(dealloc, jeton_minter, jeton_minter_free)

static void release(void *handle)
{
	jeton_minter_free(handle);
}

PyObject *minter_make(PyObject *module, PyObject *args)
{
	module_state *state = PyModule_GetState(module);
	PyObject *given, *keys;
	PyTypeObject *type;
	void *handle;
	text options = NO_TEXT;
	jeton_minter *minter = NULL;
	jeton_error *error = NULL;
	jeton_status status;

	if (!PyArg_ParseTuple(args, "OOO&", &given, &keys, text_argument,
			      &options))
		return NULL;
	type = class_take(given, state->minter);
	handle = type == NULL ? NULL : handle_take(keys, state->keys);
	if (handle != NULL) {
		WITHOUT_GIL(status = jeton_minter_new(handle, LEND(options),
						      &minter, &error));
	}
	text_drop(&options);
	if (handle == NULL)
		return NULL;
	if (status != JETON_OK)
		return failure_raise(state, status, error);
	return handle_new(state, type, minter, release);
}

/* Claims that are no reason to let the GIL go. */
#define SMALL 2048

/* The claims as JSON, and a time. */
static PyObject *mint(PyObject *self, PyObject *args)
{
	minter_object *minter = (minter_object *)self;
	handle_object *base = &minter->base;
	text claims = NO_TEXT;
	long long now;
	jeton_call call;
	char *token = NULL;
	size_t size = 0;
	jeton_error *error = NULL;
	jeton_status status;

	if (!PyArg_ParseTuple(args, "O&L", text_argument, &claims, &now))
		return NULL;
	call = call_at(now);
	if (atomic_load(&minter->quick) && claims.size <= SMALL) {
		status = jeton_mint(base->handle, LEND(claims), &call, &token,
				    &size, &error);
	} else {
		WITHOUT_GIL(status = jeton_mint(base->handle, LEND(claims),
						&call, &token, &size, &error));
	}
	text_drop(&claims);
	if (status == JETON_OK)
		atomic_store(&minter->quick, is_quick(token, size));
	return text_result(base->state, status, token, size, error);
}

static PyMethodDef methods[] = {
	{"_mint", mint, METH_VARARGS, NULL},
	{NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {
	{Py_tp_dealloc, dealloc},
	{Py_tp_methods, methods},
	{0, NULL},
};

PyType_Spec minter_spec = {
	.name = "jeton._jeton.Minter",
	.basicsize = sizeof(minter_object),
	.flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE |
		 Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
	.slots = slots,
};
