/*
 * Keys that jeton never sees: what a signer is given, that whatever is wrong
 * with its answer is JETON_SIGNER, and who its context belongs to.
 */

#include "elsewhere.h"

#define ES256 JSON({"algorithm" : "ES256", "kid" : "k1"})

static struct elsewhere elsewhere;

/* An INTEGER of DER of the bytes as they are; returns where it ends. */
static uint8_t *integer(uint8_t *out, const uint8_t *bytes, size_t len)
{
	*out++ = 2;
	*out++ = (uint8_t)len;
	memcpy(out, bytes, len);
	return out + len;
}

/* The SEQUENCE of r and s, each with `count` bytes `first` before it. */
static int32_t give_der(const uint8_t *raw, uint8_t first, size_t count,
			jeton_signing *signing)
{
	uint8_t out[128], half[64], *end = out + 2;
	int index;

	for (index = 0; index < 2; index++) {
		memset(half, first, count);
		memcpy(half + count, raw + 32 * index, 32);
		end = integer(end, half, 32 + count);
	}
	out[0] = 0x30;
	out[1] = (uint8_t)(end - out - 2);
	return give(out, (size_t)(end - out), signing);
}

/* Right where r and s both begin with a bit; fails else. */
static int32_t der(const uint8_t *raw, size_t len, jeton_signing *signing)
{
	(void)len;
	if (raw[0] < 0x80 || raw[32] < 0x80)
		return 1;
	return give_der(raw, 0, 1, signing);
}

static jeton_status mint(jeton_minter *minter, char **token,
			 jeton_error **error)
{
	jeton_call call = at(NOW);
	jeton_status status = jeton_mint(minter, TEXT(JSON({"sub" : "ada"})),
					 &call, token, NULL, error);

	CHECK((status == JETON_OK) == (*token != NULL));
	return status;
}

static int32_t look(const uint8_t *raw, size_t len, jeton_signing *signing)
{
	static const char nothing[512];
	bool hashed = strcmp(signing->algorithm, "Ed25519") != 0;

	CHECK(signing->size == sizeof(*signing));
	CHECK(!memcmp(signing->message, "eyJ", 3));
	CHECK(hashed == (signing->digest != NULL));
	CHECK(hashed == (signing->digest_len >= 32));
	CHECK(!signing->digest_info && !signing->digest_info_len);
	CHECK(signing->signature_capacity == 1024 && !signing->signature_len);
	CHECK(signing->reason_capacity == sizeof(nothing));
	CHECK(!memcmp(signing->reason, nothing, sizeof(nothing)));
	return give(raw, len, signing);
}

static void a_token_is_signed_elsewhere_and_verifies_here(void)
{
	static const char *const algorithms[] = {
		"ES256", "ES384", "ES512", "ES256K", "EdDSA", "Ed25519",
	};
	size_t index;

	for (index = 0; index < sizeof(algorithms) / sizeof(*algorithms);
	     index++) {
		struct elsewhere other;
		jeton_minter *minter;
		jeton_verifier *verifier;
		jeton_claims *claims;
		char options[64], *token;

		snprintf(options, sizeof(options), "{\"algorithm\":\"%s\"}",
			 algorithms[index]);
		other = elsewhere_new(options);
		other.answer = look;
		minter = external_minter(&other);
		verifier = verifier_of(other.public, NULL, VERIFYING);
		CHECK_STATUS(mint(minter, &token, NULL), JETON_OK);
		claims = verified(verifier, token);
		CHECK(!strcmp(jeton_claims_algorithm(claims),
			      algorithms[index]));
		CHECK(other.asked == 1);
		jeton_claims_free(claims);
		jeton_string_free(token);
		jeton_minter_free(minter);
		jeton_verifier_free(verifier);
		elsewhere_free(&other);
	}
}

static void der_becomes_what_jose_writes(void)
{
	jeton_minter *minter = external_minter(&elsewhere);
	jeton_verifier *verifier =
		verifier_of(elsewhere.public, NULL, VERIFYING);
	char *token = NULL;

	elsewhere.answer = der;
	while (!token)
		mint(minter, &token, NULL);
	CHECK(strlen(strrchr(token, '.') + 1) == 86);
	CHECK_STATUS(verdict(verifier, token), JETON_OK);
	jeton_string_free(token);
	jeton_minter_free(minter);
	jeton_verifier_free(verifier);
}

