/* The native half of the Python binding: one function per function of jeton.h,
 * texts in and out, and no policy.
 *
 * Nothing here is global, so every sub-interpreter may load the module; what it
 * needs of Python is in the module's state, which each object points to and,
 * through its type, keeps alive. */

#ifndef NATIVE_H
#define NATIVE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <jeton.h>

/* The claims that RFC 7519 registers; all of their names have this length. */
#define REGISTERED_NAMES 7
#define REGISTERED_LENGTH 3

typedef struct {
	PyTypeObject *keys, *minter, *verifier, *claims;
	PyTypeObject *revocations, *source, *bearer, *cause;
	PyObject *failure; /* makes the exception of a status */
	PyObject *registered[REGISTERED_NAMES];
} module_state;

/* Every object but Claims: a handle of the C ABI and what it needs of Python.
 */
typedef struct {
	PyObject_HEAD module_state *state;
	void *handle;
} handle_object;

/* arguments.c: what comes from Python, for the length of one call. */

typedef struct {
	const char *data;
	Py_ssize_t size;
	PyObject *kept; /* what `data` points into; NULL for nothing */
} text;

#define NO_TEXT ((text){NULL, 0, NULL})
/* As jeton.h takes one. */
#define LEND(given) (given).data, (size_t)(given).size

int text_take(PyObject *given, const char *name, text *out);
void text_drop(text *given);

/* For "O&" of PyArg_ParseTuple: str or bytes; the second takes None as well. */
int text_argument(PyObject *given, void *out);
int optional_text_argument(PyObject *given, void *out);

/* Whether a token is verified, or one like it minted, sooner than another
 * thread would take up a GIL that is let go for it: an HMAC of ordinary size.
 * No other algorithm has signatures as short as HS256's and HS384's. */
bool is_quick(const char *token, size_t size);

/* The texts of a call. */
#define CALL_TEXTS 6

typedef struct {
	jeton_call call;
	text texts[CALL_TEXTS];
} call_argument;

/* The keywords now, scope, nonce, method, uri, access_token and jkt of a
 * METH_FASTCALL | METH_KEYWORDS. */
int call_take(PyObject *const *values, PyObject *names, call_argument *out);
void call_drop(call_argument *given);
/* A call that says its time alone. */
jeton_call call_at(long long now);

/* The handle of `given`, or NULL with a TypeError set. */
void *handle_take(PyObject *given, PyTypeObject *type);
/* The class to make an object of: `type`, or one derived from it; else NULL
 * with a TypeError set. */
PyTypeObject *class_take(PyObject *given, PyTypeObject *type);
/* An object of `type` that owns `handle`; on failure, NULL and it is freed. */
PyObject *handle_new(module_state *state, PyTypeObject *type, void *handle,
		     void (*release)(void *));

/* results.c: what goes back to Python. */

/* The exception of a failure. Frees the error, or leaves it to the exception.
 */
PyObject *failure_new(module_state *state, jeton_status status,
		      jeton_error *error);
/* Raises it, and returns NULL. */
PyObject *failure_raise(module_state *state, jeton_status status,
			jeton_error *error);
/* The exception that is set, and is no longer. */
PyObject *exception_take(void);
/* Raises `failure` from `cause`, which may be NULL; takes over both. Where
 * there is no failure, an exception is set already. */
PyObject *failure_raise_from(PyObject *failure, PyObject *cause);
/* The text that a call made, as a str, or the failure; frees either. */
PyObject *text_result(module_state *state, jeton_status status, char *made,
		      size_t size, jeton_error *error);
/* None for a success. */
PyObject *done_result(module_state *state, jeton_status status,
		      jeton_error *error);
/* A borrowed text as a str; None for NULL. */
PyObject *lent_result(const char *lent, size_t size);

/* json.c */

/* Python's objects for a JSON text, as json.loads makes them. The text must be
 * JSON that jeton has checked, with a NUL behind it. */
PyObject *json_objects(module_state *state, const char *json, size_t size);

/* claims.c */

/* Takes over `handle`, also on failure. */
PyObject *claims_new(module_state *state, jeton_claims *handle);
jeton_claims *claims_handle(PyObject *claims);

/* The types, and what the module makes them with. A maker is a function of the
 * module, and not the type's own, because it needs the state; it is told which
 * class to make an object of. */
extern PyType_Spec bearer_spec, cause_spec, claims_spec, keys_spec, minter_spec,
	revocations_spec, source_spec, verifier_spec;

PyObject *bearer_make(PyObject *module, PyObject *args);
PyObject *keys_read(PyObject *module, PyObject *args);
PyObject *keys_secret(PyObject *module, PyObject *args);
PyObject *keys_generate(PyObject *module, PyObject *args);
PyObject *keys_derive(PyObject *module, PyObject *args);
PyObject *keys_source(PyObject *module, PyObject *args);
PyObject *minter_make(PyObject *module, PyObject *args);
PyObject *minter_external(PyObject *module, PyObject *args);
PyObject *revocations_open(PyObject *module, PyObject *args);
PyObject *source_open(PyObject *module, PyObject *args);
PyObject *source_open_list(PyObject *module, PyObject *args);
PyObject *verifier_make(PyObject *module, PyObject *args);
PyObject *verifier_following(PyObject *module, PyObject *args);

/* batch.c: a method of Verifier. */
PyObject *verify_many(PyObject *self, PyObject *const *args, Py_ssize_t count,
		      PyObject *names);

/* jws.c: the functions of the module that have no type. */
PyObject *jws_sign(PyObject *module, PyObject *args);
PyObject *jws_verify_signature(PyObject *module, PyObject *args);
PyObject *jws_inspect(PyObject *module, PyObject *args);

/* Lets other threads run meanwhile. */
#define WITHOUT_GIL(statement)                                                 \
	do {                                                                   \
		Py_BEGIN_ALLOW_THREADS statement;                              \
		Py_END_ALLOW_THREADS                                           \
	} while (0)

/* A function as PyMethodDef takes it, whatever its parameters. */
#define METHOD(function) ((PyCFunction)(void (*)(void))(function))

/* A tp_dealloc for objects whose handle `release` frees. */
#define DEALLOC(name, type, release)                                           \
	static void name(PyObject *self)                                       \
	{                                                                      \
		PyTypeObject *own = Py_TYPE(self);                             \
		release((type *)((handle_object *)self)->handle);              \
		((freefunc)PyType_GetSlot(own, Py_tp_free))(self);             \
		Py_DECREF(own);                                                \
	}

#endif
