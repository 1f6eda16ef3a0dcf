package jeton

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestARevokedTokenIsRefusedAtOnce(t *testing.T) {
	h := build(t)
	token, next := h.token(t), h.token(t)
	claims := h.verify(t, token)
	entry := must(h.revocations.RevokeClaims(claims, RevokeClaimsOptions{Note: "lost"}))(t)
	if entry.Realm != "https://a.example" || entry.Claim != "jti" || entry.Until == nil || entry.Before != nil || entry.Note != "lost" {
		t.Errorf("%+v", entry)
	}
	if _, err := h.verifier.Verify(context.Background(), token); !errors.Is(err, ErrRevoked) {
		t.Error(err)
	}
	h.verify(t, next)
	jti, _ := claims.Text("jti")
	rule := Rule{Realm: "https://a.example", Claim: "jti", Value: jti}
	for _, wanted := range []bool{true, false} {
		if restored := must(h.revocations.Restore(rule))(t); restored != wanted {
			t.Error("restored:", restored)
		}
	}
	h.verify(t, token)
}

func TestClaimsOfAVerifierWithoutRevocationsRevokeNothing(t *testing.T) {
	h := build(t)
	plain := must(NewVerifier(VerifierOptions{
		Keys: []*Keys{h.keys}, Issuer: Only("https://a.example"), Audience: Only("api"),
	}))(t)
	token := h.token(t)
	claims := must(plain.Verify(context.Background(), token))(t)
	batch, _, err := plain.VerifyMany([]string{token})
	if err != nil {
		t.Fatal(err)
	}
	for _, claims := range []*Claims{claims, batch[0]} {
		if _, err := h.revocations.RevokeClaims(claims, RevokeClaimsOptions{}); !errors.Is(err, ErrMisuse) || !strings.Contains(err.Error(), "without revocations") {
			t.Error(err)
		}
		if _, err := h.revocations.RevokeLogout(claims, RevokeLogoutOptions{Lifetime: Value(time.Hour)}); !errors.Is(err, ErrMisuse) {
			t.Error(err)
		}
	}
	batch, _, err = h.verifier.VerifyMany([]string{token})
	if err != nil {
		t.Fatal(err)
	}
	must(h.revocations.RevokeClaims(batch[0], RevokeClaimsOptions{}))(t)
	if _, err := h.verifier.Verify(context.Background(), token); !errors.Is(err, ErrRevoked) {
		t.Error(err)
	}
}

func TestSigningOutEverywhereHasACutOff(t *testing.T) {
	h := build(t)
	now := Call{Now: time.Unix(1800000000, 0)}
	token := must(h.minter.Mint(context.Background(), map[string]any{"sub": "ada"}, now))(t)
	rule := Rule{Realm: "https://a.example", Claim: "sub", Value: "ada", Until: Value(now.Now.Add(time.Hour))}
	entry := must(h.revocations.Revoke(rule, now))(t)
	if entry.Before == nil || *entry.Before != now.Now.Unix() || entry.At != now.Now.Unix() || string(entry.Value) != `"ada"` {
		t.Errorf("%+v", entry)
	}
	if _, err := h.verifier.Verify(context.Background(), token, now); !errors.Is(err, ErrRevoked) {
		t.Error(err)
	}
	later := Call{Now: now.Now.Add(time.Second)}
	anew := must(h.minter.Mint(context.Background(), map[string]any{"sub": "ada"}, later))(t)
	if _, err := h.verifier.Verify(context.Background(), anew, later); err != nil {
		t.Error(err)
	}
	ended := Call{Now: now.Now.Add(2 * time.Hour)}
	if count := must(h.revocations.Compact(ended))(t); count != 1 {
		t.Error(count)
	}
}

func TestALogoutTokenEndsItsSession(t *testing.T) {
	h := build(t)
	logout := must(h.minter.Mint(context.Background(), map[string]any{
		"sid": "s", "events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}},
	}))(t)
	entry := must(h.revocations.RevokeLogout(h.verify(t, logout), RevokeLogoutOptions{Lifetime: Value(time.Hour)}))(t)
	if entry.Claim != "sid" || string(entry.Value) != `"s"` {
		t.Errorf("%+v", entry)
	}
	session := must(h.minter.Mint(context.Background(), map[string]any{"sid": "s"}))(t)
	if _, err := h.verifier.Verify(context.Background(), session); !errors.Is(err, ErrRevoked) {
		t.Error(err)
	}
	other := h.verify(t, h.token(t))
	var claim *ClaimError
	if _, err := h.revocations.RevokeLogout(other, RevokeLogoutOptions{Lifetime: Value(time.Hour)}); !errors.As(err, &claim) || claim.Claim != "events" {
		t.Error(err)
	}
}

