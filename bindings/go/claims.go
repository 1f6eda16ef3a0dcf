package jeton

// #include "shim.h"
import "C"

import (
	"encoding/json"
	"errors"
	"math"
	"runtime"
	"strconv"
	"strings"
	"time"
	"unsafe"
)

// Claims are the claims of a token whose signature and every rule held; only
// verifying makes them. They are immutable, any number of goroutines may read
// them, and they need no closing.
//
// Where a method takes a name, one that begins with "/" is a JSON pointer (RFC
// 6901), such as "/realm_access/roles/0".
type Claims struct {
	json, header, kid, thumbprint string

	algorithm Algorithm
	trust     int
	expires   bool
	expiry    int64
	issued    bool
	// What a store revokes by; nil unless the verifier has a store.
	object *C.jeton_claims
}

// newClaims copies what the library tells of claims, in one piece. The object
// stays only where a store may be asked to revoke by it: to have the garbage
// collector free it takes longer than all that is done here.
func newClaims(object *C.jeton_claims, told C.struct_go_facts, revocable bool) *Claims {
	texts := [...]C.struct_go_text{told.json, told.header, told.kid, told.thumbprint, told.algorithm}
	var size C.size_t
	for _, text := range texts {
		size += text.len
	}
	all := make([]byte, 0, size)
	for _, text := range texts {
		all = append(all, unsafe.Slice((*byte)(unsafe.Pointer(text.text)), text.len)...)
	}
	rest := unsafe.String(unsafe.SliceData(all), len(all))
	cut := func(text C.struct_go_text) string {
		part := rest[:text.len]
		rest = rest[text.len:]
		return part
	}
	claims := &Claims{
		json: cut(told.json), header: cut(told.header), kid: cut(told.kid), thumbprint: cut(told.thumbprint),
		algorithm: Algorithm(cut(told.algorithm)), trust: int(told.trust),
		expires: bool(told.expires), expiry: int64(told.expiry), issued: bool(told.issued),
	}
	if !revocable {
		C.jeton_claims_free(object)
		return claims
	}
	// The copy weighs about as much for the garbage collector as the object does
	// for the library, which is why it is freed in good time.
	claims.object = object
	runtime.AddCleanup(claims, func(object *C.jeton_claims) { C.jeton_claims_free(object) }, object)
	return claims
}

// JSON is the whole payload, byte for byte as it was signed.
func (c *Claims) JSON() string {
	return c.json
}

// MarshalJSON is the whole payload, for logs and for passing it on.
func (c *Claims) MarshalJSON() ([]byte, error) {
	return []byte(c.json), nil
}

// Into sets what into points to, a struct or a map, to the claims, as
// [json.Unmarshal] would with these differences: names must be spelt exactly as
// in the struct's tags; what the token doesn't have becomes zero, whatever was
// there before; and a claim of the wrong type is a [ClaimError] that names it,
// with into zero.
func (c *Claims) Into(into any) error {
	if c.json == "" {
		return misuse("claims that no verifier made")
	}
	return decode(c.json, into)
}

// find is a reader before the value of a claim.
func (c *Claims) find(name string) (reader, bool) {
	r := read(c.json)
	switch {
	case c.json == "": // no verifier made them
		return r, false
	case strings.HasPrefix(name, "/"):
		return r, r.point(name)
	}
	return r, r.member(name)
}

// Text is the text of a claim that is a string.
func (c *Claims) Text(name string) (string, bool) {
	r, found := c.find(name)
	if !found || r.peek() != '"' {
		return "", false
	}
	return r.string(), true
}

// Value is the JSON of a claim of any type, as it was signed; nil where it is
// absent.
func (c *Claims) Value(name string) json.RawMessage {
	r, found := c.find(name)
	if !found {
		return nil
	}
	return json.RawMessage(r.raw())
}

// Integer reads a claim that is a whole number within 64 bits, written without
// fraction or exponent.
func (c *Claims) Integer(name string) (int64, bool) {
	r, found := c.find(name)
	if !found || !isNumber(r.peek()) {
		return 0, false
	}
	number, err := strconv.ParseInt(r.word(), 10, 64)
	if err != nil {
		return 0, false
	}
	return number, true
}

