/* Many tokens at once, on all cores. */

#include "native.h"

typedef struct {
	size_t count;
	text *texts;
	const char **tokens;
	size_t *sizes;
	jeton_claims **claims;
	jeton_status *statuses;
	jeton_error **errors;
} batch;

static void batch_drop(batch *all)
{
	size_t index;

	for (index = 0; index < all->count; index++) {
		if (all->texts != NULL)
			text_drop(&all->texts[index]);
		if (all->claims != NULL)
			jeton_claims_free(all->claims[index]);
		if (all->errors != NULL)
			jeton_error_free(all->errors[index]);
	}
	PyMem_Free(all->texts);
	PyMem_Free(all->tokens);
	PyMem_Free(all->sizes);
	PyMem_Free(all->claims);
	PyMem_Free(all->statuses);
	PyMem_Free(all->errors);
}

/* Room for the tokens of a tuple, and what is given of each. */
static int batch_take(PyObject *tokens, batch *all)
{
	size_t index, room = (size_t)PyTuple_Size(tokens);

	memset(all, 0, sizeof *all);
	all->count = room++; /* none would be NULL, which is a failure's */
	all->texts = PyMem_Calloc(room, sizeof *all->texts);
	all->tokens = PyMem_Calloc(room, sizeof *all->tokens);
	all->sizes = PyMem_Calloc(room, sizeof *all->sizes);
	all->claims = PyMem_Calloc(room, sizeof *all->claims);
	all->statuses = PyMem_Calloc(room, sizeof *all->statuses);
	all->errors = PyMem_Calloc(room, sizeof *all->errors);
	if (all->texts == NULL || all->tokens == NULL || all->sizes == NULL ||
	    all->claims == NULL || all->statuses == NULL ||
	    all->errors == NULL) {
		PyErr_NoMemory();
		return 0;
	}
	for (index = 0; index < all->count; index++) {
		text *token = &all->texts[index];

		if (!text_take(PyTuple_GetItem(tokens, (Py_ssize_t)index),
			       "token", token))
			return 0;
		all->tokens[index] = token->data;
		all->sizes[index] = (size_t)token->size;
	}
	return 1;
}

/* A list of claims and exceptions, which it takes out of the batch. */
static PyObject *verdicts(module_state *state, batch *all)
{
	PyObject *list = PyList_New((Py_ssize_t)all->count), *verdict;
	size_t index;

	for (index = 0; list != NULL && index < all->count; index++) {
		jeton_claims *claims = all->claims[index];
		jeton_error *error = all->errors[index];

		all->claims[index] = NULL;
		all->errors[index] = NULL;
		if (all->statuses[index] == JETON_OK)
			verdict = claims_new(state, claims);
		else
			verdict =
				failure_new(state, all->statuses[index], error);
		if (verdict == NULL)
			Py_CLEAR(list);
		else
			PyList_SetItem(list, (Py_ssize_t)index, verdict);
	}
	return list;
}

PyObject *verify_many(PyObject *self, PyObject *const *args, Py_ssize_t count,
		      PyObject *names)
{
	handle_object *verifier = (handle_object *)self;
	batch all;
	call_argument call;
	jeton_error *error = NULL;
	jeton_status status;
	PyObject *result = NULL;

	if (count != 1 || !PyTuple_Check(args[0])) {
		PyErr_SetString(PyExc_TypeError, "a tuple of tokens is needed");
		return NULL;
	}
	if (!call_take(args + 1, names, &call))
		return NULL;
	if (batch_take(args[0], &all)) {
		WITHOUT_GIL(status = jeton_verify_many(
				    verifier->handle, all.tokens, all.sizes,
				    all.count, &call.call, all.claims,
				    all.statuses, all.errors, &error));
		if (status != JETON_OK)
			failure_raise(verifier->state, status, error);
		else
			result = verdicts(verifier->state, &all);
	}
	batch_drop(&all);
	call_drop(&call);
	return result;
}
