/* What a failure leaves behind: NULL, a status, and words that help. */

#include "refused.h"

static struct house house;

/* Whether the error says all of `words`, which end with NULL; frees it. */
static int says(jeton_error *error, const char *const *words)
{
	size_t len;
	const char *message = jeton_error_message(error, &len);
	int all = message && strlen(message) == len;

	for (; all && *words; words++) {
		all = strstr(message, *words) != NULL;
		if (!all)
			fprintf(stderr, "\"%s\" isn't in: %s\n", *words,
				message);
	}
	jeton_error_free(error);
	return all;
}

#define SAYS(error, ...) says(error, (const char *const[]){__VA_ARGS__, NULL})

static void a_failure_leaves_null_and_the_next_call_is_clean(void)
{
	jeton_keys *keys = (void *)refused_poison;
	jeton_error *error = (void *)refused_poison;

	CHECK_STATUS(jeton_keys_new(TEXT("{]"), NULL, 0, &keys, &error),
		     JETON_KEY);
	CHECK(!keys);
	CHECK(jeton_error_status(error) == JETON_KEY);
	CHECK(!jeton_error_claim(error, NULL) &&
	      !jeton_error_claims(error, NULL));
	jeton_error_free(error);

	CHECK_STATUS(jeton_keys_generate(TEXT(JSON({"algorithm" : "ES256"})),
					 &keys, &error),
		     JETON_OK);
	CHECK(!error);
	jeton_keys_free(keys);
}

/* The names that bindings map on, and their hundreds. */
static void every_status_has_its_name(void)
{
	const struct {
		jeton_status status;
		const char *name;
	} known[] = {
		{JETON_OK, "ok"},
		{JETON_MISUSE, "misuse"},
		{JETON_OPTIONS, "options"},
		{JETON_MISCONFIGURED, "misconfigured"},
		{JETON_UNSUPPORTED, "unsupported"},
		{JETON_INTERNAL, "internal"},
		{JETON_MALFORMED, "malformed"},
		{JETON_ENCRYPTED, "encrypted"},
		{JETON_TOO_LARGE, "too-large"},
		{JETON_ALGORITHM, "algorithm"},
		{JETON_CRITICAL, "critical"},
		{JETON_TYPE, "type"},
		{JETON_SIGNATURE, "signature"},
		{JETON_MISSING, "missing"},
		{JETON_ISSUER, "issuer"},
		{JETON_AUDIENCE, "audience"},
		{JETON_EARLY, "early"},
		{JETON_EXPIRED, "expired"},
		{JETON_LIFETIME, "lifetime"},
		{JETON_TOO_OLD, "too-old"},
		{JETON_CLAIM, "claim"},
		{JETON_DENIED, "denied"},
		{JETON_REVOKED, "revoked"},
		{JETON_KEY, "key"},
		{JETON_WEAK_KEY, "weak-key"},
		{JETON_UNKNOWN_KEY, "unknown-key"},
		{JETON_KEY_PENDING, "key-pending"},
		{JETON_KEYS_UNAVAILABLE, "keys-unavailable"},
		{JETON_SIGNER, "signer"},
		{JETON_REVOCATIONS_UNAVAILABLE, "revocations-unavailable"},
		{JETON_REVOCATIONS_STALE, "revocations-stale"},
		{JETON_STORAGE, "storage"},
		{JETON_TIMEOUT, "timeout"},
	};
	size_t index, named = 0;
	int32_t number;

	for (index = 0; index < sizeof(known) / sizeof(*known); index++)
		CHECK(!strcmp(jeton_status_name(known[index].status),
			      known[index].name));
	for (number = -1000; number < 10000; number++)
		named += strcmp(jeton_status_name(number), "unknown") != 0;
	CHECK(named == sizeof(known) / sizeof(*known));
	CHECK(!strcmp(jeton_status_name(INT32_MIN), "unknown"));
}

