package jeton

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The vectors of tests/vectors/README.md, which every language runs.

type vectorFile struct {
	Keys    map[string]vectorKey `json:"keys"`
	Vectors []*vector            `json:"vectors"`
}

type vectorKey struct {
	JWKS    json.RawMessage `json:"jwks"`
	Text    *string         `json:"text"`
	DER     *encoded        `json:"der"`
	Secret  *encoded        `json:"secret"`
	Options json.RawMessage `json:"options"`
}

type vector struct {
	Name     string          `json:"name"`
	Kind     string          `json:"kind"`
	Needs    string          `json:"needs"`
	Keys     json.RawMessage `json:"keys"`
	Options  vectorText      `json:"options"`
	Verifier vectorText      `json:"verifier"`
	Now      int64           `json:"now"`
	Call     struct {
		Scope *string `json:"scope"`
		Nonce *string `json:"nonce"`
	} `json:"call"`
	Revocations *struct {
		At       int64        `json:"at"`
		Rules    []vectorText `json:"rules"`
		Switches []Switch     `json:"switches"`
	} `json:"revocations"`
	Token  *string  `json:"token"`
	Bytes  *encoded `json:"token_base64url"`
	Repeat *struct {
		Before, Text, After string
		Count               int
	} `json:"repeat"`
	Of            string     `json:"of"`
	Claims        vectorText `json:"claims"`
	Payload       string     `json:"payload"`
	Admin         string     `json:"admin"`
	Authorization string     `json:"authorization"`
	Cookie        string     `json:"cookie"`
	Open          vectorText `json:"open"`
	Rule          vectorText `json:"rule"`
	Document      vectorText `json:"document"`

	Expect map[string]json.RawMessage `json:"expect"`

	keys map[string]vectorKey
}

// encoded are bytes in base64url.
type encoded []byte

func (e *encoded) UnmarshalText(text []byte) (err error) {
	*e, err = base64.RawURLEncoding.DecodeString(string(text))
	return err
}

// vectorText is a document: an object as its text, a string as it is.
type vectorText string

func (d *vectorText) UnmarshalJSON(text []byte) error {
	if text[0] == '"' {
		return json.Unmarshal(text, (*string)(d))
	}
	*d = vectorText(text)
	return nil
}

func TestEveryVectorHolds(t *testing.T) {
	files, err := filepath.Glob("../../tests/vectors/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("tests/vectors isn't beside bindings", err)
	}
	ran := 0
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var file vectorFile
		if err := json.Unmarshal(text, &file); err != nil {
			t.Fatal(path, err)
		}
		for _, one := range file.Vectors {
			one.keys = file.Keys
			t.Run(filepath.Base(path)+"/"+one.Name, one.run)
			ran++
		}
	}
	if ran < 1000 {
		t.Errorf("only %d vectors ran", ran)
	}
}

func (v *vector) run(t *testing.T) {
	if v.Needs != "" {
		if _, err := GenerateKeys(GenerateOptions{Algorithm: Algorithm(v.Needs)}); errors.Is(err, ErrUnsupported) {
			t.Skip("this build has no " + v.Needs)
		}
	}
	kinds := map[string]func(*testing.T) error{
		"": v.verify, "verify": v.verify, "options": v.options, "keys": v.readKeys, "mint": v.mint, "signature": v.signature,
		"sign": v.sign, "bearer": v.bearer, "inspect": v.inspect, "revoke": v.revoke, "import": v.imports,
	}
	kind, known := kinds[v.Kind]
	if !known {
		t.Fatalf("an unknown kind: %s", v.Kind)
	}
	v.cameTo(t, kind(t))
}

// cameTo holds what a vector's own call came to against what it expects.
func (v *vector) cameTo(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		v.expect(t, "status", "ok")
		return
	}
	var failure *Error
	if !errors.As(err, &failure) {
		t.Fatalf("%v is no *Error", err)
	}
	v.expect(t, "status", failure.Status.Name())
	if !errors.Is(err, failure.Status) {
		t.Errorf("%v isn't its own status", err)
	}
	var claim *ClaimError
	errors.As(err, &claim)
	switch {
	case claim == nil || claim.Claim == "":
		v.expect(t, "claim", nil)
	default:
		v.expect(t, "claim", claim.Claim)
	}
	switch {
	case claim == nil || claim.Claims == nil:
		v.expect(t, "report", nil)
	default:
		v.expect(t, "report", string(claim.Claims))
	}
	v.expectPart(t, "message", failure.Message)
}

