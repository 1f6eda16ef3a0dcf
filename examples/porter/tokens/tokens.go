// Package tokens is all that this service does with JWTs, and the only package
// that knows jeton: what a request's credential is, what new tokens say, and
// what is no longer accepted. The rules themselves are the preset's.
package tokens

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"jeton.dev/jeton"
	"jeton.dev/jeton/jetonhttp"
)

const (
	// The switch that the preset's rule hangs on; its scope is a project.
	rejectUserTokens = "reject_user_jwt_tokens"
	// The realm of revoked API tokens.
	realm = "porter"
	// For how long a request may wait for the single sign-on's keys.
	patience = 2 * time.Second
)

// Options say which tokens there are.
type Options struct {
	// Secret is what Porter's own tokens are signed with.
	Secret string
	// Revocations is where revoked tokens and the projects' settings are kept,
	// such as "sqlite:PATH".
	Revocations string
	// SSO is the single sign-on, if there is one.
	SSO *SSO
}

// SSO is a single sign-on whose access tokens are accepted beside Porter's.
type SSO struct {
	Issuer string
	// JWKS is the URL of its keys.
	JWKS string
	// Audience is the aud of its tokens. Empty: they needn't have one, as where
	// the key set is that of one client alone.
	Audience string
}

// Tokens tell credentials apart, make them and call them in. Any number of
// goroutines may share one.
type Tokens struct {
	revocations *jeton.Revocations
	source      *jeton.Source
	bearer      *jeton.Bearer
	minter      *jeton.Minter
}

// Open makes what the options say.
func Open(options Options) (*Tokens, error) {
	var porter jeton.Porter
	secret, err := jeton.DeriveKeys(options.Secret, "", jeton.DeriveOptions{System: porter})
	if err != nil {
		return nil, fmt.Errorf("the secret: %w", err)
	}
	t := &Tokens{}
	keys := []*jeton.Keys{secret}
	if sso := options.SSO; sso != nil {
		published, err := t.follow(sso.JWKS)
		if err != nil {
			return nil, fmt.Errorf("the keys of the single sign-on: %w", err)
		}
		keys = append(keys, published)
		audience := jeton.Waive()
		if sso.Audience != "" {
			audience = jeton.Only(sso.Audience)
		}
		porter.Foreign = []jeton.Foreign{{Issuer: sso.Issuer, Audience: audience}}
	}
	// Whoever can't look into the store for a minute no longer knows what is
	// revoked and which projects reject whom: then no token is accepted.
	stale := jeton.RevocationsOptions{Stale: jeton.Value(time.Minute)}
	if t.revocations, err = jeton.OpenRevocations(options.Revocations, stale); err != nil {
		return nil, fmt.Errorf("revocations: %w", err)
	}
	verifier, err := jeton.NewVerifier(jeton.VerifierOptions{Keys: keys, Revocations: t.revocations, System: porter})
	if err != nil {
		return nil, err
	}
	if t.bearer, err = jeton.NewBearer(jeton.BearerOptions{Verifier: verifier, System: porter}); err != nil {
		return nil, err
	}
	if t.minter, err = jeton.NewMinter(jeton.MinterOptions{Keys: secret, System: porter}); err != nil {
		return nil, err
	}
	return t, nil
}

// follow keeps the single sign-on's keys fresh, in the background.
func (t *Tokens) follow(url string) (keys *jeton.Keys, err error) {
	t.source, err = jeton.OpenSource(jeton.SourceOptions{
		URL:   url,
		Stale: jeton.Value(24 * time.Hour),
		// Go's client asks whichever address the operator names, and trusts what
		// the platform, or SSL_CERT_FILE, says.
		Fetch: jetonhttp.Fetch(nil),
	})
	if err != nil {
		return nil, err
	}
	return t.source.Keys()
}

// Why a request's credential isn't accepted.
var (
	// ErrUserToken: the project rejects the tokens of users.
	ErrUserToken = errors.New("this project rejects user-scoped JWT tokens: use a project API token")
	// ErrRefused: it is bad, or none. Whoever brings it isn't told more.
	ErrRefused = errors.New("the credential is refused")
	// ErrUnavailable: nobody can say just now.
	ErrUnavailable = errors.New("keys or revocations are unavailable")
)

