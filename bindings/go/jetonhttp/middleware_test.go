package jetonhttp

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"jeton.dev/jeton"
)

const admin = "an administrator's token"

// service is a protected handler that says who came, and what makes tokens for it.
type service struct {
	handler http.Handler
	minter  *jeton.Minter
	bearer  *jeton.Bearer
	store   *jeton.Revocations
}

func must[T any](made T, err error) T {
	if err != nil {
		panic(err)
	}
	return made
}

func newService(t *testing.T, options Options, deny ...jeton.Deny) service {
	t.Helper()
	keys := must(jeton.GenerateKeys(jeton.GenerateOptions{Algorithm: jeton.ES256}))
	minter := must(jeton.NewMinter(jeton.MinterOptions{
		Keys: keys, Issuer: jeton.Value("https://a.example"), Audience: jeton.Audience{"api"}, Lifetime: jeton.Value(time.Minute),
	}))
	store := must(jeton.OpenRevocations("memory:", jeton.RevocationsOptions{}))
	verifier := must(jeton.NewVerifier(jeton.VerifierOptions{
		Keys: []*jeton.Keys{keys}, Revocations: store, Issuer: jeton.Only("https://a.example"), Audience: jeton.Only("api"), Deny: deny,
	}))
	if options.Bearer == nil {
		options.Bearer = must(jeton.NewBearer(jeton.BearerOptions{
			Verifier: verifier, AdminToken: admin, Prefixes: []jeton.Prefix{{Prefix: "pk.", Kind: "api-key", Shape: "{4}"}},
		}))
	}
	return service{Protect(options)(http.HandlerFunc(who)), minter, options.Bearer, store}
}

// who answers with the kind of the credential and the subject.
func who(w http.ResponseWriter, r *http.Request) {
	credential, found := Credential(r.Context())
	if !found {
		http.Error(w, "no credential in the context", http.StatusTeapot)
		return
	}
	fmt.Fprint(w, credential.Kind)
	if claims := Claims(r.Context()); claims != nil {
		fmt.Fprint(w, " ", claims.Subject())
	}
}

func (s service) token(claims map[string]any, call ...jeton.Call) string {
	return must(s.minter.Mint(context.Background(), claims, call...))
}

// ask sends a request with these headers, and tells the code, the body and the
// challenge.
func (s service) ask(headers ...string) (int, string, string) {
	request := httptest.NewRequest("GET", "/", nil)
	for index := 0; index < len(headers); index += 2 {
		request.Header.Add(headers[index], headers[index+1])
	}
	answer := httptest.NewRecorder()
	s.handler.ServeHTTP(answer, request)
	return answer.Code, strings.TrimSpace(answer.Body.String()), answer.Header().Get("WWW-Authenticate")
}

func (s service) expect(t *testing.T, code int, body string, headers ...string) {
	t.Helper()
	if c, b, _ := s.ask(headers...); c != code || b != body {
		t.Errorf("%d %q was expected, not %d %q", code, body, c, b)
	}
}

func TestAGoodTokenGoesOnWithItsClaims(t *testing.T) {
	s := newService(t, Options{})
	s.expect(t, 200, "jwt ada", "Authorization", "Bearer "+s.token(map[string]any{"sub": "ada"}))
	s.expect(t, 200, "jwt ada", "Authorization", "bearer "+s.token(map[string]any{"sub": "ada"}))
}

func TestABadTokenIs401AndSaysWhy(t *testing.T) {
	s := newService(t, Options{})
	past := jeton.Call{Now: time.Now().Add(-time.Hour)}
	for token, name := range map[string]string{
		s.token(nil, past): "expired", "a.b.c": "malformed", s.token(nil) + "AAAA": "signature",
	} {
		code, body, challenge := s.ask("Authorization", "Bearer "+token)
		if code != 401 || body != name || challenge != `Bearer error="invalid_token", error_description="`+name+`"` {
			t.Error(name, code, body, challenge)
		}
	}
	code, _, challenge := s.ask()
	if code != 401 || challenge != "Bearer" {
		t.Error("without a credential there is no error to tell (RFC 6750 section 3.1):", code, challenge)
	}
}

func TestARevokedTokenIs401(t *testing.T) {
	s := newService(t, Options{})
	token := s.token(map[string]any{"sub": "ada"})
	credential := must(s.bearer.Resolve(context.Background(), "Bearer "+token, ""))
	must(s.store.RevokeClaims(credential.Claims, jeton.RevokeClaimsOptions{}))
	s.expect(t, 401, "revoked", "Authorization", "Bearer "+token)
}

