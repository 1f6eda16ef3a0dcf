/* Minters, over keys or over a signer of the host's. */

#include "native.h"
#include <stdatomic.h>

/* Claims that are no reason to let the GIL go. */
#define SMALL 2048

typedef struct {
	handle_object base;
	/* What signs in place of keys, or NULL. Kept here and not by jeton, so
	 * that the collector sees a signer that leads back to its minter. */
	PyObject *signer;
	_Atomic(bool) quick; /* as its last token was */
} minter_object;

static int traverse(PyObject *self, visitproc visit, void *arg)
{
	Py_VISIT(Py_TYPE(self));
	Py_VISIT(((minter_object *)self)->signer);
	return 0;
}

static int clear(PyObject *self)
{
	Py_CLEAR(((minter_object *)self)->signer);
	return 0;
}

static void dealloc(PyObject *self)
{
	PyTypeObject *own = Py_TYPE(self);

	PyObject_GC_UnTrack(self);
	clear(self);
	jeton_minter_free(((handle_object *)self)->handle);
	PyObject_GC_Del(self);
	Py_DECREF(own);
}

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

/* What a signer is given: algorithm, message, digest and digest_info. */
static PyObject *asked(const jeton_signing *signing)
{
	return Py_BuildValue(
		"sy#y#y#", signing->algorithm, (const char *)signing->message,
		(Py_ssize_t)signing->message_len, (const char *)signing->digest,
		(Py_ssize_t)signing->digest_len,
		(const char *)signing->digest_info,
		(Py_ssize_t)signing->digest_info_len);
}

/* Takes the signature that a signer returned; 0 with an exception set. */
static int answered(jeton_signing *signing, PyObject *answer)
{
	char *signature;
	Py_ssize_t size;

	if (PyBytes_AsStringAndSize(answer, &signature, &size) < 0)
		return 0;
	if ((size_t)size > signing->signature_capacity) {
		PyErr_SetString(PyExc_ValueError, "the signature is too long");
		return 0;
	}
	memcpy(signing->signature, signature, (size_t)size);
	signing->signature_len = (size_t)size;
	return 1;
}

/* Asks the signer. jeton calls it with the GIL held, since `mint` has kept it;
 * an exception stays set, for `mint` to find. */
static int32_t sign(void *context, jeton_signing *signing)
{
	PyObject *signer = ((minter_object *)context)->signer, *given, *answer;
	int done;

	if (signer == NULL) /* collected with the cycle that it stood in */
		return 1;
	given = asked(signing);
	answer = given == NULL ? NULL : PyObject_CallObject(signer, given);
	Py_XDECREF(given);
	done = answer != NULL && answered(signing, answer);
	Py_XDECREF(answer);
	return done ? 0 : 1;
}

PyObject *minter_external(PyObject *module, PyObject *args)
{
	module_state *state = PyModule_GetState(module);
	PyObject *given, *keys, *signer, *made = NULL;
	PyTypeObject *type;
	void *handle;
	text options = NO_TEXT;
	jeton_minter *minter = NULL;
	jeton_error *error = NULL;
	jeton_status status;

	if (!PyArg_ParseTuple(args, "OOOO&", &given, &keys, &signer,
			      text_argument, &options))
		return NULL;
	type = class_take(given, state->minter);
	handle = type == NULL ? NULL : handle_take(keys, state->keys);
	if (handle != NULL)
		made = handle_new(state, type, NULL, release);
	if (made != NULL) {
		((minter_object *)made)->signer = Py_NewRef(signer);
		status = jeton_minter_external(handle, sign, made, NULL,
					       LEND(options), &minter, &error);
		((handle_object *)made)->handle = minter;
		if (status != JETON_OK) {
			Py_CLEAR(made);
			failure_raise(state, status, error);
		}
	}
	text_drop(&options);
	return made;
}

/* Raises the failure of a mint: from the signer's exception, if that was it.
 * What isn't an Exception, such as KeyboardInterrupt, goes its own way. */
static PyObject *mint_failed(module_state *state, jeton_status status,
			     jeton_error *error)
{
	PyObject *cause;

	if (!PyErr_Occurred())
		return failure_raise(state, status, error);
	if (!PyErr_ExceptionMatches(PyExc_Exception)) {
		jeton_error_free(error);
		return NULL;
	}
	cause = exception_take();
	return failure_raise_from(failure_new(state, status, error), cause);
}

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
	if (minter->signer != NULL ||
	    (atomic_load(&minter->quick) && claims.size <= SMALL)) {
		status = jeton_mint(base->handle, LEND(claims), &call, &token,
				    &size, &error);
	} else {
		WITHOUT_GIL(status = jeton_mint(base->handle, LEND(claims),
						&call, &token, &size, &error));
	}
	text_drop(&claims);
	if (status != JETON_OK)
		return mint_failed(base->state, status, error);
	atomic_store(&minter->quick, is_quick(token, size));
	return text_result(base->state, status, token, size, error);
}

static PyMethodDef methods[] = {
	{"_mint", mint, METH_VARARGS, NULL},
	{NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {
	{Py_tp_dealloc, dealloc},
	{Py_tp_traverse, traverse},
	{Py_tp_clear, clear},
	{Py_tp_methods, methods},
	{0, NULL},
};

PyType_Spec minter_spec = {
	.name = "jeton._jeton.Minter",
	.basicsize = sizeof(minter_object),
	.flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC |
		 Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
	.slots = slots,
};
