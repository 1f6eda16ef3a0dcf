package jeton

// #include "shim.h"
import "C"

import (
	"encoding/json"
	"runtime"
	"time"
	"unsafe"
)

// RevocationsOptions say how a store is kept; which of them a store knows depends
// on its location.
type RevocationsOptions struct {
	// JSON is the whole document, in place of the fields below.
	JSON string `json:"-"`
	// Names is how many claims rules may name (16).
	Names Optional[int] `json:"names,omitzero"`
	// Log tells whether "memory:" keeps readable entries (true).
	Log Optional[bool] `json:"log,omitzero"`
	// Stale is after how long without a look into a shared store tokens are
	// refused as [ErrRevocationsStale]; null: never. There it must be said.
	Stale Optional[time.Duration] `json:"stale,omitzero"`
	// Timeout is the most that a read or write waits for other processes, or an
	// answer of the server may take (5 s).
	Timeout Optional[time.Duration] `json:"timeout,omitzero"`

	// What follows is a server's. Patience is how long a write waits for a
	// connection before it fails (0).
	Patience Optional[time.Duration] `json:"patience,omitzero"`
	// Wait is how many replicas must have a change before it is acknowledged (0).
	Wait Optional[int] `json:"wait,omitzero"`
	// Prefix is what the names of the store's two keys begin with ("jeton").
	Prefix string `json:"prefix,omitzero"`
	// User is the server's user (ACL), whose Secret must be said.
	User string `json:"user,omitzero"`
	// Secret says where the user's secret is.
	Secret SecretPlace `json:"secret,omitzero"`
	// CA is a PEM file of the certificates to trust with rediss://, and no others.
	CA string `json:"ca,omitzero"`
	// Sentinel is the name by which the location's servers, which are Sentinels
	// then, know the store's server.
	Sentinel string `json:"sentinel,omitzero"`
	// Journal is an SQLite file that keeps what the server holds, to append it
	// again where the server has lost it.
	Journal string `json:"journal,omitzero"`
}

// SecretPlace is where a secret is, never the secret itself: one of the two.
type SecretPlace struct {
	// File is read again at each connection.
	File string `json:"file,omitzero"`
	// Env is the name of a variable of the environment.
	Env string `json:"env,omitzero"`
}

// Rule refuses every token of a realm that has a claim with this value, or was
// verified by this key, and was issued at Before or earlier, or says no iat.
type Rule struct {
	// JSON is the whole document, in place of the fields below.
	JSON string `json:"-"`
	// Realm is the verified issuer, or the name that the verifier's options give.
	Realm string `json:"realm,omitzero"`
	// Claim and Value are a claim's name and its value, a string or whole number.
	Claim string `json:"claim,omitzero"`
	Value any    `json:"value,omitzero"`
	// Key is the kid or thumbprint of a key, in place of Claim and Value.
	Key string `json:"key,omitzero"`
	// Before is the cut-off: now for the claim sub, and whenever for others.
	Before Optional[time.Time] `json:"before,omitzero"`
	// Until is from when on the rule is void. It must be said; null: never.
	Until Optional[time.Time] `json:"until,omitzero"`
	// Note is for people.
	Note string `json:"note,omitzero"`
}

// RevokeClaimsOptions say by which claim verified claims are revoked.
type RevokeClaimsOptions struct {
	// JSON is the whole document, in place of the fields below.
	JSON string `json:"-"`
	// Claim is "jti" by default, which is this one token.
	Claim string `json:"claim,omitzero"`
	// Before is as in a [Rule].
	Before Optional[time.Time] `json:"before,omitzero"`
	// Until is the token's exp, with the verifier's leeway, by default.
	Until Optional[time.Time] `json:"until,omitzero"`
	// Note is for people.
	Note string `json:"note,omitzero"`
}

// RevokeLogoutOptions say for how long an ended session is remembered.
type RevokeLogoutOptions struct {
	// JSON is the whole document, in place of the fields below.
	JSON string `json:"-"`
	// Lifetime is the most that a token of the session may still live. It must
	// be said; null: for ever.
	Lifetime Optional[time.Duration] `json:"lifetime,omitzero"`
	// Note is for people.
	Note string `json:"note,omitzero"`
}