/* Each answer is wrong in one way; the message says what is wanted of it. */

static int32_t nothing(const uint8_t *raw, size_t len, jeton_signing *signing)
{
	(void)raw, (void)len, (void)signing;
	return 0;
}

static int32_t one_byte_short(const uint8_t *raw, size_t len,
			      jeton_signing *signing)
{
	return give(raw, len - 1, signing);
}

static int32_t too_long(const uint8_t *raw, size_t len, jeton_signing *signing)
{
	(void)raw, (void)len;
	signing->signature_len = signing->signature_capacity + 1;
	return 0;
}

static int32_t endless(const uint8_t *raw, size_t len, jeton_signing *signing)
{
	(void)raw, (void)len;
	signing->signature_len = SIZE_MAX;
	return 0;
}

static int32_t no_s(const uint8_t *raw, size_t len, jeton_signing *signing)
{
	uint8_t changed[64] = {0};

	(void)len;
	memcpy(changed, raw, 32);
	return give(changed, sizeof(changed), signing);
}

static int32_t no_s_in_der(const uint8_t *raw, size_t len,
			   jeton_signing *signing)
{
	uint8_t changed[128] = {0x30, 38}, zero = 0;

	(void)len;
	changed[2] = 2;
	changed[3] = 33;
	memcpy(changed + 5, raw, 32);
	integer(changed + 37, &zero, 1);
	return give(changed, 40, signing);
}

static int32_t negative(const uint8_t *raw, size_t len, jeton_signing *signing)
{
	uint8_t changed[64];

	memcpy(changed, raw, len);
	changed[0] |= 0x80;
	changed[32] |= 0x80;
	return give_der(changed, 0, 0, signing);
}

static int32_t oversized(const uint8_t *raw, size_t len, jeton_signing *signing)
{
	(void)len;
	return give_der(raw, 1, 20, signing);
}

static int32_t of_another_key(const uint8_t *raw, size_t len,
			      jeton_signing *signing)
{
	struct elsewhere other = elsewhere_new(ES256);
	int32_t done = sign_elsewhere(&other, signing);

	CHECK(len == 64 && memcmp(raw, signing->signature, len));
	elsewhere_free(&other);
	return done;
}

static int32_t says_why(const uint8_t *raw, size_t len, jeton_signing *signing)
{
	give(raw, len, signing);
	snprintf(signing->reason, signing->reason_capacity,
		 "the HSM is\nlocked");
	return 1;
}

static int32_t says_nothing(const uint8_t *raw, size_t len,
			    jeton_signing *signing)
{
	give(raw, len, signing);
	return -1;
}

static int32_t says_what_is_not_text(const uint8_t *raw, size_t len,
				     jeton_signing *signing)
{
	(void)raw, (void)len;
	strcpy(signing->reason, "locked \xff\xfe!");
	return INT32_MIN;
}

static int32_t says_all_there_is_room_for(const uint8_t *raw, size_t len,
					  jeton_signing *signing)
{
	(void)raw, (void)len;
	memset(signing->reason, 'x', signing->reason_capacity);
	return INT32_MAX;
}

static void a_wrong_answer_never_gets_into_a_token(void)
{
	static const struct {
		int32_t (*answer)(const uint8_t *, size_t, jeton_signing *);
		const char *says;
	} wrong[] = {
		{nothing, "0 bytes is no signature for ES256"},
		{one_byte_short, "63 bytes is no signature"},
		{too_long, "longer than the place for it"},
		{endless, "longer than the place for it"},
		{no_s, "64 bytes is no signature"},
		{no_s_in_der, "40 bytes is no signature"},
		{negative, "70 bytes is no signature"},
		{oversized, "110 bytes is no signature"},
		{of_another_key, "64 bytes is no signature"},
		{says_why, "failed: the HSM is locked"},
		{says_nothing, "said no reason"},
		{says_what_is_not_text, "failed: locked \xef\xbf\xbd"},
		{says_all_there_is_room_for, "failed: xxxxxxxx"},
	};
	jeton_minter *minter = external_minter(&elsewhere);
	size_t index;
	char *token;

	for (index = 0; index < sizeof(wrong) / sizeof(*wrong); index++) {
		jeton_error *error;

		elsewhere.answer = wrong[index].answer;
		CHECK_STATUS(mint(minter, &token, &error), JETON_SIGNER);
		CHECK(jeton_error_status(error) == JETON_SIGNER);
		CHECK(strstr(jeton_error_message(error, NULL),
			     wrong[index].says));
		CHECK(strlen(jeton_error_message(error, NULL)) < 700);
		CHECK(!jeton_error_claim(error, NULL));
		jeton_error_free(error);
		CHECK_STATUS(mint(minter, &token, NULL), JETON_SIGNER);

		/* And the next one is good again. */
		elsewhere.answer = NULL;
		CHECK_STATUS(mint(minter, &token, &error), JETON_OK);
		CHECK(!error);
		jeton_string_free(token);
	}
	jeton_minter_free(minter);
}

