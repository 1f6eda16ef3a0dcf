package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"jeton.dev/jeton"
)

const inactive = `{"active":false}`

// house is the endpoint for the clients "orders" and "a b", and who issues.
type house struct {
	server *httptest.Server
	minter *jeton.Minter
	store  *jeton.Revocations
}

func opened(t *testing.T) house {
	t.Helper()
	keys := must(jeton.GenerateKeys(jeton.GenerateOptions{Algorithm: jeton.ES256}))(t)
	store := must(jeton.OpenRevocations("memory:", jeton.RevocationsOptions{}))(t)
	minter := must(jeton.NewMinter(jeton.MinterOptions{
		Keys: keys, Issuer: jeton.Value("https://issuer.example"), Lifetime: jeton.Value(time.Minute),
		Audience: jeton.Audience{"https://orders.example"},
	}))(t)
	document := fmt.Sprintf(`{"orders": {"secret": "%x", "audience": "https://orders.example"},
		"a b": {"secret": "%x", "audience": "https://stock.example"}}`,
		sha256.Sum256([]byte("o:+")), sha256.Sum256([]byte("s")))
	known := must(readClients([]byte(document), jeton.VerifierOptions{
		Keys: []*jeton.Keys{keys}, Revocations: store, Issuer: jeton.Only("https://issuer.example"),
	}))(t)
	server := httptest.NewServer(endpoint{known, slog.New(slog.DiscardHandler)}.handler())
	t.Cleanup(server.Close)
	return house{server, minter, store}
}

func must[T any](made T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
}

func (h house) mint(t *testing.T) string {
	t.Helper()
	return must(h.minter.Mint(context.Background(), map[string]any{"sub": "ada", "scope": "read"}))(t)
}

// ask posts a form as a client, whose name and secret are form-encoded first.
func (h house) ask(t *testing.T, name, secret, form string) (*http.Response, string) {
	t.Helper()
	request := must(http.NewRequest("POST", h.server.URL+"/introspect", strings.NewReader(form)))(t)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if name != "" {
		request.SetBasicAuth(url.QueryEscape(name), url.QueryEscape(secret))
	}
	return send(t, request)
}

func send(t *testing.T, request *http.Request) (*http.Response, string) {
	t.Helper()
	response := must(http.DefaultClient.Do(request))(t)
	defer response.Body.Close()
	body := must(io.ReadAll(response.Body))(t)
	if response.StatusCode != http.StatusMethodNotAllowed && response.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%d may be stored", response.StatusCode)
	}
	return response, string(body)
}

func TestAGoodTokenIsActiveWithItsClaims(t *testing.T) {
	h := opened(t)
	response, body := h.ask(t, "orders", "o:+", "token_type_hint=access_token&token="+h.mint(t))
	if response.StatusCode != http.StatusOK || response.Header.Get("Content-Type") != "application/json" {
		t.Fatal(response.Status, body)
	}
	var told struct {
		Active          bool
		Sub, Scope, Iss string
		Exp             int64
	}
	if err := json.Unmarshal([]byte(body), &told); err != nil {
		t.Fatal(err)
	}
	if !told.Active || told.Sub != "ada" || told.Scope != "read" || told.Iss != "https://issuer.example" || told.Exp <= time.Now().Unix() {
		t.Error(body)
	}
}

func TestARevokedTokenIsInactiveAtOnce(t *testing.T) {
	h := opened(t)
	token := h.mint(t)
	if _, body := h.ask(t, "orders", "o:+", "token="+token); !strings.HasPrefix(body, `{"active":true,`) {
		t.Fatal(body)
	}
	must(h.store.Revoke(jeton.Rule{
		Realm: "https://issuer.example", Claim: "sub", Value: "ada", Until: jeton.Null[time.Time](),
	}))(t)
	if _, body := h.ask(t, "orders", "o:+", "token="+token); body != inactive {
		t.Error(body)
	}
}

func TestNobodyLearnsOfTokensForOthers(t *testing.T) {
	h := opened(t)
	if _, body := h.ask(t, "a b", "s", "token="+h.mint(t)); body != inactive {
		t.Error(body)
	}
	if _, body := h.ask(t, "orders", "o:+", "token=opaque"); body != inactive {
		t.Error(body)
	}
}