// Resolve tells what a request brings. Project is the one that it addresses, by
// its canonical id, and empty where it addresses none. With [ErrUserToken] the
// credential says whose token it was.
func (t *Tokens) Resolve(r *http.Request, cookie, project string) (Credential, error) {
	header := r.Header["Authorization"]
	if len(header) > 1 {
		// Whoever stands before this service may have looked at another one.
		return Credential{}, fmt.Errorf("%w: two headers name one", ErrRefused)
	}
	session := ""
	if found, err := r.Cookie(cookie); err == nil {
		session = found.Value
	}
	return t.resolve(r.Context(), r.Header.Get("Authorization"), session, project)
}

// SSOSubject is whom a single sign-on's access token is about.
func (t *Tokens) SSOSubject(ctx context.Context, token string) (string, error) {
	credential, err := t.resolve(ctx, "Bearer "+token, "", "")
	if err != nil {
		return "", err
	}
	if credential.Kind != SSOToken {
		return "", fmt.Errorf("%w: it isn't the single sign-on's", ErrRefused)
	}
	return credential.Subject, nil
}

func (t *Tokens) resolve(ctx context.Context, authorization, session, project string) (Credential, error) {
	found, err := t.bearer.Resolve(ctx, authorization, session, jeton.Call{Scope: jeton.Value(project), Wait: patience})
	if err != nil {
		return Credential{}, err
	}
	var refused *jeton.ClaimError
	switch {
	case found.Rejection == nil:
		claims := "" // a session has none
		if found.Claims != nil {
			claims = found.Claims.JSON()
		}
		return credential(Kind(found.Kind), found.Text, claims), nil
	case errors.Is(found.Rejection, jeton.ErrDenied) && errors.As(found.Rejection, &refused):
		// Another rule denies tokens, too; only the project's is told to the caller.
		if rejects, err := t.Rejects(project); err != nil || !rejects {
			return Credential{}, fmt.Errorf("%w: %w", ErrRefused, found.Rejection)
		}
		return credential(Kind(found.Kind), "", string(refused.Claims)), ErrUserToken
	case jetonhttp.StatusCode(found.Rejection) == http.StatusServiceUnavailable:
		return Credential{}, unavailable(found.Rejection)
	default:
		return Credential{}, fmt.Errorf("%w: %w", ErrRefused, found.Rejection)
	}
}

// Rejects tells whether a project rejects users' tokens. It reads the switch that
// the verifier reads: what the dashboard shows can't differ from what requests meet.
func (t *Tokens) Rejects(project string) (bool, error) {
	on, err := t.revocations.IsOn(project, rejectUserTokens)
	return on, unavailable(err)
}

// Reject makes a project reject users' tokens, or no longer: from the very next
// request on, and milliseconds later in the other processes that share the store.
func (t *Tokens) Reject(project string, on bool) error {
	return unavailable(t.revocations.Switch(project, rejectUserTokens, on))
}

// Revoke refuses a stored API token from now on. After its end it is refused
// anyway.
func (t *Tokens) Revoke(id string, end time.Time) error {
	_, err := t.revocations.Revoke(jeton.Rule{
		Realm: realm, Claim: "token_id", Value: id, Until: jeton.Value(end.Truncate(time.Second)),
	})
	return unavailable(err)
}

// unavailable is an error of the store's.
func unavailable(err error) error {
	if err != nil {
		err = fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return err
}

// Log writes down what has happened to the single sign-on's keys and to the
// store since the last call.
func (t *Tokens) Log(logger *slog.Logger) {
	events, err := t.revocations.Events()
	if t.source != nil && err == nil {
		var more []jeton.Event
		more, err = t.source.Events()
		events = append(events, more...)
	}
	if err != nil {
		logger.Error("events", "error", err)
	}
	for _, event := range events {
		logger.Info(event.Name, "message", event.Message, "kid", event.KID, "added", event.Added, "removed", event.Removed)
	}
}

// Close ends the threads that follow keys and revocations.
func (t *Tokens) Close() {
	if t.source != nil {
		t.source.Close()
	}
	t.revocations.Close()
}

// ID is a number as tokens, scopes and paths write it.
func ID(number int64) string {
	return strconv.FormatInt(number, 10)
}
