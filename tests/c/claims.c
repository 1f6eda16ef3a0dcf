/* Reading verified claims: every getter, JSON pointers, escapes and NULs. */

#include "house.h"

static struct house house;

static jeton_claims *of(const char *document)
{
	char *token = minted(&house, document);
	jeton_claims *claims = verified(house.verifier, token);

	jeton_string_free(token);
	return claims;
}

static int has_text(const jeton_claims *claims, const char *name,
		    const char *wanted)
{
	size_t len;
	const char *text = jeton_claims_text(claims, TEXT(name), &len);

	return is_text(text, len, wanted);
}

static int has_value(const jeton_claims *claims, const char *name,
		     const char *wanted)
{
	size_t len;
	const char *value = jeton_claims_value(claims, TEXT(name), &len);

	return is_text(value, len, wanted);
}

static void a_getter_reads_its_own_type_only(void)
{
	jeton_claims *claims = of(JSON({
		"text" : "seven",
		"whole" : -7,
		"fraction" : 7.5,
		"yes" : true,
		"nothing" : null,
		"list" : [1]
	}));
	const char *names[] = {"text", "whole",	  "fraction", "yes",
			       "list", "nothing", "absent"};
	bool yes = false;
	int64_t whole = 0;
	size_t index, len;

	for (index = 0; index < sizeof(names) / sizeof(*names); index++) {
		const char *name = names[index];
		bool known = strcmp(name, "absent") != 0;

		len = 99;
		CHECK(!jeton_claims_text(claims, TEXT(name), &len) ==
		      (strcmp(name, "text") != 0));
		CHECK(len == (strcmp(name, "text") ? 0 : 5));
		CHECK(jeton_claims_integer(claims, TEXT(name), &whole) ==
		      !strcmp(name, "whole"));
		CHECK(jeton_claims_boolean(claims, TEXT(name), &yes) ==
		      !strcmp(name, "yes"));
		CHECK(jeton_claims_has(claims, TEXT(name)) == known);
		CHECK(!!jeton_claims_value(claims, TEXT(name), &len) == known);
	}
	CHECK(whole == -7 && yes);
	CHECK(has_text(claims, "text", "seven"));
	CHECK(has_value(claims, "text", "\"seven\""));
	CHECK(has_value(claims, "nothing", "null"));
	CHECK(has_value(claims, "fraction", "7.5"));
	jeton_claims_free(claims);
}

static void integers_reach_to_both_ends_of_64_bits(void)
{
	jeton_claims *claims = of(JSON({
		"most" : 9223372036854775807,
		"least" : -9223372036854775808,
		"over" : 9223372036854775808,
		"power" : 1e3,
		"zero" : -0
	}));
	int64_t number = 0;

	CHECK(jeton_claims_integer(claims, TEXT("most"), &number));
	CHECK(number == INT64_MAX);
	CHECK(jeton_claims_integer(claims, TEXT("least"), &number));
	CHECK(number == INT64_MIN);
	number = 5;
	CHECK(!jeton_claims_integer(claims, TEXT("over"), &number));
	CHECK(!jeton_claims_integer(claims, TEXT("power"), &number));
	CHECK(number == 5);
	jeton_claims_free(claims);
}

static void pointers_lead_into_objects_and_lists(void)
{
	jeton_claims *claims = of(JSON({
		"access" : {"roles" : [ "reader", "writer" ], "" : 1},
		"a/b" : {"~" : "tilde"},
		"/access" : "a name with a slash"
	}));
	int64_t number;
	size_t len;

	CHECK(has_text(claims, "/access/roles/1", "writer"));
	CHECK(jeton_claims_integer(claims, TEXT("/access/"), &number));
	CHECK(has_text(claims, "/a~1b/~0", "tilde"));
	CHECK(has_text(claims, "/~1access", "a name with a slash"));
	CHECK(!jeton_claims_has(claims, TEXT("/access/roles/2")));
	CHECK(!jeton_claims_has(claims, TEXT("/access/roles/01")));
	CHECK(!jeton_claims_has(claims, TEXT("/access/roles/-")));
	CHECK(!jeton_claims_has(claims, TEXT("/access/roles/0/0")));
	CHECK(!jeton_claims_has(claims,
				TEXT("/access/roles/99999999999999999999")));
	CHECK(!jeton_claims_has(claims, TEXT("/a~2b")));
	CHECK(!jeton_claims_has(claims, TEXT("access/roles")));
	CHECK(!jeton_claims_value(claims, TEXT("/"), &len));
	jeton_claims_free(claims);
}

