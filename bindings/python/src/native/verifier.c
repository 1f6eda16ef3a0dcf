/* Verifiers. */

#include "native.h"

DEALLOC(dealloc, jeton_verifier, jeton_verifier_free)

static void release(void *handle)
{
	jeton_verifier_free(handle);
}

/* The handles of a tuple of objects of one type; NULL with an exception set. */
static void **several(PyObject *sets, PyTypeObject *type)
{
	Py_ssize_t index, count = PyTuple_Size(sets);
	void **handles = PyMem_Calloc((size_t)count + 1, sizeof *handles);

	if (handles == NULL) {
		PyErr_NoMemory();
		return NULL;
	}
	for (index = 0; index < count; index++) {
		handles[index] =
			handle_take(PyTuple_GetItem(sets, index), type);
		if (handles[index] == NULL) {
			PyMem_Free(handles);
			return NULL;
		}
	}
	return handles;
}

PyObject *verifier_make(PyObject *module, PyObject *args)
{
	module_state *state = PyModule_GetState(module);
	PyObject *given, *sets, *revocations, *made = NULL;
	PyTypeObject *type;
	void **handles = NULL;
	void *store = NULL;
	text options = NO_TEXT;
	jeton_verifier *verifier = NULL;
	jeton_error *error = NULL;
	jeton_status status;

	if (!PyArg_ParseTuple(args, "OO!OO&", &given, &PyTuple_Type, &sets,
			      &revocations, text_argument, &options))
		return NULL;
	type = class_take(given, state->verifier);
	if (type == NULL)
		goto done;
	if (revocations != Py_None) {
		store = handle_take(revocations, state->revocations);
		if (store == NULL)
			goto done;
	}
	handles = several(sets, state->keys);
	if (handles == NULL)
		goto done;
	WITHOUT_GIL(
		status = jeton_verifier_new((const jeton_keys *const *)handles,
					    (size_t)PyTuple_Size(sets), store,
					    LEND(options), &verifier, &error));
	if (status != JETON_OK)
		failure_raise(state, status, error);
	else
		made = handle_new(state, type, verifier, release);
done:
	PyMem_Free(handles);
	text_drop(&options);
	return made;
}

PyObject *verifier_following(PyObject *module, PyObject *args)
{
	module_state *state = PyModule_GetState(module);
	PyObject *given, *known, *lists, *made = NULL;
	PyTypeObject *type;
	void *handle, **handles = NULL;
	jeton_verifier *verifier = NULL;
	jeton_error *error = NULL;
	jeton_status status;

	if (!PyArg_ParseTuple(args, "OOO!", &given, &known, &PyTuple_Type,
			      &lists))
		return NULL;
	type = class_take(given, state->verifier);
	handle = type == NULL ? NULL : handle_take(known, state->verifier);
	if (handle == NULL)
		return NULL;
	handles = several(lists, state->source);
	if (handles == NULL)
		return NULL;
	WITHOUT_GIL(status = jeton_verifier_following(
			    handle, (const jeton_source *const *)handles,
			    (size_t)PyTuple_Size(lists), &verifier, &error));
	if (status != JETON_OK)
		failure_raise(state, status, error);
	else
		made = handle_new(state, type, verifier, release);
	PyMem_Free(handles);
	return made;
}

/* One token, and by name what a call says of it. */
static int token_take(const char *function, PyObject *const *args,
		      Py_ssize_t count, PyObject *names, text *token,
		      call_argument *call)
{
	if (count != 1) {
		PyErr_Format(PyExc_TypeError,
			     "%s() takes one token, and all else by name",
			     function);
		return 0;
	}
	if (!text_take(args[0], "token", token))
		return 0;
	if (!call_take(args + 1, names, call)) {
		text_drop(token);
		return 0;
	}
	return 1;
}

