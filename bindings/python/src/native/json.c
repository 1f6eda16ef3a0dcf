/* JSON into Python's objects, as json.loads makes them and more than twice as
 * fast.
 *
 * jeton has checked the text when it gets here: its form, its depth, its
 * surrogates, and that no object has a name twice. What is looked at again is
 * whatever memory safety hangs on. */

#include "native.h"

/* More than jeton's limits allow: not met unless jeton is broken. */
#define DEEPEST 100
/* So many digits always fit a long long. */
#define SHORT_NUMBER 18

typedef struct {
	module_state *state;
	const char *at, *end; /* *end is NUL */
	int depth;
} reader;

static PyObject *value(reader *in);

static PyObject *fault(void)
{
	PyErr_SetString(PyExc_SystemError, "jeton let through what isn't JSON");
	return NULL;
}

static void skip_space(reader *in)
{
	while (*in->at == ' ' || *in->at == '\n' || *in->at == '\r' ||
	       *in->at == '\t')
		in->at++;
}

/* Takes `wanted` where it comes next, spaces aside. */
static int next_is(reader *in, char wanted)
{
	skip_space(in);
	if (*in->at != wanted)
		return 0;
	in->at++;
	return 1;
}

/* Four hexadecimal digits; -1 for anything else. */
static long hexadecimal(const char *at, const char *end)
{
	long unit = 0;
	int index;

	if (end - at < 4)
		return -1;
	for (index = 0; index < 4; index++) {
		char digit = at[index];

		if (digit >= '0' && digit <= '9')
			unit = unit * 16 + (digit - '0');
		else if ((digit | 32) >= 'a' && (digit | 32) <= 'f')
			unit = unit * 16 + ((digit | 32) - 'a' + 10);
		else
			return -1;
	}
	return unit;
}

static char *put_utf8(char *out, unsigned long point)
{
	if (point < 0x80) {
		*out++ = (char)point;
	} else if (point < 0x800) {
		*out++ = (char)(0xC0 | point >> 6);
		*out++ = (char)(0x80 | (point & 0x3F));
	} else if (point < 0x10000) {
		*out++ = (char)(0xE0 | point >> 12);
		*out++ = (char)(0x80 | (point >> 6 & 0x3F));
		*out++ = (char)(0x80 | (point & 0x3F));
	} else {
		*out++ = (char)(0xF0 | point >> 18);
		*out++ = (char)(0x80 | (point >> 12 & 0x3F));
		*out++ = (char)(0x80 | (point >> 6 & 0x3F));
		*out++ = (char)(0x80 | (point & 0x3F));
	}
	return out;
}

/* Undoes the escape at `at`, just behind its backslash. Returns what follows
 * it, or NULL. At most as many bytes are written as the escape has. */
static const char *unescape(const char *at, const char *end, char **out)
{
	static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
	const char *letter;
	long unit, low;

	if (at >= end)
		return NULL;
	if (*at != 'u') {
		letter = memchr(letters, *at, sizeof letters - 1);
		if (letter == NULL)
			return NULL;
		*(*out)++ = meant[letter - letters];
		return at + 1;
	}
	unit = hexadecimal(at + 1, end);
	if (unit < 0)
		return NULL;
	at += 5;
	if (unit >= 0xD800 && unit < 0xDC00) {
		if (end - at < 6 || at[0] != '\\' || at[1] != 'u')
			return NULL;
		low = hexadecimal(at + 2, end);
		if (low < 0xDC00 || low > 0xDFFF)
			return NULL;
		unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
		at += 6;
	}
	*out = put_utf8(*out, (unsigned long)unit);
	return at;
}

/* A string with escapes, whose text begins at `start`. */
static PyObject *escaped(reader *in, const char *start)
{
	const char *at = start, *close = start;
	char *plain, *out;
	PyObject *made = NULL;

	while (close < in->end && *close != '"')
		close += *close == '\\' ? 2 : 1;
	if (close >= in->end)
		return fault();
	plain = out = PyMem_Malloc((size_t)(close - start));
	if (plain == NULL)
		return PyErr_NoMemory();
	while (at != NULL && at < close) {
		if (*at == '\\')
			at = unescape(at + 1, close, &out);
		else
			*out++ = *at++;
	}
	if (at == NULL)
		fault();
	else
		made = PyUnicode_FromStringAndSize(plain, out - plain);
	PyMem_Free(plain);
	in->at = close + 1;
	return made;
}

/* The string whose text begins here, behind its quotation mark. */
static PyObject *string(reader *in)
{
	const char *start = in->at;
	const char *close = memchr(start, '"', (size_t)(in->end - start));

	if (close == NULL)
		return fault();
	if (memchr(start, '\\', (size_t)(close - start)) != NULL)
		return escaped(in, start);
	in->at = close + 1;
	return PyUnicode_FromStringAndSize(start, close - start);
}

