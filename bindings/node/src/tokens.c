/* Minting, verifying in bulk, waiting for keys; tokens of any payload. */

#include "batch.h"
#include "operations.h"

static jeton_status minter_new(struct job *job)
{
	return jeton_minter_new(job->handle[0], GIVEN(job, 0),
				(jeton_minter **)&job->made, &job->error);
}

static jeton_status external_new(struct job *job)
{
	return minter_external(job->addon, job->handle[0], &job->text[0].text,
			       (jeton_minter **)&job->made, &job->error);
}

static jeton_status mint(struct job *job)
{
	return jeton_mint(job->handle[0], GIVEN(job, 0), job->said.given,
			  ANSWER(job));
}

static jeton_status verifier_new(struct job *job)
{
	return jeton_verifier_new((const jeton_keys *const *)job->list.handles,
				  job->list.count, job->handle[0],
				  GIVEN(job, 0), (jeton_verifier **)&job->made,
				  &job->error);
}

static jeton_status verify_many(struct job *job)
{
	size_t count = job->list.count, index;
	const char **tokens = calloc(count + 1, sizeof(*tokens));
	size_t *lengths = calloc(count + 1, sizeof(*lengths));
	struct batch *batch = batch_new(count);
	jeton_status status = JETON_INTERNAL;

	if (tokens && lengths && batch) {
		for (index = 0; index < count; index++) {
			tokens[index] = job->list.texts[index].data;
			lengths[index] = job->list.texts[index].len;
		}
		status = jeton_verify_many(job->handle[0], tokens, lengths,
					   count, job->said.given,
					   batch->claims, batch->statuses,
					   batch->errors, &job->error);
	}
	free(tokens);
	free(lengths);
	if (status == JETON_OK)
		job->made = batch;
	else
		batch_free(batch);
	return status;
}

/* Looks, without waiting, whether a fetch has ended: JavaScript looks again
 * later. A thread that waits would be one that nothing else can use, and there
 * may be a thousand callers. */
static jeton_status waited(struct job *job, jeton_status status)
{
	job->truth = status == JETON_OK;
	if (status != JETON_TIMEOUT)
		return status;
	jeton_error_free(job->error);
	job->error = NULL;
	return JETON_OK;
}

static jeton_status verifier_wait(struct job *job)
{
	return waited(job, jeton_verifier_wait(job->handle[0], job->handle[1],
					       0, &job->error));
}

static jeton_status source_wait(struct job *job)
{
	return waited(job, jeton_source_wait(job->handle[0], 0, &job->error));
}

static jeton_status sign(struct job *job)
{
	return jeton_sign(job->handle[0], GIVEN(job, 0), GIVEN(job, 1),
			  ANSWER(job));
}

static jeton_status verify_signature(struct job *job)
{
	return jeton_verify_signature(job->handle[0], GIVEN(job, 0),
				      GIVEN(job, 1), ANSWER(job));
}

static jeton_status inspect(struct job *job)
{
	return jeton_inspect(GIVEN(job, 0), ANSWER(job));
}

const struct operation token_operations[] = {
	{"minterNew", "+Kt", minter_new, HANDLE, MINTER},
	{"externalNew", "+Kt", external_new, HANDLE, EXTERNAL},
	{"mint", "Mtc", mint, TEXT, NOTHING},
	{"verifierNew", "+[Krt", verifier_new, HANDLE, VERIFIER},
	{"verifyMany", "+V[tc", verify_many, HANDLE, BATCH},
	{"verifierWait", "VF", verifier_wait, TRUTH, NOTHING},
	{"sourceWait", "S", source_wait, TRUTH, NOTHING},
	{"sign", "Kto", sign, TEXT, NOTHING},
	{"verifySignature", "Kto", verify_signature, BYTES, NOTHING},
	{"inspect", "t", inspect, TEXT, NOTHING},
	{NULL, NULL, NULL, NONE, NOTHING},
};
