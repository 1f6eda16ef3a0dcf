package jeton

/*
#include "shim.h"
#include "signer.h"
*/
import "C"

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
	"unsafe"
)

// MinterOptions say what minted tokens are.
type MinterOptions struct {
	// JSON is the whole document, in place of the fields below Sign.
	JSON string `json:"-"`
	// Keys sign: the newest private one that fits, in force at the time.
	Keys *Keys `json:"-"`
	// Sign, if it isn't nil, signs with a private key that jeton never sees. Keys
	// is then its public half alone, and no signature that it doesn't verify gets
	// into a token.
	Sign Signer `json:"-"`

	// Issuer is the iss of every token.
	Issuer Optional[string] `json:"issuer,omitzero"`
	// Audience is the aud of every token: one as a string, several as a list.
	Audience Audience `json:"audience,omitzero"`
	// Lifetime is the time from iat to exp. It must be said; null: no exp.
	Lifetime Optional[time.Duration] `json:"lifetime,omitzero"`
	// Algorithm and KID choose the key that signs.
	Algorithm Algorithm `json:"algorithm,omitzero"`
	KID       string    `json:"kid,omitzero"`
	// Type is the header's typ, "JWT" by default; null: none.
	Type Optional[string] `json:"type,omitzero"`
	// ID is what the jti is made of, "uuid" by default; null: no jti.
	ID Optional[string] `json:"id,omitzero"`
	// Claims are added to every token: a struct or map that makes a JSON object.
	Claims any `json:"claims,omitzero"`
	// Override names the claims of the template, and iss, aud, iat, exp, nbf and
	// jti, that a call may replace.
	Override []string `json:"override,omitzero"`
	// Order names the members that come first.
	Order []string `json:"order,omitzero"`
	// Spelling is how the values that a call gives are written: "given", the
	// default, is byte for byte; "least" without white space and with the escapes
	// alone that JSON needs; "html" besides with those for <, >, &, U+2028 and U+2029.
	Spelling string `json:"spelling,omitzero"`
	// Cases are issuers and audiences that go by a call's claims: the first that
	// fits decides.
	Cases []Case `json:"cases,omitzero"`
	// IssuedAt is how the iat is written: "number", the default, or "text".
	IssuedAt string `json:"iat,omitzero"`
	// Check says what the claims of a token must be.
	Check Matchers `json:"check,omitzero"`
	// Spread is a claim of a call whose members become claims of their own.
	Spread *Spread `json:"spread,omitzero"`
	// System takes the place of most options.
	System System `json:"system,omitzero"`
}

// Case is an issuer and an audience, and for whose tokens.
type Case struct {
	// When says what the claims of a call must be for this case to be theirs.
	When     Matchers         `json:"when"`
	Issuer   Optional[string] `json:"issuer,omitzero"`
	Audience Audience         `json:"audience,omitzero"`
	// Check says what the claims of the token must be then.
	Check Matchers `json:"check,omitzero"`
}

// Spread is a claim, an object, whose members become claims of their own.
type Spread struct {
	Claim string `json:"claim"`
	// Except are members that are left out.
	Except []string `json:"except"`
}

// Minter mints tokens under one set of options. Any number of goroutines may
// share it.
type Minter struct {
	*handle
	sign Signer // nil where the library signs
}

// NewMinter makes a minter.
func NewMinter(options MinterOptions) (*Minter, error) {
	keys, sign := options.Keys, options.Sign
	options.Keys, options.Sign = nil, nil
	said, err := document(options)
	if err != nil {
		return nil, err
	}
	if keys == nil {
		return nil, misuse("MinterOptions.Keys must be said")
	}
	object, err := keys.use()
	if err != nil {
		return nil, err
	}
	defer keys.done()
	var made *C.jeton_minter
	var cause *C.jeton_error
	var status C.jeton_status
	o, oLen := lend(said)
	if sign == nil {
		status = C.jeton_minter_new((*C.jeton_keys)(object), o, oLen, &made, &cause)
	} else {
		status = C.go_minter_external((*C.jeton_keys)(object), o, oLen, &made, &cause)
	}
	if err := failed(status, cause); err != nil {
		return nil, err
	}
	minter := &Minter{sign: sign}
	minter.handle = owned(minter, unsafe.Pointer(made), func(object unsafe.Pointer) {
		C.jeton_minter_free((*C.jeton_minter)(object))
	})
	return minter, nil
}

// Mint mints a token over claims, which [json.Marshal] must make a JSON object
// of; a [json.RawMessage] appears in the token byte for byte, and nil is no
// claims. Of the call only the time counts. It doesn't wait, unless a [Signer]
// does, for which ctx is.
func (m *Minter) Mint(ctx context.Context, claims any, call ...Call) (string, error) {
	text, known := claims.(json.RawMessage)
	if !known {
		var err error
		if text, err = json.Marshal(claims); err != nil {
			return "", &Error{ErrOptions, fmt.Sprintf("claims: %v", err)}
		}
	}
	if string(text) == "null" {
		text = json.RawMessage("{}")
	}
	object := unsafe.String(unsafe.SliceData(text), len(text))
	said := timed(call)
	if m.sign != nil {
		return m.mint(ctx, object, said)
	}
	c, cLen := lend(object)
	return m.text(func(object unsafe.Pointer, token **C.char, size *C.size_t, cause **C.jeton_error) C.jeton_status {
		return C.jeton_mint((*C.jeton_minter)(object), c, cLen, &said, token, size, cause)
	})
}
