/* Verified claims: a read-only mapping whose objects are made on first use. */

#include "native.h"
#include <stdatomic.h>

typedef struct {
	PyObject_HEAD module_state *state;
	jeton_claims *handle;
	/* The payload as a dict; NULL until somebody wants it. Atomic because
	 * making it may run other threads, or need no GIL at all. */
	_Atomic(PyObject *) parsed;
} claims_object;

PyObject *claims_new(module_state *state, jeton_claims *handle)
{
	claims_object *made =
		(claims_object *)PyType_GenericAlloc(state->claims, 0);

	if (made == NULL) {
		jeton_claims_free(handle);
		return NULL;
	}
	made->state = state;
	made->handle = handle;
	return (PyObject *)made;
}

jeton_claims *claims_handle(PyObject *claims)
{
	return ((claims_object *)claims)->handle;
}

/* The dict, borrowed from `self`. */
static PyObject *parsed(PyObject *self)
{
	claims_object *claims = (claims_object *)self;
	PyObject *dict = atomic_load(&claims->parsed), *other = NULL;
	const char *json;
	size_t size;

	if (dict != NULL)
		return dict;
	json = jeton_claims_json(claims->handle, &size);
	dict = json_objects(claims->state, json, size);
	if (dict == NULL)
		return NULL;
	if (atomic_compare_exchange_strong(&claims->parsed, &other, dict))
		return dict;
	Py_DECREF(dict); /* somebody was faster */
	return other;
}

static int claims_traverse(PyObject *self, visitproc visit, void *arg)
{
	Py_VISIT(Py_TYPE(self));
	Py_VISIT(atomic_load(&((claims_object *)self)->parsed));
	return 0;
}

static int claims_clear(PyObject *self)
{
	Py_XDECREF(atomic_exchange(&((claims_object *)self)->parsed, NULL));
	return 0;
}

static void claims_dealloc(PyObject *self)
{
	PyTypeObject *type = Py_TYPE(self);

	PyObject_GC_UnTrack(self);
	claims_clear(self);
	jeton_claims_free(claims_handle(self));
	PyObject_GC_Del(self);
	Py_DECREF(type);
}

/* The mapping. */

static Py_ssize_t claims_length(PyObject *self)
{
	PyObject *dict = parsed(self);

	return dict == NULL ? -1 : PyDict_Size(dict);
}

static PyObject *claims_item(PyObject *self, PyObject *key)
{
	PyObject *dict = parsed(self);

	return dict == NULL ? NULL : PyObject_GetItem(dict, key);
}

static int claims_contains(PyObject *self, PyObject *key)
{
	PyObject *dict = parsed(self);

	return dict == NULL ? -1 : PyDict_Contains(dict, key);
}

static PyObject *claims_iterator(PyObject *self)
{
	PyObject *dict = parsed(self);

	return dict == NULL ? NULL : PyObject_GetIter(dict);
}

static PyObject *claims_get(PyObject *self, PyObject *const *args,
			    Py_ssize_t count)
{
	PyObject *dict, *found;

	if (count < 1 || count > 2) {
		PyErr_SetString(PyExc_TypeError,
				"get() takes a name and perhaps a default");
		return NULL;
	}
	dict = parsed(self);
	if (dict == NULL)
		return NULL;
	found = PyDict_GetItemWithError(dict, args[0]);
	if (found == NULL && PyErr_Occurred())
		return NULL;
	if (found == NULL)
		found = count == 2 ? args[1] : Py_None;
	return Py_NewRef(found);
}

static PyObject *view(PyObject *self, const char *method)
{
	PyObject *dict = parsed(self);

	return dict == NULL ? NULL : PyObject_CallMethod(dict, method, NULL);
}

static PyObject *claims_keys(PyObject *self, PyObject *unused)
{
	(void)unused;
	return view(self, "keys");
}

static PyObject *claims_values(PyObject *self, PyObject *unused)
{
	(void)unused;
	return view(self, "values");
}

