/* Runs the operations of the tables, at once or on another thread. */

#include "operations.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const enum kind kinds[] = {
	['K'] = KEYS,	     ['S'] = SOURCE, ['M'] = MINTER,  ['V'] = VERIFIER,
	['R'] = REVOCATIONS, ['C'] = CLAIMS, ['F'] = FAILURE,
};

static bool is_nothing(napi_env env, napi_value value)
{
	napi_valuetype type = napi_undefined;

	napi_typeof(env, value, &type);
	return type == napi_undefined || type == napi_null;
}

static bool read_handle(struct job *job, char letter, napi_value value)
{
	bool is_optional = letter >= 'a';
	enum kind kind = kinds[is_optional ? letter - 'a' + 'A' : letter];
	struct slot *slot;
	size_t place = job->handles;

	if (is_optional && is_nothing(job->addon->env, value)) {
		job->handle[place] = NULL;
		job->held[place] = UINT32_MAX;
		job->handles++;
		return true;
	}
	slot = slot_find(job->addon, value, kind);
	if (!slot)
		return false;
	job->handle[place] = slot->handle;
	job->held[place] = slot_hold(job->addon, slot);
	job->handles++;
	return true;
}

static bool read_text(struct job *job, char letter, napi_value value)
{
	struct short_text *text = &job->text[job->texts];
	char name[64];

	snprintf(name, sizeof(name), "what %s is given", job->operation->name);
	if (!TEXT_READ(job->addon, value, name, text))
		return false;
	job->texts++;
	return letter == 'o' || !is_missing(job->addon, &text->text, name);
}

static bool read_item(struct job *job, char letter, napi_value item)
{
	struct list *list = &job->list;
	struct slot *slot;

	if (letter == 't') {
		if (!text_read(job->addon, item, "a token",
			       &list->texts[list->count], NULL, 0))
			return false;
		list->count++;
		return !is_missing(job->addon, &list->texts[list->count - 1],
				   "a token");
	}
	slot = slot_find(job->addon, item, kinds[(unsigned char)letter]);
	if (!slot)
		return false;
	list->handles[list->count] = slot->handle;
	list->held[list->count] = slot_hold(job->addon, slot);
	list->count++;
	return true;
}

static bool read_list(struct job *job, char letter, napi_value value)
{
	napi_env env = job->addon->env;
	struct list *list = &job->list;
	uint32_t length = 0, index;
	napi_value item;

	if (napi_get_array_length(env, value, &length) != napi_ok) {
		throw_misuse(job->addon, "a list must be given here");
		return false;
	}
	if (letter == 't')
		list->texts = calloc(length + 1, sizeof(*list->texts));
	list->handles = calloc(length + 1, sizeof(*list->handles));
	list->held = calloc(length + 1, sizeof(*list->held));
	if (!list->handles || !list->held || (letter == 't' && !list->texts)) {
		throw_misuse(job->addon, "the list is too long");
		return false;
	}
	for (index = 0; index < length; index++)
		if (napi_get_element(env, value, index, &item) != napi_ok ||
		    !read_item(job, letter, item))
			return false;
	return true;
}

/* Reads the values as the operation's letters say; what a call says comes last.
 */
static bool job_read(struct job *job, const napi_value *values, size_t count,
		     bool is_later)
{
	napi_env env = job->addon->env;
	const napi_value *end = values + count;
	const char *letter;

	for (letter = job->operation->takes; *letter; letter++, values++) {
		switch (*letter) {
		case '+':
			if (napi_create_reference(env, *values, is_later,
						  &job->owner) != napi_ok) {
				throw_misuse(job->addon, "no owner");
				return false;
			}
			break;
		case 't':
		case 'o':
			if (!read_text(job, *letter, *values))
				return false;
			break;
		case 'b':
			napi_get_value_bool(env, *values, &job->flag);
			break;
		case '[':
			if (!read_list(job, *++letter, *values))
				return false;
			break;
		case 'c':
			job->has_said = true;
			if (!said_read(job->addon, values,
				       values < end ? (size_t)(end - values)
						    : 0,
				       &job->said))
				return false;
			break;
		default:
			if (!read_handle(job, *letter, *values))
				return false;
		}
	}
	return true;
}

/* Lets go of what was given. */
static void job_clear(struct job *job)
{
	size_t index;

	for (index = 0; index < job->handles; index++)
		if (job->held[index] != UINT32_MAX)
			slot_release(job->addon, job->held[index]);
	for (index = 0; index < job->texts; index++)
		text_clear(&job->text[index].text);
	for (index = 0; index < job->list.count; index++) {
		if (job->list.texts)
			text_clear(&job->list.texts[index]);
		else
			slot_release(job->addon, job->list.held[index]);
	}
	free(job->list.texts);
	free(job->list.handles);
	free(job->list.held);
	if (job->has_said)
		said_clear(&job->said);
}

