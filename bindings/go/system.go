package jeton

// #include "shim.h"
import "C"

import "time"

// System is a preset: the parameters of one of the systems and profiles below.
// The same value may stand in the options of verifiers, minters, derived keys
// and resolvers; each takes what it needs.
type System interface{ system() }

// StackAuth is Stack Auth: ES256 under keys that are derived from the server's
// secret and the token's audience.
type StackAuth struct {
	Name stackAuth `json:"name"`
	// Project must be said; null: whichever the token's audience names.
	Project Optional[string] `json:"project,omitzero"`
	// Base is where the issuers' URLs begin; tokens are minted with the first.
	Base []string `json:"base,omitzero"`
	// Allow says which users' tokens are accepted besides the ordinary ones':
	// "restricted", "anonymous".
	Allow []string `json:"allow,omitzero"`
	// Include says whose keys are published besides the ordinary users'.
	Include []string `json:"include,omitzero"`
	// Short publishes coordinates without their leading zeros.
	Short bool `json:"short,omitzero"`
	// Lifetime is how long minted tokens live, "10min" by default.
	Lifetime string `json:"lifetime,omitzero"`
}

// Pylon is Pylon: HS256 under a shared secret, with the issuer pinned.
type Pylon struct {
	Name pylon `json:"name"`
	// Issuer must be said; null: none is configured, so no token is verified.
	Issuer Optional[string] `json:"issuer,omitzero"`
}

// Porter is Porter: users', programs' and agents' tokens under one HMAC secret,
// and a single sign-on's beside them.
type Porter struct {
	Name porter `json:"name"`
	// Strict lets the switch reject_user_jwt_tokens refuse API tokens without a
	// token_id, too.
	Strict bool `json:"strict,omitzero"`
	// Foreign are the issuers of the single sign-on, RS256.
	Foreign []Foreign `json:"foreign,omitzero"`
}

// Foreign is an issuer of a single sign-on. Both names must be said.
type Foreign struct {
	Issuer   string    `json:"issuer,omitzero"`
	Audience Audiences `json:"audience,omitzero"`
	// Keys is the index of the key set, 1 by default.
	Keys int `json:"keys,omitzero"`
}

// Protekt is Protekt: RS256 under published keys, with a blocklist by jti.
type Protekt struct {
	Name    protekt `json:"name"`
	Project string  `json:"project,omitzero"`
	Issuer  string  `json:"issuer,omitzero"`
	// Audience is the claim that names the project: "aud", the default, or
	// "project_id".
	Audience string `json:"audience,omitzero"`
	// Blocklist, if null, lets tokens be verified without revocations.
	Blocklist Optional[struct{}] `json:"blocklist,omitzero"`
}

// AccessToken is an access token for a resource server (RFC 9068).
type AccessToken struct {
	Name   accessToken `json:"name"`
	Issuer string      `json:"issuer,omitzero"`
	// Audience is the resource server's own name, one of the aud.
	Audience string `json:"audience,omitzero"`
}

// IDToken is an ID token for a client (OpenID Connect Core 1.0). The nonce is
// the call's.
type IDToken struct {
	Name   idToken `json:"name"`
	Issuer string  `json:"issuer,omitzero"`
	// Client is the client's id, one of the aud.
	Client string `json:"client,omitzero"`
}

// LogoutToken is a logout token for a client (OpenID Connect Back-Channel Logout 1.0).
type LogoutToken struct {
	Name   logoutToken `json:"name"`
	Issuer string      `json:"issuer,omitzero"`
	// Client is the client's id, one of the aud.
	Client string `json:"client,omitzero"`
	// Untyped takes tokens without the typ logout+jwt.
	Untyped bool `json:"untyped,omitzero"`
}

// DPoP is a proof of possession (RFC 9449), for whoever receives it. The request
// that it is for is the call's; verifiers have no key sets.
type DPoP struct {
	Name dpop `json:"name"`
	// Algorithms are those that clients may sign with: ES256, ES384, ES512 and
	// EdDSA by default.
	Algorithms []Algorithm `json:"algorithms,omitzero"`
	// Window is for how long from its iat on a proof is accepted, the leeway
	// aside: 30 seconds by default.
	Window Optional[time.Duration] `json:"window,omitzero"`
	// Leeway is by how much a client's clock may be off: 5 seconds by default.
	Leeway Optional[time.Duration] `json:"leeway,omitzero"`
	// Replay tells whether a proof is accepted once only, which the revocations
	// remember: true, unless it is said.
	Replay Optional[bool] `json:"replay,omitzero"`
}

// Names that are always there: a system is told by its type.
type (
	stackAuth   struct{}
	pylon       struct{}
	porter      struct{}
	protekt     struct{}
	accessToken struct{}
	idToken     struct{}
	logoutToken struct{}
	dpop        struct{}
)

func (stackAuth) MarshalText() ([]byte, error)   { return []byte("stack-auth"), nil }
func (pylon) MarshalText() ([]byte, error)       { return []byte("pylon"), nil }
func (porter) MarshalText() ([]byte, error)      { return []byte("porter"), nil }
func (protekt) MarshalText() ([]byte, error)     { return []byte("protekt"), nil }
func (accessToken) MarshalText() ([]byte, error) { return []byte("at+jwt"), nil }
func (idToken) MarshalText() ([]byte, error)     { return []byte("id_token"), nil }
func (logoutToken) MarshalText() ([]byte, error) { return []byte("logout+jwt"), nil }
func (dpop) MarshalText() ([]byte, error)        { return []byte("dpop"), nil }

func (StackAuth) system()   {}
func (Pylon) system()       {}
func (Porter) system()      {}
func (Protekt) system()     {}
func (AccessToken) system() {}
func (IDToken) system()     {}
func (LogoutToken) system() {}
func (DPoP) system()        {}

// DeriveOptions say which system's keys are derived.
type DeriveOptions struct {
	// JSON is the whole document, in place of the field below.
	JSON   string `json:"-"`
	System System `json:"system,omitzero"`
}

// DeriveKeys derives a system's keys from its secret. An old secret, if it isn't
// empty, is the one that is being rotated out: its keys verify, and don't sign.
// Where a system has keys for each audience and names none, they are derived
// when a token first asks for them.
func DeriveKeys(secret, oldSecret string, options DeriveOptions) (*Keys, error) {
	said, err := document(options)
	if err != nil {
		return nil, err
	}
	var made *C.jeton_keys
	var cause *C.jeton_error
	o, oLen := lend(said)
	s, sLen := lend(secret)
	old, oldLen := lend(oldSecret)
	status := C.jeton_keys_derive(o, oLen, s, sLen, old, oldLen, &made, &cause)
	return newKeys(made, failed(status, cause))
}
