/* A source in a forked child: it goes on, with a thread of the child's own. */

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "house.h"
#include "refreshers.h"

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
	int tries;

	for (tries = 0; tries < 60000; tries++) {
		if (verdict(verifier, token) == JETON_OK)
			return;
		nap();
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
			alarm(300);
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

/* A server of which nothing comes, and a source over it. */
static int stalling(jeton_source **source)
{
	struct sockaddr_in place = {0};
	socklen_t len = sizeof(place);
	char options[128];
	int listener = socket(AF_INET, SOCK_STREAM, 0);

	place.sin_family = AF_INET;
	place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CHECK(!bind(listener, (struct sockaddr *)&place, len));
	CHECK(!listen(listener, 8));
	CHECK(!getsockname(listener, (struct sockaddr *)&place, &len));
	snprintf(options, sizeof(options),
		 "{\"url\":\"https://127.0.0.1:%d/\",\"private\":true,"
		 "\"stale\":60,\"timeout\":60}",
		 ntohs(place.sin_port));
	CHECK_STATUS(jeton_source_open(TEXT(options), NULL, 0, source, NULL),
		     JETON_OK);
	return listener;
}

/* A fetch that its parent has under way neither holds a child's own up nor
 * keeps the source alive in it. */
static void a_child_of_a_fetch_begins_its_own_and_ends_it_all(void)
{
	struct house house = house_new();
	char *token = minted(&house, "{}");
	jeton_source *source;
	jeton_verifier *verifier;
	jeton_keys *keys;
	int listener = stalling(&source), status, round, parents, childs;
	pid_t child;

	CHECK_STATUS(jeton_source_keys(source, &keys, NULL), JETON_OK);
	verifier = verifier_of(keys, NULL, VERIFYING);
	parents = accept(listener, NULL, NULL);
	CHECK(parents >= 0);
	for (round = 0; round < 3; round++) {
		child = fork();
		if (child == 0) {
			alarm(300);
			CHECK(refreshers() == 0);
			CHECK_STATUS(verdict(verifier, token),
				     JETON_KEYS_UNAVAILABLE);
			until_refreshers(1);
			childs = accept(listener, NULL, NULL);
			CHECK(childs >= 0);
			jeton_source_free(source);
			jeton_keys_free(keys);
			jeton_verifier_free(verifier);
			until_refreshers(0);
			_exit(0);
		}
		CHECK(waitpid(child, &status, 0) == child);
		CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	close(parents);
	close(listener);
	jeton_verifier_free(verifier);
	jeton_keys_free(keys);
	jeton_source_free(source);
	jeton_string_free(token);
	house_free(&house);
}

int main(void)
{
	int file = mkstemp(path);

	CHECK(file >= 0);
	CHECK(!close(file));
	RUN(a_child_goes_on_with_a_thread_of_its_own);
	RUN(a_child_of_a_fetch_begins_its_own_and_ends_it_all);
	unlink(path);
	return check_done();
}
