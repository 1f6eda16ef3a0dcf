/*
 * The native half of the Node binding: one function per call of jeton.h, and
 * no policy.
 *
 * Nothing here is global: every environment (the main thread, each worker)
 * that loads the addon has a struct addon of its own. A handle goes to
 * JavaScript as a number, see slots.c.
 */

#ifndef ADDON_H
#define ADDON_H

#define NAPI_VERSION 9

#include <jeton.h>
#include <node_api.h>

/* What a number that JavaScript holds can stand for. */
enum kind {
	NOTHING,
	KEYS,
	SOURCE,
	MINTER,
	EXTERNAL, /* a minter that asks JavaScript, see signer.c */
	VERIFIER,
	CLAIMS,
	REVOCATIONS,
	BEARER,
	FAILURE, /* a jeton_error that may be waited for */
	BATCH,	 /* what jeton_verify_many came to */
	KINDS
};

struct slot {
	void *handle; /* NULL: the slot is free */
	napi_ref owner;
	uint32_t generation;
	uint32_t users; /* jobs that use the handle on another thread */
	uint32_t next;	/* free slot */
	enum kind kind;
	bool closed;
};

struct addon {
	napi_env env;
	napi_ref error_class;
	double *numbers; /* what a verdict says beside its text */
	napi_ref numbers_buffer;
	struct marks *marks;
	struct asking *asking; /* by a signer; NULL: none is asked */
	struct slot *slots;
	uint32_t count, capacity, free, cursor;
};

/* slots.c */

/* Keeps `handle`, as `kind`, for as long as `owner` (weak; NULL: one is yet to
 * come) lives. 0, with an error thrown and the handle freed: there's no room.
 */
double slot_take(struct addon *addon, enum kind kind, void *handle,
		 napi_ref owner);
/* The owner has come, or won't. */
void slot_own(struct addon *addon, double id, napi_ref owner);
void slot_drop(struct addon *addon, double id);
/* The slot that a number stands for; NULL, with an error thrown, where that
 * isn't one of `kind` (NOTHING: of any). */
struct slot *slot_find(struct addon *addon, napi_value number, enum kind kind);
/* A job on another thread begins, and ends, to use the slot's handle. */
uint32_t slot_hold(struct addon *addon, struct slot *slot);
void slot_release(struct addon *addon, uint32_t index);
/* Frees the handle now, or when the last job that uses it has ended. */
void slot_close(struct addon *addon, struct slot *slot);
void slots_clear(struct addon *addon);

/* errors.c */

/* The JetonError of a call that failed; it takes `error` over. NULL where the
 * environment is going. */
napi_value failure(struct addon *addon, jeton_status status,
		   jeton_error *error);
void throw_failure(struct addon *addon, jeton_status status,
		   jeton_error *error);
void throw_misuse(struct addon *addon, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* text.c */

/* Text or bytes that JavaScript gave, copied: a shared buffer may change while
 * it is read. */
struct text {
	const char *data; /* NULL: undefined or null was given */
	size_t len;
	char *owned; /* the copy, where no room was lent or it was too small */
};

/* A text with room for what is said in most calls. */
struct short_text {
	struct text text;
	char room[256];
};

/* The same for tokens, whose default limit fits. */
struct long_text {
	struct text text;
	char room[16 * 1024 + 256];
};

/* Throws, and says so, where nothing was given. */
bool is_missing(struct addon *addon, const struct text *text, const char *name);

/* Reads `value` as UTF-8, into `room` where it fits; false, with an error
 * thrown that calls it `name`. */
bool text_read(struct addon *addon, napi_value value, const char *name,
	       struct text *text, char *room, size_t size);
/* Wipes as well: it may have been a secret. */
void text_clear(struct text *text);

#define TEXT_READ(addon, value, name, lent)                                    \
	text_read(addon, value, name, &(lent)->text, (lent)->room,             \
		  sizeof((lent)->room))

/* The texts of a call: scope, nonce, method, uri, accessToken, jkt. */
#define SAID_TEXTS 6

/* What a call says, from its values: now, and its texts. */
struct said {
	jeton_call call;
	const jeton_call *given; /* NULL: nothing was said */
	struct short_text texts[SAID_TEXTS];
};

/* `count` of the values were given: none at all in most calls. */
bool said_read(struct addon *addon, const napi_value *values, size_t count,
	       struct said *said);
void said_clear(struct said *said);

napi_value string_of(napi_env env, const char *text, size_t len);
napi_value number_of(napi_env env, double number);
napi_value boolean_of(napi_env env, bool truth);
napi_value undefined_of(napi_env env);

/* verify.c */

/* Hands claims over, whatever becomes of it: the payload's text, the rest in
 * `numbers`, and a handle only where there is an owner for one. */
napi_value verdict(struct addon *addon, jeton_claims *claims, napi_value owner);

/* signer.c */

/* jeton_minter_external, over the function that each call brings. */
jeton_status minter_external(struct addon *addon, const jeton_keys *keys,
			     const struct text *options, jeton_minter **minter,
			     jeton_error **error);

/* The rest: what each file adds to `exports`. */
void add_function(struct addon *addon, napi_value exports, const char *name,
		  napi_callback function);
void add_operations(struct addon *addon, napi_value exports);
void add_verify(struct addon *addon, napi_value exports);
void add_signer(struct addon *addon, napi_value exports);
void add_bearer(struct addon *addon, napi_value exports);

/* The arguments of a call, undefined where one is left out, how many there are
 * (unless NULL), and its addon. */
#define MOST_ARGUMENTS 12
struct addon *arguments(napi_env env, napi_callback_info info,
			napi_value values[MOST_ARGUMENTS], size_t *given);

#endif