// expect fails unless expect.NAME, where it is said, is this.
func (v *vector) expect(t *testing.T, name string, found any) {
	t.Helper()
	wanted, said := v.Expect[name]
	if !said {
		return
	}
	written, err := json.Marshal(found)
	if err != nil {
		t.Fatal(err)
	}
	var one, other any
	if json.Unmarshal(wanted, &one) != nil || json.Unmarshal(written, &other) != nil || one != other {
		t.Errorf("expect.%s: %s was expected, not %s", name, wanted, written)
	}
}

func (v *vector) expectPart(t *testing.T, name, text string) {
	t.Helper()
	var part string
	if wanted, said := v.Expect[name]; said && (json.Unmarshal(wanted, &part) != nil || !strings.Contains(text, part)) {
		t.Errorf("expect.%s: %s isn't in %q", name, wanted, text)
	}
}

func must[T any](made T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal("not what the vector is about:", err)
		}
		return made
	}
}

func (v *vector) key(key vectorKey) (*Keys, error) {
	options := KeyOptions{JSON: string(key.Options)}
	switch {
	case key.Secret != nil:
		return NewSecret(string(*key.Secret), options)
	case key.DER != nil:
		return NewKeys(string(*key.DER), options)
	case key.Text != nil:
		return NewKeys(*key.Text, options)
	}
	return NewKeys(string(key.JWKS), options)
}

// named are the keys of the vector: a name, a list of names, or a key in place.
func (v *vector) named(t *testing.T) []vectorKey {
	var name string
	var names []string
	var key vectorKey
	switch {
	case v.Keys == nil:
		return nil
	case json.Unmarshal(v.Keys, &name) == nil:
		names = []string{name}
	case json.Unmarshal(v.Keys, &names) == nil:
	case json.Unmarshal(v.Keys, &key) == nil:
		return []vectorKey{key}
	}
	var found []vectorKey
	for _, name := range names {
		key, known := v.keys[name]
		if !known {
			t.Fatal("there is no key", name)
		}
		found = append(found, key)
	}
	return found
}

func (v *vector) makeKeys(t *testing.T) []*Keys {
	var made []*Keys
	for _, key := range v.named(t) {
		made = append(made, must(v.key(key))(t))
	}
	return made
}

func at(seconds int64) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0)
}

func (v *vector) call() Call {
	call := Call{Now: at(v.Now)}
	if v.Call.Scope != nil {
		call.Scope = Value(*v.Call.Scope)
	}
	if v.Call.Nonce != nil {
		call.Nonce = Value(*v.Call.Nonce)
	}
	return call
}

func (v *vector) text() string {
	switch {
	case v.Repeat != nil:
		return v.Repeat.Before + strings.Repeat(v.Repeat.Text, v.Repeat.Count) + v.Repeat.After
	case v.Bytes != nil:
		return string(*v.Bytes)
	}
	return *v.Token
}

func (v *vector) makeVerifier(t *testing.T, options vectorText) (*Verifier, error) {
	made := VerifierOptions{JSON: string(options), Keys: v.makeKeys(t)}
	if v.Revocations != nil {
		made.Revocations = must(OpenRevocations("memory:", RevocationsOptions{}))(t)
		then := v.call()
		if v.Revocations.At != 0 {
			then.Now = at(v.Revocations.At)
		}
		for _, rule := range v.Revocations.Rules {
			must(made.Revocations.Revoke(Rule{JSON: string(rule)}, then))(t)
		}
		for _, one := range v.Revocations.Switches {
			if err := made.Revocations.Switch(one.Scope, one.Name, one.On); err != nil {
				t.Fatal(err)
			}
		}
	}
	return NewVerifier(made)
}

func (v *vector) verify(t *testing.T) error {
	verifier := must(v.makeVerifier(t, v.Options))(t)
	token := v.text()
	claims, err := verifier.Verify(context.Background(), token, v.call())
	var payload json.RawMessage
	into := verifier.VerifyInto(context.Background(), token, &payload, v.call())
	many, errs, all := verifier.VerifyMany([]string{token}, v.call())
	if all != nil {
		var failure *Error
		if errors.As(all, &failure) && failure.Status == ErrMisuse {
			return err // of the call as a whole
		}
		t.Fatal(all)
	}
	if (into == nil) != (err == nil) || (errs[0] == nil) != (err == nil) {
		t.Errorf("the ways to verify differ: %v, %v and %v", err, into, errs[0])
	}
	if err != nil {
		if claims != nil || many[0] != nil || payload != nil {
			t.Error("there are claims and an error")
		}
		return err
	}
	if string(payload) != strings.TrimSpace(claims.JSON()) || many[0].JSON() != claims.JSON() {
		t.Error("the ways to verify have other claims")
	}
	v.expectClaims(t, claims)
	return nil
}