func TestATokenThatARuleDeniesIs403(t *testing.T) {
	deny := jeton.Deny{Name: "no_guests", When: jeton.Matchers{"role": "guest"}, Switch: "closed"}
	scope := func(r *http.Request) string { return r.Header.Get("Project") }
	s := newService(t, Options{Scope: scope}, deny)
	s.store.Switch("p", "closed", true)
	token := "Bearer " + s.token(map[string]any{"role": "guest"})
	s.expect(t, 403, "denied", "Authorization", token, "Project", "p")
	s.expect(t, 200, "jwt", "Authorization", token, "Project", "q")
	// A scope that nobody says is the program's bug, and tells nothing.
	s = newService(t, Options{}, deny)
	s.expect(t, 500, "Internal Server Error", "Authorization", "Bearer "+s.token(nil))
}

func TestOnlyTheKindsThatAreSaidGoOn(t *testing.T) {
	s := newService(t, Options{})
	s.expect(t, 401, "Unauthorized", "Authorization", "Bearer "+admin)
	s.expect(t, 401, "Unauthorized", "Authorization", "Bearer pk.abcd")
	s.expect(t, 401, "Unauthorized", "Authorization", "Bearer opaque")
	s = newService(t, Options{Kinds: []string{"admin", "api-key", "session"}})
	s.expect(t, 200, "admin", "Authorization", "Bearer "+admin)
	s.expect(t, 200, "api-key", "Authorization", "Bearer pk.abcd")
	s.expect(t, 200, "session", "Authorization", "Bearer opaque")
	s.expect(t, 401, "malformed", "Authorization", "Bearer pk.a")
	s.expect(t, 401, "Unauthorized", "Authorization", "Bearer "+s.token(nil))
}

func TestWhoComesWithoutACredentialMayBeLetIn(t *testing.T) {
	s := newService(t, Options{Anonymous: true})
	s.expect(t, 200, "none")
	s.expect(t, 200, "jwt ada", "Authorization", "Bearer "+s.token(map[string]any{"sub": "ada"}))
	s.expect(t, 401, "malformed", "Authorization", "Bearer a.b.c")
	s.expect(t, 401, "Unauthorized", "Authorization", "Basic YTpi")
}

func TestTwoAuthorizationsAreNone(t *testing.T) {
	s := newService(t, Options{Anonymous: true})
	token := "Bearer " + s.token(nil)
	s.expect(t, 401, "Unauthorized", "Authorization", token, "Authorization", token)
}

func TestACookieIsReadWhereItsNameIsSaid(t *testing.T) {
	token := func(s service) string { return "session=" + s.token(map[string]any{"sub": "ada"}) }
	s := newService(t, Options{Cookie: "session"})
	s.expect(t, 200, "jwt ada", "Cookie", token(s))
	s.expect(t, 401, "Unauthorized", "Cookie", "another=x")
	s = newService(t, Options{})
	s.expect(t, 401, "Unauthorized", "Cookie", token(s))
}

func TestKeysThatAreNotThereAre503(t *testing.T) {
	source := must(jeton.OpenSource(jeton.SourceOptions{
		URL: "https://a.example/jwks", Stale: jeton.Null[time.Duration](), Refresh: jeton.Value(false),
	}))
	verifier := must(jeton.NewVerifier(jeton.VerifierOptions{
		Keys: []*jeton.Keys{must(source.Keys())}, Issuer: jeton.Waive(), Audience: jeton.Waive(),
	}))
	s := newService(t, Options{Bearer: must(jeton.NewBearer(jeton.BearerOptions{Verifier: verifier})), Wait: 30 * time.Millisecond})
	s.expect(t, 503, "keys-unavailable", "Authorization", "Bearer "+s.token(nil))
}

func TestARefusalMayBeAnsweredOtherwise(t *testing.T) {
	s := newService(t, Options{Refuse: func(w http.ResponseWriter, _ *http.Request, err error) {
		http.Error(w, err.Error(), StatusCode(err)+17)
	}})
	s.expect(t, 418, ErrNoCredential.Error())
}

func TestEveryStatusHasACode(t *testing.T) {
	for code, statuses := range map[int][]jeton.Status{
		401: {jeton.ErrMalformed, jeton.ErrSignature, jeton.ErrExpired, jeton.ErrRevoked, jeton.ErrUnknownKey, 299, 399},
		403: {jeton.ErrDenied},
		500: {jeton.ErrMisuse, jeton.ErrInternal, jeton.ErrKey, jeton.ErrWeakKey, jeton.ErrSigner, 199, 499},
		503: {jeton.ErrKeyPending, jeton.ErrKeysUnavailable, jeton.ErrRevocationsStale, jeton.ErrTimeout, 599},
	} {
		for _, status := range statuses {
			err := fmt.Errorf("wrapped: %w", &jeton.ClaimError{Err: &jeton.Error{Status: status}})
			if found := StatusCode(err); found != code {
				t.Error(status, found)
			}
		}
	}
	if StatusCode(errors.New("another")) != 500 {
		t.Error("what isn't jeton's is the program's")
	}
}

func TestProtectingWithNothingEndsTheProgram(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("it went on")
		}
	}()
	Protect(Options{})
}
