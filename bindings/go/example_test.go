package jeton_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"jeton.dev/jeton"
	"jeton.dev/jeton/jetonhttp"
)

// An issuer, and a service that trusts it.
var (
	keys   = must(jeton.GenerateKeys(jeton.GenerateOptions{Algorithm: jeton.ES256, KID: "2026-11"}))
	minter = must(jeton.NewMinter(jeton.MinterOptions{
		Keys: keys, Issuer: jeton.Value("https://issuer.example"), Audience: jeton.Audience{"api"}, Lifetime: jeton.Value(10 * time.Minute),
	}))
	verifier = must(jeton.NewVerifier(jeton.VerifierOptions{
		Keys: []*jeton.Keys{keys}, Issuer: jeton.Only("https://issuer.example"), Audience: jeton.Only("api"),
	}))
	ctx = context.Background()
)

func must[T any](made T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return made
}

func Example() {
	keys, err := jeton.GenerateKeys(jeton.GenerateOptions{Algorithm: jeton.EdDSA})
	if err != nil {
		log.Fatal(err)
	}
	minter, err := jeton.NewMinter(jeton.MinterOptions{
		Keys:     keys,
		Issuer:   jeton.Value("https://issuer.example"),
		Audience: jeton.Audience{"api"},
		Lifetime: jeton.Value(10 * time.Minute),
	})
	if err != nil {
		log.Fatal(err)
	}
	token, err := minter.Mint(ctx, map[string]any{"sub": "ada", "role": "editor"})
	if err != nil {
		log.Fatal(err)
	}
	verifier, err := jeton.NewVerifier(jeton.VerifierOptions{
		Keys:     []*jeton.Keys{keys},
		Issuer:   jeton.Only("https://issuer.example"),
		Audience: jeton.Only("api"),
	})
	if err != nil {
		log.Fatal(err)
	}
	var user struct {
		jeton.RegisteredClaims
		Role string `json:"role"`
	}
	if err := verifier.VerifyInto(ctx, token, &user); err != nil {
		log.Fatal(err)
	}
	fmt.Println(user.Subject, "is an", user.Role)
	// Output: ada is an editor
}

func ExampleVerifier_Verify() {
	token := must(minter.Mint(ctx, map[string]any{"sub": "ada", "realm_access": map[string]any{"roles": []string{"reader"}}}))
	claims, err := verifier.Verify(ctx, token)
	if err != nil {
		log.Fatal(err)
	}
	role, _ := claims.Text("/realm_access/roles/0")
	kid, _ := claims.Key()
	fmt.Println(claims.Subject(), role, kid)
	// Output: ada reader 2026-11
}

func ExampleVerifier_Verify_errors() {
	token := must(minter.Mint(ctx, map[string]any{"sub": "ada"}))
	_, err := verifier.Verify(ctx, token, jeton.Call{Now: time.Now().Add(time.Hour)})
	fmt.Println(errors.Is(err, jeton.ErrExpired))
	var failed *jeton.ClaimError
	if errors.As(err, &failed) {
		fmt.Println(failed.Claim)
	}
	// Output:
	// true
	// exp
}

func ExampleNewVerifier_trust() {
	partners := must(jeton.GenerateKeys(jeton.GenerateOptions{Algorithm: jeton.RS256}))
	verifier := must(jeton.NewVerifier(jeton.VerifierOptions{
		Keys: []*jeton.Keys{keys, partners},
		Trust: []jeton.Trust{
			{Issuer: jeton.Only("https://issuer.example"), Audience: jeton.Only("api"), Keys: 0},
			{Issuer: jeton.Only("https://partner.example"), Audience: jeton.Only("partners"), Keys: 1},
		},
		Claims: jeton.Matchers{"role": []any{"admin", "editor"}},
	}))
	token := must(minter.Mint(ctx, map[string]any{"role": "guest"}))
	_, err := verifier.Verify(ctx, token)
	fmt.Println(errors.Is(err, jeton.ErrClaim))
	// Output: true
}

