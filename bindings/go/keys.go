package jeton

// #include "shim.h"
import "C"

import "unsafe"

// Algorithm is an algorithm by its JOSE name.
type Algorithm string

// The algorithms. EdDSA leaves the curve to the key; Ed448 needs a crypto back
// end that has it.
const (
	HS256   Algorithm = "HS256"
	HS384   Algorithm = "HS384"
	HS512   Algorithm = "HS512"
	RS256   Algorithm = "RS256"
	RS384   Algorithm = "RS384"
	RS512   Algorithm = "RS512"
	PS256   Algorithm = "PS256"
	PS384   Algorithm = "PS384"
	PS512   Algorithm = "PS512"
	ES256   Algorithm = "ES256"
	ES384   Algorithm = "ES384"
	ES512   Algorithm = "ES512"
	ES256K  Algorithm = "ES256K"
	EdDSA   Algorithm = "EdDSA"
	Ed25519 Algorithm = "Ed25519"
	Ed448   Algorithm = "Ed448"
)

// KeyOptions say what a key document or a secret doesn't say itself.
type KeyOptions struct {
	// JSON is the whole document, in place of the fields below.
	JSON string `json:"-"`
	// Algorithm is for keys that name none: RSA keys of some issuers, PEM, secrets.
	Algorithm Algorithm `json:"algorithm,omitzero"`
	// KID is for a key that has none.
	KID string `json:"kid,omitzero"`
	// Weak accepts an HMAC secret shorter than its hash.
	Weak bool `json:"weak,omitzero"`
}

// GenerateOptions say what a new key is.
type GenerateOptions struct {
	// JSON is the whole document, in place of the fields below.
	JSON string `json:"-"`
	// Algorithm must be said.
	Algorithm Algorithm `json:"algorithm,omitzero"`
	// KID is the key's thumbprint by default; random for HMAC.
	KID string `json:"kid,omitzero"`
	// Bits is the size of an RSA modulus (2048 to 4096) or an HMAC secret.
	Bits int `json:"bits,omitzero"`
}

// Keys is a set of keys, each bound to exactly one algorithm. Any number of
// goroutines may share it.
//
// A JWK may have dates: a key signs from its nbf on; it signs, verifies and is
// published until its exp. Of several keys the newest signs.
type Keys struct {
	*handle
	// The fetching of a source whose keys these are.
	fetching *fetching
}

// KeyStatus describes a key.
type KeyStatus struct {
	KID        string    `json:"kid"`
	Algorithm  Algorithm `json:"algorithm"`
	Thumbprint string    `json:"thumbprint"`
	Private    bool      `json:"private"`
	Weak       bool      `json:"weak"`
	// The key's dates in seconds since 1970; nil where it has none.
	Issued    *int64 `json:"iat"`
	NotBefore *int64 `json:"nbf"`
	Expires   *int64 `json:"exp"`
}

// SkippedKey says why a key of a document can't be used.
type SkippedKey struct {
	Index  int    `json:"index"`
	KID    string `json:"kid"`
	Reason string `json:"reason"`
}

// KeysStatus describes a set, without key material.
type KeysStatus struct {
	Keys    []KeyStatus  `json:"keys"`
	Skipped []SkippedKey `json:"skipped"`
	// Derived is how many keys were derived so far, where they are on demand.
	Derived *int64 `json:"derived,omitempty"`
}

// NewKeys reads keys: a JWK, a JWK Set (RFC 7517), PEM (SPKI, PKCS#8, PKCS#1,
// SEC1, an X.509 certificate; one or several), or DER of one of these. Keys that
// can't be used here are skipped; Status says which and why. Raw HMAC secrets
// have [NewSecret]: no PEM, DER or asymmetric JWK ever becomes one.
func NewKeys(text string, options KeyOptions) (*Keys, error) {
	said, err := document(options)
	if err != nil {
		return nil, err
	}
	var made *C.jeton_keys
	var cause *C.jeton_error
	t, tLen := lend(text)
	o, oLen := lend(said)
	status := C.jeton_keys_new(t, tLen, o, oLen, &made, &cause)
	return newKeys(made, failed(status, cause))
}

// NewSecret makes one HMAC key of raw bytes, which are never decoded. The
// options must name the algorithm. What looks like a key file is refused, and so
// is a secret shorter than its hash unless the options say Weak.
func NewSecret(secret string, options KeyOptions) (*Keys, error) {
	said, err := document(options)
	if err != nil {
		return nil, err
	}
	var made *C.jeton_keys
	var cause *C.jeton_error
	s, sLen := lend(secret)
	o, oLen := lend(said)
	status := C.jeton_keys_secret(s, sLen, o, oLen, &made, &cause)
	return newKeys(made, failed(status, cause))
}

// GenerateKeys generates one private key.
func GenerateKeys(options GenerateOptions) (*Keys, error) {
	said, err := document(options)
	if err != nil {
		return nil, err
	}
	var made *C.jeton_keys
	var cause *C.jeton_error
	o, oLen := lend(said)
	status := C.jeton_keys_generate(o, oLen, &made, &cause)
	return newKeys(made, failed(status, cause))
}

func newKeys(made *C.jeton_keys, err error) (*Keys, error) {
	if err != nil {
		return nil, err
	}
	keys := &Keys{}
	keys.handle = owned(keys, unsafe.Pointer(made), func(object unsafe.Pointer) {
		C.jeton_keys_free((*C.jeton_keys)(object))
	})
	return keys, nil
}

// Public is the public halves as a JWK Set, which can be served to anybody: it
// never holds a private member, and leaves out HMAC keys and those that have ended.
func (k *Keys) Public() (string, error) {
	return k.text(func(object unsafe.Pointer, text **C.char, size *C.size_t, cause **C.jeton_error) C.jeton_status {
		return C.jeton_keys_public((*C.jeton_keys)(object), text, size, cause)
	})
}

// Private is the whole set, private members and secrets included, as a JWK Set:
// for storing what [GenerateKeys] made.
func (k *Keys) Private() (string, error) {
	return k.text(func(object unsafe.Pointer, text **C.char, size *C.size_t, cause **C.jeton_error) C.jeton_status {
		return C.jeton_keys_private((*C.jeton_keys)(object), text, size, cause)
	})
}

// Status describes the set, without key material.
func (k *Keys) Status() (KeysStatus, error) {
	return report[KeysStatus](k.status())
}

func (k *Keys) status() (string, error) {
	return k.text(func(object unsafe.Pointer, text **C.char, size *C.size_t, cause **C.jeton_error) C.jeton_status {
		return C.jeton_keys_status((*C.jeton_keys)(object), text, size, cause)
	})
}

// Replace puts what text holds in place of the whole set, in one step: calls
// under way finish with the old set, those that begin later use the new one.
// When the text can't be read, the old set stays.
func (k *Keys) Replace(text string, options KeyOptions) error {
	said, err := document(options)
	if err != nil {
		return err
	}
	object, err := k.use()
	if err != nil {
		return err
	}
	defer k.done()
	var cause *C.jeton_error
	t, tLen := lend(text)
	o, oLen := lend(said)
	return failed(C.jeton_keys_replace((*C.jeton_keys)(object), t, tLen, o, oLen, &cause), cause)
}
