/* What verifying a token takes from C: floor KEYS OPTIONS TOKEN prints
 * nanoseconds. */

#include <jeton.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TEXT(text) (text), strlen(text)

static void must(jeton_status status)
{
	if (status == JETON_OK)
		return;
	fprintf(stderr, "floor: %s\n", jeton_status_name(status));
	exit(1);
}

static double thread_time(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static int ascending(const void *left, const void *right)
{
	const double a = *(const double *)left, b = *(const double *)right;

	return (a > b) - (a < b);
}

int main(int count, char **arguments)
{
	enum { ROUNDS = 51 };
	const double window = 4e6; /* nanoseconds */
	double times[ROUNDS], begun;
	const jeton_keys *sets[1];
	jeton_keys *keys;
	jeton_verifier *verifier;
	jeton_claims *claims;
	long calls, turn;
	int round;

	if (count != 4)
		return 2;
	must(jeton_keys_new(TEXT(arguments[1]), NULL, 0, &keys, NULL));
	sets[0] = keys;
	must(jeton_verifier_new(sets, 1, NULL, TEXT(arguments[2]), &verifier,
				NULL));
	for (round = 0; round < ROUNDS; round++) {
		begun = thread_time();
		for (calls = 0; thread_time() - begun < window; calls += 16) {
			for (turn = 0; turn < 16; turn++) {
				must(jeton_verify(verifier, TEXT(arguments[3]),
						  NULL, &claims, NULL));
				jeton_claims_free(claims);
			}
		}
		times[round] = (thread_time() - begun) / (double)calls;
	}
	qsort(times, ROUNDS, sizeof times[0], ascending);
	printf("%.0f\n", times[ROUNDS / 2]);
	jeton_verifier_free(verifier);
	jeton_keys_free(keys);
	return 0;
}
