// Package web is the service's HTTP surface: routes, who may use them, pages.
package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"

	"jeton.dev/jeton/examples/porter/store"
	"jeton.dev/jeton/examples/porter/tokens"
)

// The longest body of a request.
const bodyMost = 64 << 10

// Server answers requests.
type Server struct {
	Store  *store.Store
	Tokens *tokens.Tokens
	Log    *slog.Logger
	// CookieName is that of the session's cookie, which browsers send over https
	// and to this machine alone unless CookieInsecure.
	CookieName     string
	CookieInsecure bool
}

// Handler is the whole service.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	s.accounts(mux)
	s.projects(mux)
	s.apiTokens(mux)
	s.pages(mux)
	// Browsers send the cookie along with requests of other sites' making: those
	// that would change something end here.
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(s.answer(func(http.ResponseWriter, *http.Request) error {
		return problem{http.StatusForbidden, "a request of another site's making"}
	}))
	return guard.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		r.Body = http.MaxBytesReader(w, r.Body, bodyMost)
		if _, pattern := mux.Handler(r); pattern == "" && strings.HasPrefix(r.URL.Path, "/api/") {
			w = &inJSON{ResponseWriter: w}
		}
		mux.ServeHTTP(w, r)
	}))
}

// problem is an error that the client is told.
type problem struct {
	status  int
	message string
}

func (p problem) Error() string { return p.message }

var forbidden = problem{http.StatusForbidden, "Forbidden"}

// answer makes a handler of a function that may fail.
func (s *Server) answer(handle func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := handle(w, r)
		if err == nil {
			return
		}
		told := s.tell(err)
		s.Log.Info("refused", "method", r.Method, "path", r.URL.Path, "status", told.status, "error", err)
		switch {
		case errors.Is(err, tokens.ErrUserToken):
			w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
		case told.status == http.StatusServiceUnavailable:
			w.Header().Set("Retry-After", "1")
		}
		if strings.HasPrefix(r.URL.Path, "/api/") {
			write(w, told.status, map[string]string{"error": told.message})
		} else {
			s.render(w, told.status, "error", told.message)
		}
	})
}

// tell is what the client is told of an error. Why a credential is refused is
// for the log, but for the project's own setting, which whoever meets it can do
// something about.
func (s *Server) tell(err error) problem {
	var known problem
	switch {
	case errors.As(err, &known):
		return known
	case errors.Is(err, tokens.ErrUserToken):
		return problem{http.StatusUnauthorized, tokens.ErrUserToken.Error()}
	case errors.Is(err, tokens.ErrRefused):
		return forbidden
	case errors.Is(err, tokens.ErrUnavailable):
		return problem{http.StatusServiceUnavailable, "try again in a moment"}
	}
	return problem{http.StatusInternalServerError, "an error of this service"}
}

func write(w http.ResponseWriter, status int, body any) error {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	return json.NewEncoder(w).Encode(body)
}

// read reads a request's body, a JSON object that must have no other members
// than those of into.
func read(r *http.Request, into any) error {
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	err := decoder.Decode(into)
	if err == nil {
		if _, more := decoder.Token(); more != io.EOF {
			err = errors.New("something follows the JSON object")
		}
	}
	var tooLong *http.MaxBytesError
	var wrong *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &tooLong):
		return problem{http.StatusRequestEntityTooLarge, fmt.Sprintf("the body: at most %d bytes", bodyMost)}
	case errors.As(err, &wrong) && wrong.Field != "":
		return invalid(wrong.Field, "a value of another type was expected")
	case errors.Is(err, io.EOF):
		return invalid("the body", "a JSON object was expected")
	}
	return invalid("the body", strings.TrimPrefix(err.Error(), "json: "))
}

// invalid is an error in a request, and where it is.
func invalid(place, message string) error {
	return problem{http.StatusBadRequest, place + ": " + message}
}

// inJSON answers in JSON where the mux says in text that there is no such route,
// or none for the method.
type inJSON struct{ http.ResponseWriter }

func (j *inJSON) WriteHeader(status int) {
	write(j.ResponseWriter, status, map[string]string{"error": http.StatusText(status)})
}

func (j *inJSON) Write(text []byte) (int, error) { return len(text), nil }
