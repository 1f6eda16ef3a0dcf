package jeton

// #include "shim.h"
import "C"

import (
	"encoding/json"
	"fmt"
)

// Error says why a call failed. Act on its status, log its message:
//
//	if errors.Is(err, jeton.ErrRevoked) { … }
//
// A failure that lies in a token's claims is a [ClaimError], which holds an
// Error: errors.As finds either.
type Error struct {
	Status Status
	// Message is for people, and may change. It never holds a token, a secret
	// or a claim's value.
	Message string
}

func (e *Error) Error() string {
	return "jeton: " + e.Message
}

// Is reports whether target is the error's status.
func (e *Error) Is(target error) bool {
	return target == e.Status
}

// ClaimError says which claim of a token failed.
//
//	var failed *jeton.ClaimError
//	if errors.As(err, &failed) { log.Print(failed.Claim) }
type ClaimError struct {
	Err *Error
	// Claim is the name of the claim at fault, such as "aud"; empty where it is
	// none of them, as for a token that is revoked.
	Claim string
	// Claims are those that the option Report names, of a token whose
	// signature holds but that was refused: for logs, and answers such as
	// "expired at". Never let them decide anything.
	Claims json.RawMessage
}

func (e *ClaimError) Error() string {
	return e.Err.Error()
}

// Unwrap is the error without the claim.
func (e *ClaimError) Unwrap() error {
	return e.Err
}

// because is an error with what it comes of, which errors.Is finds as well.
type because struct {
	error
	cause error
}

func (b *because) Unwrap() []error {
	return []error{b.error, b.cause}
}

// misuse is the error of a call that never reached the library.
func misuse(format string, values ...any) error {
	return &Error{ErrMisuse, fmt.Sprintf(format, values...)}
}

// failed is the error that a call came to, and frees its object; nil for a success.
func failed(status C.jeton_status, cause *C.jeton_error) error {
	if status == C.JETON_OK {
		return nil
	}
	defer C.jeton_error_free(cause)
	return told(cause)
}

// told is what an error object tells.
func told(cause *C.jeton_error) error {
	said := C.go_error(cause)
	err := &Error{Status(said.status), copied(said.message.text, said.message.len)}
	if said.claim.text == nil && said.claims.text == nil && err.Status/100 != ErrMissing/100 {
		return err
	}
	failure := &ClaimError{Err: err, Claim: copied(said.claim.text, said.claim.len)}
	if said.claims.text != nil {
		failure.Claims = json.RawMessage(copied(said.claims.text, said.claims.len))
	}
	return failure
}
