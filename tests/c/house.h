/* One of each handle, for tests whose matter is something else. */

#ifndef HOUSE_H
#define HOUSE_H

#include "check.h"

#define NOW 1700000000

#define MINTING                                                                \
	JSON({"issuer" : "https://a.test", "audience" : "api", "lifetime" : 60})
#define VERIFYING JSON({"issuer" : "https://a.test", "audience" : "api"})

struct house {
	jeton_keys *keys;
	jeton_revocations *revocations;
	jeton_minter *minter;
	jeton_verifier *verifier;
};

/* A call at a time, and nothing else said. */
static inline jeton_call at(int64_t now)
{
	jeton_call call = {0};

	call.size = sizeof(call);
	call.now = now;
	return call;
}

static inline jeton_keys *generated(const char *options)
{
	jeton_keys *keys;

	CHECK_STATUS(jeton_keys_generate(TEXT(options), &keys, NULL), JETON_OK);
	return keys;
}

static inline jeton_minter *minter_of(const jeton_keys *keys,
				      const char *options)
{
	jeton_minter *minter;

	CHECK_STATUS(jeton_minter_new(keys, TEXT(options), &minter, NULL),
		     JETON_OK);
	return minter;
}

static inline jeton_verifier *verifier_of(const jeton_keys *keys,
					  const jeton_revocations *revocations,
					  const char *options)
{
	jeton_verifier *verifier;

	CHECK_STATUS(jeton_verifier_new(&keys, 1, revocations, TEXT(options),
					&verifier, NULL),
		     JETON_OK);
	return verifier;
}

static inline jeton_revocations *opened(void)
{
	jeton_revocations *revocations;

	CHECK_STATUS(jeton_revocations_open(TEXT("memory:"), NULL, 0,
					    &revocations, NULL),
		     JETON_OK);
	return revocations;
}

static inline struct house house_with(const char *minting,
				      const char *verifying)
{
	struct house house;

	house.keys =
		generated(JSON({"algorithm" : "Ed25519", "kid" : "first"}));
	house.revocations = opened();
	house.minter = minter_of(house.keys, minting);
	house.verifier = verifier_of(house.keys, house.revocations, verifying);
	return house;
}

static inline struct house house_new(void)
{
	return house_with(MINTING, VERIFYING);
}

static inline void house_free(struct house *house)
{
	jeton_keys_free(house->keys);
	jeton_revocations_free(house->revocations);
	jeton_minter_free(house->minter);
	jeton_verifier_free(house->verifier);
}

/* A token minted at NOW; free it with jeton_string_free. */
static inline char *minted(const struct house *house, const char *claims)
{
	jeton_call call = at(NOW);
	char *token;
	size_t len;

	CHECK_STATUS(jeton_mint(house->minter, TEXT(claims), &call, &token,
				&len, NULL),
		     JETON_OK);
	CHECK(strlen(token) == len);
	return token;
}

/* Changes a byte of the signature into another of the alphabet. */
static inline void spoil(char *token)
{
	char *place = token + strlen(token) - 5;

	*place = *place == 'A' ? 'B' : 'A';
}

/* The verdict on a token at NOW, its claims let go. */
static inline jeton_status verdict(const jeton_verifier *verifier,
				   const char *token)
{
	jeton_call call = at(NOW);
	jeton_claims *claims;
	jeton_status status;

	status = jeton_verify(verifier, TEXT(token), &call, &claims, NULL);
	CHECK((status == JETON_OK) == (claims != NULL));
	jeton_claims_free(claims);
	return status;
}

/* The claims of a token that must be good at NOW. */
static inline jeton_claims *verified(const jeton_verifier *verifier,
				     const char *token)
{
	jeton_call call = at(NOW);
	jeton_claims *claims;

	CHECK_STATUS(jeton_verify(verifier, TEXT(token), &call, &claims, NULL),
		     JETON_OK);
	return claims;
}

#endif