/* A misspelt field is named, and the one that was meant. */
static void a_misspelt_option_is_named(void)
{
	const jeton_keys *keys = house.keys;
	jeton_keys *made;
	jeton_minter *minter;
	jeton_verifier *verifier;
	jeton_revocations *store;
	jeton_bearer *bearer;
	jeton_error *error;
	size_t len;
	char *text;

#define MISSPELT(made, wrong, meant)                                           \
	do {                                                                   \
		CHECK_STATUS(made, JETON_OPTIONS);                             \
		CHECK(SAYS(error, "\"" wrong "\"",                             \
			   "did you mean \"" meant "\"?"));                    \
	} while (0)
	MISSPELT(jeton_keys_new("{}", 2, TEXT(JSON({"algoritm" : "RS256"})),
				&made, &error),
		 "algoritm", "algorithm");
	MISSPELT(jeton_keys_secret("s", 1, TEXT(JSON({"waek" : true})), &made,
				   &error),
		 "waek", "weak");
	MISSPELT(jeton_keys_generate(TEXT(JSON({"bit" : 2048})), &made, &error),
		 "bit", "bits");
	MISSPELT(jeton_keys_derive(TEXT(JSON({
					   "system" : {"name" : "porter"},
					   "leaway" : 5
				   })),
				   "s", 1, NULL, 0, &made, &error),
		 "leaway", "leeway");
	MISSPELT(jeton_keys_replace(house.keys, "{}", 2,
				    TEXT(JSON({"kids" : "k"})), &error),
		 "kids", "kid");
	MISSPELT(jeton_minter_new(keys, TEXT(JSON({"lifetme" : 60})), &minter,
				  &error),
		 "lifetme", "lifetime");
	MISSPELT(jeton_verifier_new(
			 &keys, 1, NULL,
			 TEXT(JSON({"issuer" : null, "audiance" : "api"})),
			 &verifier, &error),
		 "audiance", "audience");
	MISSPELT(jeton_revocations_open(TEXT("memory:"),
					TEXT(JSON({"name" : 2})), &store,
					&error),
		 "name", "names");
	MISSPELT(jeton_revocations_revoke(house.revocations,
					  TEXT(JSON({"relm" : "r"})), NULL,
					  NULL, NULL, &error),
		 "relm", "realm");
	MISSPELT(jeton_bearer_new(NULL, NULL, 0, TEXT(JSON({"prefix" : []})),
				  &bearer, &error),
		 "prefix", "prefixes");
	MISSPELT(jeton_sign(keys, "p", 1, TEXT(JSON({"typ" : "x"})), &text,
			    &len, &error),
		 "typ", "type");
	MISSPELT(jeton_verify_signature(keys, "p", 1,
					TEXT(JSON({"limit" : {}})), &text, &len,
					&error),
		 "limit", "limits");
#undef MISSPELT
}

/* What would weaken a check must be said. */
static void a_forgotten_option_is_named(void)
{
	const jeton_keys *keys = house.keys;
	jeton_verifier *verifier;
	jeton_minter *minter;
	jeton_error *error;

	CHECK_STATUS(jeton_verifier_new(&keys, 1, NULL,
					TEXT(JSON({"issuer" : "i"})), &verifier,
					&error),
		     JETON_OPTIONS);
	CHECK(SAYS(error, "options.audience", "null"));
	CHECK_STATUS(jeton_verifier_new(
			     &keys, 1, NULL,
			     TEXT(JSON({"issuer" : "", "audience" : null})),
			     &verifier, &error),
		     JETON_OPTIONS);
	CHECK(SAYS(error, "options.issuer", "empty"));
	CHECK_STATUS(jeton_minter_new(keys, "{}", 2, &minter, &error),
		     JETON_OPTIONS);
	CHECK(SAYS(error, "options.lifetime"));
	CHECK_STATUS(jeton_verifier_new(&keys, 1, NULL, TEXT(JSON({
			     "issuer" : null,
			     "audience" : null,
			     "trust" : [],
			     "trust" : []
		     })),
					&verifier, &error),
		     JETON_OPTIONS);
	CHECK(SAYS(error, "repeated", "trust"));
}

