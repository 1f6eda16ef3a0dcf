package jeton

// #include "shim.h"
import "C"

import (
	"context"
	"fmt"
	"unsafe"
)

// BearerOptions say which kinds of credentials there are.
type BearerOptions struct {
	// JSON is the whole document, in place of the fields below AdminToken.
	JSON string `json:"-"`
	// Verifier checks JWTs; without one no credential is taken for a JWT.
	Verifier *Verifier `json:"-"`
	// AdminToken is the administrator's token, compared in constant time and not
	// kept; empty: there is none.
	AdminToken string `json:"-"`

	// Order is that of the steps: "admin", "prefixes", "jwt", "session".
	Order []string `json:"order,omitzero"`
	// Admin tells whether an administrator's token is recognised, where one is given.
	Admin Optional[bool] `json:"admin,omitzero"`
	// Prefixes are kinds that begin with the same text, such as API keys.
	Prefixes []Prefix `json:"prefixes,omitzero"`
	// JWT says what becomes of JWTs.
	JWT JWTs `json:"jwt,omitzero"`
	// Session is where sessions come from: "any", the default, or "cookie".
	Session string `json:"session,omitzero"`
	// Kinds are what JWTs are called in place of "jwt": the first that fits.
	Kinds []Called `json:"kinds,omitzero"`
	// System takes the place of Order, JWT, Session and Kinds.
	System System `json:"system,omitzero"`
}

// JWTs say what becomes of what looks like a JWT.
type JWTs uint8

const (
	// JWTsVerified recognises them, where there is a verifier: the default.
	JWTsVerified JWTs = iota
	// JWTsIgnored doesn't recognise them.
	JWTsIgnored
	// JWTsMisconfigured refuses them as [ErrMisconfigured].
	JWTsMisconfigured
)

// MarshalJSON writes true, false or "misconfigured".
func (j JWTs) MarshalJSON() ([]byte, error) {
	switch j {
	case JWTsVerified:
		return []byte("true"), nil
	case JWTsIgnored:
		return []byte("false"), nil
	case JWTsMisconfigured:
		return []byte(`"misconfigured"`), nil
	}
	return nil, fmt.Errorf("%d says nothing of JWTs", j)
}

// Called is a kind of JWTs, by their claims.
type Called struct {
	Kind string   `json:"kind"`
	When Matchers `json:"when"`
}

// Prefix is a kind of credentials that begin with the same text.
type Prefix struct {
	Prefix string `json:"prefix"`
	Kind   string `json:"kind"`
	// Shape is what follows the prefix: text, and {n} for n characters of base64url.
	Shape string `json:"shape,omitzero"`
}

// Bearer tells kinds of credentials apart. Any number of goroutines may share it.
type Bearer struct {
	*handle
	verifier *Verifier
}

// Credential is what came in. One whose Rejection isn't nil must not go on.
type Credential struct {
	// Kind is "none", "admin", "jwt", "session" or the kind of a prefix.
	// "session" means none of the others: look it up.
	Kind string
	// Text is the credential itself, without its scheme.
	Text string
	// Claims are those of a good JWT.
	Claims *Claims
	// Rejection says why a JWT, or a misshapen credential, is bad.
	Rejection error
}

// NewBearer makes a resolver.
func NewBearer(options BearerOptions) (*Bearer, error) {
	checks, admin := options.Verifier, options.AdminToken
	options.Verifier, options.AdminToken = nil, ""
	said, err := document(options)
	if err != nil {
		return nil, err
	}
	var verifier *C.jeton_verifier
	if checks != nil {
		object, err := checks.use()
		if err != nil {
			return nil, err
		}
		defer checks.done()
		verifier = (*C.jeton_verifier)(object)
	}
	var made *C.jeton_bearer
	var cause *C.jeton_error
	a, aLen := lend(admin)
	o, oLen := lend(said)
	status := C.jeton_bearer_new(verifier, a, aLen, o, oLen, &made, &cause)
	if err := failed(status, cause); err != nil {
		return nil, err
	}
	bearer := &Bearer{verifier: checks}
	bearer.handle = owned(bearer, unsafe.Pointer(made), func(object unsafe.Pointer) {
		C.jeton_bearer_free((*C.jeton_bearer)(object))
	})
	return bearer, nil
}

// Resolve tells what came in the header Authorization or, where that names no
// bearer, in a session cookie (its value); each may be empty. A bad credential is
// a result and no error; an error is the program's own. For ctx and the call see
// [Verifier.Verify]; after a wait for keys the credential is looked at once more.
func (b *Bearer) Resolve(ctx context.Context, authorization, cookie string, call ...Call) (Credential, error) {
	object, err := b.use()
	if err != nil {
		return Credential{}, err
	}
	defer b.done()
	said := one(call)
	resolve := func() C.struct_go_credential {
		return C.go_resolve((*C.jeton_bearer)(object), authorization, cookie, said.said(), said.Scope.value, said.Nonce.value, said.Method.value, said.URI.value, said.AccessToken.value, said.JKT.value)
	}
	found := resolve()
	var rejection error
	if found.rejection != nil && b.verifier != nil {
		var again bool
		if again, rejection = b.verifier.retry(ctx, found.rejection, said.Wait); again {
			C.jeton_error_free(found.rejection)
			found = resolve()
		}
	}
	if err := failed(found.status, found.error); err != nil {
		return Credential{}, err
	}
	from := authorization
	if found.in_cookie {
		from = cookie
	}
	credential := Credential{Kind: C.GoString(found.kind), Text: from[found.offset:][:found.len]}
	if found.claims != nil {
		credential.Claims = newClaims(found.claims, found.facts, b.verifier.revocable)
	}
	if found.rejection != nil {
		if rejection == nil {
			rejection = told(found.rejection)
		}
		C.jeton_error_free(found.rejection)
		credential.Rejection = rejection
	}
	return credential, nil
}
