/*
 * Forks: a child goes on with every handle it inherited, whatever the threads
 * that it didn't inherit were doing, and what it does stays its own.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>

#include "house.h"

enum { WRITERS = 2, READERS = 1, FORKERS = 2 };

static struct house house;
static char *token;
static jeton_claims *shared;
static atomic_int stopped;

/* A child that waits for a lock which nobody will open is killed by this. */
#define PATIENCE 60

/* Revokes a token that it has just minted, and takes that back. */
static void revoke_one(void)
{
	char *own = minted(&house, "{}");
	jeton_claims *claims = verified(house.verifier, own);
	jeton_call call = at(NOW);
	char rule[200];
	size_t len;
	const char *id = jeton_claims_text(claims, TEXT("jti"), &len);
	bool restored;

	CHECK_STATUS(jeton_revocations_revoke_claims(house.revocations, claims,
						     NULL, 0, &call, NULL, NULL,
						     NULL),
		     JETON_OK);
	CHECK_STATUS(verdict(house.verifier, own), JETON_REVOKED);
	snprintf(rule, sizeof(rule),
		 "{\"realm\":\"https://a.test\",\"claim\":\"jti\","
		 "\"value\":\"%.*s\"}",
		 (int)len, id);
	CHECK_STATUS(jeton_revocations_restore(house.revocations, TEXT(rule),
					       &call, &restored, NULL),
		     JETON_OK);
	CHECK(restored);
	CHECK_STATUS(verdict(house.verifier, own), JETON_OK);
	jeton_claims_free(claims);
	jeton_string_free(own);
}

/* All that a child may want: every kind of call, on inherited handles. */
static void live(void)
{
	const char *tokens[] = {token, token};
	size_t lens[] = {strlen(token), strlen(token)}, len;
	jeton_claims *claims[2];
	jeton_status statuses[2];
	jeton_revocations *store;
	jeton_call call = at(NOW);
	char *text;

	CHECK_STATUS(verdict(house.verifier, token), JETON_OK);
	revoke_one();
	CHECK_STATUS(jeton_verify_many(house.verifier, tokens, lens, 2, &call,
				       claims, statuses, NULL, NULL),
		     JETON_OK);
	CHECK(claims[0] && claims[1]);
	jeton_claims_free(claims[0]);
	jeton_claims_free(claims[1]);
	text = (char *)jeton_claims_text(shared, TEXT("sub"), &len);
	CHECK(is_text(text, len, "a\tb"));
	CHECK_STATUS(jeton_revocations_list(house.revocations, &call, &text,
					    &len, NULL),
		     JETON_OK);
	jeton_string_free(text);
	CHECK_STATUS(jeton_keys_private(house.keys, &text, &len, NULL),
		     JETON_OK);
	CHECK_STATUS(jeton_keys_replace(house.keys, text, len, NULL, 0, NULL),
		     JETON_OK);
	jeton_string_free(text);
	CHECK_STATUS(verdict(house.verifier, token), JETON_OK);
	store = opened();
	jeton_revocations_free(store);
}

static void ended_well(pid_t child)
{
	int status;

	CHECK(child > 0);
	CHECK(waitpid(child, &status, 0) == child);
	CHECK(WIFEXITED(status));
	CHECK(WEXITSTATUS(status) == 0);
}

static pid_t fork_and_live(void)
{
	pid_t child = fork();

	if (child == 0) {
		alarm(PATIENCE);
		live();
		_exit(0);
	}
	return child;
}

static void *write_on(void *unused)
{
	while (!stopped)
		revoke_one();
	return unused;
}

static void *read_on(void *unused)
{
	char *keys;
	size_t len;

	CHECK_STATUS(jeton_keys_private(house.keys, &keys, &len, NULL),
		     JETON_OK);
	while (!stopped) {
		CHECK_STATUS(verdict(house.verifier, token), JETON_OK);
		CHECK_STATUS(jeton_keys_replace(house.keys, keys, len, NULL, 0,
						NULL),
			     JETON_OK);
	}
	jeton_string_free(keys);
	return unused;
}

static void *fork_on(void *unused)
{
	int round, count = rounds(30);

	for (round = 0; round < count; round++)
		ended_well(fork_and_live());
	return unused;
}

