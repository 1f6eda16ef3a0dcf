/* The module: its state, its types and its functions. */

#include "native.h"

/* Slots that Python knows from 3.12 and 3.13 on, by the numbers that its stable
 * ABI gives them; an older one refuses a module that has them. */
#define SLOT_MULTIPLE_INTERPRETERS 3
#define SLOT_GIL 4
#define SINCE_MULTIPLE_INTERPRETERS 0x030C0000
#define SINCE_GIL 0x030D0000
#define YES ((void *)2) /* an own GIL is supported */
#define NOT_USED ((void *)1)

static PyMethodDef functions[] = {
	{"make_bearer", bearer_make, METH_VARARGS, NULL},
	{"read_keys", keys_read, METH_VARARGS, NULL},
	{"secret_keys", keys_secret, METH_VARARGS, NULL},
	{"generate_keys", keys_generate, METH_VARARGS, NULL},
	{"derive_keys", keys_derive, METH_VARARGS, NULL},
	{"source_keys", keys_source, METH_VARARGS, NULL},
	{"make_minter", minter_make, METH_VARARGS, NULL},
	{"external_minter", minter_external, METH_VARARGS, NULL},
	{"open_revocations", revocations_open, METH_VARARGS, NULL},
	{"open_source", source_open, METH_VARARGS, NULL},
	{"make_verifier", verifier_make, METH_VARARGS, NULL},
	{"sign", jws_sign, METH_VARARGS, NULL},
	{"verify_signature", jws_verify_signature, METH_VARARGS, NULL},
	{"inspect", jws_inspect, METH_VARARGS, NULL},
	{NULL, NULL, 0, NULL},
};

static int traverse(PyObject *module, visitproc visit, void *arg)
{
	module_state *state = PyModule_GetState(module);
	int index;

	Py_VISIT(state->keys);
	Py_VISIT(state->minter);
	Py_VISIT(state->verifier);
	Py_VISIT(state->claims);
	Py_VISIT(state->revocations);
	Py_VISIT(state->source);
	Py_VISIT(state->bearer);
	Py_VISIT(state->cause);
	Py_VISIT(state->failure);
	for (index = 0; index < REGISTERED_NAMES; index++)
		Py_VISIT(state->registered[index]);
	return 0;
}

static int clear(PyObject *module)
{
	module_state *state = PyModule_GetState(module);
	int index;

	Py_CLEAR(state->keys);
	Py_CLEAR(state->minter);
	Py_CLEAR(state->verifier);
	Py_CLEAR(state->claims);
	Py_CLEAR(state->revocations);
	Py_CLEAR(state->source);
	Py_CLEAR(state->bearer);
	Py_CLEAR(state->cause);
	Py_CLEAR(state->failure);
	for (index = 0; index < REGISTERED_NAMES; index++)
		Py_CLEAR(state->registered[index]);
	return 0;
}

static void release(void *module)
{
	clear(module);
}

static int add(PyObject *module, PyType_Spec *spec, PyTypeObject **type)
{
	*type = (PyTypeObject *)PyType_FromModuleAndSpec(module, spec, NULL);
	return *type == NULL || PyModule_AddType(module, *type) < 0;
}

static int add_failure(module_state *state)
{
	PyObject *errors = PyImport_ImportModule("jeton.errors");

	if (errors == NULL)
		return 1;
	state->failure = PyObject_GetAttrString(errors, "failure");
	Py_DECREF(errors);
	return state->failure == NULL;
}

/* A library that was linked dynamically may be another than was compiled for.
 */
static int check_abi(void)
{
	if (jeton_abi_version() == JETON_ABI_VERSION)
		return 0;
	PyErr_Format(PyExc_ImportError,
		     "libjeton has the ABI %d, and this module was made for %d",
		     (int)jeton_abi_version(), JETON_ABI_VERSION);
	return 1;
}

static int execute(PyObject *module)
{
	static const char *const names[REGISTERED_NAMES] = {
		"iss", "sub", "aud", "exp", "nbf", "iat", "jti"};
	module_state *state = PyModule_GetState(module);
	int index;

	for (index = 0; index < REGISTERED_NAMES; index++) {
		state->registered[index] =
			PyUnicode_InternFromString(names[index]);
		if (state->registered[index] == NULL)
			return -1;
	}
	if (check_abi() || add_failure(state) ||
	    add(module, &keys_spec, &state->keys) ||
	    add(module, &minter_spec, &state->minter) ||
	    add(module, &verifier_spec, &state->verifier) ||
	    add(module, &claims_spec, &state->claims) ||
	    add(module, &revocations_spec, &state->revocations) ||
	    add(module, &source_spec, &state->source) ||
	    add(module, &bearer_spec, &state->bearer) ||
	    add(module, &cause_spec, &state->cause))
		return -1;
	return PyModule_AddStringConstant(module, "version", jeton_version());
}

static PyModuleDef_Slot slots[] = {
	{Py_mod_exec, execute}, {0, NULL}, {0, NULL}, {0, NULL}};

static PyModuleDef definition = {
	PyModuleDef_HEAD_INIT,
	.m_name = "jeton._jeton",
	.m_size = sizeof(module_state),
	.m_methods = functions,
	.m_slots = slots,
	.m_traverse = traverse,
	.m_clear = clear,
	.m_free = release,
};

/* Writes what the Python that runs can be told, which one wheel for all of
 * them can't know when it is compiled. Whoever comes second writes the same. */
static void complete_slots(void)
{
	PyObject *number = PySys_GetObject("hexversion");
	long running = number == NULL ? 0 : PyLong_AsLong(number);

	if (running >= SINCE_MULTIPLE_INTERPRETERS)
		slots[1] = (PyModuleDef_Slot){SLOT_MULTIPLE_INTERPRETERS, YES};
	if (running >= SINCE_GIL)
		slots[2] = (PyModuleDef_Slot){SLOT_GIL, NOT_USED};
}

PyMODINIT_FUNC PyInit__jeton(void)
{
	complete_slots();
	return PyModuleDef_Init(&definition);
}
