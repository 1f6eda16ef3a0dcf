/* A source in a forked child: it goes on, with a thread of the child's own. */

#include <sys/wait.h>
#include <time.h>

#include "house.h"

static char path[] = "/tmp/jeton-XXXXXX";

static void publish(const struct house *house)
{
	char next[64], *set;
	size_t len;
	FILE *file;

	CHECK_STATUS(jeton_keys_public(house->keys, &set, &len, NULL),
		     JETON_OK);
	snprintf(next, sizeof(next), "%s.next", path);
	file = fopen(next, "w");
	CHECK(file && fputs(set, file) >= 0 && !fclose(file));
	CHECK(!rename(next, path));
	jeton_string_free(set);
}

static void until(const jeton_verifier *verifier, const char *token)
{
	struct timespec millisecond = {0, 1000000};
	int tries;

	for (tries = 0; tries < 60000; tries++) {
		if (verdict(verifier, token) == JETON_OK)
			return;
		nanosleep(&millisecond, NULL);
	}
	CHECK(!"the new key came");
}

static void a_child_goes_on_with_a_thread_of_its_own(void)
{
	struct house old = house_new(), new = house_new();
	char *before = minted(&old, "{}"), *after = minted(&new, "{}");
	char options[128], byte;
	jeton_verifier *verifier;
	jeton_source *source;
	jeton_keys *keys;
	int line[2], status, round;
	pid_t children[8];

	publish(&old);
	snprintf(options, sizeof(options), "{\"file\":\"%s\",\"stale\":60}",
		 path);
	CHECK_STATUS(jeton_source_open(TEXT(options), NULL, 0, &source, NULL),
		     JETON_OK);
	CHECK_STATUS(jeton_source_keys(source, &keys, NULL), JETON_OK);
	verifier = verifier_of(keys, NULL, VERIFYING);
	CHECK(!pipe(line));
	for (round = 0; round < 8; round++) {
		children[round] = fork();
		if (children[round] == 0) {
			alarm(60);
			CHECK_STATUS(verdict(verifier, before), JETON_OK);
			CHECK(read(line[0], &byte, 1) == 1);
			until(verifier, after);
			jeton_verifier_free(verifier);
			jeton_keys_free(keys);
			jeton_source_free(source);
			_exit(0);
		}
	}
	publish(&new);
	CHECK(write(line[1], "12345678", 8) == 8);
	until(verifier, after);
	for (round = 0; round < 8; round++) {
		CHECK(waitpid(children[round], &status, 0) == children[round]);
		CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	close(line[0]);
	close(line[1]);
	jeton_verifier_free(verifier);
	jeton_keys_free(keys);
	jeton_source_free(source);
	jeton_string_free(before);
	jeton_string_free(after);
	house_free(&old);
	house_free(&new);
}

int main(void)
{
	int file = mkstemp(path);

	CHECK(file >= 0);
	CHECK(!close(file));
	RUN(a_child_goes_on_with_a_thread_of_its_own);
	unlink(path);
	return check_done();
}
