package jeton

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEveryVectorHolds(t *testing.T) {
	files, err := filepath.Glob("../../tests/vectors/*.json")
	derived, _ := filepath.Glob("../../tests/vectors/derived/*.json")
	files = append(files, derived...)
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
		"sign": v.sign, "bearer": v.bearer, "introspect": v.introspect, "inspect": v.inspect, "revoke": v.revoke, "import": v.imports,
	}
	kind, known := kinds[v.Kind]
	if !known {
		t.Fatalf("an unknown kind: %s", v.Kind)
	}
	v.cameTo(t, kind(t))
}

func (v *vector) verify(t *testing.T) error {
	token := v.text()
	// A verifier for each way: one may remember what it has accepted.
	fresh := func() *Verifier {
		verifier := must(v.makeVerifier(t, v.Options))(t)
		for range v.Times - 1 {
			must(verifier.Verify(context.Background(), token, v.call()))(t)
		}
		return verifier
	}
	claims, err := fresh().Verify(context.Background(), token, v.call())
	var payload json.RawMessage
	into := fresh().VerifyInto(context.Background(), token, &payload, v.call())
	many, errs, all := fresh().VerifyMany([]string{token}, v.call())
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
	status := must(keys.Status())(t)
	for name, write := range map[string]func() (string, error){"public": keys.Public, "private": keys.Private} {
		if _, said := v.Expect[name]; said {
			text, err := write()
			if err != nil {
				return err
			}
			v.expect(t, name, text)
		}
	}
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
	token, err := minter.Mint(context.Background(), json.RawMessage(v.Claims), v.call())
	if err != nil {
		return err
	}
	v.expect(t, "token", token)
	var starts string
	if wanted, said := v.Expect["starts"]; said && (json.Unmarshal(wanted, &starts) != nil || !strings.HasPrefix(token, starts)) {
		t.Errorf("expect.starts: %s doesn't begin so", token)
	}
	if v.Verifier == "" {
		v.expect(t, "payload", must(VerifySignature(keys, token, JWSOptions{}))(t))
		return nil
	}
	claims := must(must(v.makeVerifier(t, v.Verifier))(t).Verify(context.Background(), token, v.call()))(t)
	v.expect(t, "payload", claims.JSON())
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

func (v *vector) introspect(t *testing.T) error {
	text, err := must(v.makeVerifier(t, v.Options))(t).Introspect(context.Background(), v.text(), v.call())
	if err == nil {
		v.expect(t, "text", text)
	}
	return err
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
