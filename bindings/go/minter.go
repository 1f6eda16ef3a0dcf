package jeton

// #include "shim.h"
import "C"

import (
	"encoding/json"
	"fmt"
	"time"
	"unsafe"
)

// MinterOptions say what minted tokens are.
type MinterOptions struct {
	// JSON is the whole document, in place of the fields below Keys.
	JSON string `json:"-"`
	// Keys sign: the first private one that fits.
	Keys *Keys `json:"-"`

	// Issuer is the iss of every token.
	Issuer Optional[string] `json:"issuer,omitzero"`
	// Audience is the aud of every token: one as a string, several as a list.
	Audience Audience `json:"audience,omitzero"`
	// Cases are issuers and audiences that go by a call's claims: the first whose
	// When they match decides.
	Cases []Case `json:"cases,omitzero"`
	// Lifetime is the time from iat to exp. It must be said, unless there is a
	// System; null: no exp.
	Lifetime Optional[time.Duration] `json:"lifetime,omitzero"`
	// Algorithm and KID choose the key that signs.
	Algorithm Algorithm `json:"algorithm,omitzero"`
	KID       string    `json:"kid,omitzero"`
	// Type is the header's typ, "JWT" by default; null: none.
	Type Optional[string] `json:"type,omitzero"`
	// ID is what the jti is made of, "uuid" by default; null: no jti.
	ID Optional[string] `json:"id,omitzero"`
	// IAT is how the iat is written: "number", the default, or "text".
	IAT string `json:"iat,omitzero"`
	// Check says what the claims of a token must be.
	Check Matchers `json:"check,omitzero"`
	// Spread makes claims of the members of one.
	Spread Spread `json:"spread,omitzero"`
	// Claims are added to every token: a struct or map that makes a JSON object.
	Claims any `json:"claims,omitzero"`
	// Override names the claims of the template, and iss, aud, iat, exp, nbf and
	// jti, that a call may replace.
	Override []string `json:"override,omitzero"`
	// Order names the members that come first.
	Order []string `json:"order,omitzero"`
	// System is a preset in place of all but Lifetime, Claims and Check.
	System System `json:"system,omitzero"`
}

// Case is an issuer and an audience, and for whose tokens.
type Case struct {
	// When holds what the claims of a call must be for this case to be theirs.
	When     Matchers         `json:"when,omitzero"`
	Issuer   Optional[string] `json:"issuer,omitzero"`
	Audience Audience         `json:"audience,omitzero"`
	// Check says what the claims of the token must be then.
	Check Matchers `json:"check,omitzero"`
}

// Spread names a claim of a call, an object, whose members become claims of their
// own, but for the registered, the template's, the call's and those in Except.
type Spread struct {
	Claim string `json:"claim,omitzero"`
	// Except must be said; it may be empty, but not nil.
	Except []string `json:"except,omitzero"`
}

// Minter mints tokens under one set of options. Any number of goroutines may
// share it.
type Minter struct{ *handle }

// NewMinter makes a minter.
func NewMinter(options MinterOptions) (*Minter, error) {
	keys := options.Keys
	options.Keys = nil
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
	o, oLen := lend(said)
	status := C.jeton_minter_new((*C.jeton_keys)(object), o, oLen, &made, &cause)
	if err := failed(status, cause); err != nil {
		return nil, err
	}
	minter := &Minter{}
	minter.handle = owned(minter, unsafe.Pointer(made), func(object unsafe.Pointer) {
		C.jeton_minter_free((*C.jeton_minter)(object))
	})
	return minter, nil
}

// Mint mints a token over claims, which [json.Marshal] must make a JSON object
// of; a [json.RawMessage] appears in the token byte for byte, and nil is no
// claims. Of the call only the time counts.
func (m *Minter) Mint(claims any, call ...Call) (string, error) {
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
	said := timed(call)
	c, cLen := lend(unsafe.String(unsafe.SliceData(text), len(text)))
	return m.text(func(object unsafe.Pointer, token **C.char, size *C.size_t, cause **C.jeton_error) C.jeton_status {
		return C.jeton_mint((*C.jeton_minter)(object), c, cLen, &said, token, size, cause)
	})
}
