package jeton

// #include "shim.h"
import "C"

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"runtime"
	"strings"
	"time"
	"unsafe"
)

// Matchers say what claims must be, by their names: a value, a list of matchers
// (any of them), or what [Contains], [Not], [OfType] and [Present] make. An
// absent claim satisfies only Not and Present(false).
type Matchers map[string]any

// Contains matches a list with this value in it.
func Contains(value any) any { return map[string]any{"contains": value} }

// Not matches what matcher doesn't, and an absent claim.
func Not(matcher any) any { return map[string]any{"not": matcher} }

// OfType matches a value of a JSON type: string, number, boolean, null, array,
// object, or of "digits": decimal digits alone, as a number or a string.
func OfType(name string) any { return map[string]any{"type": name} }

// Present matches any value, or with false only an absent claim.
func Present(present bool) any { return map[string]any{"present": present} }

// Ends matches a string with this end.
func Ends(end string) any { return map[string]any{"ends": end} }

// Below matches a number below this, or a string of decimal digits that says one.
func Below(number int64) any { return map[string]any{"below": number} }

// Deny is a rule that refuses a token although all else holds.
type Deny struct {
	Name string `json:"name"`
	// When holds the matchers that must all match.
	When Matchers `json:"when"`
	// Switch is what must be on for the call's scope, if anything.
	Switch string `json:"switch,omitzero"`
}

// Trust is what belongs together: these issuers' tokens, for these audiences,
// under this key set. What an entry lacks is taken from the options around it.
type Trust struct {
	// Issuer and Audience must be said.
	Issuer   Issuers   `json:"issuer,omitzero"`
	Audience Audiences `json:"audience,omitzero"`
	// Keys is the index of the key set in [VerifierOptions.Keys].
	Keys       int                     `json:"keys,omitzero"`
	Algorithms []Algorithm             `json:"algorithms,omitzero"`
	Type       Types                   `json:"type,omitzero"`
	Require    Optional[[]string]      `json:"require,omitzero"`
	Claims     Matchers                `json:"claims,omitzero"`
	Deny       []Deny                  `json:"deny,omitzero"`
	Lifetime   Optional[time.Duration] `json:"lifetime,omitzero"`
	IssuedAt   Optional[string]        `json:"iat,omitzero"`
	Expires    string                  `json:"exp,omitzero"`
	Realm      Optional[string]        `json:"realm,omitzero"`
}

// VerifierOptions say what a token must be. What would weaken a check must be
// said, as in Audience: jeton.Waive().
type VerifierOptions struct {
	// JSON is the whole document, in place of the fields below Revocations.
	JSON string `json:"-"`
	// Keys are the key sets; an entry of Trust names its own by the index.
	Keys []*Keys `json:"-"`
	// Revocations say what has been revoked, if anything may be.
	Revocations *Revocations `json:"-"`

	// Issuer is the accepted iss, compared byte by byte. It must be said.
	Issuer Issuers `json:"issuer,omitzero"`
	// Audience is the accepted aud. It must be said.
	Audience Audiences `json:"audience,omitzero"`
	// Algorithms is the allow-list: header, key and list must all agree. By
	// default it is the keys' own.
	Algorithms []Algorithm `json:"algorithms,omitzero"`
	// Leeway is the clock difference to forgive for exp and nbf, none by default.
	Leeway Optional[time.Duration] `json:"leeway,omitzero"`
	// Lifetime is the longest exp - iat accepted.
	Lifetime Optional[time.Duration] `json:"lifetime,omitzero"`
	// Age is the longest now - iat accepted; an iat in the future is then
	// refused too.
	Age Optional[time.Duration] `json:"age,omitzero"`
	// Type is the header's typ, compared as a media type.
	Type Types `json:"type,omitzero"`
	// Require names the claims that must be present: exp by default, jti where
	// revocations are attached, and status where lists are followed. A list
	// replaces the default; an empty one waives it.
	Require Optional[[]string] `json:"require,omitzero"`
	// Claims say what claims must be.
	Claims Matchers `json:"claims,omitzero"`
	// Deny are rules that refuse a token although all else holds.
	Deny []Deny `json:"deny,omitzero"`
	// Trust stands in place of Issuer and Audience: the token's issuer chooses
	// an entry.
	Trust []Trust `json:"trust,omitzero"`
	// Realm is the name space of revocation rules, the verified iss by default.
	Realm Optional[string] `json:"realm,omitzero"`
	// Report names the claims that a [ClaimError] may carry.
	Report []string `json:"report,omitzero"`
	// Limits bound a token.
	Limits Limits `json:"limits,omitzero"`
	// IssuedAt is how a token says when it was issued: "number", the default, or
	// "text", a string of decimal digits; null: it isn't looked at.
	IssuedAt Optional[string] `json:"iat,omitzero"`
	// Expires tells whether a token is still good in the second of its exp:
	// "exclusive", the default, says not, and "inclusive" that it is.
	Expires string `json:"exp,omitzero"`
	// Revocable makes a verifier without revocations an error.
	Revocable bool `json:"revocable,omitzero"`
	// Proof makes the tokens DPoP proofs, each verified with the key in its own
	// header, and for the request that the call tells of: Keys stays empty, and
	// Algorithms and Type must be said.
	Proof *Proof `json:"proof,omitzero"`
	// Cache is not in this version.
	Cache Optional[json.RawMessage] `json:"cache,omitzero"`
	// System takes the place of issuer, audience and much else.
	System System `json:"system,omitzero"`
}

