package jeton

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
)

const payload = `{"iss":"https://a.example","aud":["api","jobs"],"sub":"ada","exp":2000.5,"iat":1000,"jti":"j",
 "name":"Ada \u2764 \"Lovelace\"","admin":true,"count":9223372036854775807,"ratio":0.25,"none":null,"empty":"",
 "realm_access":{"roles":["reader","writer"],"a/b":1}}`

// verified are the claims of payload, as verified.
func verified(t testing.TB, text string) *Claims {
	t.Helper()
	token, verifier := signedToken(t, text)
	claims, err := verifier.Verify(context.Background(), token, Call{Now: time.Unix(1500, 0)})
	if err != nil {
		t.Fatal(err)
	}
	return claims
}

func signedToken(t testing.TB, text string) (string, *Verifier) {
	t.Helper()
	keys := must(GenerateKeys(GenerateOptions{Algorithm: HS256, KID: "k"}))(t)
	token := must(Sign(keys, text, JWSOptions{Type: Value("JWT")}))(t)
	return token, must(NewVerifier(VerifierOptions{
		Keys: []*Keys{keys}, Issuer: Waive(), Audience: Waive(), Require: Value([]string{}),
	}))(t)
}

func TestClaimsAreReadByName(t *testing.T) {
	claims := verified(t, payload)
	texts := map[string]string{
		"sub": "ada", "name": "Ada ❤ \"Lovelace\"", "empty": "", "/realm_access/roles/1": "writer", "/aud/0": "api",
	}
	for name, wanted := range texts {
		if text, found := claims.Text(name); text != wanted || !found {
			t.Errorf("%s: %q, %v", name, text, found)
		}
	}
	for _, name := range []string{"exp", "missing", "none", "realm_access", "/realm_access/roles/2"} {
		if text, found := claims.Text(name); text != "" || found {
			t.Errorf("%s: %q, %v", name, text, found)
		}
	}
	if count, found := claims.Integer("count"); count != math.MaxInt64 || !found {
		t.Error(count, found)
	}
	if one, found := claims.Integer("/realm_access/a~1b"); one != 1 || !found {
		t.Error(one, found)
	}
	if number, found := claims.Integer("exp"); number != 0 || found {
		t.Error("a fraction is no whole number", number)
	}
	if admin, found := claims.Boolean("admin"); !admin || !found {
		t.Error(admin, found)
	}
	if admin, found := claims.Boolean("sub"); admin || found {
		t.Error(admin, found)
	}
	if !claims.Has("none") || claims.Has("missing") {
		t.Error("null is there")
	}
	if roles := claims.Value("/realm_access/roles"); string(roles) != `["reader","writer"]` {
		t.Error(string(roles))
	}
	if claims.Value("missing") != nil {
		t.Error("nothing is there")
	}
}

// What tests/c/claims.c asks of the library's own readers, and a little more.
func TestPointersLeadIntoObjectsAndLists(t *testing.T) {
	claims := verified(t, `{ "access" : { "roles" : [ "reader" , "writer" ] , "" : 7 }, "a/b": {"~": "tilde"}, "/access": "a name with a slash",
		"\u0073pelt": "otherwise", "in": ["\t", "b\u0301", -0, 1.0, 1e2, 9223372036854775808, {"x": [[2]]}], "": "no name" }`)
	for name, wanted := range map[string]string{
		"/access/roles/1": "writer", "/a~1b/~0": "tilde", "/~1access": "a name with a slash", "spelt": "otherwise", "/spelt": "otherwise",
		"/in/0": "\t", "/in/1": "b\u0301", "": "no name", "/": "no name",
	} {
		if text, found := claims.Text(name); text != wanted || !found {
			t.Errorf("%s: %q", name, text)
		}
	}
	for name, wanted := range map[string]int64{"/access/": 7, "/in/2": 0, "/in/6/x/0/0": 2} {
		if number, found := claims.Integer(name); number != wanted || !found {
			t.Errorf("%s: %d", name, number)
		}
	}
	for _, name := range []string{
		"/access/roles/2", "/access/roles/01", "/access/roles/-", "/access/roles/+1", "/access/roles/0/0", "/access/roles/", "/in/00",
		"/access/roles/99999999999999999999", "/a~2b", "/in/6/x/0/0/0", "access/roles", "/access/", "/none",
	} {
		if claims.Has(name) != (name == "/access/") {
			t.Error(name)
		}
	}
	for _, name := range []string{"/in/3", "/in/4", "/in/5", "/in/6", "/in"} {
		if number, found := claims.Integer(name); number != 0 || found {
			t.Error(name, number)
		}
	}
}

