package jeton

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
)

func written(t *testing.T, options any) string {
	t.Helper()
	text, err := document(options)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestAbsentNullAndAValueAreThreeThings(t *testing.T) {
	for wanted, options := range map[string]MinterOptions{
		`{}`:                {},
		`{"lifetime":null}`: {Lifetime: Null[time.Duration]()},
		`{"lifetime":600}`:  {Lifetime: Value(10 * time.Minute)},
		`{"lifetime":0}`:    {Lifetime: Value(time.Duration(0))},
		`{"type":""}`:       {Type: Value("")},
	} {
		if text := written(t, options); text != wanted {
			t.Errorf("%s was expected, not %s", wanted, text)
		}
	}
	for wanted, options := range map[string]VerifierOptions{
		`{}`:                               {},
		`{"issuer":null,"audience":["a"]}`: {Issuer: Waive(), Audience: Only("a")},
		`{"audience":["a","b"]}`:           {Audience: Only("a", "b")},
		`{"issuer":{"under":["a"]}}`:       {Issuer: Under("a")},
		`{"type":["JWT"]}`:                 {Type: Only("JWT")},
		`{"type":["JWT",null]}`:            {Type: Untyped("JWT")},
		`{"type":[null]}`:                  {Type: Untyped()},
		`{"type":null}`:                    {Type: Waive()},
		`{"require":[]}`:                   {Require: Value([]string{})},
		`{"claims":{"a":[1,{"not":2}]}}`:   {Claims: Matchers{"a": []any{1, Not(2)}}},
	} {
		if text := written(t, options); text != wanted {
			t.Errorf("%s was expected, not %s", wanted, text)
		}
	}
}

// A variable that nobody set must not become "any".
func TestAnIssuerOrAudienceThatIsForgottenIsRefused(t *testing.T) {
	keys := must(GenerateKeys(GenerateOptions{Algorithm: ES256}))(t)
	said := Only("https://a.example")
	for name, options := range map[string]VerifierOptions{
		"nothing":                       {},
		"no issuer":                     {Audience: said},
		"no audience":                   {Issuer: said},
		"a variable that nobody set":    {Issuer: Accepted{}, Audience: said},
		"an unset issuer":               {Issuer: Only(""), Audience: said},
		"an unset audience":             {Issuer: said, Audience: Only("")},
		"an unset type":                 {Issuer: said, Audience: said, Type: Only("")},
		"no issuer in an entry":         {Trust: []Trust{{Audience: said}}},
		"no algorithms, but a list":     {Issuer: said, Audience: said, Algorithms: []Algorithm{}},
		"a lifetime of nothing":         {Issuer: said, Audience: said, Lifetime: Value(time.Duration(0))},
		"half a second of leeway":       {Issuer: said, Audience: said, Leeway: Value(time.Second / 2)},
		"an unknown member in JSON":     {JSON: `{"issuer":null,"audience":null,"audiense":"api"}`},
		"JSON that leaves an issuer":    {JSON: `{"audience":null}`},
		"JSON and a field besides":      {JSON: `{"issuer":null,"audience":null}`, Leeway: Value(time.Second)},
		"JSON and an empty, said field": {JSON: `{"issuer":null,"audience":null}`, Require: Value([]string{})},
	} {
		options.Keys = []*Keys{keys}
		if _, err := NewVerifier(options); !errors.Is(err, ErrOptions) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, options := range map[string]VerifierOptions{
		"both waived": {Issuer: Waive(), Audience: Waive()},
		"both said":   {Issuer: said, Audience: said},
		"JSON":        {JSON: `{"issuer":null,"audience":null}`},
	} {
		options.Keys = []*Keys{keys}
		if _, err := NewVerifier(options); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTimesAreInWholeSeconds(t *testing.T) {
	when := time.Unix(1800000000, 0)
	if text := written(t, Rule{Until: Value(when), Before: Null[time.Time]()}); text != `{"before":null,"until":1800000000}` {
		t.Error(text)
	}
	if _, err := document(Rule{Until: Value(when.Add(time.Millisecond))}); !errors.Is(err, ErrOptions) || !strings.Contains(err.Error(), "whole second") {
		t.Error(err)
	}
}

func TestAnAudienceIsAStringOrAList(t *testing.T) {
	for text, audience := range map[string]Audience{`"a"`: {"a"}, `["a","b"]`: {"a", "b"}, `[]`: {}} {
		written, err := json.Marshal(audience)
		if err != nil || string(written) != text {
			t.Error(string(written), err)
		}
		var back Audience
		if err := json.Unmarshal([]byte(text), &back); err != nil || len(back) != len(audience) {
			t.Error(back, err)
		}
	}
	var audience Audience
	if json.Unmarshal([]byte(`1`), &audience) == nil {
		t.Error("a number is no audience")
	}
}

// What the library would refuse doesn't compile.
func TestWhatOneOptionTakesAnotherMayNot(t *testing.T) {
	if _, fits := any(Under("a")).(Audiences); fits {
		t.Error("an audience that goes by the audience")
	}
	if _, fits := any(Untyped()).(Issuers); fits {
		t.Error("an issuer for tokens without a typ")
	}
}

func TestAHeaderWithoutATypMayBeAccepted(t *testing.T) {
	keys := must(GenerateKeys(GenerateOptions{Algorithm: HS256}))(t)
	typed := must(Sign(keys, "{}", JWSOptions{Type: Value("JWT")}))(t)
	bare := must(Sign(keys, "{}", JWSOptions{}))(t)
	for _, one := range []struct {
		accepted    Types
		typed, bare bool
	}{
		{nil, true, true}, {Waive(), true, true}, {Only("at+jwt", "JWT"), true, false}, {Only("at+jwt"), false, false},
		{Untyped(), false, true}, {Untyped("jwt"), true, true}, {Untyped("at+jwt"), false, true},
	} {
		verifier := must(NewVerifier(VerifierOptions{
			Keys: []*Keys{keys}, Issuer: Waive(), Audience: Waive(), Require: Value([]string{}), Type: one.accepted,
		}))(t)
		for token, accepted := range map[string]bool{typed: one.typed, bare: one.bare} {
			if _, err := verifier.Verify(context.Background(), token); (err == nil) != accepted || err != nil && !errors.Is(err, ErrType) {
				t.Error(one.accepted, err)
			}
		}
	}
}

func TestAResolverIsToldWhatBecomesOfJWTs(t *testing.T) {
	h := build(t)
	for jwts, kind := range map[JWTs]string{JWTsVerified: "jwt", JWTsIgnored: "session", JWTsMisconfigured: "jwt"} {
		bearer := must(NewBearer(BearerOptions{Verifier: h.verifier, JWT: jwts}))(t)
		found := must(bearer.Resolve(context.Background(), "Bearer "+h.token(t), ""))(t)
		if found.Kind != kind || errors.Is(found.Rejection, ErrMisconfigured) != (jwts == JWTsMisconfigured) || (found.Claims != nil) != (jwts == JWTsVerified) {
			t.Errorf("%d: %+v", jwts, found)
		}
	}
	if _, err := NewBearer(BearerOptions{JWT: JWTsMisconfigured + 1}); !errors.Is(err, ErrOptions) {
		t.Error(err)
	}
}
