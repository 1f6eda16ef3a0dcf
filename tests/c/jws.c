/* Keys as documents, plain JWS with any payload, and unverified reading. */

#include "house.h"

static struct house house;

static void any_payload_comes_back_byte_for_byte(void)
{
	const char payload[] = "\0\xff any bytes\0";
	const size_t sizes[] = {0, 1, sizeof(payload) - 1};
	size_t index, token_len, len;
	char *token, *back;

	for (index = 0; index < sizeof(sizes) / sizeof(*sizes); index++) {
		CHECK_STATUS(jeton_sign(house.keys, payload, sizes[index], NULL,
					0, &token, &token_len, NULL),
			     JETON_OK);
		CHECK_STATUS(jeton_verify_signature(house.keys, token,
						    token_len, NULL, 0, &back,
						    &len, NULL),
			     JETON_OK);
		CHECK(len == sizes[index] && !memcmp(back, payload, len));
		CHECK(back[len] == '\0');
		jeton_string_free(back);
		jeton_string_free(token);
	}
}

static void a_changed_payload_is_refused(void)
{
	char *token, *back, *dot;
	size_t len;

	CHECK_STATUS(jeton_sign(house.keys, TEXT("pay 1"),
				TEXT(JSON({"type" : "order+jws"})), &token,
				&len, NULL),
		     JETON_OK);
	CHECK_STATUS(jeton_verify_signature(house.keys, token, len,
					    TEXT(JSON({"type" : "order+jws"})),
					    &back, NULL, NULL),
		     JETON_OK);
	jeton_string_free(back);
	CHECK_STATUS(jeton_verify_signature(house.keys, token, len,
					    TEXT(JSON({"type" : "other"})),
					    &back, NULL, NULL),
		     JETON_TYPE);
	CHECK_STATUS(
		jeton_verify_signature(house.keys, token, len,
				       TEXT(JSON({"algorithms" : ["ES256"]})),
				       &back, NULL, NULL),
		JETON_ALGORITHM);
	dot = strchr(token, '.');
	dot[1] = 'c' + ('d' - dot[1] > 0 ? 1 : 0);
	CHECK_STATUS(jeton_verify_signature(house.keys, token, len, NULL, 0,
					    &back, NULL, NULL),
		     JETON_SIGNATURE);
	CHECK(!back);
	jeton_string_free(token);
}

/* The known attack: a public key, taken for an HMAC secret. */
static void a_public_key_never_becomes_a_secret(void)
{
	jeton_keys *keys;
	char *public;
	size_t len;

	CHECK_STATUS(jeton_keys_public(house.keys, &public, &len, NULL),
		     JETON_OK);
	CHECK(!strstr(public, "\"d\""));
	CHECK_STATUS(jeton_keys_secret(public, len,
				       TEXT(JSON({"algorithm" : "HS256"})),
				       &keys, NULL),
		     JETON_KEY);
	CHECK_STATUS(jeton_keys_new(public, len, NULL, 0, &keys, NULL),
		     JETON_OK);
	jeton_string_free(public);

	/* Nor does a set of public keys sign. */
	CHECK_STATUS(jeton_sign(keys, "p", 1, NULL, 0, &public, &len, NULL),
		     JETON_MISCONFIGURED);
	jeton_keys_free(keys);
}

static void a_private_set_reads_back(void)
{
	char *token = minted(&house, "{}"), *document, *status;
	jeton_verifier *verifier;
	jeton_keys *keys;
	size_t len;

	CHECK_STATUS(jeton_keys_private(house.keys, &document, &len, NULL),
		     JETON_OK);
	CHECK(strlen(document) == len && strstr(document, "\"d\""));
	CHECK_STATUS(jeton_keys_new(document, len, NULL, 0, &keys, NULL),
		     JETON_OK);
	verifier = verifier_of(keys, NULL, VERIFYING);
	CHECK_STATUS(verdict(verifier, token), JETON_OK);
	CHECK_STATUS(jeton_keys_status(keys, &status, &len, NULL), JETON_OK);
	CHECK(strstr(status, "\"private\":true") && !strstr(status, "\"d\""));
	jeton_string_free(status);
	jeton_string_free(document);
	jeton_string_free(token);
	jeton_verifier_free(verifier);
	jeton_keys_free(keys);
}

static void keys_that_cannot_be_replaced_stay(void)
{
	char *token = minted(&house, "{}");
	const char *documents[] = {"", "{}", "{\"keys\":[]}", "nonsense"};
	size_t index;

	for (index = 0; index < sizeof(documents) / sizeof(*documents); index++)
		CHECK_STATUS(jeton_keys_replace(house.keys,
						TEXT(documents[index]), NULL, 0,
						NULL),
			     JETON_KEY);
	CHECK_STATUS(verdict(house.verifier, token), JETON_OK);
	jeton_string_free(token);
}

static void a_secret_is_raw_bytes(void)
{
	char secret[32] = "\0\xff nothing is decoded";
	const char *options = JSON({"algorithm" : "HS256"});
	jeton_keys *keys;
	char *token, *back;
	size_t len;

	CHECK_STATUS(jeton_keys_secret(secret, 31, TEXT(options), &keys, NULL),
		     JETON_WEAK_KEY);
	CHECK_STATUS(jeton_keys_secret(secret, sizeof(secret), TEXT(options),
				       &keys, NULL),
		     JETON_OK);
	CHECK_STATUS(jeton_sign(keys, "p", 1, NULL, 0, &token, &len, NULL),
		     JETON_OK);
	CHECK_STATUS(jeton_verify_signature(keys, token, len, NULL, 0, &back,
					    NULL, NULL),
		     JETON_OK);
	jeton_string_free(back);
	CHECK_STATUS(jeton_keys_public(keys, &back, NULL, NULL), JETON_OK);
	CHECK(strstr(back, "\"keys\":[]"));
	jeton_string_free(back);
	jeton_string_free(token);
	jeton_keys_free(keys);
}

static void inspecting_says_that_nothing_was_verified(void)
{
	char *token = minted(&house, JSON({"sub" : "ada"})), *text;
	size_t len;

	token[strlen(token) - 1] = 'A';
	CHECK_STATUS(jeton_inspect(TEXT(token), &text, &len, NULL), JETON_OK);
	CHECK(strlen(text) == len);
	CHECK(strstr(text, "\"verified\":false") && strstr(text, "ada"));
	CHECK(strstr(text, "\"signature_bytes\":64"));
	jeton_string_free(text);
	jeton_string_free(token);
}

int main(void)
{
	house = house_new();
	RUN(any_payload_comes_back_byte_for_byte);
	RUN(a_changed_payload_is_refused);
	RUN(a_public_key_never_becomes_a_secret);
	RUN(a_private_set_reads_back);
	RUN(keys_that_cannot_be_replaced_stay);
	RUN(a_secret_is_raw_bytes);
	RUN(inspecting_says_that_nothing_was_verified);
	house_free(&house);
	return check_done();
}
