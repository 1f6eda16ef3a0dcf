/*
 * Forks: a child draws random numbers, of its own, although its parent's other
 * threads were drawing some when it was made.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>

#include "house.h"

enum { MINTERS = 3, LONGEST = 1024 };

static struct house house;
static atomic_int stopped;

/* A child that waits for a lock which nobody will open is killed by this. */
#define PATIENCE 60

/* Each token has a jti, which is drawn. */
static void *mint_on(void *unused)
{
	while (!stopped)
		jeton_string_free(minted(&house, "{}"));
	return unused;
}

/* Mints in a child, which writes the token to `out`. */
static pid_t fork_and_mint(int out)
{
	pid_t child = fork();

	if (child == 0) {
		char *token;

		alarm(PATIENCE);
		token = minted(&house, "{}");
		CHECK(write(out, token, strlen(token)) ==
		      (ssize_t)strlen(token));
		_exit(0);
	}
	return child;
}

static void token_of_a_child(char *token)
{
	int ends[2], status;
	ssize_t len;
	pid_t child;

	CHECK(!pipe(ends));
	child = fork_and_mint(ends[1]);
	CHECK(child > 0);
	CHECK(waitpid(child, &status, 0) == child);
	CHECK(WIFEXITED(status));
	CHECK(WEXITSTATUS(status) == 0);
	len = read(ends[0], token, LONGEST - 1);
	CHECK(len > 0);
	token[len] = '\0';
	close(ends[0]);
	close(ends[1]);
}

static void children_draw_numbers_while_their_parent_does(void)
{
	int round, index, count = rounds(100);
	pthread_t threads[MINTERS];
	char token[LONGEST], last[LONGEST] = "";

	for (index = 0; index < MINTERS; index++)
		CHECK(!pthread_create(&threads[index], NULL, mint_on, NULL));
	for (round = 0; round < count; round++) {
		token_of_a_child(token);
		CHECK(strcmp(token, last) != 0);
		CHECK_STATUS(verdict(house.verifier, token), JETON_OK);
		strcpy(last, token);
	}
	stopped = 1;
	for (index = 0; index < MINTERS; index++)
		CHECK(!pthread_join(threads[index], NULL));
}

int main(void)
{
	house = house_new();
	RUN(children_draw_numbers_while_their_parent_does);
	house_free(&house);
	return check_done();
}