static PyObject *verify(PyObject *self, PyObject *const *args, Py_ssize_t count,
			PyObject *names)
{
	handle_object *verifier = (handle_object *)self;
	text token = NO_TEXT;
	call_argument call;
	jeton_claims *claims = NULL;
	jeton_error *error = NULL;
	jeton_status status;

	if (!token_take("verify", args, count, names, &token, &call))
		return NULL;
	if (is_quick(LEND(token))) {
		status = jeton_verify(verifier->handle, LEND(token), &call.call,
				      &claims, &error);
	} else {
		WITHOUT_GIL(status = jeton_verify(verifier->handle, LEND(token),
						  &call.call, &claims, &error));
	}
	call_drop(&call);
	text_drop(&token);
	if (status != JETON_OK)
		return failure_raise(verifier->state, status, error);
	return claims_new(verifier->state, claims);
}

static PyObject *introspect(PyObject *self, PyObject *const *args,
			    Py_ssize_t count, PyObject *names)
{
	handle_object *verifier = (handle_object *)self;
	text token = NO_TEXT;
	call_argument call;
	char *answer = NULL;
	size_t size = 0;
	jeton_error *error = NULL;
	jeton_status status;

	if (!token_take("introspect", args, count, names, &token, &call))
		return NULL;
	WITHOUT_GIL(status = jeton_introspect(verifier->handle, LEND(token),
					      &call.call, &answer, &size,
					      &error));
	call_drop(&call);
	text_drop(&token);
	return text_result(verifier->state, status, answer, size, error);
}

/* A cause that a verify has left, and milliseconds. */
static PyObject *wait_cause(PyObject *self, PyObject *args)
{
	handle_object *verifier = (handle_object *)self;
	PyObject *cause;
	void *awaited;
	unsigned long long milliseconds;
	jeton_error *error = NULL;
	jeton_status status;

	if (!PyArg_ParseTuple(args, "OK", &cause, &milliseconds))
		return NULL;
	awaited = handle_take(cause, verifier->state->cause);
	if (awaited == NULL)
		return NULL;
	WITHOUT_GIL(status = jeton_verifier_wait(verifier->handle, awaited,
						 milliseconds, &error));
	return done_result(verifier->state, status, error);
}

static PyMethodDef methods[] = {
	{"verify", METHOD(verify), METH_FASTCALL | METH_KEYWORDS,
	 "verify($self, token, /, *, now=0, scope=None, nonce=None, "
	 "method=None, uri=None, access_token=None, jkt=None)\n--\n\n"
	 "The claims of `token`, once its signature and every rule hold; else\n"
	 "raises an InvalidTokenError, or what else keeps it from a "
	 "verdict.\n\n"
	 "`now`, in seconds since 1970, stands in for the clock. `scope` is\n"
	 "where deny rules look their switches up. `nonce` is what the claim\n"
	 "of that name must be. The rest is the request that a DPoP proof "
	 "came\n"
	 "with: its method, its whole URI, its access token (empty for none) "
	 "and\n"
	 "what that is bound to, its cnf.jkt. Never waits, unless a proof is\n"
	 "remembered where other processes share it; the GIL is let go for\n"
	 "anything that takes longer than handing it over."},
	{"introspect", METHOD(introspect), METH_FASTCALL | METH_KEYWORDS,
	 "introspect($self, token, /, *, now=0, scope=None, nonce=None, "
	 "method=None, uri=None, access_token=None, jkt=None)\n--\n\n"
	 "The verdict on `token` as RFC 7662 answers it, JSON text:\n"
	 "{\"active\":true, ...} with the claims, or {\"active\":false}.\n\n"
	 "Raises only where there is no verdict; such a request isn't\n"
	 "answered with 200. All else is as for verify."},
	{"_wait", wait_cause, METH_VARARGS, NULL},
	{"_verify_many", METHOD(verify_many), METH_FASTCALL | METH_KEYWORDS,
	 NULL},
	{NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {
	{Py_tp_dealloc, dealloc},
	{Py_tp_methods, methods},
	{0, NULL},
};

PyType_Spec verifier_spec = {
	.name = "jeton._jeton.Verifier",
	.basicsize = sizeof(handle_object),
	.flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE |
		 Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
	.slots = slots,
};
