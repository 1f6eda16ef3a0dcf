package jeton

// #include "shim.h"
import "C"

import "unsafe"

// Limits bound a token; what isn't said has its default.
type Limits struct {
	// Bytes is the longest token (16384).
	Bytes Optional[int] `json:"bytes,omitzero"`
	// Depth is the deepest nesting of its JSON (32).
	Depth Optional[int] `json:"depth,omitzero"`
	// KID is the longest kid in bytes (256).
	KID Optional[int] `json:"kid,omitzero"`
}

// JWSOptions are those of signing and checking a plain compact JWS.
type JWSOptions struct {
	// JSON is the whole document, in place of the fields below.
	JSON string `json:"-"`
	// Algorithm and KID choose the key that signs.
	Algorithm Algorithm `json:"algorithm,omitzero"`
	KID       string    `json:"kid,omitzero"`
	// Algorithms is the allow-list when checking.
	Algorithms []Algorithm `json:"algorithms,omitzero"`
	// Type is the header's typ: written when signing, expected when checking.
	Type Optional[string] `json:"type,omitzero"`
	// Limits bound what is checked.
	Limits Limits `json:"limits,omitzero"`
}

// Sign signs any payload into a compact JWS (RFC 7515).
func Sign(keys *Keys, payload string, options JWSOptions) (string, error) {
	said, err := document(options)
	if err != nil {
		return "", err
	}
	p, pLen := lend(payload)
	o, oLen := lend(said)
	return keys.text(func(object unsafe.Pointer, token **C.char, size *C.size_t, cause **C.jeton_error) C.jeton_status {
		return C.jeton_sign((*C.jeton_keys)(object), p, pLen, o, oLen, token, size, cause)
	})
}

// VerifySignature checks the signature of a compact JWS and hands over its
// payload, whatever it is. No claim is looked at: tokens that grant something
// are for [Verifier.Verify].
func VerifySignature(keys *Keys, token string, options JWSOptions) (string, error) {
	said, err := document(options)
	if err != nil {
		return "", err
	}
	t, tLen := lend(token)
	o, oLen := lend(said)
	return keys.text(func(object unsafe.Pointer, payload **C.char, size *C.size_t, cause **C.jeton_error) C.jeton_status {
		return C.jeton_verify_signature((*C.jeton_keys)(object), t, tLen, o, oLen, payload, size, cause)
	})
}

// Inspect reads a token without verifying anything, and describes it as JSON:
// {"verified": false, "header", "claims", "signature_bytes"}. It is for looking
// at tokens, never for deciding.
func Inspect(token string) (string, error) {
	var text *C.char
	var size C.size_t
	var cause *C.jeton_error
	t, tLen := lend(token)
	status := C.jeton_inspect(t, tLen, &text, &size, &cause)
	return taken(text, size), failed(status, cause)
}

// Version is the version of the library that is linked, such as "0.1.0".
func Version() string {
	return C.GoString(C.jeton_version())
}

// ABIVersion is the version of the C ABI of the library that is linked.
func ABIVersion() int {
	return int(C.jeton_abi_version())
}