static PyObject *claims_items(PyObject *self, PyObject *unused)
{
	(void)unused;
	return view(self, "items");
}

static PyObject *claims_copy(PyObject *self, PyObject *unused)
{
	PyObject *dict = parsed(self);

	(void)unused;
	return dict == NULL ? NULL : PyDict_Copy(dict);
}

static PyObject *claims_compare(PyObject *self, PyObject *other, int operation)
{
	PyObject *dict;

	if (operation != Py_EQ && operation != Py_NE)
		Py_RETURN_NOTIMPLEMENTED;
	dict = parsed(self);
	if (dict == NULL)
		return NULL;
	if (Py_IS_TYPE(other, Py_TYPE(self))) {
		other = parsed(other);
		if (other == NULL)
			return NULL;
	}
	return PyObject_RichCompare(dict, other, operation);
}

static PyObject *claims_repr(PyObject *self)
{
	PyObject *dict = parsed(self);

	return dict == NULL ? NULL : PyUnicode_FromFormat("Claims(%R)", dict);
}

/* What the C ABI tells without making objects of the payload. */

static PyObject *claims_text(PyObject *self, PyObject *name)
{
	text given = NO_TEXT;
	PyObject *result;
	const char *lent;
	size_t size = 0;

	if (!text_take(name, "name", &given))
		return NULL;
	lent = jeton_claims_text(claims_handle(self), LEND(given), &size);
	result = lent_result(lent, size);
	text_drop(&given);
	return result;
}

static PyObject *claims_value(PyObject *self, PyObject *name)
{
	text given = NO_TEXT;
	PyObject *result;
	const char *lent;
	size_t size = 0;

	if (!text_take(name, "name", &given))
		return NULL;
	lent = jeton_claims_value(claims_handle(self), LEND(given), &size);
	result = lent_result(lent, size);
	text_drop(&given);
	return result;
}

static PyObject *claims_integer(PyObject *self, PyObject *name)
{
	text given = NO_TEXT;
	int64_t number;
	bool found;

	if (!text_take(name, "name", &given))
		return NULL;
	found = jeton_claims_integer(claims_handle(self), LEND(given), &number);
	text_drop(&given);
	return found ? PyLong_FromLongLong(number) : Py_NewRef(Py_None);
}

static PyObject *claims_boolean(PyObject *self, PyObject *name)
{
	text given = NO_TEXT;
	bool found, said = false;

	if (!text_take(name, "name", &given))
		return NULL;
	found = jeton_claims_boolean(claims_handle(self), LEND(given), &said);
	text_drop(&given);
	return found ? PyBool_FromLong(said) : Py_NewRef(Py_None);
}

static PyObject *claims_has(PyObject *self, PyObject *name)
{
	text given = NO_TEXT;
	bool found;

	if (!text_take(name, "name", &given))
		return NULL;
	found = jeton_claims_has(claims_handle(self), LEND(given));
	text_drop(&given);
	return PyBool_FromLong(found);
}

static PyObject *claims_fresh(PyObject *self, PyObject *args, PyObject *names)
{
	static char *known[] = {"remaining", "age", "now", NULL};
	long long remaining, age, now = 0;

	if (!PyArg_ParseTupleAndKeywords(args, names, "LL|L:fresh", known,
					 &remaining, &age, &now))
		return NULL;
	return PyBool_FromLong(
		jeton_claims_fresh(claims_handle(self), now, remaining, age));
}

static PyObject *claims_json(PyObject *self, void *unused)
{
	size_t size;
	const char *json = jeton_claims_json(claims_handle(self), &size);

	(void)unused;
	return lent_result(json, size);
}

static PyObject *claims_header(PyObject *self, void *unused)
{
	size_t size;
	const char *json = jeton_claims_header(claims_handle(self), &size);

	(void)unused;
	return json_objects(((claims_object *)self)->state, json, size);
}

static PyObject *claims_algorithm(PyObject *self, void *unused)
{
	const char *name = jeton_claims_algorithm(claims_handle(self));

	(void)unused;
	return PyUnicode_InternFromString(name);
}