/* Writers and readers in the parent, and several threads that fork. */
static void children_live_while_their_parent_does(void)
{
	void *(*const work[])(void *) = {write_on, write_on, read_on, fork_on,
					 fork_on};
	pthread_t threads[WRITERS + READERS + FORKERS];
	int index;

	for (index = 0; index < WRITERS + READERS + FORKERS; index++)
		CHECK(!pthread_create(&threads[index], NULL, work[index],
				      NULL));
	for (index = WRITERS + READERS; index < WRITERS + READERS + FORKERS;
	     index++)
		CHECK(!pthread_join(threads[index], NULL));
	stopped = 1;
	for (index = 0; index < WRITERS + READERS; index++)
		CHECK(!pthread_join(threads[index], NULL));
}

static void a_child_has_children_of_its_own(void)
{
	pid_t child = fork();

	if (child == 0) {
		alarm(PATIENCE);
		live();
		fork_on(NULL);
		live();
		_exit(0);
	}
	ended_well(child);
}

/* What a child revokes, its parent still takes; and the other way round. */
static void what_a_child_revokes_stays_its_own(void)
{
	char *own = minted(&house, JSON({"sub" : "ada"}));
	jeton_call call = at(NOW);
	int gate[2];
	pid_t child;

	CHECK(!pipe(gate));
	child = fork();
	if (child == 0) {
		char byte;

		alarm(PATIENCE);
		CHECK(read(gate[0], &byte, 1) == 1);
		CHECK_STATUS(verdict(house.verifier, own), JETON_OK);
		CHECK_STATUS(jeton_revocations_switch(house.revocations,
						      TEXT("s"), TEXT("n"),
						      true, NULL),
			     JETON_OK);
		_exit(0);
	}
	CHECK_STATUS(
		jeton_revocations_revoke(house.revocations, TEXT(JSON({
						 "realm" : "https://a.test",
						 "claim" : "sub",
						 "value" : "ada",
						 "until" : null
					 })),
					 &call, NULL, NULL, NULL),
		JETON_OK);
	CHECK(write(gate[1], "", 1) == 1);
	ended_well(child);
	CHECK_STATUS(verdict(house.verifier, own), JETON_REVOKED);
	close(gate[0]);
	close(gate[1]);
	jeton_string_free(own);
}

/* Random numbers aren't inherited: both mint, and the tokens differ. */
static void a_childs_tokens_are_its_own(void)
{
	char theirs[1024] = {0}, *ours;
	int line[2];
	pid_t child;

	CHECK(!pipe(line));
	child = fork();
	if (child == 0) {
		alarm(PATIENCE);
		ours = minted(&house, "{}");
		CHECK(write(line[1], ours, strlen(ours)) > 0);
		_exit(0);
	}
	ours = minted(&house, "{}");
	CHECK(read(line[0], theirs, sizeof(theirs) - 1) > 0);
	ended_well(child);
	CHECK(strlen(theirs) == strlen(ours));
	CHECK(strcmp(theirs, ours) != 0);
	close(line[0]);
	close(line[1]);
	jeton_string_free(ours);
}

static void fork_at_the_end(void *unused)
{
	(void)unused;
	ended_well(fork_and_live());
}

static void *fork_now_and_at_the_end(void *key)
{
	ended_well(fork_and_live());
	CHECK(!pthread_setspecific(*(pthread_key_t *)key, key));
	return NULL;
}

/* When the thread's own variables are gone already. */
static void a_thread_may_fork_as_it_ends(void)
{
	pthread_key_t key;
	pthread_t thread;

	CHECK(!pthread_key_create(&key, fork_at_the_end));
	CHECK(!pthread_create(&thread, NULL, fork_now_and_at_the_end, &key));
	CHECK(!pthread_join(thread, NULL));
	CHECK(!pthread_key_delete(key));
}

int main(void)
{
	house = house_new();
	token = minted(&house, "{\"sub\":\"a\\tb\"}");
	shared = verified(house.verifier, token);
	RUN(children_live_while_their_parent_does);
	RUN(a_child_has_children_of_its_own);
	RUN(what_a_child_revokes_stays_its_own);
	RUN(a_childs_tokens_are_its_own);
	RUN(a_thread_may_fork_as_it_ends);
	jeton_claims_free(shared);
	jeton_string_free(token);
	house_free(&house);
	return check_done();
}
