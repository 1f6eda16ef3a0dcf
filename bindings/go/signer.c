#include "signer.h"

#include "_cgo_export.h"

static _Thread_local uintptr_t minting;

static int32_t sign(void *context, jeton_signing *signing)
{
	(void)context;
	return goSign(minting, signing);
}

jeton_status go_minter_external(const jeton_keys *keys, const char *options,
				size_t options_len, jeton_minter **minter,
				jeton_error **error)
{
	return jeton_minter_external(keys, sign, NULL, NULL, options,
				     options_len, minter, error);
}

jeton_status go_mint(uintptr_t given, const jeton_minter *minter,
		     const char *claims, size_t claims_len,
		     const jeton_call *call, char **token, size_t *token_len,
		     jeton_error **error)
{
	uintptr_t outer = minting; /* of a signer that mints, too */
	jeton_status status;

	minting = given;
	status = jeton_mint(minter, claims, claims_len, call, token, token_len,
			    error);
	minting = outer;
	return status;
}