func TestWhoeverAsksMustSayWhoHeIs(t *testing.T) {
	h := opened(t)
	form := "token=" + h.mint(t)
	for _, one := range [][2]string{{"", ""}, {"orders", ""}, {"orders", "s"}, {"nobody", "o:+"}, {"nobody", ""}} {
		response, body := h.ask(t, one[0], one[1], form)
		if response.StatusCode != http.StatusUnauthorized || !strings.HasPrefix(response.Header.Get("WWW-Authenticate"), "Basic ") {
			t.Errorf("%q: %s", one, response.Status)
		}
		if strings.Contains(body, "active") {
			t.Errorf("%q was told: %s", one, body)
		}
	}
}

func TestARequestThatIsNoneIsToldSo(t *testing.T) {
	h := opened(t)
	for form, wanted := range map[string]int{
		"":                         http.StatusBadRequest,
		"token=":                   http.StatusBadRequest,
		"token=a&token=b":          http.StatusBadRequest,
		"token=%zz":                http.StatusBadRequest,
		strings.Repeat("a", 1<<17): http.StatusRequestEntityTooLarge,
	} {
		if response, body := h.ask(t, "orders", "o:+", form); response.StatusCode != wanted || !json.Valid([]byte(body)) {
			t.Errorf("%.20q: %s %s", form, response.Status, body)
		}
	}
	request := must(http.NewRequest("POST", h.server.URL+"/introspect", strings.NewReader(`{"token":"a"}`)))(t)
	request.Header.Set("Content-Type", "application/json")
	request.SetBasicAuth("orders", url.QueryEscape("o:+"))
	if response, _ := send(t, request); response.StatusCode != http.StatusUnsupportedMediaType {
		t.Error(response.Status)
	}
	// Where a token would stand in the server's log.
	request = must(http.NewRequest("GET", h.server.URL+"/introspect?token=a", nil))(t)
	if response, _ := send(t, request); response.StatusCode != http.StatusMethodNotAllowed {
		t.Error(response.Status)
	}
}

func TestWhatIsNoVerdictIsNoAnswer(t *testing.T) {
	keys := must(jeton.OpenSource(jeton.SourceOptions{
		URL: "https://issuer.example/jwks", Stale: jeton.Value(time.Minute), Refresh: jeton.Value(false),
	}))(t)
	document := fmt.Sprintf(`{"orders": {"secret": "%x", "audience": "a"}}`, sha256.Sum256([]byte("s")))
	known := must(readClients([]byte(document), jeton.VerifierOptions{
		Keys: []*jeton.Keys{must(keys.Keys())(t)}, Issuer: jeton.Only("https://issuer.example"),
	}))(t)
	server := httptest.NewServer(endpoint{known, slog.New(slog.DiscardHandler)}.handler())
	defer server.Close()
	h := opened(t)
	token := h.mint(t)
	h.server = server
	response, body := h.ask(t, "orders", "s", "token="+token)
	if response.StatusCode != http.StatusServiceUnavailable || response.Header.Get("Retry-After") == "" || strings.Contains(body, "active\"") {
		t.Error(response.Status, body)
	}
}

func TestClientsThatCanNotBeReadAreRefused(t *testing.T) {
	keys := must(jeton.GenerateKeys(jeton.GenerateOptions{Algorithm: jeton.ES256}))(t)
	policy := jeton.VerifierOptions{Keys: []*jeton.Keys{keys}, Issuer: jeton.Waive()}
	hash := strings.Repeat("0", 64)
	for document, reason := range map[string]string{
		`{}`: "there are none",
		`{"a": {"secret": "s", "audience": "a"}}`:                  "SHA-256",
		`{"a": {"secret": "` + hash + `"}}`:                        "audience",
		`{"a": {"secret": "` + hash + `", "audiance": "a"}}`:       "audiance",
		`{"a": {"secret": "` + hash[1:] + `", "audience": "a"}}`:   "SHA-256",
		`{"a": {"secret": "` + hash + hash + `", "audience": ""}}`: "SHA-256",
	} {
		if _, err := readClients([]byte(document), policy); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%s: %v", document, err)
		}
	}
}