func TestClaimsTellHowTheyWereVerified(t *testing.T) {
	claims := verified(t, payload)
	kid, thumbprint := claims.Key()
	if kid != "k" || len(thumbprint) != 43 || claims.Algorithm() != HS256 || claims.Trust() != 0 {
		t.Error(kid, thumbprint, claims.Algorithm(), claims.Trust())
	}
	if claims.JSON() != payload || claims.Header() != `{"alg":"HS256","typ":"JWT","kid":"k"}` && !strings.Contains(claims.Header(), `"kid":"k"`) {
		t.Error(claims.JSON(), claims.Header())
	}
	if expires, found := claims.Expires(); expires.Unix() != 2001 || !found {
		t.Error(expires)
	}
	at := Call{Now: time.Unix(1500, 0)}
	if !claims.Fresh(500*time.Second, 501*time.Second, at) || claims.Fresh(501*time.Second, time.Hour, at) || claims.Fresh(0, 500*time.Second, at) {
		t.Error("fresh is: more than remaining left, and issued less than age before")
	}
	if _, found := verified(t, `{"sub":"ada"}`).Expires(); found {
		t.Error("there is no exp")
	}
	if text, err := json.Marshal(verified(t, `{"sub":"ada"}`)); string(text) != `{"sub":"ada"}` || err != nil {
		t.Error(string(text), err)
	}
}

// The time of issue is what the verifier took it for: the option iat says how.
func TestTheAgeOfATokenIsThatOfItsIssue(t *testing.T) {
	keys := must(GenerateKeys(GenerateOptions{Algorithm: HS256}))(t)
	at := Call{Now: time.Unix(1500, 0)}
	for _, one := range []struct {
		iat, claims string
		age         time.Duration // at which it isn't fresh any more; 0: it always is
	}{
		{`"number"`, `{"iat":1000}`, 500 * time.Second},
		{`"number"`, `{"iat":1000.9}`, 500 * time.Second},
		{`"number"`, `{"iat":1e3}`, 500 * time.Second},
		{`"number"`, `{"iat":-0.5}`, 1501 * time.Second},
		{`"number"`, `{"i":1}`, 0},
		{`"text"`, `{"iat":"1000"}`, 500 * time.Second},
		{`"text"`, `{"iat":"\u0031000"}`, 500 * time.Second},
		{`null`, `{"iat":1000}`, 500 * time.Second},
		{`null`, `{"iat":"1000"}`, 0},
		{`null`, `{"iat":{}}`, 0},
	} {
		verifier := must(NewVerifier(VerifierOptions{
			Keys: []*Keys{keys}, JSON: `{"issuer":null,"audience":null,"require":[],"iat":` + one.iat + `}`,
		}))(t)
		claims := must(verifier.Verify(context.Background(), must(Sign(keys, one.claims, JWSOptions{}))(t)))(t)
		if claims.Fresh(0, one.age, at) != (one.age == 0) || !claims.Fresh(0, one.age+time.Second, at) {
			t.Error(one.iat, one.claims)
		}
	}
}

func TestClaimsThatNoVerifierMadeAreEmpty(t *testing.T) {
	var zero Claims
	if text, found := zero.Text("/a"); text != "" || found || zero.Has("a") || zero.Subject() != "" || zero.Value("a") != nil {
		t.Error("there is something in them")
	}
}

