/* Revocations. */

#include "operations.h"

static jeton_status open(struct job *job)
{
	return jeton_revocations_open(GIVEN(job, 0), GIVEN(job, 1),
				      (jeton_revocations **)&job->made,
				      &job->error);
}

static jeton_status revoke(struct job *job)
{
	return jeton_revocations_revoke(job->handle[0], GIVEN(job, 0),
					job->said.given, ANSWER(job));
}

static jeton_status revoke_claims(struct job *job)
{
	return jeton_revocations_revoke_claims(job->handle[0], job->handle[1],
					       GIVEN(job, 0), job->said.given,
					       ANSWER(job));
}

static jeton_status revoke_logout(struct job *job)
{
	return jeton_revocations_revoke_logout(job->handle[0], job->handle[1],
					       GIVEN(job, 0), job->said.given,
					       ANSWER(job));
}

static jeton_status restore(struct job *job)
{
	return jeton_revocations_restore(job->handle[0], GIVEN(job, 0),
					 job->said.given, &job->truth,
					 &job->error);
}

static jeton_status set_switch(struct job *job)
{
	return jeton_revocations_switch(job->handle[0], GIVEN(job, 0),
					GIVEN(job, 1), job->flag, &job->error);
}

static jeton_status is_on(struct job *job)
{
	return jeton_revocations_is_on(job->handle[0], GIVEN(job, 0),
				       GIVEN(job, 1), &job->truth, &job->error);
}

static jeton_status status_list(struct job *job)
{
	return jeton_revocations_status_list(job->handle[0], job->handle[1],
					     GIVEN(job, 0), job->said.given,
					     ANSWER(job));
}

static jeton_status list(struct job *job)
{
	return jeton_revocations_list(job->handle[0], job->said.given,
				      ANSWER(job));
}

static jeton_status export(struct job *job)
{
	return jeton_revocations_export(job->handle[0], job->said.given,
					ANSWER(job));
}

static jeton_status import(struct job *job)
{
	return jeton_revocations_import(job->handle[0], GIVEN(job, 0),
					job->said.given, &job->count,
					&job->error);
}

static jeton_status compact(struct job *job)
{
	return jeton_revocations_compact(job->handle[0], job->said.given,
					 &job->count, &job->error);
}

static jeton_status refresh(struct job *job)
{
	return jeton_revocations_refresh(job->handle[0], &job->error);
}

static jeton_status events(struct job *job)
{
	return jeton_revocations_events(job->handle[0], ANSWER(job));
}

static jeton_status status(struct job *job)
{
	return jeton_revocations_status(job->handle[0], job->said.given,
					ANSWER(job));
}

const struct operation revocations_operations[] = {
	{"revocationsOpen", "+to", open, HANDLE, REVOCATIONS},
	{"revocationsRevoke", "Rtc", revoke, TEXT, NOTHING},
	{"revocationsRevokeClaims", "RCoc", revoke_claims, TEXT, NOTHING},
	{"revocationsRevokeLogout", "RCoc", revoke_logout, TEXT, NOTHING},
	{"revocationsRestore", "Rtc", restore, TRUTH, NOTHING},
	{"revocationsSwitch", "Rttb", set_switch, NONE, NOTHING},
	{"revocationsIsOn", "Rtt", is_on, TRUTH, NOTHING},
	{"revocationsStatusList", "RMtc", status_list, TEXT, NOTHING},
	{"revocationsList", "Rc", list, TEXT, NOTHING},
	{"revocationsExport", "Rc", export, TEXT, NOTHING},
	{"revocationsImport", "Rtc", import, COUNT, NOTHING},
	{"revocationsCompact", "Rc", compact, COUNT, NOTHING},
	{"revocationsRefresh", "R", refresh, NONE, NOTHING},
	{"revocationsEvents", "R", events, TEXT, NOTHING},
	{"revocationsStatus", "Rc", status, TEXT, NOTHING},
	{NULL, NULL, NULL, NONE, NOTHING},
};