// Boolean reads a claim that is true or false.
func (c *Claims) Boolean(name string) (value, found bool) {
	r, found := c.find(name)
	if !found || r.peek() != 't' && r.peek() != 'f' {
		return false, false
	}
	return r.word() == "true", true
}

// Has tells whether there is such a claim, of any type, null included.
func (c *Claims) Has(name string) bool {
	_, found := c.find(name)
	return found
}

// Subject is the claim sub, empty where there is none.
func (c *Claims) Subject() string {
	subject, _ := c.Text("sub")
	return subject
}

// Expires is the claim exp, a fraction rounded up; false where there is none.
func (c *Claims) Expires() (time.Time, bool) {
	if !c.expires {
		return time.Time{}, false
	}
	return time.Unix(c.expiry, 0), true
}

// Fresh tells whether the token has more than remaining left and was issued less
// than age before: time to renew it when not. A token without exp, or without
// iat, isn't held to that half. Of the call only the time counts.
func (c *Claims) Fresh(remaining, age time.Duration, call ...Call) bool {
	now := one(call).Now
	if now.IsZero() {
		now = time.Now()
	}
	if c.expires && c.expiry-now.Unix() <= int64(remaining/time.Second) {
		return false
	}
	return !c.issued || now.Unix()-c.issuedAt() < int64(age/time.Second)
}

// issuedAt is the claim iat, a fraction rounded down; some tokens have it as text.
func (c *Claims) issuedAt() int64 {
	r, _ := c.find("iat")
	if r.peek() == '"' {
		whole, _ := strconv.ParseInt(r.string(), 10, 64)
		return whole
	}
	seconds, _ := strconv.ParseFloat(r.word(), 64)
	return int64(math.Floor(seconds))
}

// Header is the protected header as JSON, as it was signed. Its kid and typ are
// the token's own words: Key tells which key verified.
func (c *Claims) Header() string {
	return c.header
}

// Algorithm is the algorithm, by the name that the header gave it.
func (c *Claims) Algorithm() Algorithm {
	return c.algorithm
}

// Key tells which key verified: its own kid, empty where it has none, and its
// RFC 7638 thumbprint.
func (c *Claims) Key() (kid, thumbprint string) {
	return c.kid, c.thumbprint
}

// Trust tells which entry of the option Trust accepted the token; 0 without it.
func (c *Claims) Trust() int {
	return c.trust
}

// RegisteredClaims are those that RFC 7519 names, to be embedded in a struct for
// [Verifier.VerifyInto].
type RegisteredClaims struct {
	Issuer    string   `json:"iss,omitzero"`
	Subject   string   `json:"sub,omitzero"`
	Audience  Audience `json:"aud,omitzero"`
	Expires   Date     `json:"exp,omitzero"`
	NotBefore Date     `json:"nbf,omitzero"`
	Issued    Date     `json:"iat,omitzero"`
	ID        string   `json:"jti,omitzero"`
}

// Date is a NumericDate: a time that is written in seconds since 1970. Its zero
// value stands for a claim that isn't there.
type Date struct{ time.Time }

// MarshalJSON writes the seconds, and drops what is less.
func (d Date) MarshalJSON() ([]byte, error) {
	return json.Marshal(d.Unix())
}

// UnmarshalJSON reads a number of seconds, which may have a fraction.
func (d *Date) UnmarshalJSON(text []byte) error {
	if string(text) == "null" {
		return nil
	}
	whole, err := strconv.ParseInt(string(text), 10, 64)
	if err == nil {
		d.Time = time.Unix(whole, 0)
		return nil
	}
	seconds, err := strconv.ParseFloat(string(text), 64)
	if err != nil || math.Abs(seconds) >= 1<<62 {
		return errors.New("not a NumericDate")
	}
	full, part := math.Modf(seconds)
	d.Time = time.Unix(int64(full), int64(part*1e9))
	return nil
}
