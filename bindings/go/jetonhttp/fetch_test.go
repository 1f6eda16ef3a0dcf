package jetonhttp

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"jeton.dev/jeton"
)

// serve answers every request of a TLS server as told; its client trusts it.
func serve(t *testing.T, answer http.HandlerFunc) *httptest.Server {
	server := httptest.NewTLSServer(answer)
	t.Cleanup(server.Close)
	return server
}

func fetch(server *httptest.Server, etag string) (jeton.Answer, error) {
	return Fetch(server.Client().Transport)(context.Background(), jeton.Request{URL: server.URL + "/jwks", ETag: etag})
}

func TestAnAnswerComesWithItsHeaders(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") == `"2"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("ETag", `"2"`)
		w.Header().Add("Cache-Control", "public")
		w.Header().Add("Cache-Control", "max-age=60")
		w.Header().Set("Set-Cookie", "a=b")
		w.Write([]byte("{}"))
	})
	answer, err := fetch(server, "")
	if err != nil || answer.Status != 200 || string(answer.Body) != "{}" || len(answer.Headers) != 2 {
		t.Fatal(answer, err)
	}
	if answer.Headers["etag"] != `"2"` || answer.Headers["cache-control"] != "public, max-age=60" {
		t.Error(answer.Headers)
	}
	if answer, err := fetch(server, `"2"`); err != nil || answer.Status != http.StatusNotModified {
		t.Error(answer, err)
	}
}

func TestARedirectToAnotherOriginIsNotFollowed(t *testing.T) {
	asked := false
	other := serve(t, func(http.ResponseWriter, *http.Request) { asked = true })
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/jwks":
			http.Redirect(w, r, "/here", http.StatusFound)
		case "/here":
			http.Redirect(w, r, other.URL, http.StatusFound)
		}
	})
	if _, err := fetch(server, ""); err == nil || !strings.Contains(err.Error(), "another origin") || asked {
		t.Error(err, asked)
	}
	server = serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/here" {
			http.Redirect(w, r, "/here", http.StatusFound)
		}
	})
	if answer, err := fetch(server, ""); err != nil || answer.Status != 200 {
		t.Error("a redirect on the same origin:", answer, err)
	}
}

func TestRedirectsInACircleEnd(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/jwks", http.StatusFound) })
	if _, err := fetch(server, ""); err == nil || !strings.Contains(err.Error(), "too many redirects") {
		t.Error(err)
	}
}

func TestABodyIsReadNoFurtherThanItIsTaken(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := w.Write(bytes.Repeat([]byte(" "), 1<<16)); err != nil {
				return
			}
		}
	})
	answer, err := fetch(server, "")
	if err != nil || len(answer.Body) != jeton.AnswerMost {
		t.Error(len(answer.Body), err)
	}
	source := must(jeton.OpenSource(jeton.SourceOptions{URL: "https://a.example", Stale: jeton.Null[time.Duration](), Refresh: jeton.Value(false)}))
	must(source.Claim())
	if err := source.Accept(answer); !errors.Is(err, jeton.ErrKeysUnavailable) && !errors.Is(err, jeton.ErrKey) {
		t.Error("it is too long, and refused:", err)
	}
}

func TestOnlyHTTPSIsAsked(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("it was asked") }))
	defer server.Close()
	if _, err := fetch(server, ""); err == nil {
		t.Error("plain http")
	}
}

func TestAServerOfAnUnknownAuthorityIsNotBelieved(t *testing.T) {
	server := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("it was asked") })
	_, err := Fetch(&http.Transport{})(context.Background(), jeton.Request{URL: server.URL})
	var unknown *tls.CertificateVerificationError
	if !errors.As(err, &unknown) {
		t.Error(err)
	}
}

func TestAContextEndsAFetch(t *testing.T) {
	server := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if _, err := Fetch(server.Client().Transport)(ctx, jeton.Request{URL: server.URL}); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}

// Go's TLS and jeton's crypto in one process, at the same time: an issuer over
// TLS, a service over TLS, and requests with tokens between them.
func TestAServiceLivesBesideCryptoTLS(t *testing.T) {
	keys := must(jeton.GenerateKeys(jeton.GenerateOptions{Algorithm: jeton.ES256}))
	issuer := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte(must(keys.Public()))) })
	source := must(jeton.OpenSource(jeton.SourceOptions{
		URL: issuer.URL + "/jwks", Stale: jeton.Value(time.Hour), Fetch: Fetch(issuer.Client().Transport),
	}))
	defer source.Close()
	verifier := must(jeton.NewVerifier(jeton.VerifierOptions{
		Keys: []*jeton.Keys{must(source.Keys())}, Issuer: jeton.Only("https://a.example"), Audience: jeton.Only("api"),
	}))
	bearer := must(jeton.NewBearer(jeton.BearerOptions{Verifier: verifier}))
	api := serve(t, Protect(Options{Bearer: bearer, Wait: time.Minute})(http.HandlerFunc(who)).ServeHTTP)
	minter := must(jeton.NewMinter(jeton.MinterOptions{
		Keys: keys, Issuer: jeton.Value("https://a.example"), Audience: jeton.Audience{"api"}, Lifetime: jeton.Value(time.Minute),
	}))
	done := make(chan error)
	for range 4 {
		go func() {
			for range 25 {
				token := must(minter.Mint(context.Background(), map[string]any{"sub": "ada"}))
				request := must(http.NewRequest("GET", api.URL, nil))
				request.Header.Set("Authorization", "Bearer "+token)
				answer, err := api.Client().Do(request)
				if err == nil && answer.StatusCode != 200 {
					err = errors.New(answer.Status)
				}
				if err != nil {
					done <- err
					return
				}
				answer.Body.Close()
			}
			done <- nil
		}()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}
