package jeton

// #include "shim.h"
import "C"

import (
	"encoding/json"
	"errors"
	"math"
	"runtime"
	"strconv"
	"time"
	"unsafe"
)

// Claims are the claims of a token whose signature and every rule held; only
// verifying makes them. They are immutable, any number of goroutines may read
// them, and the garbage collector frees them.
//
// Where a method takes a name, one that begins with "/" is a JSON pointer (RFC
// 6901), such as "/realm_access/roles/0".
type Claims struct {
	object *C.jeton_claims
	json   string
	// Where the library has the same text: what it lends of it is found here.
	base uintptr
}

func newClaims(object *C.jeton_claims, json *C.char, size C.size_t) *Claims {
	// With its payload the object weighs as much for the garbage collector as it
	// does for the library, more or less, so that it is freed in good time.
	claims := &Claims{object, copied(json, size), uintptr(unsafe.Pointer(json))}
	runtime.AddCleanup(claims, freeClaims, object)
	return claims
}

func freeClaims(object *C.jeton_claims) {
	C.jeton_claims_free(object)
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
	return decode(c.json, into)
}

// Text is the text of a claim that is a string.
func (c *Claims) Text(name string) (string, bool) {
	found := C.go_claims_text(c.object, name)
	text := c.lent(found)
	runtime.KeepAlive(c)
	return text, found.text != nil
}

// Value is the JSON of a claim of any type, as it was signed; nil where it is
// absent.
func (c *Claims) Value(name string) json.RawMessage {
	found := C.go_claims_value(c.object, name)
	text := c.lent(found)
	runtime.KeepAlive(c)
	if found.text == nil {
		return nil
	}
	return json.RawMessage(text)
}

// lent is a text of the library: a part of the payload or, where a string was
// written with escapes, one beside it.
func (c *Claims) lent(found C.struct_go_text) string {
	offset := uintptr(unsafe.Pointer(found.text)) - c.base
	if found.text != nil && offset < uintptr(len(c.json)) {
		return c.json[offset:][:found.len]
	}
	return copied(found.text, found.len)
}

// Integer reads a claim that is a whole number within 64 bits, written without
// fraction or exponent.
func (c *Claims) Integer(name string) (int64, bool) {
	read := C.go_claims_integer(c.object, name)
	runtime.KeepAlive(c)
	return int64(read.value), bool(read.found)
}

// Boolean reads a claim that is true or false.
func (c *Claims) Boolean(name string) (value, found bool) {
	read := C.go_claims_boolean(c.object, name)
	runtime.KeepAlive(c)
	return read.value != 0, bool(read.found)
}

// Has tells whether there is such a claim, of any type, null included.
func (c *Claims) Has(name string) bool {
	has := C.go_claims_has(c.object, name)
	runtime.KeepAlive(c)
	return bool(has)
}

// Subject is the claim sub, empty where there is none.
func (c *Claims) Subject() string {
	subject, _ := c.Text("sub")
	return subject
}

// Expires is the claim exp, a fraction rounded up; false where there is none.
func (c *Claims) Expires() (time.Time, bool) {
	read := C.go_claims_expires(c.object)
	runtime.KeepAlive(c)
	if !read.found {
		return time.Time{}, false
	}
	return time.Unix(int64(read.value), 0), true
}

// Fresh tells whether the token has more than remaining left and was issued less
// than age before: time to renew it when not. A token without exp, or without
// iat, isn't held to that half. Of the call only the time counts.
func (c *Claims) Fresh(remaining, age time.Duration, call ...Call) bool {
	fresh := C.jeton_claims_fresh(c.object, one(call).now(), C.int64_t(remaining/time.Second), C.int64_t(age/time.Second))
	runtime.KeepAlive(c)
	return bool(fresh)
}

// Header is the protected header as JSON, as it was signed. Its kid and typ are
// the token's own words: Key tells which key verified.
func (c *Claims) Header() string {
	var size C.size_t
	header := copied(C.jeton_claims_header(c.object, &size), size)
	runtime.KeepAlive(c)
	return header
}

// Algorithm is the algorithm, by the name that the header gave it.
func (c *Claims) Algorithm() Algorithm {
	name := C.GoString(C.jeton_claims_algorithm(c.object))
	runtime.KeepAlive(c)
	return Algorithm(name)
}

// Key tells which key verified: its own kid, empty where it has none, and its
// RFC 7638 thumbprint.
func (c *Claims) Key() (kid, thumbprint string) {
	var k, t *C.char
	var kLen, tLen C.size_t
	C.jeton_claims_key(c.object, &k, &kLen, &t, &tLen)
	kid, thumbprint = copied(k, kLen), copied(t, tLen)
	runtime.KeepAlive(c)
	return kid, thumbprint
}

// Trust tells which entry of the option Trust accepted the token; 0 without it.
func (c *Claims) Trust() int {
	entry := C.jeton_claims_trust(c.object)
	runtime.KeepAlive(c)
	return int(entry)
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
