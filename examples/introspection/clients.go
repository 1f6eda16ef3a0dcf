package main

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"jeton.dev/jeton"
)

// client is a resource server that may ask. A token is active for it only where
// the token's audience is its own, and of other tokens it learns nothing.
type client struct {
	secret   [sha256.Size]byte
	verifier *jeton.Verifier
}

type clients map[string]client

// readClients reads {NAME: {"secret": the SHA-256 of its secret in hexadecimal,
// "audience": what tokens call it}}. The secrets are long and random, so that
// one hash does for them. All verify under policy, each for its own audience.
func readClients(document []byte, policy jeton.VerifierOptions) (clients, error) {
	var listed map[string]struct {
		Secret   string `json:"secret"`
		Audience string `json:"audience"`
	}
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&listed); err != nil {
		return nil, fmt.Errorf("the clients: %w", err)
	}
	if len(listed) == 0 {
		return nil, errors.New("the clients: there are none, so nobody could ask")
	}
	known := clients{}
	for name, one := range listed {
		hash, err := hex.DecodeString(one.Secret)
		if err != nil || len(hash) != sha256.Size {
			return nil, fmt.Errorf("the clients: %s: \"secret\" isn't a SHA-256 in hexadecimal", name)
		}
		policy.Audience = jeton.Only(one.Audience)
		verifier, err := jeton.NewVerifier(policy)
		if err != nil {
			return nil, fmt.Errorf("the clients: %s: %w", name, err)
		}
		known[name] = client{[sha256.Size]byte(hash), verifier}
	}
	return known, nil
}

// authenticate finds the client of HTTP Basic credentials, which are form-encoded
// first (RFC 6749 section 2.3.1). For an unknown name a secret is compared, too:
// the time tells nobody which names there are.
func (c clients) authenticate(name, secret string) (client, bool) {
	name, badName := url.QueryUnescape(name)
	secret, badSecret := url.QueryUnescape(secret)
	found, known := c[name]
	hash := sha256.Sum256([]byte(secret))
	same := subtle.ConstantTimeCompare(hash[:], found.secret[:]) == 1
	return found, known && same && badName == nil && badSecret == nil
}
