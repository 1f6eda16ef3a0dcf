/* Sources. */

#include "operations.h"

static jeton_status source_open(struct job *job)
{
	return jeton_source_open(GIVEN(job, 0), GIVEN(job, 1),
				 (jeton_source **)&job->made, &job->error);
}

static jeton_status source_open_list(struct job *job)
{
	return jeton_source_open_list(job->handle[0], GIVEN(job, 0),
				      (jeton_source **)&job->made, &job->error);
}

static jeton_status source_keys(struct job *job)
{
	return jeton_source_keys(job->handle[0], (jeton_keys **)&job->made,
				 &job->error);
}

static jeton_status source_refresh(struct job *job)
{
	return jeton_source_refresh(job->handle[0], &job->error);
}

static jeton_status source_claim(struct job *job)
{
	return jeton_source_claim(job->handle[0], ANSWER(job));
}

static jeton_status source_accept(struct job *job)
{
	return jeton_source_accept(job->handle[0], GIVEN(job, 0), GIVEN(job, 1),
				   &job->error);
}

static jeton_status source_failed(struct job *job)
{
	return jeton_source_failed(job->handle[0], GIVEN(job, 0), &job->error);
}

static jeton_status source_status(struct job *job)
{
	return jeton_source_status(job->handle[0], ANSWER(job));
}

static jeton_status source_events(struct job *job)
{
	return jeton_source_events(job->handle[0], ANSWER(job));
}

static jeton_status source_export(struct job *job)
{
	return jeton_source_export(job->handle[0], ANSWER(job));
}

const struct operation source_operations[] = {
	{"sourceOpen", "+to", source_open, HANDLE, SOURCE},
	{"sourceOpenList", "+Kt", source_open_list, HANDLE, SOURCE},
	{"sourceKeys", "+S", source_keys, HANDLE, KEYS},
	{"sourceRefresh", "S", source_refresh, NONE, NOTHING},
	{"sourceClaim", "S", source_claim, TEXT, NOTHING},
	{"sourceAccept", "Sot", source_accept, NONE, NOTHING},
	{"sourceFailed", "St", source_failed, NONE, NOTHING},
	{"sourceStatus", "S", source_status, TEXT, NOTHING},
	{"sourceEvents", "S", source_events, TEXT, NOTHING},
	{"sourceExport", "S", source_export, TEXT, NOTHING},
	{NULL, NULL, NULL, NONE, NOTHING},
};