// Entry is a rule as a store has it. Times are in seconds since 1970.
type Entry struct {
	Realm string `json:"realm"`
	Claim string `json:"claim"`
	// Value is a string or a whole number.
	Value json.RawMessage `json:"value"`
	Key   string          `json:"key"`
	// Before is the cut-off; nil: whenever issued. Whoever issues anew at once
	// mints a second later.
	Before *int64 `json:"before"`
	// Until is nil for ever.
	Until *int64 `json:"until"`
	At    int64  `json:"at"`
	Note  string `json:"note"`
}

// Switch is a setting that deny rules may hang on.
type Switch struct {
	Scope string `json:"scope"`
	Name  string `json:"name"`
	On    bool   `json:"on"`
}

// RevocationsList holds the rules in force, and the switches.
type RevocationsList struct {
	Entries  []Entry  `json:"entries"`
	Switches []Switch `json:"switches"`
}

// RevocationsStatus describes a store.
type RevocationsStatus struct {
	Location string `json:"location"`
	// Entries are in force; Expired have ended and weren't dropped yet.
	Entries  uint64   `json:"entries"`
	Expired  uint64   `json:"expired"`
	Switches uint64   `json:"switches"`
	Names    []string `json:"names"`
	// Log is that of "memory:"; what follows is a shared store's.
	Log bool `json:"log"`
	// Sequence is the last change that was read.
	Sequence uint64 `json:"sequence"`
	// Age is how many seconds ago the store was last looked into.
	Age int64 `json:"age"`
	// Stale is how old it may be by the option; nil: however old.
	Stale     *int64 `json:"stale"`
	Failures  uint64 `json:"failures"`
	LastError string `json:"last_error"`
	// Durable tells whether what is acknowledged outlives the store's machine
	// being switched off; nil: the server doesn't say.
	Durable *bool  `json:"durable"`
	Rows    uint64 `json:"rows"`
	// Bytes is a file's.
	Bytes uint64 `json:"bytes"`
	// Error is why the file couldn't be looked at just now.
	Error string `json:"error"`
	// Server is the one in use; what follows is a server's.
	Server string `json:"server"`
	// Changes are in its log; Lag of them, up to 1000, weren't read yet.
	Changes uint64 `json:"changes"`
	Lag     uint64 `json:"lag"`
	// Replicas is nil where the server doesn't say.
	Replicas   *uint64 `json:"replicas"`
	Reconnects uint64  `json:"reconnects"`
	// Lost tells that the server lacks what was read from it.
	Lost bool `json:"lost"`
	// Warnings are for whoever runs the server.
	Warnings []string `json:"warnings"`
}

// Revocations say what has been revoked, and which switches are on. Any number
// of goroutines and verifiers may share them.
type Revocations struct{ *handle }

// OpenRevocations opens the revocations at a location: "memory:" (one process),
// "sqlite:PATH" (the processes of one machine; the file is made if it isn't
// there), or "redis://HOST" and "rediss://HOST" (many machines). A shared store
// is read to its end before this returns, and then followed by a thread of
// jeton's.
func OpenRevocations(location string, options RevocationsOptions) (*Revocations, error) {
	said, err := document(options)
	if err != nil {
		return nil, err
	}
	var made *C.jeton_revocations
	var cause *C.jeton_error
	l, lLen := lend(location)
	o, oLen := lend(said)
	status := C.jeton_revocations_open(l, lLen, o, oLen, &made, &cause)
	if err := failed(status, cause); err != nil {
		return nil, err
	}
	revocations := &Revocations{}
	revocations.handle = owned(revocations, unsafe.Pointer(made), func(object unsafe.Pointer) {
		C.jeton_revocations_free((*C.jeton_revocations)(object))
	})
	return revocations, nil
}

