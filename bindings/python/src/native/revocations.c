/* Revocations. */

#include "native.h"

DEALLOC(dealloc, jeton_revocations, jeton_revocations_free)

static void release(void *handle)
{
	jeton_revocations_free(handle);
}

PyObject *revocations_open(PyObject *module, PyObject *args)
{
	module_state *state = PyModule_GetState(module);
	PyObject *given;
	PyTypeObject *type;
	text location = NO_TEXT, options = NO_TEXT;
	jeton_revocations *revocations = NULL;
	jeton_error *error = NULL;
	jeton_status status;

	if (!PyArg_ParseTuple(args, "OO&O&", &given, text_argument, &location,
			      text_argument, &options))
		return NULL;
	type = class_take(given, state->revocations);
	if (type != NULL) {
		WITHOUT_GIL(status = jeton_revocations_open(
				    LEND(location), LEND(options), &revocations,
				    &error));
	}
	text_drop(&location);
	text_drop(&options);
	if (type == NULL)
		return NULL;
	if (status != JETON_OK)
		return failure_raise(state, status, error);
	return handle_new(state, type, revocations, release);
}

/* A rule as JSON, and a time; the entry as JSON. */
static PyObject *revoke_rule(PyObject *self, PyObject *args)
{
	handle_object *store = (handle_object *)self;
	text rule = NO_TEXT;
	long long now;
	jeton_call call;
	char *entry = NULL;
	size_t size = 0;
	jeton_error *error = NULL;
	jeton_status status;

	if (!PyArg_ParseTuple(args, "O&L", text_argument, &rule, &now))
		return NULL;
	call = call_at(now);
	WITHOUT_GIL(status = jeton_revocations_revoke(store->handle, LEND(rule),
						      &call, &entry, &size,
						      &error));
	text_drop(&rule);
	return text_result(store->state, status, entry, size, error);
}

/* Claims, options and a time, given to one of the two that revoke by claims. */
static PyObject *revoke_by(PyObject *self, PyObject *args,
			   jeton_status (*revoke)(const jeton_revocations *,
						  const jeton_claims *,
						  const char *, size_t,
						  const jeton_call *, char **,
						  size_t *, jeton_error **))
{
	handle_object *store = (handle_object *)self;
	PyObject *claims;
	text options = NO_TEXT;
	long long now;
	jeton_call call;
	char *entry = NULL;
	size_t size = 0;
	jeton_error *error = NULL;
	jeton_status status;

	if (!PyArg_ParseTuple(args, "O!O&L", store->state->claims, &claims,
			      text_argument, &options, &now))
		return NULL;
	call = call_at(now);
	WITHOUT_GIL(status = revoke(store->handle, claims_handle(claims),
				    LEND(options), &call, &entry, &size,
				    &error));
	text_drop(&options);
	return text_result(store->state, status, entry, size, error);
}

static PyObject *revoke_claims(PyObject *self, PyObject *args)
{
	return revoke_by(self, args, jeton_revocations_revoke_claims);
}

static PyObject *revoke_logout(PyObject *self, PyObject *args)
{
	return revoke_by(self, args, jeton_revocations_revoke_logout);
}

static PyObject *restore(PyObject *self, PyObject *args)
{
	handle_object *store = (handle_object *)self;
	text rule = NO_TEXT;
	long long now;
	jeton_call call;
	bool restored = false;
	jeton_error *error = NULL;
	jeton_status status;

	if (!PyArg_ParseTuple(args, "O&L", text_argument, &rule, &now))
		return NULL;
	call = call_at(now);
	WITHOUT_GIL(status = jeton_revocations_restore(store->handle,
						       LEND(rule), &call,
						       &restored, &error));
	text_drop(&rule);
	if (status != JETON_OK)
		return failure_raise(store->state, status, error);
	return PyBool_FromLong(restored);
}

static PyObject *turn(PyObject *self, PyObject *args)
{
	handle_object *store = (handle_object *)self;
	text scope = NO_TEXT, name = NO_TEXT;
	int on;
	jeton_error *error = NULL;
	jeton_status status;

	if (!PyArg_ParseTuple(args, "O&O&p", text_argument, &scope,
			      text_argument, &name, &on))
		return NULL;
	WITHOUT_GIL(status =
			    jeton_revocations_switch(store->handle, LEND(scope),
						     LEND(name), on, &error));
	text_drop(&scope);
	text_drop(&name);
	return done_result(store->state, status, error);
}

/* What is known here is asked, so nobody waits and the GIL is kept. */
static PyObject *is_on(PyObject *self, PyObject *args)
{
	handle_object *store = (handle_object *)self;
	text scope = NO_TEXT, name = NO_TEXT;
	bool on = false;
	jeton_error *error = NULL;
	jeton_status status;

	if (!PyArg_ParseTuple(args, "O&O&", text_argument, &scope,
			      text_argument, &name))
		return NULL;
	status = jeton_revocations_is_on(store->handle, LEND(scope), LEND(name),
					 &on, &error);
	text_drop(&scope);
	text_drop(&name);
	if (status != JETON_OK)
		return failure_raise(store->state, status, error);
	return PyBool_FromLong(on);
}

