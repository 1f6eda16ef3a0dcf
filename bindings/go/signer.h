/*
 * Minting with a signer of Go's: what cgo can't say is which call of Go's a
 * callback belongs to, so that is kept for the thread while it is in the call.
 */

#ifndef JETON_GO_SIGNER_H
#define JETON_GO_SIGNER_H

#include <jeton.h>

jeton_status go_minter_external(const jeton_keys *keys, const char *options,
				size_t options_len, jeton_minter **minter,
				jeton_error **error);

/* `minting` is what goSign is asked with. */
jeton_status go_mint(uintptr_t minting, const jeton_minter *minter,
		     const char *claims, size_t claims_len,
		     const jeton_call *call, char **token, size_t *token_len,
		     jeton_error **error);

#endif
