/*
 * A signer for jeton_minter_external. The private keys are in a jeton_keys of
 * its own, which the minter never sees; it signs by jeton_sign, and hands over
 * the signature alone.
 */

#ifndef ELSEWHERE_H
#define ELSEWHERE_H

#include <stdatomic.h>
#include <stdint.h>

#include "house.h"

struct elsewhere {
	jeton_keys *keys;
	/* Of the public halves. */
	jeton_keys *public;
	/* What becomes of a good signature; NULL: it is handed over. */
	int32_t (*answer)(const uint8_t *signature, size_t len,
			  jeton_signing *signing);
	atomic_int asked, released;
};

/* Decodes base64url; `out` has room for it. */
static inline size_t decoded(const char *text, size_t len, uint8_t *out)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				       "abcdefghijklmnopqrstuvwxyz"
				       "0123456789-_";
	unsigned held = 0, bits = 0;
	size_t index, count = 0;

	for (index = 0; index < len; index++) {
		const char *place = strchr(alphabet, text[index]);

		CHECK(place);
		held = held << 6 | (unsigned)(place - alphabet);
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			out[count++] = (uint8_t)(held >> bits);
		}
	}
	return count;
}

/* An answer of these bytes, in place of a signature. */
static inline int32_t give(const uint8_t *bytes, size_t len,
			   jeton_signing *signing)
{
	CHECK(len <= signing->signature_capacity);
	memcpy(signing->signature, bytes, len);
	signing->signature_len = len;
	return 0;
}

/* The jeton_signer; its context is a struct elsewhere. */
static inline int32_t sign_elsewhere(void *context, jeton_signing *signing)
{
	struct elsewhere *elsewhere = context;
	const char *message = (const char *)signing->message;
	const char *payload = memchr(message, '.', signing->message_len);
	uint8_t bytes[1024];
	char *token, *signature;
	size_t len;

	elsewhere->asked++;
	CHECK(payload++ && signing->message_len < sizeof(bytes));
	len = decoded(payload, message + signing->message_len - payload, bytes);
	CHECK_STATUS(jeton_sign(elsewhere->keys, (const char *)bytes, len,
				TEXT(JSON({"type" : "JWT"})), &token, NULL,
				NULL),
		     JETON_OK);
	/* The same header and payload, and so the same message. */
	CHECK(!memcmp(token, message, signing->message_len));
	signature = token + signing->message_len + 1;
	len = decoded(signature, strlen(signature), bytes);
	jeton_string_free(token);
	return (elsewhere->answer ? elsewhere->answer : give)(bytes, len,
							      signing);
}

static inline void release_elsewhere(void *context)
{
	struct elsewhere *elsewhere = context;

	elsewhere->released++;
}

/* The public halves of a set, in a set of their own. */
static inline jeton_keys *public_of(const jeton_keys *keys)
{
	jeton_keys *public;
	char *text;
	size_t len;

	CHECK_STATUS(jeton_keys_public(keys, &text, &len, NULL), JETON_OK);
	CHECK_STATUS(jeton_keys_new(text, len, NULL, 0, &public, NULL),
		     JETON_OK);
	jeton_string_free(text);
	return public;
}

static inline struct elsewhere elsewhere_new(const char *options)
{
	struct elsewhere elsewhere = {0};

	elsewhere.keys = generated(options);
	elsewhere.public = public_of(elsewhere.keys);
	return elsewhere;
}

static inline void elsewhere_free(struct elsewhere *elsewhere)
{
	jeton_keys_free(elsewhere->keys);
	jeton_keys_free(elsewhere->public);
}

static inline jeton_minter *external_minter(struct elsewhere *elsewhere)
{
	jeton_minter *minter;

	CHECK_STATUS(jeton_minter_external(elsewhere->public, sign_elsewhere,
					   elsewhere, release_elsewhere,
					   TEXT(MINTING), &minter, NULL),
		     JETON_OK);
	return minter;
}

#endif
