package jeton

// #include "shim.h"
import "C"

import "encoding/json"

// System holds the parameters of a preset, for the tokens of a known system. The
// same stand in the options of its verifiers, minters, derived keys and bearer
// resolvers, and each takes what it needs. Which system has which parameters is
// in docs/systems.md; another's is an error.
type System struct {
	// Name is that of the system, such as "stack-auth". It must be said.
	Name string `json:"name,omitzero"`

	// Project is the project's id (stack-auth, protekt); null: whichever the
	// token's audience names (stack-auth).
	Project Optional[string] `json:"project,omitzero"`
	// Issuer is the iss (pylon, protekt, at+jwt, id_token, logout+jwt); null: none
	// is configured (pylon).
	Issuer Optional[string] `json:"issuer,omitzero"`
	// Audience is the resource server's own name (at+jwt), or which claim names
	// the project: "aud" or "project_id" (protekt).
	Audience string `json:"audience,omitzero"`
	// Client is the client's id (id_token, logout+jwt).
	Client string `json:"client,omitzero"`

	// Base is where the issuers' URLs begin (stack-auth).
	Base []string `json:"base,omitzero"`
	// Allow names the users whose tokens are accepted besides the ordinary ones':
	// "restricted", "anonymous" (stack-auth).
	Allow []string `json:"allow,omitzero"`
	// Include names the users whose keys are published besides (stack-auth).
	Include []string `json:"include,omitzero"`
	// Short publishes coordinates without their leading zeros (stack-auth).
	Short bool `json:"short,omitzero"`
	// Lifetime is how long minted tokens live, as in "90 seconds" (stack-auth).
	Lifetime Optional[string] `json:"lifetime,omitzero"`

	// Strict refuses API tokens without a token_id, too, where the switch does so
	// (porter).
	Strict bool `json:"strict,omitzero"`
	// Foreign are the issuers of the single sign-on (porter).
	Foreign []Foreign `json:"foreign,omitzero"`

	// Blocklist is null where revocations needn't be attached (protekt).
	Blocklist Optional[json.RawMessage] `json:"blocklist,omitzero"`
	// Untyped accepts tokens without a typ (logout+jwt).
	Untyped bool `json:"untyped,omitzero"`
}

// Foreign is an issuer of porter's single sign-on.
type Foreign struct {
	// Issuer and Audience must be said.
	Issuer   string   `json:"issuer,omitzero"`
	Audience Accepted `json:"audience,omitzero"`
	// Keys is the index of the key set, behind the secret's: 1 by default.
	Keys int `json:"keys,omitzero"`
}

// DeriveOptions say which system's keys are derived.
type DeriveOptions struct {
	// JSON is the whole document, in place of the field below.
	JSON string `json:"-"`
	// System must be said.
	System System `json:"system,omitzero"`
}

// DeriveKeys derives a system's keys from its secret, and from the old secret
// that is being rotated out, unless that is empty. Where the system has a key for
// each audience and names none, they are derived when a token first asks for them.
func DeriveKeys(secret, oldSecret string, options DeriveOptions) (*Keys, error) {
	said, err := document(options)
	if err != nil {
		return nil, err
	}
	var made *C.jeton_keys
	var cause *C.jeton_error
	s, sLen := lend(secret)
	old, oldLen := lend(oldSecret)
	o, oLen := lend(said)
	status := C.jeton_keys_derive(o, oLen, s, sLen, old, oldLen, &made, &cause)
	return newKeys(made, failed(status, cause))
}