// Revoke adds a rule. It is in force from the very next verify of this process
// and, once this returns, durable in a shared store, where other processes read
// it within milliseconds. [ErrStorage]: it is in force in this process, but not
// in the store; so for the other methods that change something. Here and below,
// of the call only the time counts.
func (r *Revocations) Revoke(rule Rule, call ...Call) (Entry, error) {
	return report[Entry](r.revoke(rule, call))
}

func (r *Revocations) revoke(rule Rule, call []Call) (string, error) {
	said, err := document(rule)
	if err != nil {
		return "", err
	}
	now := timed(call)
	t, tLen := lend(said)
	return r.text(func(object unsafe.Pointer, entry **C.char, size *C.size_t, cause **C.jeton_error) C.jeton_status {
		return C.jeton_revocations_revoke((*C.jeton_revocations)(object), t, tLen, &now, entry, size, cause)
	})
}

// RevokeClaims revokes by a claim of verified claims, in their realm. A verifier
// that has revocations must have made them.
func (r *Revocations) RevokeClaims(claims *Claims, options RevokeClaimsOptions, call ...Call) (Entry, error) {
	said, err := document(options)
	if err != nil {
		return Entry{}, err
	}
	held, err := claims.held()
	if err != nil {
		return Entry{}, err
	}
	defer runtime.KeepAlive(claims)
	now := timed(call)
	o, oLen := lend(said)
	return report[Entry](r.text(func(object unsafe.Pointer, entry **C.char, size *C.size_t, cause **C.jeton_error) C.jeton_status {
		return C.jeton_revocations_revoke_claims((*C.jeton_revocations)(object), held, o, oLen, &now, entry, size, cause)
	}))
}

// RevokeLogout ends the session that a verified logout token names (OpenID
// Connect Back-Channel Logout 1.0), by its sid, else its sub. Verify the token
// first with a verifier of its own, which has revocations: of the type
// "logout+jwt" where the issuer says so, and with iat, jti and events required.
func (r *Revocations) RevokeLogout(claims *Claims, options RevokeLogoutOptions, call ...Call) (Entry, error) {
	said, err := document(options)
	if err != nil {
		return Entry{}, err
	}
	held, err := claims.held()
	if err != nil {
		return Entry{}, err
	}
	defer runtime.KeepAlive(claims)
	now := timed(call)
	o, oLen := lend(said)
	return report[Entry](r.text(func(object unsafe.Pointer, entry **C.char, size *C.size_t, cause **C.jeton_error) C.jeton_status {
		return C.jeton_revocations_revoke_logout((*C.jeton_revocations)(object), held, o, oLen, &now, entry, size, cause)
	}))
}

// held is the object that claims have kept.
func (c *Claims) held() (*C.jeton_claims, error) {
	switch {
	case c == nil:
		return nil, misuse("the claims are nil")
	case c.object == nil:
		return nil, misuse("these claims come from a verifier without revocations: make it with some, or revoke by a rule")
	}
	return c.object, nil
}

// Restore takes a rule back: of the rule only Realm, and Claim and Value or Key,
// may be said. It tells whether one was in force.
func (r *Revocations) Restore(rule Rule, call ...Call) (bool, error) {
	said, err := document(rule)
	if err != nil {
		return false, err
	}
	object, err := r.use()
	if err != nil {
		return false, err
	}
	defer r.done()
	now := timed(call)
	var restored C.bool
	var cause *C.jeton_error
	t, tLen := lend(said)
	status := C.jeton_revocations_restore((*C.jeton_revocations)(object), t, tLen, &now, &restored, &cause)
	return bool(restored), failed(status, cause)
}

// Switch turns a switch on or off for a scope; one that was never turned is off.
func (r *Revocations) Switch(scope, name string, on bool) error {
	object, err := r.use()
	if err != nil {
		return err
	}
	defer r.done()
	var cause *C.jeton_error
	s, sLen := lend(scope)
	n, nLen := lend(name)
	return failed(C.jeton_revocations_switch((*C.jeton_revocations)(object), s, sLen, n, nLen, C.bool(on), &cause), cause)
}

