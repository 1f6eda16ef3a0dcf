// Package jetonhttp protects net/http handlers with jeton, and fetches keys with
// the program's own HTTP client.
package jetonhttp

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"jeton.dev/jeton"
)

// Options say what a handler is protected with.
type Options struct {
	// Bearer tells what came in. It must be said.
	Bearer *jeton.Bearer
	// Kinds are those of credentials that may go on: "jwt" by default. Only
	// "jwt" and "admin" are verified; look up the others, such as "session".
	Kinds []string
	// Anonymous lets requests go on that bring no credential at all.
	Anonymous bool
	// Cookie is the name of the cookie that a credential may come in, if any.
	// Browsers send cookies along with requests of other sites' making: see to it
	// that those change nothing.
	Cookie string
	// Scope tells where switches are looked up for a request: a project, a tenant.
	Scope func(*http.Request) string
	// Wait is for how long a request may wait for keys that are being fetched.
	Wait time.Duration
	// Refuse answers a request that doesn't go on, in place of [Refuse].
	Refuse func(http.ResponseWriter, *http.Request, error)
}

// ErrNoCredential is why a request without a credential, or with one of a kind
// that isn't taken, is refused.
var ErrNoCredential = errors.New("jetonhttp: a bearer token is needed")

// Protect makes the middleware: a request goes on when its credential is good,
// with the credential in its context. It ends the program where options lack the
// Bearer.
func Protect(options Options) func(http.Handler) http.Handler {
	if options.Bearer == nil {
		panic("jetonhttp: Options.Bearer must be said")
	}
	if options.Kinds == nil {
		options.Kinds = []string{"jwt"}
	}
	if options.Refuse == nil {
		options.Refuse = Refuse
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			credential, err := options.resolve(r)
			if err != nil {
				options.Refuse(w, r, err)
				return
			}
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), key{}, credential)))
		})
	}
}

// resolve is the credential that may go on.
func (o *Options) resolve(r *http.Request) (jeton.Credential, error) {
	call := jeton.Call{Wait: o.Wait}
	if o.Scope != nil {
		call.Scope = jeton.Value(o.Scope(r))
	}
	header := r.Header["Authorization"]
	if len(header) > 1 {
		// Whoever stands before this program may have looked at another one.
		return jeton.Credential{}, ErrNoCredential
	}
	credential, err := o.Bearer.Resolve(r.Context(), strings.Join(header, ""), o.cookie(r), call)
	switch {
	case err != nil:
		return credential, err
	case credential.Rejection != nil:
		return credential, credential.Rejection
	case credential.Kind == "none" && o.Anonymous && len(header) == 0:
	case !slices.Contains(o.Kinds, credential.Kind):
		return credential, ErrNoCredential
	}
	return credential, nil
}

func (o *Options) cookie(r *http.Request) string {
	if o.Cookie == "" {
		return ""
	}
	cookie, err := r.Cookie(o.Cookie)
	if err != nil {
		return ""
	}
	return cookie.Value
}

type key struct{}

// Credential is the credential of a request that went on, from its context.
func Credential(ctx context.Context) (jeton.Credential, bool) {
	credential, found := ctx.Value(key{}).(jeton.Credential)
	return credential, found
}

// Claims are those of the JWT of a request that went on, from its context; nil
// where it brought none.
func Claims(ctx context.Context) *jeton.Claims {
	credential, _ := Credential(ctx)
	return credential.Claims
}

// Refuse answers with the status code of err, the name of jeton's status as the
// text, and for a bad token a challenge (RFC 6750). It tells nothing else.
func Refuse(w http.ResponseWriter, _ *http.Request, err error) {
	code := StatusCode(err)
	text := http.StatusText(code)
	var failure *jeton.Error
	if errors.As(err, &failure) && code != http.StatusInternalServerError {
		text = failure.Status.Name()
	}
	switch {
	case code == http.StatusUnauthorized && failure == nil:
		w.Header().Set("WWW-Authenticate", "Bearer")
	case code == http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token", error_description="`+text+`"`)
	case code == http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "1")
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Error(w, text, code)
}

// StatusCode is that of HTTP for an error: 401 for a token that is bad or isn't
// there, 403 for one that a deny rule refuses, 503 for what is unavailable, and
// 500 for what is the program's own matter.
func StatusCode(err error) int {
	var failure *jeton.Error
	switch {
	case errors.Is(err, ErrNoCredential):
		return http.StatusUnauthorized
	case errors.Is(err, jeton.ErrDenied):
		return http.StatusForbidden
	case errors.Is(err, jeton.ErrUnknownKey):
		return http.StatusUnauthorized
	case errors.Is(err, jeton.ErrKeyPending), errors.Is(err, jeton.ErrKeysUnavailable):
		return http.StatusServiceUnavailable
	case !errors.As(err, &failure):
		return http.StatusInternalServerError
	}
	switch failure.Status / 100 {
	case 2, 3:
		return http.StatusUnauthorized
	case 5:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}
