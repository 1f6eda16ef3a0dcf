/* Keys. */

#include "operations.h"

static jeton_status keys_new(struct job *job)
{
	return jeton_keys_new(GIVEN(job, 0), GIVEN(job, 1),
			      (jeton_keys **)&job->made, &job->error);
}

static jeton_status keys_secret(struct job *job)
{
	return jeton_keys_secret(GIVEN(job, 0), GIVEN(job, 1),
				 (jeton_keys **)&job->made, &job->error);
}

static jeton_status keys_generate(struct job *job)
{
	return jeton_keys_generate(GIVEN(job, 0), (jeton_keys **)&job->made,
				   &job->error);
}

static jeton_status keys_derive(struct job *job)
{
	return jeton_keys_derive(GIVEN(job, 0), GIVEN(job, 1), GIVEN(job, 2),
				 (jeton_keys **)&job->made, &job->error);
}

static jeton_status keys_public(struct job *job)
{
	return jeton_keys_public(job->handle[0], ANSWER(job));
}

static jeton_status keys_private(struct job *job)
{
	return jeton_keys_private(job->handle[0], ANSWER(job));
}

static jeton_status keys_status(struct job *job)
{
	return jeton_keys_status(job->handle[0], ANSWER(job));
}

static jeton_status keys_replace(struct job *job)
{
	return jeton_keys_replace(job->handle[0], GIVEN(job, 0), GIVEN(job, 1),
				  &job->error);
}

const struct operation keys_operations[] = {
	{"keysNew", "+to", keys_new, HANDLE, KEYS},
	{"keysSecret", "+to", keys_secret, HANDLE, KEYS},
	{"keysGenerate", "+t", keys_generate, HANDLE, KEYS},
	{"keysDerive", "+tto", keys_derive, HANDLE, KEYS},
	{"keysPublic", "K", keys_public, TEXT, NOTHING},
	{"keysPrivate", "K", keys_private, TEXT, NOTHING},
	{"keysStatus", "K", keys_status, TEXT, NOTHING},
	{"keysReplace", "Kto", keys_replace, NONE, NOTHING},
	{NULL, NULL, NULL, NONE, NOTHING},
};