func (v *vector) expectClaims(t *testing.T, claims *Claims) {
	kid, thumbprint := claims.Key()
	v.expect(t, "claims", claims.JSON())
	v.expect(t, "algorithm", claims.Algorithm())
	v.expect(t, "thumbprint", thumbprint)
	v.expect(t, "trust", claims.Trust())
	if kid == "" {
		v.expect(t, "kid", nil)
	} else {
		v.expect(t, "kid", kid)
	}
	if expires, found := claims.Expires(); found {
		v.expect(t, "expires", expires.Unix())
	} else {
		v.expect(t, "expires", nil)
	}
}

func (v *vector) options(t *testing.T) error {
	var err error
	if v.Of == "minter" {
		_, err = NewMinter(MinterOptions{JSON: string(v.Options), Keys: v.makeKeys(t)[0]})
	} else {
		_, err = v.makeVerifier(t, v.Options)
	}
	return err
}

func (v *vector) readKeys(t *testing.T) error {
	keys, err := v.key(v.named(t)[0])
	if err != nil {
		return err
	}
	v.expect(t, "public", must(keys.Public())(t))
	status := must(keys.Status())(t)
	v.expect(t, "keys", len(status.Keys))
	v.expect(t, "skipped", len(status.Skipped))
	if len(status.Skipped) > 0 {
		v.expectPart(t, "reason", status.Skipped[0].Reason)
	}
	if wanted, said := v.Expect["key"]; said {
		first, wants := map[string]any{}, map[string]any{}
		written, _ := json.Marshal(status.Keys[0])
		if json.Unmarshal(written, &first) != nil || json.Unmarshal(wanted, &wants) != nil {
			t.Fatal("expect.key isn't an object")
		}
		for name, value := range wants {
			if found := first[name]; found != value && (value != nil || found != "") {
				t.Errorf("expect.key.%s: %v was expected, not %v", name, value, found)
			}
		}
	}
	return nil
}

func (v *vector) mint(t *testing.T) error {
	keys := v.makeKeys(t)[0]
	minter := must(NewMinter(MinterOptions{JSON: string(v.Options), Keys: keys}))(t)
	token, err := minter.Mint(json.RawMessage(v.Claims), v.call())
	if err != nil {
		return err
	}
	v.expect(t, "token", token)
	var starts string
	if wanted, said := v.Expect["starts"]; said && (json.Unmarshal(wanted, &starts) != nil || !strings.HasPrefix(token, starts)) {
		t.Errorf("expect.starts: %s doesn't begin so", token)
	}
	v.expect(t, "payload", must(VerifySignature(keys, token, JWSOptions{}))(t))
	return nil
}

func (v *vector) signature(t *testing.T) error {
	payload, err := VerifySignature(v.makeKeys(t)[0], v.text(), JWSOptions{JSON: string(v.Options)})
	if err == nil {
		v.expect(t, "payload", payload)
	}
	return err
}

func (v *vector) sign(t *testing.T) error {
	token, err := Sign(v.makeKeys(t)[0], v.Payload, JWSOptions{JSON: string(v.Options)})
	if err == nil {
		v.expect(t, "token", token)
	}
	return err
}

func (v *vector) bearer(t *testing.T) error {
	options := BearerOptions{JSON: string(v.Options), AdminToken: v.Admin}
	if v.Keys != nil {
		options.Verifier = must(v.makeVerifier(t, v.Verifier))(t)
	}
	bearer, err := NewBearer(options)
	if err != nil {
		return err
	}
	credential, err := bearer.Resolve(context.Background(), v.Authorization, v.Cookie, v.call())
	if err != nil {
		return err
	}
	v.expect(t, "kind", credential.Kind)
	v.expect(t, "text", credential.Text)
	var rejection *Error
	if errors.As(credential.Rejection, &rejection) {
		v.expect(t, "rejection", rejection.Status.Name())
	} else {
		v.expect(t, "rejection", nil)
	}
	if credential.Claims != nil {
		v.expect(t, "claims", credential.Claims.JSON())
	} else {
		v.expect(t, "claims", nil)
	}
	return nil
}

func (v *vector) inspect(t *testing.T) error {
	text, err := Inspect(v.text())
	if err == nil {
		v.expect(t, "text", text)
	}
	return err
}

func (v *vector) revoke(t *testing.T) error {
	store, err := OpenRevocations("memory:", RevocationsOptions{JSON: string(v.Open)})
	if err != nil {
		return err
	}
	entry, err := store.revoke(Rule{JSON: string(v.Rule)}, []Call{v.call()})
	if err == nil {
		v.expect(t, "entry", entry)
	}
	return err
}

func (v *vector) imports(t *testing.T) error {
	store := must(OpenRevocations("memory:", RevocationsOptions{}))(t)
	count, err := store.Import(string(v.Document), v.call())
	if err == nil {
		v.expect(t, "count", count)
		v.expect(t, "export", must(store.Export(v.call()))(t))
	}
	return err
}