func TestASwitchHangsOnTheScope(t *testing.T) {
	h := build(t)
	verifier := must(NewVerifier(VerifierOptions{
		Keys: []*Keys{h.keys}, Revocations: h.revocations, Issuer: Only("https://a.example"), Audience: Only("api"),
		Deny: []Deny{{Name: "no_ada", When: Matchers{"sub": "ada"}, Switch: "closed"}},
	}))(t)
	token := h.token(t)
	if err := h.revocations.Switch("here", "closed", true); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		scope  Optional[string]
		wanted error
	}{
		{Optional[string]{}, ErrMisuse}, {Null[string](), ErrMisuse}, {Value(""), nil}, {Value("there"), nil}, {Value("here"), ErrDenied},
	} {
		if _, err := verifier.Verify(context.Background(), token, Call{Scope: test.scope}); !errors.Is(err, test.wanted) {
			t.Errorf("%+v: %v", test.scope, err)
		}
	}
	for scope, wanted := range map[string]bool{"here": true, "there": false} {
		if on := must(h.revocations.IsOn(scope, "closed"))(t); on != wanted {
			t.Errorf("%s: %t", scope, on)
		}
	}
	list := must(h.revocations.List())(t)
	if len(list.Switches) != 1 || list.Switches[0] != (Switch{"here", "closed", true}) {
		t.Errorf("%+v", list)
	}
}

func TestANonceMustBeTheOneOfTheCall(t *testing.T) {
	h := build(t)
	token := must(h.minter.Mint(context.Background(), map[string]any{"nonce": ""}))(t)
	for _, test := range []struct {
		nonce  Optional[string]
		wanted error
	}{{Optional[string]{}, nil}, {Value(""), nil}, {Value("n"), ErrClaim}} {
		if _, err := h.verifier.Verify(context.Background(), token, Call{Nonce: test.nonce}); !errors.Is(err, test.wanted) {
			t.Errorf("%+v: %v", test.nonce, err)
		}
	}
}

// Two stores over one file are two processes', as far as they know.
func TestASharedStoreIsShared(t *testing.T) {
	location := "sqlite:" + filepath.Join(t.TempDir(), "revoked.db")
	options := RevocationsOptions{Stale: Value(10 * time.Second)}
	one, other := must(OpenRevocations(location, options))(t), must(OpenRevocations(location, options))(t)
	defer one.Close()
	defer other.Close()
	h := build(t)
	verifier := must(NewVerifier(VerifierOptions{
		Keys: []*Keys{h.keys}, Revocations: other, Issuer: Only("https://a.example"), Audience: Only("api"),
	}))(t)
	token := h.token(t)
	must(one.RevokeClaims(h.verify(t, token), RevokeClaimsOptions{}))(t)
	if err := other.Refresh(); err != nil {
		t.Fatal(err)
	}
	if _, err := verifier.Verify(context.Background(), token); !errors.Is(err, ErrRevoked) {
		t.Error(err)
	}
	status := must(other.Status())(t)
	if status.Location != location || status.Entries != 1 || status.Stale == nil || *status.Stale != 10 || status.Durable == nil || !*status.Durable {
		t.Errorf("%+v", status)
	}
	if events := must(other.Events())(t); len(events) != 0 {
		t.Errorf("%+v", events)
	}
	exported := must(one.Export())(t)
	third := must(OpenRevocations("memory:", RevocationsOptions{}))(t)
	if count := must(third.Import(exported))(t); count != 1 {
		t.Error(count)
	}
	if _, err := OpenRevocations(location, RevocationsOptions{}); !errors.Is(err, ErrOptions) {
		t.Error("how stale it may be must be said:", err)
	}
}

func TestKeysAreReplacedInOneStep(t *testing.T) {
	h := build(t)
	token := h.token(t)
	next := must(GenerateKeys(GenerateOptions{Algorithm: HS256, KID: "next"}))(t)
	private := must(next.Private())(t)
	if err := h.keys.Replace("{", KeyOptions{}); !errors.Is(err, ErrKey) {
		t.Error(err)
	}
	h.verify(t, token)
	if err := h.keys.Replace(private, KeyOptions{}); err != nil {
		t.Fatal(err)
	}
	if _, err := h.verifier.Verify(context.Background(), token); !errors.Is(err, ErrUnknownKey) {
		t.Error(err)
	}
	h.verify(t, h.token(t))
}