static void a_context_is_released_with_the_minter(void)
{
	int before = elsewhere.released;
	jeton_minter *minter = external_minter(&elsewhere);
	char *token;

	CHECK_STATUS(mint(minter, &token, NULL), JETON_OK);
	jeton_string_free(token);
	CHECK(elsewhere.released == before);
	jeton_minter_free(minter);
	CHECK(elsewhere.released == before + 1);
}

static void a_context_is_released_by_a_call_that_fails(void)
{
	const struct elsewhere *e = &elsewhere;
	jeton_keys *hmac = generated(JSON({"algorithm" : "HS256"}));
	const struct {
		const jeton_keys *keys;
		jeton_signer signer;
		const char *options;
		jeton_status status;
	} wrong[] = {
		{NULL, sign_elsewhere, MINTING, JETON_MISUSE},
		{e->public, NULL, MINTING, JETON_MISUSE},
		{e->public, sign_elsewhere, "{}", JETON_OPTIONS},
		{e->public, sign_elsewhere,
		 JSON({"lifetime" : 60, "algorithm" : "ES384"}),
		 JETON_MISCONFIGURED},
		{e->public, sign_elsewhere,
		 JSON({"lifetime" : 60, "kid" : "k2"}), JETON_UNKNOWN_KEY},
		/* A private key has no business here, and a secret no half. */
		{e->keys, sign_elsewhere, MINTING, JETON_MISCONFIGURED},
		{hmac, sign_elsewhere, MINTING, JETON_MISCONFIGURED},
	};
	size_t index;

	for (index = 0; index < sizeof(wrong) / sizeof(*wrong); index++) {
		int before = elsewhere.released;
		jeton_minter *minter = (void *)&before;
		jeton_error *error;

		CHECK_STATUS(jeton_minter_external(
				     wrong[index].keys, wrong[index].signer,
				     &elsewhere, release_elsewhere,
				     TEXT(wrong[index].options), &minter,
				     &error),
			     wrong[index].status);
		CHECK(!minter && strlen(jeton_error_message(error, NULL)) > 0);
		CHECK(elsewhere.released == before + 1);
		jeton_error_free(error);
	}
	jeton_keys_free(hmac);
}

/* The key is the signer's, whatever becomes of the set that it was read from.
 */
static void a_minter_keeps_the_key_that_it_was_made_with(void)
{
	struct elsewhere other = elsewhere_new(ES256);
	jeton_keys *public = public_of(elsewhere.keys);
	jeton_minter *minter;
	char *text, *token;
	size_t len;

	CHECK_STATUS(jeton_minter_external(public, sign_elsewhere, &elsewhere,
					   NULL, TEXT(MINTING), &minter, NULL),
		     JETON_OK);
	CHECK_STATUS(jeton_keys_public(other.keys, &text, &len, NULL),
		     JETON_OK);
	CHECK_STATUS(jeton_keys_replace(public, text, len, NULL, 0, NULL),
		     JETON_OK);
	jeton_keys_free(public);
	jeton_string_free(text);
	CHECK_STATUS(mint(minter, &token, NULL), JETON_OK);
	jeton_string_free(token);
	jeton_minter_free(minter);
	elsewhere_free(&other);
}

int main(void)
{
	elsewhere = elsewhere_new(ES256);
	RUN(a_token_is_signed_elsewhere_and_verifies_here);
	RUN(der_becomes_what_jose_writes);
	RUN(a_wrong_answer_never_gets_into_a_token);
	RUN(a_context_is_released_with_the_minter);
	RUN(a_context_is_released_by_a_call_that_fails);
	RUN(a_minter_keeps_the_key_that_it_was_made_with);
	elsewhere_free(&elsewhere);
	return check_done();
}
