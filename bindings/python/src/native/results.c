/* What goes back to Python: texts, exceptions, and the error objects behind
 * those that a caller may wait for. */

#include "native.h"

DEALLOC(cause_dealloc, jeton_error, jeton_error_free)

static PyType_Slot cause_slots[] = {
	{Py_tp_dealloc, cause_dealloc},
	{Py_tp_doc, "What Verifier._wait waits for: the error of one verify."},
	{0, NULL},
};

PyType_Spec cause_spec = {
	.name = "jeton._jeton.Cause",
	.basicsize = sizeof(handle_object),
	.flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION |
		 Py_TPFLAGS_IMMUTABLETYPE,
	.slots = cause_slots,
};

PyObject *lent_result(const char *lent, size_t size)
{
	if (lent == NULL)
		return Py_NewRef(Py_None);
	return PyUnicode_FromStringAndSize(lent, (Py_ssize_t)size);
}

/* The claims that the option "report" asked for, or None. */
static PyObject *reported(module_state *state, const jeton_error *error)
{
	size_t size;
	const char *json = jeton_error_claims(error, &size);

	if (json == NULL)
		return Py_NewRef(Py_None);
	return json_objects(state, json, size);
}

/* The error object itself where somebody may wait for what it misses, else
 * None. Takes it over. */
static PyObject *cause_of(module_state *state, jeton_status status,
			  jeton_error *error)
{
	if (status == JETON_KEY_PENDING || status == JETON_KEYS_UNAVAILABLE)
		return handle_new(state, state->cause, error,
				  (void (*)(void *))jeton_error_free);
	jeton_error_free(error);
	return Py_NewRef(Py_None);
}

PyObject *failure_new(module_state *state, jeton_status status,
		      jeton_error *error)
{
	const char *lent;
	size_t size;
	PyObject *message, *claim, *claims, *cause, *made = NULL;

	lent = jeton_error_message(error, &size);
	message = lent_result(lent, size);
	lent = jeton_error_claim(error, &size);
	claim = lent_result(lent, size);
	claims = reported(state, error);
	cause = cause_of(state, status, error);
	if (message != NULL && claim != NULL && claims != NULL && cause != NULL)
		made = PyObject_CallFunction(state->failure, "isOOOO",
					     (int)status,
					     jeton_status_name(status), message,
					     claim, claims, cause);
	Py_XDECREF(message);
	Py_XDECREF(claim);
	Py_XDECREF(claims);
	Py_XDECREF(cause);
	return made;
}

PyObject *failure_raise(module_state *state, jeton_status status,
			jeton_error *error)
{
	return failure_raise_from(failure_new(state, status, error), NULL);
}

PyObject *exception_take(void)
{
	PyObject *type, *exception, *trace;

	PyErr_Fetch(&type, &exception, &trace);
	PyErr_NormalizeException(&type, &exception, &trace);
	if (trace != NULL)
		PyException_SetTraceback(exception, trace);
	Py_XDECREF(type);
	Py_XDECREF(trace);
	return exception;
}

PyObject *failure_raise_from(PyObject *failure, PyObject *cause)
{
	if (failure == NULL) {
		Py_XDECREF(cause);
		return NULL;
	}
	if (cause != NULL)
		PyException_SetCause(failure, cause);
	PyErr_SetObject((PyObject *)Py_TYPE(failure), failure);
	Py_DECREF(failure);
	return NULL;
}

PyObject *text_result(module_state *state, jeton_status status, char *made,
		      size_t size, jeton_error *error)
{
	PyObject *result;

	if (status != JETON_OK)
		return failure_raise(state, status, error);
	result = lent_result(made, size);
	jeton_string_free(made);
	return result;
}

PyObject *done_result(module_state *state, jeton_status status,
		      jeton_error *error)
{
	if (status != JETON_OK)
		return failure_raise(state, status, error);
	return Py_NewRef(Py_None);
}
