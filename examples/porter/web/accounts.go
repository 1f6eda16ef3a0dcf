package web

import (
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"jeton.dev/jeton/examples/porter/store"
	"jeton.dev/jeton/examples/porter/tokens"
)

func (s *Server) accounts(mux *http.ServeMux) {
	mux.Handle("POST /api/users", s.answer(s.signUp))
	mux.Handle("POST /api/login", s.answer(s.signIn))
	mux.Handle("POST /api/logout", s.answer(s.signOut))
	mux.Handle("GET /api/users/current", s.person(s.whoami))
	mux.Handle("POST /api/users/current/sso", s.person(s.linkSSO))
	mux.Handle("GET /api/cli/login", s.person(s.beginCLI))
	mux.Handle("POST /api/cli/login/exchange", s.answer(s.exchange))
}

type account struct {
	Email    string `json:"email"`
	Password string `json:"password"`
}

func (s *Server) signUp(w http.ResponseWriter, r *http.Request) error {
	var wanted account
	if err := read(r, &wanted); err != nil {
		return err
	}
	name, host, found := strings.Cut(wanted.Email, "@")
	switch {
	case !found || name == "" || host == "" || len(wanted.Email) > 254 || strings.ContainsAny(wanted.Email, " \t\r\n"):
		return invalid("email", "an address was expected")
	case len(wanted.Password) < 8 || len(wanted.Password) > 72:
		return invalid("password", "8 to 72 bytes were expected")
	}
	user, err := s.Store.AddUser(wanted.Email, wanted.Password)
	if err != nil {
		return unless(err, store.ErrTaken, problem{http.StatusConflict, "email: there is an account of this address"})
	}
	return s.begin(w, http.StatusCreated, user)
}

func (s *Server) signIn(w http.ResponseWriter, r *http.Request) error {
	var claimed account
	if err := read(r, &claimed); err != nil {
		return err
	}
	user, err := s.Store.SignIn(claimed.Email, claimed.Password)
	if err != nil {
		return unless(err, store.ErrNotFound, problem{http.StatusUnauthorized, "the address or the password is wrong"})
	}
	return s.begin(w, http.StatusOK, user)
}

// begin answers with a user, and a session in the cookie.
func (s *Server) begin(w http.ResponseWriter, status int, user store.User) error {
	session, expires, err := s.Store.AddSession(user.ID, time.Now())
	if err != nil {
		return err
	}
	cookie := s.cookie(session)
	cookie.Expires = expires
	http.SetCookie(w, cookie)
	return write(w, status, user)
}

func (s *Server) signOut(w http.ResponseWriter, r *http.Request) error {
	if cookie, err := r.Cookie(s.CookieName); err == nil {
		if err := s.Store.EndSession(cookie.Value); err != nil {
			return err
		}
	}
	ended := s.cookie("")
	ended.MaxAge = -1
	http.SetCookie(w, ended)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) cookie(value string) *http.Cookie {
	return &http.Cookie{
		Name: s.CookieName, Value: value, Path: "/",
		HttpOnly: true, Secure: !s.CookieInsecure, SameSite: http.SameSiteLaxMode,
	}
}

func (s *Server) whoami(w http.ResponseWriter, r *http.Request, c caller) error {
	return write(w, http.StatusOK, struct {
		store.User
		Credential tokens.Kind `json:"credential"`
	}{c.user, c.Kind})
}

// linkSSO says what the single sign-on calls a user, who shows both a session
// and an access token.
func (s *Server) linkSSO(w http.ResponseWriter, r *http.Request, c caller) error {
	if c.Kind != tokens.Session {
		return forbidden
	}
	var shown struct {
		AccessToken string `json:"access_token"`
	}
	if err := read(r, &shown); err != nil {
		return err
	}
	subject, err := s.Tokens.SSOSubject(r.Context(), shown.AccessToken)
	if err != nil {
		return err
	}
	if err := s.Store.LinkSSO(c.user.ID, subject); err != nil {
		return unless(err, store.ErrTaken, problem{http.StatusConflict, "access_token: another account's"})
	}
	return write(w, http.StatusOK, c.user)
}

// beginCLI sends a signed-in user's browser back to the command line that opened
// it, with a code.
func (s *Server) beginCLI(w http.ResponseWriter, r *http.Request, c caller) error {
	if c.Kind != tokens.Session {
		return forbidden
	}
	back, err := url.Parse(r.URL.Query().Get("redirect"))
	// The code is worth a token, so it goes to this user's machine alone.
	if err != nil || back.Scheme != "http" || !isLoopback(back.Hostname()) {
		return invalid("redirect", "an http URL of localhost was expected")
	}
	code, err := s.Store.AddCode(c.user.ID, time.Now())
	if err != nil {
		return err
	}
	query := back.Query()
	query.Set("code", code)
	back.RawQuery = query.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
	return nil
}

func isLoopback(host string) bool {
	address := net.ParseIP(host)
	return host == "localhost" || address != nil && address.IsLoopback()
}

// exchange hands out a user's token for a code.
func (s *Server) exchange(w http.ResponseWriter, r *http.Request) error {
	var shown struct {
		Code string `json:"authorization_code"`
	}
	if err := read(r, &shown); err != nil {
		return err
	}
	user, err := s.Store.TakeCode(shown.Code, time.Now())
	if err != nil {
		return unless(err, store.ErrNotFound, forbidden)
	}
	token, err := s.Tokens.ForUser(r.Context(), user)
	if err != nil {
		return err
	}
	return write(w, http.StatusOK, map[string]string{"token": token})
}
