/* Systems: keys that are derived from a secret, and the options over them. */

#include <pthread.h>

#include "house.h"

#define SECRET "23-wuNpik0gIW4mruTz25rbIvhuuvZFrLOLtL7J4tyo"
#define OLD_SECRET "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
#define PROJECT "{\"system\":{\"name\":\"stack-auth\",\"project\":\"%s\"}}"
#define ANY JSON({"system" : {"name" : "stack-auth", "project" : null}})
#define USER                                                                   \
	JSON({                                                                 \
		"sub" : "u",                                                   \
		"refresh_token_id" : "r",                                      \
		"name" : null,                                                 \
		"email" : null,                                                \
		"email_verified" : false,                                      \
		"selected_team_id" : null,                                     \
		"is_anonymous" : false,                                        \
		"is_restricted" : false,                                       \
		"restricted_reason" : null,                                    \
		"requires_totp_mfa" : false                                    \
	})

static jeton_keys *derived(const char *options, const char *secret,
			   const char *old)
{
	jeton_keys *keys;

	CHECK_STATUS(jeton_keys_derive(TEXT(options), TEXT(secret), TEXT(old),
				       &keys, NULL),
		     JETON_OK);
	return keys;
}

/* The options of a project, in a text that the next call overwrites. */
static const char *of_project(const char *project)
{
	static char options[128];

	snprintf(options, sizeof(options), PROJECT, project);
	return options;
}

/* A token for a user of `project`, minted under `secret`. */
static char *minted_for(const char *project, const char *secret)
{
	const char *options = of_project(project);
	jeton_keys *keys = derived(options, secret, "");
	jeton_minter *minter = minter_of(keys, options);
	jeton_call call = at(NOW);
	char *token;

	CHECK_STATUS(jeton_mint(minter, TEXT(USER), &call, &token, NULL, NULL),
		     JETON_OK);
	jeton_minter_free(minter);
	jeton_keys_free(keys);
	return token;
}

static void expect_status(const jeton_keys *keys, const char *part)
{
	char *status;

	CHECK_STATUS(jeton_keys_status(keys, &status, NULL, NULL), JETON_OK);
	CHECK(strstr(status, part));
	jeton_string_free(status);
}

static void one_document_serves_keys_minter_and_verifier(void)
{
	char *token = minted_for("internal", SECRET);
	jeton_keys *keys = derived(of_project("internal"), SECRET, "");
	jeton_verifier *verifier =
		verifier_of(keys, NULL, of_project("internal"));
	jeton_keys *others = derived(of_project("other"), SECRET, "");
	jeton_verifier *other =
		verifier_of(others, NULL, of_project("internal"));

	CHECK_STATUS(verdict(verifier, token), JETON_OK);
	CHECK_STATUS(verdict(other, token), JETON_UNKNOWN_KEY);
	jeton_verifier_free(other);
	jeton_keys_free(others);
	jeton_verifier_free(verifier);
	jeton_keys_free(keys);
	jeton_string_free(token);
}

static void what_is_published_holds_no_private_member(void)
{
	jeton_keys *keys = derived(of_project("internal"), SECRET, "");
	char *public, *private;

	CHECK_STATUS(jeton_keys_public(keys, &public, NULL, NULL), JETON_OK);
	CHECK_STATUS(jeton_keys_private(keys, &private, NULL, NULL), JETON_OK);
	CHECK(!strstr(public, "\"d\":") && strstr(private, "\"d\":"));
	CHECK(strstr(public, "\"kid\":\"M5zZLA6iQw2n\""));
	jeton_string_free(private);
	jeton_string_free(public);
	jeton_keys_free(keys);
}

static void an_old_secret_verifies_until_it_is_left_out(void)
{
	char *token = minted_for("internal", OLD_SECRET);
	const char *options = of_project("internal");
	jeton_keys *rotating = derived(options, SECRET, OLD_SECRET);
	jeton_keys *rotated = derived(options, SECRET, "");
	jeton_verifier *during = verifier_of(rotating, NULL, options);
	jeton_verifier *after = verifier_of(rotated, NULL, options);

	CHECK_STATUS(verdict(during, token), JETON_OK);
	CHECK_STATUS(verdict(after, token), JETON_UNKNOWN_KEY);
	jeton_verifier_free(after);
	jeton_verifier_free(during);
	jeton_keys_free(rotated);
	jeton_keys_free(rotating);
	jeton_string_free(token);
}