/* What was made, as a handle of its owner. */
static napi_value made(struct job *job)
{
	napi_ref owner = job->owner;
	uint32_t count;

	job->owner = NULL;
	if (job->deferred) /* held until now */
		napi_reference_unref(job->addon->env, owner, &count);
	return number_of(
		job->addon->env,
		slot_take(job->addon, job->operation->makes, job->made, owner));
}

static napi_value bytes_of(napi_env env, const char *data, size_t len)
{
	napi_value value = NULL;

	napi_create_buffer_copy(env, len, data, NULL, &value);
	return value;
}

static napi_value result_of(struct job *job)
{
	napi_env env = job->addon->env;

	switch (job->operation->result) {
	case TEXT:
		if (job->answer)
			return string_of(env, job->answer, job->answer_len);
		break;
	case BYTES:
		return bytes_of(env, job->answer, job->answer_len);
	case COUNT:
		return number_of(env, (double)job->count);
	case TRUTH:
		return boolean_of(env, job->truth);
	case HANDLE:
		return made(job);
	case NONE:
		break;
	}
	return undefined_of(env);
}

/* Lets go of the rest, once the result was taken. */
static void job_end(struct job *job)
{
	job_clear(job);
	jeton_string_free(job->answer);
	if (job->owner)
		napi_delete_reference(job->addon->env, job->owner);
	if (job->work)
		napi_delete_async_work(job->addon->env, job->work);
}

static napi_value run_now(napi_env env, napi_callback_info info)
{
	napi_value values[MOST_ARGUMENTS], result = NULL;
	size_t count = MOST_ARGUMENTS;
	struct job job;
	void *data;

	memset(&job, 0, sizeof(job));
	napi_get_cb_info(env, info, &count, values, NULL, &data);
	job.operation = data;
	napi_get_instance_data(env, (void **)&job.addon);
	if (job_read(&job, values, count, false)) {
		job.status = job.operation->run(&job);
		if (job.status == JETON_OK)
			result = result_of(&job);
		else
			throw_failure(job.addon, job.status, job.error);
	}
	job_end(&job);
	return result;
}

/* On a thread of the pool: nothing of Node may be called here. */
static void execute(napi_env env, void *data)
{
	struct job *job = data;

	(void)env;
	job->status = job->operation->run(job);
}

static void complete(napi_env env, napi_status outcome, void *data)
{
	struct job *job = data;
	napi_value value;

	if (outcome != napi_ok) {
		/* It never ran: the environment is going. */
	} else if (job->status == JETON_OK) {
		value = result_of(job);
		napi_resolve_deferred(env, job->deferred, value);
	} else {
		value = failure(job->addon, job->status, job->error);
		napi_reject_deferred(env, job->deferred, value);
	}
	job_end(job);
	free(job);
}

static napi_value run_later(napi_env env, napi_callback_info info)
{
	napi_value values[MOST_ARGUMENTS], promise = NULL;
	size_t count = MOST_ARGUMENTS;
	struct job *job = calloc(1, sizeof(*job));
	void *data;

	napi_get_cb_info(env, info, &count, values, NULL, &data);
	if (!job) {
		napi_throw_error(env, NULL, "out of memory");
		return NULL;
	}
	job->operation = data;
	napi_get_instance_data(env, (void **)&job->addon);
	if (job_read(job, values, count, true) &&
	    napi_create_async_work(
		    env, NULL, string_of(env, "jeton", strlen("jeton")),
		    execute, complete, job, &job->work) == napi_ok &&
	    napi_create_promise(env, &job->deferred, &promise) == napi_ok &&
	    napi_queue_async_work(env, job->work) == napi_ok)
		return promise;
	job_end(job);
	free(job);
	return NULL;
}

static void add_table(struct addon *addon, napi_value now, napi_value later,
		      const struct operation *row)
{
	napi_env env = addon->env;
	napi_value function;

	for (; row->name; row++) {
		napi_create_function(env, row->name, NAPI_AUTO_LENGTH, run_now,
				     (void *)row, &function);
		napi_set_named_property(env, now, row->name, function);
		napi_create_function(env, row->name, NAPI_AUTO_LENGTH,
				     run_later, (void *)row, &function);
		napi_set_named_property(env, later, row->name, function);
	}
}

void add_operations(struct addon *addon, napi_value exports)
{
	napi_value later;

	napi_create_object(addon->env, &later);
	add_table(addon, exports, later, keys_operations);
	add_table(addon, exports, later, token_operations);
	add_table(addon, exports, later, source_operations);
	add_table(addon, exports, later, revocations_operations);
	add_table(addon, exports, later, bearer_operations);
	napi_set_named_property(addon->env, exports, "later", later);
}
