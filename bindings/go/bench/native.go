package main

/*
#cgo CFLAGS: -I${SRCDIR}/../internal/static
#cgo linux,amd64 LDFLAGS: ${SRCDIR}/../internal/static/libjeton_linux_amd64.a
#cgo linux,arm64 LDFLAGS: ${SRCDIR}/../internal/static/libjeton_linux_arm64.a
#cgo linux LDFLAGS: -lutil -lrt -lpthread -lm -ldl -lc

#include <jeton.h>
#include <stdlib.h>

// The call that Go's is held against, in a loop of C's own.
static jeton_status verify_in_c(const jeton_verifier *verifier, const char *token, size_t len, size_t times)
{
	jeton_status status = JETON_OK;
	jeton_claims *claims;

	while (times-- > 0 && status == JETON_OK) {
		status = jeton_verify(verifier, token, len, NULL, &claims, NULL);
		jeton_claims_free(claims);
	}
	return status;
}
*/
import "C"

import "unsafe"

// verifyInC verifies with a verifier over the same keys and options, made and
// used in C; keys are a JWK Set.
func verifyInC(keys, options, token string) func(n int) {
	text := func(s string) (*C.char, C.size_t) { return C.CString(s), C.size_t(len(s)) }
	var set *C.jeton_keys
	var verifier *C.jeton_verifier
	k, kLen := text(keys)
	if C.jeton_keys_new(k, kLen, nil, 0, &set, nil) != C.JETON_OK {
		panic("the keys can't be read")
	}
	o, oLen := text(options)
	sets := (**C.jeton_keys)(C.malloc(C.size_t(unsafe.Sizeof(set))))
	*sets = set
	if C.jeton_verifier_new(sets, 1, nil, o, oLen, &verifier, nil) != C.JETON_OK {
		panic("the options don't fit")
	}
	t, tLen := text(token)
	return func(n int) {
		if C.verify_in_c(verifier, t, tLen, C.size_t(n)) != C.JETON_OK {
			panic("refused")
		}
	}
}