/* A file that isn't keys: what it looks like, and what to do. */
static void a_key_file_that_is_none_is_described(void)
{
	const struct {
		const char *document;
		size_t len;
		const char *words;
	} files[] = {
#define FILE_OF(text, words) {text, sizeof(text) - 1, words}
		FILE_OF("", "it is empty"),
		FILE_OF(" \n\t", "it is empty"),
		FILE_OF("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 ada@home", "SSH"),
		FILE_OF("<!doctype html><title>404</title>", "HTML"),
		FILE_OF("[{\"kty\":\"EC\"}]", "JSON array"),
		FILE_OF("\xEF\xBB\xBF{}", "byte order mark"),
		FILE_OF("\xFF\xFE{\0}\0", "UTF-16"),
		FILE_OF("eyJhbGciOiJIUzI1NiJ9.e30.c2ln", "it is a token"),
		FILE_OF("\xFE\xED\xFE\xED\0\0\0\2", "Java key store"),
		FILE_OF("correct horse battery staple", "text of another kind"),
		FILE_OF("\x30\x03\x02\x01\x05", "DER"),
		FILE_OF("\x7f"
			"ELF\2\1\1\xff",
			"binary of another kind"),
#undef FILE_OF
	};
	size_t index;

	for (index = 0; index < sizeof(files) / sizeof(*files); index++) {
		jeton_keys *keys = (void *)refused_poison;
		jeton_error *error;

		CHECK_STATUS(jeton_keys_new(files[index].document,
					    files[index].len, NULL, 0, &keys,
					    &error),
			     JETON_KEY);
		CHECK(!keys);
		CHECK(SAYS(error, files[index].words));
	}
}

static void a_claims_failure_names_the_claim(void)
{
	struct house careful = house_with(
		MINTING,
		JSON({"issuer" : "https://a.test", "audience" : "other"}));
	jeton_claims *claims;
	jeton_error *error;
	jeton_call call = at(NOW);
	char *token = minted(&careful, "{}");
	size_t len;

	CHECK_STATUS(jeton_verify(careful.verifier, TEXT(token), &call, &claims,
				  &error),
		     JETON_AUDIENCE);
	CHECK(!claims);
	CHECK(!strcmp(jeton_error_claim(error, &len), "aud") && len == 3);
	CHECK(!jeton_error_claims(error, &len) && len == 0);
	CHECK(SAYS(error, "Invalid audience"));
	jeton_string_free(token);
	house_free(&careful);
}

/* Only a token whose signature holds is reported on, and only what was asked.
 */
static void a_report_needs_a_good_signature(void)
{
	struct house house = house_with(MINTING, JSON({
						"issuer" : "https://a.test",
						"audience" : "api",
						"report" : [ "exp", "sub" ]
					}));
	jeton_claims *claims;
	jeton_error *error;
	jeton_call call = at(NOW + 60);
	char *token = minted(&house, JSON({"sub" : "ada", "secret" : "s"}));
	const char *report;
	size_t len;

	CHECK_STATUS(jeton_verify(house.verifier, TEXT(token), &call, &claims,
				  &error),
		     JETON_EXPIRED);
	report = jeton_error_claims(error, &len);
	CHECK(report && strlen(report) == len);
	CHECK(strstr(report, "\"sub\":\"ada\"") && strstr(report, "\"exp\":"));
	CHECK(!strstr(report, "secret"));
	jeton_error_free(error);

	spoil(token);
	CHECK_STATUS(jeton_verify(house.verifier, TEXT(token), &call, &claims,
				  &error),
		     JETON_SIGNATURE);
	CHECK(!jeton_error_claims(error, NULL));
	jeton_error_free(error);
	jeton_string_free(token);
	house_free(&house);
}

int main(void)
{
	house = house_new();
	RUN(a_failure_leaves_null_and_the_next_call_is_clean);
	RUN(every_status_has_its_name);
	RUN(a_misspelt_option_is_named);
	RUN(a_forgotten_option_is_named);
	RUN(a_key_file_that_is_none_is_described);
	RUN(a_claims_failure_names_the_claim);
	RUN(a_report_needs_a_good_signature);
	house_free(&house);
	return check_done();
}