type registered struct {
	RegisteredClaims
	Name  string `json:"name"`
	Admin *bool  `json:"admin"`
	Realm struct {
		Roles []string `json:"roles"`
	} `json:"realm_access"`
	Ratio   float32         `json:"ratio"`
	Rest    any             `json:"none"`
	Raw     json.RawMessage `json:"realm_access_raw"`
	Missing *string         `json:"missing"`
}

func TestClaimsGoIntoAStruct(t *testing.T) {
	var into registered
	if err := verified(t, payload).Into(&into); err != nil {
		t.Fatal(err)
	}
	admin := true
	wanted := registered{
		RegisteredClaims: RegisteredClaims{
			Issuer: "https://a.example", Subject: "ada", Audience: Audience{"api", "jobs"}, ID: "j",
			Expires: Date{time.UnixMilli(2000_500)}, Issued: Date{time.Unix(1000, 0)},
		},
		Name: "Ada ❤ \"Lovelace\"", Admin: &admin, Ratio: 0.25,
	}
	wanted.Realm.Roles = []string{"reader", "writer"}
	if !reflect.DeepEqual(into, wanted) {
		t.Errorf("%+v", into)
	}
}

// What a struct was used for before must not outlive it: no role of the last user.
func TestWhatTheTokenDoesNotHaveBecomesZero(t *testing.T) {
	type user struct {
		Subject string   `json:"sub"`
		Admin   bool     `json:"admin"`
		Roles   []string `json:"roles"`
	}
	into := user{Subject: "root", Admin: true, Roles: []string{"all"}}
	if err := verified(t, `{"sub":"ada"}`).Into(&into); err != nil || !reflect.DeepEqual(into, user{Subject: "ada"}) {
		t.Errorf("%+v, %v", into, err)
	}
	reused := map[string]any{"admin": true}
	if err := verified(t, `{"sub":"ada"}`).Into(&reused); err != nil || len(reused) != 1 || reused["sub"] != "ada" {
		t.Error(reused, err)
	}
}

// encoding/json would take "ADMIN" for "admin", and the last of both.
func TestANameInOtherLettersIsAnotherClaim(t *testing.T) {
	var into struct {
		Admin bool `json:"admin"`
	}
	if err := verified(t, `{"admin":false,"ADMIN":true,"Admin":true}`).Into(&into); err != nil || into.Admin {
		t.Error(into, err)
	}
	if err := verified(t, `{"ADMIN":false,"admin":true}`).Into(&into); err != nil || !into.Admin {
		t.Error(into, err)
	}
}

func TestAClaimOfTheWrongTypeIsNamed(t *testing.T) {
	type inner struct {
		Roles []int `json:"roles"`
	}
	for _, test := range []struct {
		into         any
		claim, found string
	}{
		{&struct {
			Subject int `json:"sub"`
		}{}, "sub", "a string"},
		{&struct {
			Count int32 `json:"count"`
		}{}, "count", "a number"},
		{&struct {
			Count string `json:"count"`
		}{}, "count", "a number"},
		{&struct {
			Admin string `json:"admin"`
		}{}, "admin", "a boolean"},
		{&struct {
			Admin time.Time `json:"admin"`
		}{}, "admin", "a boolean"},
		{&struct {
			Subject time.Time `json:"sub"`
		}{}, "sub", "a string"},
		{&struct {
			Realm inner `json:"realm_access"`
		}{}, "realm_access", "a string"},
		{&map[string]map[string]any{}, "iss", "a string"},
		{&struct {
			Realm bool `json:"realm_access"`
		}{}, "realm_access", "an object"},
		{&struct {
			Audience Date `json:"aud"`
		}{}, "aud", "a list"},
	} {
		err := verified(t, payload).Into(test.into)
		var claim *ClaimError
		if !errors.As(err, &claim) || !errors.Is(err, ErrClaim) || claim.Claim != test.claim || !strings.Contains(err.Error(), test.found) {
			t.Errorf("%T: %v", test.into, err)
		}
		if !reflect.ValueOf(test.into).Elem().IsZero() {
			t.Errorf("%+v is left over", test.into)
		}
	}
	for _, into := range []any{nil, registered{}, (*registered)(nil)} {
		if err := verified(t, payload).Into(into); !errors.Is(err, ErrMisuse) {
			t.Errorf("%T: %v", into, err)
		}
	}
	if err := verified(t, payload).Into(new(string)); !errors.Is(err, ErrClaim) {
		t.Error(err)
	}
}