static void escapes_are_undone_and_stay_where_they_are(void)
{
	jeton_claims *claims =
		of("{\"plain\":\"\\u0061\\/"
		   "\\\"\\\\\\n\",\"smile\":\"\\ud83d\\ude00\","
		   "\"in\":[\"\\t\",\"b\\u0301\"],\"na\\u006de\":\"found\"}");
	const char *first, *again;
	size_t len;

	first = jeton_claims_text(claims, TEXT("plain"), &len);
	CHECK(is_text(first, len, "a/\"\\\n"));
	CHECK(has_text(claims, "smile", "\xf0\x9f\x98\x80"));
	CHECK(has_text(claims, "/in/0", "\t"));
	CHECK(has_text(claims, "/in/1", "b\xcc\x81"));
	CHECK(has_text(claims, "name", "found"));
	again = jeton_claims_text(claims, TEXT("plain"), NULL);
	CHECK(first == again);
	jeton_claims_free(claims);
}

static void a_text_may_hold_nuls(void)
{
	jeton_claims *claims = of("{\"nul\":\"a\\u0000b\",\"\\u0000\":1}");
	const char *text;
	size_t len;

	text = jeton_claims_text(claims, TEXT("nul"), &len);
	CHECK(len == 3 && !memcmp(text, "a\0b", 3));
	CHECK(jeton_claims_has(claims, "", 1));
	CHECK(!jeton_claims_has(claims, "", 0));
	jeton_claims_free(claims);
}

static void an_empty_text_is_not_an_absent_one(void)
{
	jeton_claims *claims = of(JSON({"empty" : "", "" : "nameless"}));
	size_t len = 9;

	CHECK(jeton_claims_text(claims, TEXT("empty"), &len) && len == 0);
	CHECK(has_text(claims, "", "nameless"));
	jeton_claims_free(claims);
}

/* The payload and the header, as they were signed. */
static void documents_are_whole(void)
{
	jeton_claims *claims = of("{\"b\":1 , \"a\":[ 2 ]}");
	const char *json, *header;
	size_t len;

	json = jeton_claims_json(claims, &len);
	CHECK(strlen(json) == len);
	CHECK(strstr(json, "\"b\":1") && strstr(json, "\"a\":[ 2 ]"));
	header = jeton_claims_header(claims, &len);
	CHECK(strlen(header) == len);
	CHECK(strstr(header, "\"kid\":\"first\""));
	CHECK(strstr(header, jeton_claims_algorithm(claims)));
	CHECK(jeton_claims_trust(claims) == 0);
	jeton_claims_free(claims);
}

static void what_is_fresh_needs_no_renewal(void)
{
	jeton_claims *claims = of("{}");
	int64_t seconds;

	CHECK(jeton_claims_expires(claims, &seconds) && seconds == NOW + 60);
	CHECK(jeton_claims_fresh(claims, NOW + 49, 10, 50));
	CHECK(!jeton_claims_fresh(claims, NOW + 50, 10, 51));
	CHECK(!jeton_claims_fresh(claims, NOW + 49, 10, 49));
	CHECK(!jeton_claims_fresh(claims, 0, 0, 60));
	jeton_claims_free(claims);
}

static void the_key_and_the_trust_entry_are_named(void)
{
	const jeton_keys *keys[2];
	jeton_verifier *verifier;
	jeton_minter *minter;
	jeton_claims *claims;
	jeton_call call = at(NOW);
	const char *kid, *thumbprint;
	size_t kid_len, thumbprint_len, len;
	char *token;

	keys[0] = house.keys;
	keys[1] = generated(JSON({"algorithm" : "ES256"}));
	minter = minter_of(
		keys[1], JSON({"issuer" : "https://b.test", "lifetime" : 60}));
	CHECK_STATUS(
		jeton_verifier_new(
			keys, 2, NULL, TEXT(JSON({
				"trust" : [
					{
						"issuer" : "https://a.test",
						"audience" : null
					},
					{
						"issuer" : "https://b.test",
						"audience" : null,
						"keys" : 1
					}
				]
			})),
			&verifier, NULL),
		JETON_OK);
	CHECK_STATUS(jeton_mint(minter, "{}", 2, &call, &token, &len, NULL),
		     JETON_OK);
	claims = verified(verifier, token);
	CHECK(jeton_claims_trust(claims) == 1);
	CHECK(!strcmp(jeton_claims_algorithm(claims), "ES256"));
	jeton_claims_key(claims, &kid, &kid_len, &thumbprint, &thumbprint_len);
	CHECK(thumbprint_len == 43);
	CHECK(is_text(kid, kid_len, thumbprint));
	jeton_claims_free(claims);
	jeton_string_free(token);
	jeton_verifier_free(verifier);
	jeton_minter_free(minter);
	jeton_keys_free((jeton_keys *)keys[1]);
}

int main(void)
{
	house = house_new();
	RUN(a_getter_reads_its_own_type_only);
	RUN(integers_reach_to_both_ends_of_64_bits);
	RUN(pointers_lead_into_objects_and_lists);
	RUN(escapes_are_undone_and_stay_where_they_are);
	RUN(a_text_may_hold_nuls);
	RUN(an_empty_text_is_not_an_absent_one);
	RUN(documents_are_whole);
	RUN(what_is_fresh_needs_no_renewal);
	RUN(the_key_and_the_trust_entry_are_named);
	house_free(&house);
	return check_done();
}