static PyObject *claims_kid(PyObject *self, void *unused)
{
	const char *kid = NULL;
	size_t size = 0;

	(void)unused;
	jeton_claims_key(claims_handle(self), &kid, &size, NULL, NULL);
	return lent_result(kid, size);
}

static PyObject *claims_thumbprint(PyObject *self, void *unused)
{
	const char *thumbprint = NULL;
	size_t size = 0;

	(void)unused;
	jeton_claims_key(claims_handle(self), NULL, NULL, &thumbprint, &size);
	return lent_result(thumbprint, size);
}

static PyObject *claims_trust(PyObject *self, void *unused)
{
	(void)unused;
	return PyLong_FromSize_t(jeton_claims_trust(claims_handle(self)));
}

static PyObject *claims_expires(PyObject *self, void *unused)
{
	int64_t seconds;

	(void)unused;
	if (!jeton_claims_expires(claims_handle(self), &seconds))
		Py_RETURN_NONE;
	return PyLong_FromLongLong(seconds);
}

static PyMethodDef methods[] = {
	{"get", METHOD(claims_get), METH_FASTCALL,
	 "The value of a claim, or a default."},
	{"keys", claims_keys, METH_NOARGS, "The names of the claims."},
	{"values", claims_values, METH_NOARGS, "Their values."},
	{"items", claims_items, METH_NOARGS, "Both."},
	{"copy", claims_copy, METH_NOARGS, "The claims as a dict of its own."},
	{"text", claims_text, METH_O,
	 "A claim that is a string, else None. Like the next four it looks "
	 "into "
	 "the payload itself, and takes a JSON pointer that begins with "
	 "\"/\"."},
	{"value", claims_value, METH_O, "The JSON text of a claim, else None."},
	{"integer", claims_integer, METH_O,
	 "A claim that is a whole number within 64 bits, else None."},
	{"boolean", claims_boolean, METH_O,
	 "A claim that is true or false, else None."},
	{"has", claims_has, METH_O, "Whether there is such a claim."},
	{"fresh", METHOD(claims_fresh), METH_VARARGS | METH_KEYWORDS,
	 "Whether more than `remaining` seconds are left, and fewer than `age` "
	 "gone."},
	{NULL, NULL, 0, NULL},
};

static PyGetSetDef properties[] = {
	{"json", claims_json, NULL, "The payload, byte for byte as signed.",
	 NULL},
	{"header", claims_header, NULL, "The protected header.", NULL},
	{"algorithm", claims_algorithm, NULL, "Such as \"ES256\".", NULL},
	{"kid", claims_kid, NULL, "The kid of the key that verified.", NULL},
	{"thumbprint", claims_thumbprint, NULL, "Its RFC 7638 thumbprint.",
	 NULL},
	{"trust", claims_trust, NULL,
	 "Which entry of the option \"trust\" accepted the token.", NULL},
	{"expires", claims_expires, NULL, "The exp in whole seconds.", NULL},
	{NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot slots[] = {
	{Py_tp_doc, "The claims of a token whose signature and every rule "
		    "held: a read-only mapping. Only verifying makes one."},
	{Py_tp_dealloc, claims_dealloc},
	{Py_tp_traverse, claims_traverse},
	{Py_tp_clear, claims_clear},
	{Py_tp_repr, claims_repr},
	{Py_tp_hash, PyObject_HashNotImplemented},
	{Py_tp_richcompare, claims_compare},
	{Py_tp_iter, claims_iterator},
	{Py_tp_methods, methods},
	{Py_tp_getset, properties},
	{Py_mp_length, claims_length},
	{Py_mp_subscript, claims_item},
	{Py_sq_contains, claims_contains},
	{0, NULL},
};

PyType_Spec claims_spec = {
	.name = "jeton.Claims",
	.basicsize = sizeof(claims_object),
	/* Not immutable, or it couldn't be registered as a Mapping. */
	.flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC |
		 Py_TPFLAGS_DISALLOW_INSTANTIATION,
	.slots = slots,
};
