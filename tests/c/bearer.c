/* What came in a header or a cookie, and what is to be made of it. */

#include "house.h"

#define PREFIXES                                                               \
	JSON({                                                                 \
		"prefixes" : [ {                                               \
			"prefix" : "pk.",                                      \
			"kind" : "api-key",                                    \
			"shape" : "key_{4}.{2}"                                \
		} ]                                                            \
	})

static struct house house;
static jeton_bearer *bearer;

/* What resolving says, the handles let go. */
struct answer {
	const char *kind;
	const char *credential;
	size_t len;
	bool has_claims;
	jeton_status rejection;
};

static struct answer resolve(const char *header, size_t header_len,
			     const char *cookie)
{
	struct answer answer;
	jeton_claims *claims;
	jeton_error *rejection;
	jeton_call call = at(NOW);

	CHECK_STATUS(jeton_bearer_resolve(bearer, header, header_len, cookie,
					  cookie ? strlen(cookie) : 0, &call,
					  &answer.kind, &answer.credential,
					  &answer.len, &claims, &rejection,
					  NULL),
		     JETON_OK);
	answer.has_claims = claims != NULL;
	answer.rejection = jeton_error_status(rejection);
	CHECK(!claims || !rejection);
	jeton_claims_free(claims);
	jeton_error_free(rejection);
	return answer;
}

static void nothing_is_nothing(void)
{
	const char *headers[] = {"", "Bearer", "Bearer ", "Basic YTpi", " "};
	size_t index;

	for (index = 0; index < sizeof(headers) / sizeof(*headers); index++) {
		struct answer answer = resolve(TEXT(headers[index]), NULL);

		CHECK(!strcmp(answer.kind, "none") && !answer.len);
		CHECK(!answer.has_claims && !answer.rejection);
	}
}

static void the_administrator_is_known_by_the_whole_token(void)
{
	CHECK(!strcmp(resolve(TEXT("Bearer admin-token"), NULL).kind, "admin"));
	CHECK(!strcmp(resolve(TEXT("bearer  admin-token "), NULL).kind,
		      "admin"));
	CHECK(!strcmp(resolve(TEXT("Bearer admin-toke"), NULL).kind,
		      "session"));
	CHECK(!strcmp(resolve(TEXT("Bearer admin-tokens"), NULL).kind,
		      "session"));
}

static void an_api_key_is_held_to_its_shape(void)
{
	struct answer answer = resolve(TEXT("Bearer pk.key_abcd.ef"), NULL);

	CHECK(!strcmp(answer.kind, "api-key") && !answer.rejection);
	answer = resolve(TEXT("Bearer pk.key_abcd.e"), NULL);
	CHECK(!strcmp(answer.kind, "api-key"));
	CHECK_STATUS(answer.rejection, JETON_MALFORMED);
}

static void a_jwt_is_verified_or_rejected(void)
{
	char *token = minted(&house, "{}");
	char header[1024];
	struct answer answer;

	snprintf(header, sizeof(header), "Bearer %s", token);
	answer = resolve(TEXT(header), "a cookie");
	CHECK(!strcmp(answer.kind, "jwt") && answer.has_claims);
	CHECK(answer.credential == header + strlen("Bearer "));
	CHECK(is_text(answer.credential, answer.len, token));
	answer = resolve(NULL, 0, token);
	CHECK(!strcmp(answer.kind, "jwt") && answer.has_claims);
	CHECK(answer.credential == token);

	spoil(header);
	answer = resolve(TEXT(header), NULL);
	CHECK(!strcmp(answer.kind, "jwt") && !answer.has_claims);
	CHECK_STATUS(answer.rejection, JETON_SIGNATURE);
	CHECK_STATUS(resolve(TEXT("Bearer a.b.c"), NULL).rejection,
		     JETON_MALFORMED);
	jeton_string_free(token);
}

/* Hostile bytes are the client's fault, not the program's. */
static void bytes_that_are_no_text_are_rejected(void)
{
	const char header[] = "Bearer \xff\xfe\0x";
	struct answer answer = resolve(header, sizeof(header) - 1, NULL);

	CHECK(!strcmp(answer.kind, "session") && !answer.len);
	CHECK_STATUS(answer.rejection, JETON_MALFORMED);
	answer = resolve(NULL, 0, "\xc3");
	CHECK_STATUS(answer.rejection, JETON_MALFORMED);

	/* A cookie beside a header that names a bearer isn't looked at. */
	answer = resolve(TEXT("Bearer opaque"), "\xc3");
	CHECK(!strcmp(answer.kind, "session") && !answer.rejection);
	CHECK(is_text(answer.credential, answer.len, "opaque"));
}

static void a_missing_scope_is_the_programs_fault(void)
{
	struct house scoped = house_with(MINTING, JSON({
						 "issuer" : "https://a.test",
						 "audience" : "api",
						 "deny" : [ {
							 "name" : "d",
							 "when" : {"x" : 1},
							 "switch" : "s"
						 } ]
					 }));
	char *token = minted(&scoped, "{}");
	jeton_bearer *other;
	jeton_claims *claims;
	jeton_error *rejection;
	const char *kind;
	jeton_call call = at(NOW);

	CHECK_STATUS(jeton_bearer_new(scoped.verifier, NULL, 0, NULL, 0, &other,
				      NULL),
		     JETON_OK);
	CHECK_STATUS(jeton_bearer_resolve(other, NULL, 0, TEXT(token), &call,
					  &kind, NULL, NULL, &claims,
					  &rejection, NULL),
		     JETON_MISUSE);
	CHECK(!kind && !claims && !rejection);
	jeton_bearer_free(other);
	jeton_string_free(token);
	house_free(&scoped);
}

/* A shell variable that was never set must not let everybody in. */
static void an_empty_admin_token_is_nobodys(void)
{
	jeton_bearer *other = bearer;

	CHECK_STATUS(jeton_bearer_new(NULL, "", 0, NULL, 0, &bearer, NULL),
		     JETON_OK);
	CHECK(!strcmp(resolve(TEXT("Bearer "), NULL).kind, "none"));
	CHECK(!strcmp(resolve(TEXT("Bearer x"), NULL).kind, "session"));
	CHECK(!strcmp(resolve(TEXT("Bearer a.b.c"), NULL).kind, "session"));
	jeton_bearer_free(bearer);
	bearer = other;
}

int main(void)
{
	house = house_new();
	CHECK_STATUS(jeton_bearer_new(house.verifier, TEXT("admin-token"),
				      TEXT(PREFIXES), &bearer, NULL),
		     JETON_OK);
	RUN(nothing_is_nothing);
	RUN(the_administrator_is_known_by_the_whole_token);
	RUN(an_api_key_is_held_to_its_shape);
	RUN(a_jwt_is_verified_or_rejected);
	RUN(bytes_that_are_no_text_are_rejected);
	RUN(a_missing_scope_is_the_programs_fault);
	RUN(an_empty_admin_token_is_nobodys);
	jeton_bearer_free(bearer);
	house_free(&house);
	return check_done();
}