// Proof says what a DPoP proof (RFC 9449) must be.
type Proof struct {
	// Window is for how long from its iat on a proof is accepted, the leeway
	// aside. It must be said.
	Window Optional[time.Duration] `json:"window,omitzero"`
	// Replay tells whether a proof is accepted once only, which the revocations
	// remember: true, unless it is said.
	Replay Optional[bool] `json:"replay,omitzero"`
}

// Verifier checks tokens against one policy. Any number of goroutines may share
// it.
type Verifier struct {
	*handle
	// The fetching of sources whose keys it uses.
	fetching []*fetching
	// Whether it has revocations.
	revocable bool
}

// NewVerifier makes a verifier. It keeps what it needs of keys and revocations:
// they may be closed before it.
func NewVerifier(options VerifierOptions) (*Verifier, error) {
	keys, revocations := options.Keys, options.Revocations
	options.Keys, options.Revocations = nil, nil
	said, err := document(options)
	if err != nil {
		return nil, err
	}
	sets := make([]*C.jeton_keys, len(keys))
	for index, set := range keys {
		if set == nil {
			return nil, misuse("VerifierOptions.Keys[%d] is nil", index)
		}
		object, err := set.use()
		if err != nil {
			return nil, err
		}
		defer set.done()
		sets[index] = (*C.jeton_keys)(object)
	}
	var store *C.jeton_revocations
	if revocations != nil {
		object, err := revocations.use()
		if err != nil {
			return nil, err
		}
		defer revocations.done()
		store = (*C.jeton_revocations)(object)
	}
	var made *C.jeton_verifier
	var cause *C.jeton_error
	o, oLen := lend(said)
	status := C.jeton_verifier_new(unsafe.SliceData(sets), C.size_t(len(sets)), store, o, oLen, &made, &cause)
	if err := failed(status, cause); err != nil {
		return nil, err
	}
	var held []*fetching
	for _, set := range keys {
		if set.fetching != nil {
			held = append(held, set.fetching.hold())
		}
	}
	return newVerifier(made, held, store != nil), nil
}

// newVerifier is the verifier of an object, which lets go of held when it ends.
func newVerifier(made *C.jeton_verifier, held []*fetching, revocable bool) *Verifier {
	verifier := &Verifier{fetching: held, revocable: revocable}
	verifier.handle = owned(verifier, unsafe.Pointer(made), func(object unsafe.Pointer) {
		C.jeton_verifier_free((*C.jeton_verifier)(object))
		for _, one := range held {
			one.release()
		}
	})
	return verifier
}

// Verify checks token, and hands over its claims. It does no I/O and waits for
// nothing, unless the call says for how long it may wait for keys that a source
// is fetching: then ctx ends the wait, and the token is checked once more. Only
// a DPoP proof that is accepted once is written to the revocations, which takes
// as long as that takes where processes share them.
//
// It fails with the first check that doesn't hold; a signature failure ends the
// walk, and nothing of a token that fails can be read. Failures are an [*Error]
// or a [*ClaimError].
func (v *Verifier) Verify(ctx context.Context, token string, call ...Call) (*Claims, error) {
	good, err := v.verify(ctx, token, nil, call)
	if err != nil {
		return nil, err
	}
	return newClaims(good.claims, good.facts, v.revocable), nil
}

// VerifyBytes is Verify for a token in bytes, which aren't copied and must not
// change meanwhile.
func (v *Verifier) VerifyBytes(ctx context.Context, token []byte, call ...Call) (*Claims, error) {
	return v.Verify(ctx, unsafe.String(unsafe.SliceData(token), len(token)), call...)
}