// IsOn tells whether a switch is on for a scope, by what this process knows: no
// store is asked. [ErrRevocationsStale] where a verifier would answer so.
func (r *Revocations) IsOn(scope, name string) (bool, error) {
	object, err := r.use()
	if err != nil {
		return false, err
	}
	defer r.done()
	var on C.bool
	var cause *C.jeton_error
	s, sLen := lend(scope)
	n, nLen := lend(name)
	status := C.jeton_revocations_is_on((*C.jeton_revocations)(object), s, sLen, n, nLen, &on, &cause)
	return bool(on), failed(status, cause)
}

// List is the rules in force, and the switches. [ErrMisconfigured] where no log
// is kept.
func (r *Revocations) List(call ...Call) (RevocationsList, error) {
	return report[RevocationsList](r.list(call))
}

func (r *Revocations) list(call []Call) (string, error) {
	now := timed(call)
	return r.text(func(object unsafe.Pointer, list **C.char, size *C.size_t, cause **C.jeton_error) C.jeton_status {
		return C.jeton_revocations_list((*C.jeton_revocations)(object), &now, list, size, cause)
	})
}

// Export writes all that is in force as a document for Import.
func (r *Revocations) Export(call ...Call) (string, error) {
	now := timed(call)
	return r.text(func(object unsafe.Pointer, document **C.char, size *C.size_t, cause **C.jeton_error) C.jeton_status {
		return C.jeton_revocations_export((*C.jeton_revocations)(object), &now, document, size, cause)
	})
}

// Import adds what an export holds, all of it or, where the document is wrong,
// nothing, and returns how many rules were still in force. It never lets
// through what is refused already.
func (r *Revocations) Import(document string, call ...Call) (int, error) {
	now := timed(call)
	d, dLen := lend(document)
	return r.count(func(object *C.jeton_revocations, count *C.size_t, cause **C.jeton_error) C.jeton_status {
		return C.jeton_revocations_import(object, d, dLen, &now, count, cause)
	})
}

// Compact drops rules that have ended, which saves memory and changes no
// verdict, and returns how many there were.
func (r *Revocations) Compact(call ...Call) (int, error) {
	now := timed(call)
	return r.count(func(object *C.jeton_revocations, count *C.size_t, cause **C.jeton_error) C.jeton_status {
		return C.jeton_revocations_compact(object, &now, count, cause)
	})
}

// count makes a call whose result is a number.
func (r *Revocations) count(call func(object *C.jeton_revocations, count *C.size_t, cause **C.jeton_error) C.jeton_status) (int, error) {
	object, err := r.use()
	if err != nil {
		return 0, err
	}
	defer r.done()
	var count C.size_t
	var cause *C.jeton_error
	status := call((*C.jeton_revocations)(object), &count, &cause)
	return int(count), failed(status, cause)
}

// Refresh brings this process up to date with a shared store: whatever any
// process had been told is revoked, before this call, is in force on return. It
// may wait for the disk, and for the option Timeout.
func (r *Revocations) Refresh() error {
	object, err := r.use()
	if err != nil {
		return err
	}
	defer r.done()
	var cause *C.jeton_error
	return failed(C.jeton_revocations_refresh((*C.jeton_revocations)(object), &cause), cause)
}

// Events takes what has happened to a shared store since the last call, oldest
// first.
func (r *Revocations) Events() ([]Event, error) {
	return report[[]Event](r.text(func(object unsafe.Pointer, events **C.char, size *C.size_t, cause **C.jeton_error) C.jeton_status {
		return C.jeton_revocations_events((*C.jeton_revocations)(object), events, size, cause)
	}))
}

// Status describes the store.
func (r *Revocations) Status(call ...Call) (RevocationsStatus, error) {
	return report[RevocationsStatus](r.status(call))
}

func (r *Revocations) status(call []Call) (string, error) {
	now := timed(call)
	return r.text(func(object unsafe.Pointer, status **C.char, size *C.size_t, cause **C.jeton_error) C.jeton_status {
		return C.jeton_revocations_status((*C.jeton_revocations)(object), &now, status, size, cause)
	})
}
