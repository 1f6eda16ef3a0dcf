package jeton

// #include "shim.h"
import "C"

import "time"

// Call is what may change from one call to the next; functions take none or one.
type Call struct {
	// Now stands in for the clock, in whole seconds; zero asks the clock.
	Now time.Time
	// Scope is where switches are looked up: a project, a tenant. It must be
	// said where a deny rule hangs on a switch; an empty text says "none".
	Scope Optional[string]
	// Nonce is the value that the claim nonce must have.
	Nonce Optional[string]
	// Method is that of the request that a DPoP proof came with. It must be said
	// where the options ask for a proof, as must URI and AccessToken, and is
	// misuse elsewhere.
	Method Optional[string]
	// URI is the request's whole URI; its query and fragment don't matter.
	URI Optional[string]
	// AccessToken is the one that came with the request; an empty text says
	// that there is none.
	AccessToken Optional[string]
	// JKT is the thumbprint that the access token is bound to, its cnf.jkt: the
	// proof's key must have it. It must be said where there is an access token.
	JKT Optional[string]
	// Wait is for how long to wait for keys that a source is fetching; zero
	// doesn't wait. The context ends it sooner.
	Wait time.Duration
}

// one is the call that was said, if any.
func one(calls []Call) Call {
	if len(calls) == 0 {
		return Call{}
	}
	return calls[0]
}

// now is the time of the call as the library takes it.
func (c Call) now() C.int64_t {
	if c.Now.IsZero() {
		return 0
	}
	return C.int64_t(c.Now.Unix())
}

// said is the call, but for its texts.
func (c Call) said() C.struct_go_call {
	return C.struct_go_call{
		now:              c.now(),
		has_scope:        C.bool(c.Scope.said == value),
		has_nonce:        C.bool(c.Nonce.said == value),
		has_method:       C.bool(c.Method.said == value),
		has_uri:          C.bool(c.URI.said == value),
		has_access_token: C.bool(c.AccessToken.said == value),
		has_jkt:          C.bool(c.JKT.said == value),
	}
}

// timed is the call of functions that heed its time alone.
func timed(calls []Call) C.jeton_call {
	return C.jeton_call{size: C.sizeof_jeton_call, now: one(calls).now()}
}
