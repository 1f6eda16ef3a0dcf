package jeton

import (
	"encoding/base64"
	"encoding/json"
	"errors"
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
	Old     *encoded        `json:"old_secret"`
	Derive  json.RawMessage `json:"derive"`
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
		Scope       *string `json:"scope"`
		Nonce       *string `json:"nonce"`
		Method      *string `json:"method"`
		URI         *string `json:"uri"`
		AccessToken *string `json:"access_token"`
		JKT         *string `json:"jkt"`
	} `json:"call"`
	Times       int `json:"times"`
	Revocations *struct {
		At       int64        `json:"at"`
		Rules    []vectorText `json:"rules"`
		Switches []Switch     `json:"switches"`
	} `json:"revocations"`
	Lists []struct {
		Keys    string     `json:"keys"`
		Options vectorText `json:"options"`
		Token   string     `json:"token"`
	} `json:"lists"`
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
	case key.Derive != nil:
		var old string
		if key.Old != nil {
			old = string(*key.Old)
		}
		return DeriveKeys(string(*key.Secret), old, DeriveOptions{JSON: string(key.Derive)})
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
	said := func(text *string) Optional[string] {
		if text == nil {
			return Optional[string]{}
		}
		return Value(*text)
	}
	return Call{
		Now: at(v.Now), Scope: said(v.Call.Scope), Nonce: said(v.Call.Nonce), Method: said(v.Call.Method),
		URI: said(v.Call.URI), AccessToken: said(v.Call.AccessToken), JKT: said(v.Call.JKT),
	}
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
	verifier, err := NewVerifier(made)
	if err != nil || v.Lists == nil {
		return verifier, err
	}
	var lists []*Source
	for _, one := range v.Lists {
		source := must(OpenList(must(v.key(v.keys[one.Keys]))(t), ListOptions{JSON: string(one.Options)}))(t)
		if request := must(source.Claim())(t); request.Accept != "application/statuslist+jwt" {
			t.Error(request)
		}
		if err := source.Accept(Answer{Status: 200, Body: []byte(one.Token)}); err != nil {
			t.Fatal(err)
		}
		lists = append(lists, source)
	}
	return verifier.Following(lists...)
}
