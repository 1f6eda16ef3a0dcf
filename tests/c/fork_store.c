/* A store in a file, between a parent and its child. */

#include <sys/wait.h>
#include <time.h>

#include "store.h"

static void nap(void)
{
	struct timespec millisecond = {0, 1000000};

	nanosleep(&millisecond, NULL);
}

/* As a server that opens its store and then forks its workers. */
static void a_child_and_its_parent_go_on_sharing(void)
{
	jeton_revocations *store = shared();
	int line[2], status, tries;
	pid_t child;
	char byte;

	CHECK(!pipe(line));
	child = fork();
	if (child == 0) {
		alarm(60);
		revoke(store, "child");
		CHECK_STATUS(verdict_on(store, "child"), JETON_REVOKED);
		CHECK(read(line[0], &byte, 1) == 1);
		/* By itself: the child has a follower of its own. */
		while (verdict_on(store, "parent") != JETON_REVOKED)
			nap();
		jeton_revocations_free(store);
		_exit(0);
	}
	revoke(store, "parent");
	CHECK(write(line[1], "", 1) == 1);
	CHECK(waitpid(child, &status, 0) == child);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	for (tries = 0; tries < 60000; tries++) {
		if (verdict_on(store, "child") == JETON_REVOKED)
			break;
		nap();
	}
	CHECK(tries < 60000);
	jeton_revocations_free(store);
	close(line[0]);
	close(line[1]);
}

int main(void)
{
	make_store();
	RUN(a_child_and_its_parent_go_on_sharing);
	remove_store();
	return check_done();
}
