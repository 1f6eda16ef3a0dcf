/* What jeton_verify_many came to, until JavaScript has taken each verdict. */

#ifndef BATCH_H
#define BATCH_H

#include <jeton.h>
#include <stdlib.h>

struct batch {
	size_t count;
	jeton_claims **claims;
	jeton_error **errors;
	jeton_status *statuses;
};

static inline void batch_free(struct batch *batch)
{
	size_t index;

	if (!batch)
		return;
	for (index = 0; batch->claims && batch->errors && index < batch->count;
	     index++) {
		jeton_claims_free(batch->claims[index]);
		jeton_error_free(batch->errors[index]);
	}
	free(batch->claims);
	free(batch->errors);
	free(batch->statuses);
	free(batch);
}

static inline struct batch *batch_new(size_t count)
{
	struct batch *batch = calloc(1, sizeof(*batch));
	size_t room = count ? count : 1;

	if (!batch)
		return NULL;
	batch->count = count;
	batch->claims = calloc(room, sizeof(*batch->claims));
	batch->errors = calloc(room, sizeof(*batch->errors));
	batch->statuses = calloc(room, sizeof(*batch->statuses));
	if (batch->claims && batch->errors && batch->statuses)
		return batch;
	batch_free(batch);
	return NULL;
}

#endif
