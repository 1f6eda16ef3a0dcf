/*
 * Runs tests/vectors through the C ABI: the verdicts of every language.
 *
 *     conformance vectors.flat
 */

#include "conformance.h"

static void expect_claims(const jeton_claims *claims)
{
	const char *kid, *thumbprint, *text;
	size_t kid_len, thumbprint_len, len;
	int64_t seconds;

	text = jeton_claims_json(claims, &len);
	expect("claims", text, len);
	text = jeton_claims_algorithm(claims);
	expect("algorithm", text, text ? strlen(text) : 0);
	jeton_claims_key(claims, &kid, &kid_len, &thumbprint, &thumbprint_len);
	expect("kid", kid, kid_len);
	expect("thumbprint", thumbprint, thumbprint_len);
	expect_number("trust", (int64_t)jeton_claims_trust(claims));
	if (jeton_claims_expires(claims, &seconds))
		expect_number("expires", seconds);
	else
		expect("expires", NULL, 0);
}

static void verify(void)
{
	const struct member *token = find(&vector, "token");
	const char *said = find(&vector, "times")->text;
	int times = said ? atoi(said) : 1;
	jeton_claims *claims;

	prepared(make_verifier("options"));
	while (--times > 0) {
		prepared(jeton_verify(verifier, GIVEN(token), &call, &claims,
				      &error));
		jeton_claims_free(claims);
	}
	if (came_to(jeton_verify(verifier, GIVEN(token), &call, &claims,
				 &error)))
		expect_claims(claims);
	else
		CHECK(!claims);
	jeton_claims_free(claims);
}

static void options(void)
{
	const struct member *given = find(&vector, "options");
	jeton_minter *minter;

	if (is(find(&vector, "of"), "minter")) {
		make_keys();
		came_to(jeton_minter_new(keys[0], GIVEN(given), &minter,
					 &error));
		jeton_minter_free(minter);
		return;
	}
	came_to(make_verifier("options"));
}

static void read_keys(void)
{
	char *text;
	size_t len;

	if (!came_to(make_key(0)))
		return;
	keys_count = 1;
	if (is_there(find(&vector, "expect.public"))) {
		prepared(jeton_keys_public(keys[0], &text, &len, &error));
		expect("public", text, len);
		jeton_string_free(text);
	}
	if (is_there(find(&vector, "expect.private"))) {
		prepared(jeton_keys_private(keys[0], &text, &len, &error));
		expect("private", text, len);
		jeton_string_free(text);
	}
	prepared(jeton_keys_status(keys[0], &text, &len, &error));
	expect_keys(text);
	jeton_string_free(text);
}

static void mint(void)
{
	const struct member *given = find(&vector, "options");
	const struct member *claims = find(&vector, "claims");
	const char *starts = find(&vector, "expect.starts")->text;
	const char *text;
	jeton_claims *verified;
	jeton_minter *minter;
	char *token, *payload;
	size_t len, payload_len;

	make_keys();
	prepared(jeton_minter_new(keys[0], GIVEN(given), &minter, &error));
	if (came_to(jeton_mint(minter, GIVEN(claims), &call, &token, &len,
			       &error))) {
		expect("token", token, len);
		CHECK(!starts || !strncmp(token, starts, strlen(starts)));
		if (is_there(find(&vector, "verifier"))) {
			prepared(make_verifier("verifier"));
			prepared(jeton_verify(verifier, token, len, &call,
					      &verified, &error));
			text = jeton_claims_json(verified, &len);
			expect("payload", text, len);
			jeton_claims_free(verified);
		} else {
			prepared(jeton_verify_signature(keys[0], token, len,
							NULL, 0, &payload,
							&payload_len, &error));
			expect("payload", payload, payload_len);
			jeton_string_free(payload);
		}
	}
	jeton_string_free(token);
	jeton_minter_free(minter);
}

