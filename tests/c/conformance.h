/* What the kinds of vectors share: their handles, and how they are made. */

#ifndef CONFORMANCE_H
#define CONFORMANCE_H

#include "expect.h"

static jeton_keys *keys[16];
static size_t keys_count;
static jeton_revocations *revocations;
static jeton_verifier *verifier;
static jeton_call call;
static jeton_error *error;

/* Holds a status, and the error that came with it, against the vector. */
static bool came_to(jeton_status status)
{
	const struct member *wanted = find(&vector, "expect.status");
	const char *name = jeton_status_name(status);
	const char *message = jeton_error_message(error, NULL);
	const char *text;
	size_t len;

	if (!is(wanted, name)) {
		fprintf(stderr, "%s: %s was expected, not %s: %s\n", check_test,
			wanted->text ? wanted->text : "a status", name,
			message ? message : "");
		_exit(1);
	}
	CHECK(jeton_error_status(error) == status);
	if (status != JETON_OK) {
		text = jeton_error_claim(error, &len);
		expect("claim", text, len);
		text = jeton_error_claims(error, &len);
		expect("report", text, len);
		expect_part("message", message);
	}
	return status == JETON_OK;
}

/* Fails unless what the vector rests on was made. */
static void prepared(jeton_status status)
{
	if (status != JETON_OK) {
		fprintf(stderr, "%s: not what the vector is about: %s\n",
			check_test, jeton_error_message(error, NULL));
		_exit(1);
	}
}

static jeton_status make_key(size_t index)
{
	const struct member *text = find(&vector, "keys.%zu.document", index);
	const struct member *secret = find(&vector, "keys.%zu.secret", index);
	const struct member *options = find(&vector, "keys.%zu.options", index);
	const struct member *derive = find(&vector, "keys.%zu.derive", index);
	const struct member *old = find(&vector, "keys.%zu.old_secret", index);

	if (is_there(derive))
		return jeton_keys_derive(GIVEN(derive), GIVEN(secret),
					 GIVEN(old), &keys[index], &error);
	if (is_there(secret))
		return jeton_keys_secret(GIVEN(secret), GIVEN(options),
					 &keys[index], &error);
	return jeton_keys_new(GIVEN(text), GIVEN(options), &keys[index],
			      &error);
}

static void make_keys(void)
{
	while (is_there(find(&vector, "keys.%zu.options", keys_count))) {
		prepared(make_key(keys_count));
		keys_count++;
	}
}

static void make_revocations(void)
{
	const char *at = find(&vector, "revocations.at")->text;
	const struct member *rule, *scope, *name, *on;
	jeton_call then = call;
	size_t index;

	if (!is_there(find(&vector, "revocations")))
		return;
	then.now = at ? atoll(at) : call.now;
	prepared(jeton_revocations_open(TEXT("memory:"), NULL, 0, &revocations,
					&error));
	for (index = 0; index < vector.count; index++) {
		rule = find(&vector, "revocations.rules.%zu", index);
		if (!is_there(rule))
			break;
		prepared(jeton_revocations_revoke(revocations, GIVEN(rule),
						  &then, NULL, NULL, &error));
	}
	for (index = 0; index < vector.count; index++) {
		scope = find(&vector, "revocations.switches.%zu.scope", index);
		if (!is_there(scope))
			break;
		name = find(&vector, "revocations.switches.%zu.name", index);
		on = find(&vector, "revocations.switches.%zu.on", index);
		prepared(jeton_revocations_switch(revocations, GIVEN(scope),
						  GIVEN(name), is(on, "true"),
						  &error));
	}
}

/* The verifier, made to follow the lists of the vector. */
static void follow(void)
{
	const struct member *document, *options, *token;
	jeton_source *lists[4];
	jeton_keys *signers;
	jeton_verifier *plain = verifier;
	size_t count = 0;
	char *request;

	for (;; count++) {
		token = find(&vector, "lists.%zu.token", count);
		if (!is_there(token))
			break;
		CHECK(count < 4);
		document = find(&vector, "lists.%zu.keys", count);
		options = find(&vector, "lists.%zu.options", count);
		prepared(jeton_keys_new(GIVEN(document), NULL, 0, &signers,
					&error));
		prepared(jeton_source_open_list(signers, GIVEN(options),
						&lists[count], &error));
		jeton_keys_free(signers);
		prepared(jeton_source_claim(lists[count], &request, NULL,
					    &error));
		CHECK(strstr(request, "\"application/statuslist+jwt\""));
		jeton_string_free(request);
		prepared(jeton_source_accept(lists[count], NULL, 0,
					     GIVEN(token), &error));
	}
	if (!count)
		return;
	prepared(jeton_verifier_following(plain,
					  (const jeton_source *const *)lists,
					  count, &verifier, &error));
	jeton_verifier_free(plain);
	while (count)
		jeton_source_free(lists[--count]);
}

static jeton_status make_verifier(const char *member)
{
	const struct member *options = find(&vector, "%s", member);
	jeton_status status;

	make_keys();
	make_revocations();
	status = jeton_verifier_new((const jeton_keys *const *)keys, keys_count,
				    revocations, GIVEN(options), &verifier,
				    &error);
	if (status == JETON_OK)
		follow();
	return status;
}

/* A text of the call: an empty one is there, and not NULL. */
static void say(const char *name, const char **text, size_t *len)
{
	const struct member *said = find(&vector, "call.%s", name);

	*text = said->text;
	*len = said->len;
}

static void make_call(void)
{
	const char *now = find(&vector, "now")->text;

	memset(&call, 0, sizeof(call));
	call.size = sizeof(call);
	call.now = now ? atoll(now) : 0;
	say("scope", &call.scope, &call.scope_len);
	say("nonce", &call.nonce, &call.nonce_len);
	say("method", &call.method, &call.method_len);
	say("uri", &call.uri, &call.uri_len);
	say("access_token", &call.access_token, &call.access_token_len);
	say("jkt", &call.jkt, &call.jkt_len);
}

static void free_all(void)
{
	while (keys_count)
		jeton_keys_free(keys[--keys_count]);
	jeton_revocations_free(revocations);
	jeton_verifier_free(verifier);
	jeton_error_free(error);
	revocations = NULL;
	verifier = NULL;
	error = NULL;
}

#endif
