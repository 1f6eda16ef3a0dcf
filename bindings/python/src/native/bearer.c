/* Telling kinds of credentials apart. */

#include "native.h"

DEALLOC(dealloc, jeton_bearer, jeton_bearer_free)

static void release(void *handle)
{
	jeton_bearer_free(handle);
}

PyObject *bearer_make(PyObject *module, PyObject *args)
{
	module_state *state = PyModule_GetState(module);
	PyObject *given, *verifier, *made = NULL;
	PyTypeObject *type;
	void *handle = NULL;
	text admin = NO_TEXT, options = NO_TEXT;
	jeton_bearer *bearer = NULL;
	jeton_error *error = NULL;
	jeton_status status;

	if (!PyArg_ParseTuple(args, "OOO&O&", &given, &verifier,
			      optional_text_argument, &admin, text_argument,
			      &options))
		return NULL;
	type = class_take(given, state->bearer);
	if (type == NULL)
		goto done;
	if (verifier != Py_None) {
		handle = handle_take(verifier, state->verifier);
		if (handle == NULL)
			goto done;
	}
	status = jeton_bearer_new(handle, LEND(admin), LEND(options), &bearer,
				  &error);
	if (status != JETON_OK)
		failure_raise(state, status, error);
	else
		made = handle_new(state, type, bearer, release);
done:
	text_drop(&admin);
	text_drop(&options);
	return made;
}

/* What a resolved credential is: kind, text, claims and rejection. Takes over
 * the last two. */
static PyObject *found(module_state *state, const char *kind,
		       PyObject *credential, jeton_claims *claims,
		       jeton_error *rejection)
{
	PyObject *good, *bad;

	good = claims == NULL ? Py_NewRef(Py_None) : claims_new(state, claims);
	bad = rejection == NULL
		      ? Py_NewRef(Py_None)
		      : failure_new(state, jeton_error_status(rejection),
				    rejection);
	/* A NULL among them lets it fail, with the exception that is set. */
	return Py_BuildValue("sNNN", kind, credential, good, bad);
}

static PyObject *resolve(PyObject *self, PyObject *const *args,
			 Py_ssize_t count, PyObject *names)
{
	handle_object *bearer = (handle_object *)self;
	text authorization = NO_TEXT, cookie = NO_TEXT, *looked;
	call_argument call;
	const char *kind = NULL, *credential = NULL;
	size_t size = 0;
	jeton_claims *claims = NULL;
	jeton_error *rejection = NULL, *error = NULL;
	jeton_status status;
	PyObject *lent;

	if (count != 2) {
		PyErr_SetString(PyExc_TypeError,
				"an authorization and a cookie are needed");
		return NULL;
	}
	if (!optional_text_argument(args[0], &authorization))
		return NULL;
	if (!optional_text_argument(args[1], &cookie) ||
	    !call_take(args + 2, names, &call)) {
		text_drop(&authorization);
		text_drop(&cookie);
		return NULL;
	}
	looked = authorization.size > 0 ? &authorization : &cookie;
	if (looked->size == 0 || is_quick(LEND(*looked))) {
		status = jeton_bearer_resolve(
			bearer->handle, LEND(authorization), LEND(cookie),
			&call.call, &kind, &credential, &size, &claims,
			&rejection, &error);
	} else {
		WITHOUT_GIL(status = jeton_bearer_resolve(
				    bearer->handle, LEND(authorization),
				    LEND(cookie), &call.call, &kind,
				    &credential, &size, &claims, &rejection,
				    &error));
	}
	/* Before what it points into is let go. */
	lent = PyUnicode_FromStringAndSize(credential, (Py_ssize_t)size);
	call_drop(&call);
	text_drop(&authorization);
	text_drop(&cookie);
	if (status == JETON_OK)
		return found(bearer->state, kind, lent, claims, rejection);
	Py_XDECREF(lent);
	return failure_raise(bearer->state, status, error);
}

static PyMethodDef methods[] = {
	{"_resolve", METHOD(resolve), METH_FASTCALL | METH_KEYWORDS, NULL},
	{NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {
	{Py_tp_dealloc, dealloc},
	{Py_tp_methods, methods},
	{0, NULL},
};

PyType_Spec bearer_spec = {
	.name = "jeton._jeton.Bearer",
	.basicsize = sizeof(handle_object),
	.flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE |
		 Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
	.slots = slots,
};