// A document that services in several languages share.
func ExampleNewVerifier_json() {
	verifier := must(jeton.NewVerifier(jeton.VerifierOptions{
		Keys: []*jeton.Keys{keys},
		JSON: `{"issuer": "https://issuer.example", "audience": "api", "leeway": 5}`,
	}))
	fmt.Println(must(verifier.Verify(ctx, must(minter.Mint(ctx, json.RawMessage(`{"sub": "ada"}`))))).Subject())
	_, err := jeton.NewVerifier(jeton.VerifierOptions{
		Keys: []*jeton.Keys{keys},
		JSON: `{"issuer": "https://issuer.example", "audiense": "api"}`,
	})
	fmt.Println(err)
	// Output:
	// ada
	// jeton: options.audiense: unknown field "audiense"; did you mean "audience"?
}

func ExampleRevocations() {
	revocations := must(jeton.OpenRevocations("memory:", jeton.RevocationsOptions{}))
	verifier := must(jeton.NewVerifier(jeton.VerifierOptions{
		Keys: []*jeton.Keys{keys}, Revocations: revocations,
		Issuer: jeton.Only("https://issuer.example"), Audience: jeton.Only("api"),
	}))
	token := must(minter.Mint(ctx, map[string]any{"sub": "ada", "sid": "7"}))
	claims := must(verifier.Verify(ctx, token))
	// This session; without a claim it would be this token.
	must(revocations.RevokeClaims(claims, jeton.RevokeClaimsOptions{Claim: "sid"}))
	_, err := verifier.Verify(ctx, token)
	fmt.Println(err)
	// Output: jeton: JWT is revoked
}

// Keys from a URL, fetched with a client of the program's own.
func ExampleOpenSource() {
	issuer := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, must(keys.Public()))
	}))
	defer issuer.Close()
	source, err := jeton.OpenSource(jeton.SourceOptions{
		URL:   issuer.URL + "/jwks",
		Stale: jeton.Value(24 * time.Hour),
		Fetch: jetonhttp.Fetch(issuer.Client().Transport), // without it jeton fetches
	})
	if err != nil {
		log.Fatal(err)
	}
	defer source.Close()
	verifier := must(jeton.NewVerifier(jeton.VerifierOptions{
		Keys: []*jeton.Keys{must(source.Keys())}, Issuer: jeton.Only("https://issuer.example"), Audience: jeton.Only("api"),
	}))
	token := must(minter.Mint(ctx, map[string]any{"sub": "ada"}))
	// The first call may come before the keys: let it wait for them.
	claims, err := verifier.Verify(ctx, token, jeton.Call{Wait: 5 * time.Second})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(claims.Subject())
	// Output: ada
}

func ExampleBearer_Resolve() {
	bearer := must(jeton.NewBearer(jeton.BearerOptions{
		Verifier: verifier,
		Prefixes: []jeton.Prefix{{Prefix: "pk.", Kind: "api-key", Shape: "key_{32}.{43}"}},
	}))
	for _, header := range []string{"Bearer " + must(minter.Mint(ctx, nil)), "Bearer pk.x", "Bearer 5f2c", ""} {
		credential, err := bearer.Resolve(ctx, header, "")
		if err != nil {
			log.Fatal(err) // the program's own mistake
		}
		fmt.Println(credential.Kind, credential.Rejection != nil)
	}
	// Output:
	// jwt false
	// api-key true
	// session false
	// none false
}

func Example_middleware() {
	bearer := must(jeton.NewBearer(jeton.BearerOptions{Verifier: verifier}))
	protect := jetonhttp.Protect(jetonhttp.Options{Bearer: bearer})
	handler := protect(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, "hello,", jetonhttp.Claims(r.Context()).Subject())
	}))
	for _, token := range []string{must(minter.Mint(ctx, map[string]any{"sub": "ada"})), "a.b.c"} {
		request := httptest.NewRequest("GET", "/", nil)
		request.Header.Set("Authorization", "Bearer "+token)
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, request)
		fmt.Println(answer.Code, strings.TrimSpace(answer.Body.String()))
	}
	// Output:
	// 200 hello, ada
	// 401 malformed
}