func TestNothingIsDecodedFromATokenThatFails(t *testing.T) {
	token, verifier := signedToken(t, payload)
	into := registered{Name: "before"}
	if err := verifier.VerifyInto(context.Background(), forged(token), &into); !errors.Is(err, ErrSignature) || into.Name != "before" {
		t.Error(into, err)
	}
	if err := verifier.VerifyInto(context.Background(), token, &into, Call{Now: time.Unix(1500, 0)}); err != nil || into.Subject != "ada" {
		t.Error(into, err)
	}
}

func TestADateKeepsItsFraction(t *testing.T) {
	for text, wanted := range map[string]time.Time{"1000": time.Unix(1000, 0), "1000.25": time.UnixMilli(1000_250), "1e3": time.Unix(1000, 0)} {
		var date, direct Date
		if err := json.Unmarshal([]byte(text), &date); err != nil || !date.Equal(wanted) {
			t.Error(text, date, err)
		}
		if r := read(text); !setDate(&r, reflect.ValueOf(&direct).Elem()) || !direct.Equal(wanted) {
			t.Error(text, direct)
		}
	}
	var date Date
	for _, text := range []string{`"1000"`, "1e30", "true"} {
		if json.Unmarshal([]byte(text), &date) == nil && text != "null" {
			t.Error(text, "is no date")
		}
	}
	if text, err := json.Marshal(RegisteredClaims{Expires: Date{time.Unix(7, 5)}}); string(text) != `{"exp":7}` || err != nil {
		t.Error(string(text), err)
	}
}

// Bytes are verified where they are, and as the same text.
func TestBytesAreVerifiedToo(t *testing.T) {
	token, verifier := signedToken(t, `{"sub":"ada"}`)
	claims, err := verifier.VerifyBytes(context.Background(), []byte(token))
	if err != nil || claims.Subject() != "ada" {
		t.Error(err)
	}
	if _, err := verifier.VerifyBytes(context.Background(), nil); !errors.Is(err, ErrMalformed) {
		t.Error(err)
	}
}

func TestABatchHasAVerdictForEach(t *testing.T) {
	token, verifier := signedToken(t, `{"sub":"ada"}`)
	claims, errs, err := verifier.VerifyMany([]string{token, "", forged(token), token})
	if err != nil {
		t.Fatal(err)
	}
	for index, wanted := range []error{nil, ErrMalformed, ErrSignature, nil} {
		if !errors.Is(errs[index], wanted) || (claims[index] == nil) != (wanted != nil) {
			t.Error(index, errs[index])
		}
	}
	if claims, errs, err := verifier.VerifyMany(nil); len(claims)+len(errs) > 0 || err != nil {
		t.Error(err)
	}
	if _, _, err := verifier.VerifyMany(make([]string, 65537)); !errors.Is(err, ErrMisuse) {
		t.Error(err)
	}
}

func TestClaimsOfAnySizeAreDecoded(t *testing.T) {
	h := build(t)
	verifier := must(NewVerifier(VerifierOptions{
		Keys: []*Keys{h.keys}, Issuer: Only("https://a.example"), Audience: Only("api"), Limits: Limits{Bytes: Value(1 << 20)},
	}))(t)
	for _, size := range []int{0, 15 << 10, 16 << 10, 17 << 10, 500_000} {
		long := strings.Repeat("x", size)
		token := must(h.minter.Mint(context.Background(), map[string]any{"long": long}))(t)
		var tagged struct {
			Long string `json:"long"`
		}
		if err := verifier.VerifyInto(context.Background(), token, &tagged); err != nil || tagged.Long != long {
			t.Errorf("%d: %v, %d bytes", size, err, len(tagged.Long))
		}
	}
}