static void keys_on_demand_are_derived_once(void)
{
	char *one = minted_for("one", SECRET);
	char *two = minted_for("two", SECRET);
	char *foreign = minted_for("one", OLD_SECRET);
	jeton_keys *keys = derived(ANY, SECRET, "");
	jeton_verifier *verifier = verifier_of(keys, NULL, ANY);
	int round;

	expect_status(keys, "\"derived\":0");
	for (round = 0; round < 3; round++) {
		CHECK_STATUS(verdict(verifier, one), JETON_OK);
		CHECK_STATUS(verdict(verifier, two), JETON_OK);
		CHECK_STATUS(verdict(verifier, foreign), JETON_UNKNOWN_KEY);
	}
	expect_status(keys, "\"derived\":2");
	jeton_verifier_free(verifier);
	jeton_keys_free(keys);
	jeton_string_free(foreign);
	jeton_string_free(two);
	jeton_string_free(one);
}

static void keys_on_demand_are_no_set(void)
{
	jeton_keys *keys = derived(ANY, SECRET, "");
	const char *options = of_project("internal");
	jeton_minter *minter;
	jeton_error *error;
	char *text;

	CHECK_STATUS(jeton_keys_public(keys, &text, NULL, &error),
		     JETON_MISCONFIGURED);
	CHECK(!text && strstr(jeton_error_message(error, NULL), "project"));
	jeton_error_free(error);
	CHECK_STATUS(jeton_keys_private(keys, &text, NULL, NULL),
		     JETON_MISCONFIGURED);
	CHECK_STATUS(jeton_sign(keys, "x", 1, NULL, 0, &text, NULL, NULL),
		     JETON_MISCONFIGURED);
	CHECK_STATUS(jeton_minter_new(keys, TEXT(options), &minter, NULL),
		     JETON_MISCONFIGURED);
	jeton_keys_free(keys);
}

/* The keys are for tokens of one audience, and a plain payload has none. */
static void derived_keys_sign_and_verify_nothing_but_tokens(void)
{
	char *token = minted_for("internal", SECRET);
	jeton_keys *keys = derived(of_project("internal"), SECRET, "");
	char *text;

	CHECK_STATUS(jeton_verify_signature(keys, TEXT(token), NULL, 0, &text,
					    NULL, NULL),
		     JETON_UNKNOWN_KEY);
	CHECK_STATUS(jeton_sign(keys, "x", 1, NULL, 0, &text, NULL, NULL),
		     JETON_MISCONFIGURED);
	CHECK_STATUS(jeton_keys_replace(keys, "{}", 2, NULL, 0, NULL),
		     JETON_MISUSE);
	jeton_keys_free(keys);
	jeton_string_free(token);
}

#define TOKENS 8
#define THREADS 4

static jeton_verifier *shared;
static char *tokens[TOKENS];

static void *verify_all(void *unused)
{
	int round;

	for (round = 0; round < rounds(200); round++)
		CHECK_STATUS(verdict(shared, tokens[round % TOKENS]), JETON_OK);
	return unused;
}

static void threads_share_keys_on_demand(void)
{
	jeton_keys *keys = derived(ANY, SECRET, "");
	pthread_t threads[THREADS];
	char project[16];
	int index;

	shared = verifier_of(keys, NULL, ANY);
	jeton_keys_free(keys);
	for (index = 0; index < TOKENS; index++) {
		snprintf(project, sizeof(project), "p%d", index);
		tokens[index] = minted_for(project, SECRET);
	}
	for (index = 0; index < THREADS; index++)
		CHECK(!pthread_create(&threads[index], NULL, verify_all, NULL));
	for (index = 0; index < THREADS; index++)
		CHECK(!pthread_join(threads[index], NULL));
	for (index = 0; index < TOKENS; index++)
		jeton_string_free(tokens[index]);
	jeton_verifier_free(shared);
}

int main(void)
{
	RUN(one_document_serves_keys_minter_and_verifier);
	RUN(what_is_published_holds_no_private_member);
	RUN(an_old_secret_verifies_until_it_is_left_out);
	RUN(keys_on_demand_are_derived_once);
	RUN(keys_on_demand_are_no_set);
	RUN(derived_keys_sign_and_verify_nothing_but_tokens);
	RUN(threads_share_keys_on_demand);
	return check_done();
}