// VerifyInto is Verify for whoever wants the claims as values of their own: it
// sets what into points to, as [Claims.Into] does, and keeps nothing besides.
func (v *Verifier) VerifyInto(ctx context.Context, token string, into any, call ...Call) error {
	_, rest, _ := strings.Cut(token, ".")
	written, _, _ := strings.Cut(rest, ".")
	// Nobody has looked at the token yet: however long it is, it costs no more.
	payload := make([]byte, min(base64.RawURLEncoding.DecodedLen(len(written)), 16<<10))
	good, err := v.verify(ctx, token, payload, call)
	if err != nil {
		return err
	}
	if good.claims == nil {
		return decode(unsafe.String(unsafe.SliceData(payload), good.copied), into)
	}
	long := copied(good.facts.json.text, good.facts.json.len)
	C.jeton_claims_free(good.claims)
	return decode(long, into)
}

// verify makes claims of the library's, which the caller frees. Of claims whose
// JSON fits into payload it copies that, and frees them itself.
func (v *Verifier) verify(ctx context.Context, token string, payload []byte, calls []Call) (C.struct_go_verdict, error) {
	object, err := v.use()
	if err != nil {
		return C.struct_go_verdict{}, err
	}
	defer v.done()
	call := one(calls)
	place := (*C.char)(unsafe.Pointer(unsafe.SliceData(payload)))
	verdict := C.go_verify((*C.jeton_verifier)(object), token, call.said(), call.Scope.value, call.Nonce.value, call.Method.value, call.URI.value, call.AccessToken.value, call.JKT.value, place, C.size_t(len(payload)))
	if verdict.status == C.JETON_OK {
		return verdict, nil
	}
	again, err := v.retry(ctx, verdict.error, call.Wait)
	if err != nil {
		C.jeton_error_free(verdict.error)
		return verdict, err
	}
	if again {
		C.jeton_error_free(verdict.error)
		verdict = C.go_verify((*C.jeton_verifier)(object), token, call.said(), call.Scope.value, call.Nonce.value, call.Method.value, call.URI.value, call.AccessToken.value, call.JKT.value, place, C.size_t(len(payload)))
	}
	return verdict, failed(verdict.status, verdict.error)
}

// Introspect verifies token as Verify does, and answers as RFC 7662 asks:
// {"active":true, …} with the claims, or exactly {"active":false} where it is
// refused, whatever for. An error is no verdict; such a request isn't answered
// with 200.
func (v *Verifier) Introspect(ctx context.Context, token string, call ...Call) (string, error) {
	object, err := v.use()
	if err != nil {
		return "", err
	}
	defer v.done()
	said := one(call)
	ask := func() C.struct_go_answer {
		return C.go_introspect((*C.jeton_verifier)(object), token, said.said(), said.Scope.value, said.Nonce.value, said.Method.value, said.URI.value, said.AccessToken.value, said.JKT.value)
	}
	answer := ask()
	again, err := v.retry(ctx, answer.error, said.Wait)
	if again || err != nil {
		C.jeton_error_free(answer.error)
	}
	if err != nil {
		return "", err
	}
	if again {
		answer = ask()
	}
	return taken(answer.text, answer.len), failed(answer.status, answer.error)
}

// VerifyMany checks tokens, at most 65536, on as many threads as there are
// cores. Each has its own verdict: claims, or nil and an error in the same
// place. The last result is an error of the call as a whole.
func (v *Verifier) VerifyMany(tokens []string, call ...Call) ([]*Claims, []error, error) {
	object, err := v.use()
	if err != nil {
		return nil, nil, err
	}
	defer v.done()
	count := len(tokens)
	if count > C.JETON_BATCH_MOST {
		return nil, nil, misuse("%d tokens: at most %d make a batch", count, C.JETON_BATCH_MOST)
	}
	// C may see pointers to Go's texts only where they are pinned.
	var pinned runtime.Pinner
	defer pinned.Unpin()
	texts, sizes := make([]*C.char, count), make([]C.size_t, count)
	for index, token := range tokens {
		texts[index], sizes[index] = lend(token)
		if texts[index] != nil {
			pinned.Pin(texts[index])
		}
	}
	said := one(call)
	good, statuses, causes := make([]*C.jeton_claims, count), make([]C.jeton_status, count), make([]*C.jeton_error, count)
	var cause *C.jeton_error
	status := C.go_verify_many((*C.jeton_verifier)(object), unsafe.SliceData(texts), unsafe.SliceData(sizes), C.size_t(count),
		said.said(), said.Scope.value, said.Nonce.value, said.Method.value, said.URI.value, said.AccessToken.value, said.JKT.value,
		unsafe.SliceData(good), unsafe.SliceData(statuses), unsafe.SliceData(causes), &cause)
	if err := failed(status, cause); err != nil {
		return nil, nil, err
	}
	claims, errs := make([]*Claims, count), make([]error, count)
	for index, status := range statuses {
		if status != C.JETON_OK {
			v.retry(context.Background(), causes[index], 0)
			errs[index] = failed(status, causes[index])
			continue
		}
		claims[index] = newClaims(good[index], C.go_facts(good[index]), v.revocable)
	}
	return claims, errs, nil
}