static PyObject *status_list(PyObject *self, PyObject *args)
{
	handle_object *store = (handle_object *)self;
	PyObject *given;
	void *minter;
	text options = NO_TEXT;
	long long now;
	jeton_call call;
	char *made = NULL;
	size_t size = 0;
	jeton_error *error = NULL;
	jeton_status status;

	if (!PyArg_ParseTuple(args, "OO&L", &given, text_argument, &options,
			      &now))
		return NULL;
	minter = handle_take(given, store->state->minter);
	call = call_at(now);
	if (minter != NULL) {
		WITHOUT_GIL(status = jeton_revocations_status_list(
				    store->handle, minter, LEND(options), &call,
				    &made, &size, &error));
	}
	text_drop(&options);
	if (minter == NULL)
		return NULL;
	return text_result(store->state, status, made, size, error);
}

static PyObject *import(PyObject *self, PyObject *args)
{
	handle_object *store = (handle_object *)self;
	text document = NO_TEXT;
	long long now;
	jeton_call call;
	size_t taken = 0;
	jeton_error *error = NULL;
	jeton_status status;

	if (!PyArg_ParseTuple(args, "O&L", text_argument, &document, &now))
		return NULL;
	call = call_at(now);
	WITHOUT_GIL(status = jeton_revocations_import(store->handle,
						      LEND(document), &call,
						      &taken, &error));
	text_drop(&document);
	if (status != JETON_OK)
		return failure_raise(store->state, status, error);
	return PyLong_FromSize_t(taken);
}

static PyObject *compact(PyObject *self, PyObject *args)
{
	handle_object *store = (handle_object *)self;
	long long now;
	jeton_call call;
	size_t dropped = 0;
	jeton_error *error = NULL;
	jeton_status status;

	if (!PyArg_ParseTuple(args, "L", &now))
		return NULL;
	call = call_at(now);
	WITHOUT_GIL(status = jeton_revocations_compact(store->handle, &call,
						       &dropped, &error));
	if (status != JETON_OK)
		return failure_raise(store->state, status, error);
	return PyLong_FromSize_t(dropped);
}

static PyObject *refresh(PyObject *self, PyObject *unused)
{
	handle_object *store = (handle_object *)self;
	jeton_error *error = NULL;
	jeton_status status;

	(void)unused;
	WITHOUT_GIL(status = jeton_revocations_refresh(store->handle, &error));
	return done_result(store->state, status, error);
}

static PyObject *events(PyObject *self, PyObject *unused)
{
	handle_object *store = (handle_object *)self;
	char *made = NULL;
	size_t size = 0;
	jeton_error *error = NULL;
	jeton_status status;

	(void)unused;
	WITHOUT_GIL(status = jeton_revocations_events(store->handle, &made,
						      &size, &error));
	return text_result(store->state, status, made, size, error);
}

/* What the store says at a time. */
static PyObject *told(PyObject *self, PyObject *args,
		      jeton_status (*tell)(const jeton_revocations *,
					   const jeton_call *, char **,
					   size_t *, jeton_error **))
{
	handle_object *store = (handle_object *)self;
	long long now;
	jeton_call call;
	char *made = NULL;
	size_t size = 0;
	jeton_error *error = NULL;
	jeton_status status;

	if (!PyArg_ParseTuple(args, "L", &now))
		return NULL;
	call = call_at(now);
	WITHOUT_GIL(status = tell(store->handle, &call, &made, &size, &error));
	return text_result(store->state, status, made, size, error);
}

static PyObject *list(PyObject *self, PyObject *args)
{
	return told(self, args, jeton_revocations_list);
}

static PyObject *export(PyObject *self, PyObject *args)
{
	return told(self, args, jeton_revocations_export);
}

static PyObject *store_status(PyObject *self, PyObject *args)
{
	return told(self, args, jeton_revocations_status);
}

static PyMethodDef methods[] = {
	{"_revoke", revoke_rule, METH_VARARGS, NULL},
	{"_revoke_claims", revoke_claims, METH_VARARGS, NULL},
	{"_revoke_logout", revoke_logout, METH_VARARGS, NULL},
	{"_restore", restore, METH_VARARGS, NULL},
	{"_switch", turn, METH_VARARGS, NULL},
	{"_is_on", is_on, METH_VARARGS, NULL},
	{"_status_list", status_list, METH_VARARGS, NULL},
	{"_import", import, METH_VARARGS, NULL},
	{"_compact", compact, METH_VARARGS, NULL},
	{"_refresh", refresh, METH_NOARGS, NULL},
	{"_events", events, METH_NOARGS, NULL},
	{"_list", list, METH_VARARGS, NULL},
	{"_export", export, METH_VARARGS, NULL},
	{"_status", store_status, METH_VARARGS, NULL},
	{NULL, NULL, 0, NULL},
};

static PyType_Slot slots[] = {
	{Py_tp_dealloc, dealloc},
	{Py_tp_methods, methods},
	{0, NULL},
};

PyType_Spec revocations_spec = {
	.name = "jeton._jeton.Revocations",
	.basicsize = sizeof(handle_object),
	.flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE |
		 Py_TPFLAGS_DISALLOW_INSTANTIATION | Py_TPFLAGS_IMMUTABLETYPE,
	.slots = slots,
};