/* The same for the name of a member; those registered are at hand. */
static PyObject *name(reader *in)
{
	PyObject *const *known = in->state->registered;
	static const char names[REGISTERED_NAMES][REGISTERED_LENGTH + 1] = {
		"iss", "sub", "aud", "exp", "nbf", "iat", "jti"};
	int index;

	if (in->end - in->at > REGISTERED_LENGTH &&
	    in->at[REGISTERED_LENGTH] == '"') {
		for (index = 0; index < REGISTERED_NAMES; index++) {
			if (memcmp(in->at, names[index], REGISTERED_LENGTH))
				continue;
			in->at += REGISTERED_LENGTH + 1;
			return Py_NewRef(known[index]);
		}
	}
	return string(in);
}

static PyObject *object(reader *in)
{
	PyObject *made = PyDict_New(), *key, *member;
	int failed;

	if (made == NULL || next_is(in, '}'))
		return made;
	do {
		key = member = NULL;
		failed = 1;
		if (next_is(in, '"'))
			key = name(in);
		else
			fault();
		if (key != NULL) {
			if (next_is(in, ':'))
				member = value(in);
			else
				fault();
		}
		if (member != NULL)
			failed = PyDict_SetItem(made, key, member);
		Py_XDECREF(key);
		Py_XDECREF(member);
		if (failed) {
			Py_DECREF(made);
			return NULL;
		}
	} while (next_is(in, ','));
	if (next_is(in, '}'))
		return made;
	Py_DECREF(made);
	return fault();
}

static PyObject *array(reader *in)
{
	PyObject *made = PyList_New(0), *element;
	int failed;

	if (made == NULL || next_is(in, ']'))
		return made;
	do {
		element = value(in);
		failed = element == NULL || PyList_Append(made, element);
		Py_XDECREF(element);
		if (failed) {
			Py_DECREF(made);
			return NULL;
		}
	} while (next_is(in, ','));
	if (next_is(in, ']'))
		return made;
	Py_DECREF(made);
	return fault();
}

/* A whole number of any size, from the text between `start` and in->at. */
static PyObject *whole(reader *in, const char *start)
{
	const char *at = start + (*start == '-');
	size_t size = (size_t)(in->at - start);
	long long sum = 0;
	PyObject *made;
	char *copy;

	if (in->at - at <= SHORT_NUMBER) {
		for (; at < in->at; at++)
			sum = sum * 10 + (*at - '0');
		return PyLong_FromLongLong(*start == '-' ? -sum : sum);
	}
	copy = PyMem_Malloc(size + 1);
	if (copy == NULL)
		return PyErr_NoMemory();
	memcpy(copy, start, size);
	copy[size] = '\0';
	made = PyLong_FromString(copy, NULL, 10);
	PyMem_Free(copy);
	return made;
}

static PyObject *number(reader *in)
{
	const char *start = in->at;
	char *close;
	double parsed;

	in->at += *start == '-';
	if (*in->at < '0' || *in->at > '9')
		return fault();
	while (*in->at >= '0' && *in->at <= '9')
		in->at++;
	if (*in->at != '.' && (*in->at | 32) != 'e')
		return whole(in, start);
	/* Stops by itself at the comma or bracket behind the number. */
	parsed = PyOS_string_to_double(start, &close, NULL);
	if (parsed == -1.0 && PyErr_Occurred())
		return NULL;
	in->at = close;
	return PyFloat_FromDouble(parsed);
}

static PyObject *word(reader *in, const char *text, PyObject *meant)
{
	size_t size = strlen(text);

	if (strncmp(in->at, text, size) != 0)
		return fault();
	in->at += size;
	return Py_NewRef(meant);
}

static PyObject *value(reader *in)
{
	PyObject *made;

	skip_space(in);
	switch (*in->at) {
	case '"':
		in->at++;
		return string(in);
	case '{':
	case '[':
		if (++in->depth > DEEPEST)
			return fault();
		made = *in->at++ == '{' ? object(in) : array(in);
		in->depth--;
		return made;
	case 't':
		return word(in, "true", Py_True);
	case 'f':
		return word(in, "false", Py_False);
	case 'n':
		return word(in, "null", Py_None);
	default:
		return number(in);
	}
}

PyObject *json_objects(module_state *state, const char *json, size_t size)
{
	reader in = {state, json, json + size, 0};
	PyObject *made = value(&in);

	if (made == NULL)
		return NULL;
	skip_space(&in);
	if (in.at == in.end)
		return made;
	Py_DECREF(made);
	return fault();
}
