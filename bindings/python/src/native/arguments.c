/* What comes from Python, lent to C for the length of one call. */

#include "native.h"

/* A str or bytes is lent as it is: neither ever changes. A bytearray or a
 * memoryview is copied, because another thread may change it meanwhile. */
int text_take(PyObject *given, const char *name, text *out)
{
	char *bytes;

	if (PyUnicode_Check(given)) {
		out->data = PyUnicode_AsUTF8AndSize(given, &out->size);
		if (out->data != NULL) {
			out->kept = Py_NewRef(given);
			return 1;
		}
		/* A lone surrogate is no Unicode text, but may come from
		 * outside: let jeton say what it thinks of it. */
		if (!PyErr_ExceptionMatches(PyExc_UnicodeEncodeError))
			return 0;
		PyErr_Clear();
		out->kept = PyUnicode_AsEncodedString(given, "utf-8",
						      "surrogatepass");
	} else if (PyBytes_Check(given)) {
		out->kept = Py_NewRef(given);
	} else if (PyByteArray_Check(given) || PyMemoryView_Check(given)) {
		out->kept = PyBytes_FromObject(given);
	} else {
		PyErr_Format(PyExc_TypeError, "%s must be str or bytes, not %R",
			     name, (PyObject *)Py_TYPE(given));
		return 0;
	}
	if (out->kept == NULL)
		return 0;
	if (PyBytes_AsStringAndSize(out->kept, &bytes, &out->size) < 0) {
		text_drop(out);
		return 0;
	}
	out->data = bytes;
	return 1;
}

void text_drop(text *given)
{
	Py_CLEAR(given->kept);
}

int text_argument(PyObject *given, void *out)
{
	if (given == NULL) { /* a later argument was wrong */
		text_drop(out);
		return 1;
	}
	return text_take(given, "a text", out) ? Py_CLEANUP_SUPPORTED : 0;
}

int optional_text_argument(PyObject *given, void *out)
{
	if (given == Py_None)
		return Py_CLEANUP_SUPPORTED;
	return text_argument(given, out);
}

bool is_quick(const char *token, size_t size)
{
	enum { LARGEST = 4096, LONGEST_SIGNATURE = 64 };
	size_t tail =
		size < LONGEST_SIGNATURE + 1 ? size : LONGEST_SIGNATURE + 1;

	return size <= LARGEST &&
	       memchr(token + size - tail, '.', tail) != NULL;
}

/* Takes one keyword of a call; 0 with an exception set. */
static int keyword(PyObject *name, PyObject *value, call_argument *out)
{
	jeton_call *call = &out->call;
	const struct {
		const char *name, **text;
		size_t *len;
	} places[CALL_TEXTS] = {
		{"scope", &call->scope, &call->scope_len},
		{"nonce", &call->nonce, &call->nonce_len},
		{"method", &call->method, &call->method_len},
		{"uri", &call->uri, &call->uri_len},
		{"access_token", &call->access_token, &call->access_token_len},
		{"jkt", &call->jkt, &call->jkt_len},
	};
	size_t index;

	if (PyUnicode_CompareWithASCIIString(name, "now") == 0) {
		PyObject *number = PyNumber_Index(value);

		if (number == NULL)
			return 0;
		call->now = PyLong_AsLongLong(number);
		Py_DECREF(number);
		return !PyErr_Occurred();
	}
	for (index = 0; index < CALL_TEXTS; index++) {
		if (PyUnicode_CompareWithASCIIString(name,
						     places[index].name) != 0)
			continue;
		if (value == Py_None)
			return 1;
		if (!text_take(value, places[index].name, &out->texts[index]))
			return 0;
		*places[index].text = out->texts[index].data;
		*places[index].len = (size_t)out->texts[index].size;
		return 1;
	}
	PyErr_Format(PyExc_TypeError, "unexpected keyword argument %R", name);
	return 0;
}

int call_take(PyObject *const *values, PyObject *names, call_argument *out)
{
	Py_ssize_t index, count = names == NULL ? 0 : PyTuple_Size(names);

	memset(out, 0, sizeof *out);
	out->call.size = sizeof out->call;
	for (index = 0; index < count; index++) {
		PyObject *name = PyTuple_GetItem(names, index);

		if (name == NULL || !keyword(name, values[index], out)) {
			call_drop(out);
			return 0;
		}
	}
	return 1;
}

void call_drop(call_argument *given)
{
	size_t index;

	for (index = 0; index < CALL_TEXTS; index++)
		text_drop(&given->texts[index]);
}

jeton_call call_at(long long now)
{
	jeton_call call;

	memset(&call, 0, sizeof call);
	call.size = sizeof call;
	call.now = now;
	return call;
}

void *handle_take(PyObject *given, PyTypeObject *type)
{
	if (PyObject_TypeCheck(given, type))
		return ((handle_object *)given)->handle;
	/* Its type and never itself, which may be a secret. */
	PyErr_Format(PyExc_TypeError, "%R is needed, and not %R",
		     (PyObject *)type, (PyObject *)Py_TYPE(given));
	return NULL;
}

PyTypeObject *class_take(PyObject *given, PyTypeObject *type)
{
	if (PyType_Check(given) &&
	    PyType_IsSubtype((PyTypeObject *)given, type))
		return (PyTypeObject *)given;
	PyErr_Format(PyExc_TypeError, "%R isn't derived from %R", given,
		     (PyObject *)type);
	return NULL;
}

PyObject *handle_new(module_state *state, PyTypeObject *type, void *handle,
		     void (*release)(void *))
{
	allocfunc allocate = (allocfunc)PyType_GetSlot(type, Py_tp_alloc);
	handle_object *object = (handle_object *)allocate(type, 0);

	if (object == NULL) {
		release(handle);
		return NULL;
	}
	object->state = state;
	object->handle = handle;
	return (PyObject *)object;
}
