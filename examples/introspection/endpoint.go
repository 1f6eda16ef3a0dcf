package main

import (
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"

	"jeton.dev/jeton/jetonhttp"
)

// mostBody is more than any request of a token that a verifier accepts.
const mostBody = 64 << 10

type endpoint struct {
	clients clients
	log     *slog.Logger
}

func (e endpoint) handler() http.Handler {
	routes := http.NewServeMux()
	routes.HandleFunc("POST /introspect", e.introspect)
	return routes
}

// introspect is the introspection endpoint (RFC 7662 section 2). Its answers are
// about a credential: nobody stores them.
func (e endpoint) introspect(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	name, secret, _ := r.BasicAuth()
	client, known := e.clients.authenticate(name, secret)
	if !known {
		w.Header().Set("WWW-Authenticate", `Basic realm="introspection", charset="UTF-8"`)
		answer(w, http.StatusUnauthorized, `{"error":"invalid_client"}`)
		return
	}
	token, status := tokenOf(w, r)
	if status != http.StatusOK {
		answer(w, status, `{"error":"invalid_request","error_description":"one token was expected, in a form (application/x-www-form-urlencoded)"}`)
		return
	}
	text, err := client.verifier.Introspect(r.Context(), token)
	if err != nil {
		// No verdict: to say that the token isn't active would be one.
		e.log.Error("introspect", "error", err)
		if status = jetonhttp.StatusCode(err); status == http.StatusServiceUnavailable {
			w.Header().Set("Retry-After", "1")
		}
		answer(w, status, `{"error":"temporarily_unavailable"}`)
		return
	}
	answer(w, http.StatusOK, text)
}

// tokenOf reads the parameter token from a form, which must hold it once. What
// kind of token it may be, token_type_hint, makes no difference here.
func tokenOf(w http.ResponseWriter, r *http.Request) (string, int) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return "", http.StatusUnsupportedMediaType
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, mostBody))
	if err != nil {
		return "", http.StatusRequestEntityTooLarge
	}
	form, err := url.ParseQuery(string(body))
	if err != nil || len(form["token"]) != 1 || form.Get("token") == "" {
		return "", http.StatusBadRequest
	}
	return form.Get("token"), http.StatusOK
}

func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	io.WriteString(w, text)
}