static void signature(void)
{
	const struct member *token = find(&vector, "token");
	const struct member *given = find(&vector, "options");
	char *payload;
	size_t len;

	make_keys();
	if (came_to(jeton_verify_signature(keys[0], GIVEN(token), GIVEN(given),
					   &payload, &len, &error)))
		expect("payload", payload, len);
	jeton_string_free(payload);
}

static void sign(void)
{
	const struct member *payload = find(&vector, "payload");
	const struct member *given = find(&vector, "options");
	char *token;
	size_t len;

	make_keys();
	if (came_to(jeton_sign(keys[0], GIVEN(payload), GIVEN(given), &token,
			       &len, &error)))
		expect("token", token, len);
	jeton_string_free(token);
}

static void bearer(void)
{
	const struct member *given = find(&vector, "options");
	const struct member *admin = find(&vector, "admin");
	const struct member *header = find(&vector, "authorization");
	const struct member *cookie = find(&vector, "cookie");
	const char *kind, *text;
	jeton_bearer *resolver;
	jeton_claims *claims;
	jeton_error *rejection;
	jeton_status status;
	size_t len;

	if (is_there(find(&vector, "keys.0.options")))
		prepared(make_verifier("verifier"));
	status = jeton_bearer_new(verifier, GIVEN(admin), GIVEN(given),
				  &resolver, &error);
	if (status != JETON_OK) {
		came_to(status);
		return;
	}
	if (came_to(jeton_bearer_resolve(resolver, GIVEN(header), GIVEN(cookie),
					 &call, &kind, &text, &len, &claims,
					 &rejection, &error))) {
		expect("kind", kind, strlen(kind));
		expect("text", text, len);
		text = jeton_claims_json(claims, &len);
		expect("claims", text, len);
		text = rejection ? jeton_status_name(
					   jeton_error_status(rejection))
				 : NULL;
		expect("rejection", text, text ? strlen(text) : 0);
	}
	jeton_claims_free(claims);
	jeton_error_free(rejection);
	jeton_bearer_free(resolver);
}

static void introspect(void)
{
	const struct member *token = find(&vector, "token");
	char *text;
	size_t len;

	prepared(make_verifier("options"));
	if (came_to(jeton_introspect(verifier, GIVEN(token), &call, &text, &len,
				     &error)))
		expect("text", text, len);
	jeton_string_free(text);
}

static void inspect(void)
{
	const struct member *token = find(&vector, "token");
	char *text;
	size_t len;

	if (came_to(jeton_inspect(GIVEN(token), &text, &len, &error)))
		expect("text", text, len);
	jeton_string_free(text);
}

static void revoke(void)
{
	const struct member *given = find(&vector, "open");
	const struct member *rule = find(&vector, "rule");
	char *entry = NULL;
	jeton_status status;
	size_t len;

	status = jeton_revocations_open(TEXT("memory:"), GIVEN(given),
					&revocations, &error);
	if (status == JETON_OK)
		status = jeton_revocations_revoke(revocations, GIVEN(rule),
						  &call, &entry, &len, &error);
	if (came_to(status))
		expect("entry", entry, len);
	jeton_string_free(entry);
}

static void import(void)
{
	const struct member *document = find(&vector, "document");
	char *export;
	size_t count, len;

	prepared(jeton_revocations_open(TEXT("memory:"), NULL, 0, &revocations,
					&error));
	if (!came_to(jeton_revocations_import(revocations, GIVEN(document),
					      &call, &count, &error)))
		return;
	expect_number("count", (int64_t)count);
	prepared(jeton_revocations_export(revocations, &call, &export, &len,
					  &error));
	expect("export", export, len);
	jeton_string_free(export);
}

static void run(void)
{
	static const struct kind known[] = {
		{"verify", verify},
		{"options", options},
		{"keys", read_keys},
		{"mint", mint},
		{"sign", sign},
		{"signature", signature},
		{"bearer", bearer},
		{"inspect", inspect},
		{"revoke", revoke},
		{"import", import},
		{"introspect", introspect},
		{NULL, NULL},
	};

	make_call();
	run_kind(known);
	free_all();
}

int main(int count, char **arguments)
{
	return run_vectors(count, arguments, run);
}
