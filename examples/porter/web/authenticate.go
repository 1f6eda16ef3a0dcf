package web

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"jeton.dev/jeton/examples/porter/store"
	"jeton.dev/jeton/examples/porter/tokens"
)

// caller is who makes a request, by which credential, and in which project.
type caller struct {
	tokens.Credential
	// user is who is asking; of an API token, who made it.
	user store.User
	// project is 0 where the route names none.
	project int64
	role    store.Role
}

type handler func(w http.ResponseWriter, r *http.Request, c caller) error

// person protects a route that names no project, which is a user's alone.
func (s *Server) person(handle handler) http.Handler {
	return s.answer(func(w http.ResponseWriter, r *http.Request) error {
		credential, err := s.Tokens.Resolve(r, s.CookieName, "")
		if err != nil {
			return err
		}
		user, err := s.userOf(credential)
		if err != nil {
			return err
		}
		return handle(w, r, caller{Credential: credential, user: user})
	})
}

// member protects a route of a project: whoever has this role in it, or a higher
// one, may use it. Which project it is has to be known before the credential is
// looked at, since the project decides which kinds it accepts.
func (s *Server) member(role store.Role, handle handler) http.Handler {
	return s.answer(func(w http.ResponseWriter, r *http.Request) error {
		project, err := projectOf(r)
		if err != nil {
			return err
		}
		credential, refused := s.Tokens.Resolve(r, s.CookieName, tokens.ID(project))
		if refused != nil && !errors.Is(refused, tokens.ErrUserToken) {
			return refused
		}
		c, err := s.callerIn(project, credential)
		if err != nil {
			return err
		}
		// Only those who belong to the project appear in its audit.
		err = s.Store.AddUse(project, string(c.Kind), c.user.ID, c.ID, refused == nil, time.Now())
		switch {
		case err != nil:
			return err
		case refused != nil:
			return refused
		case !c.role.Includes(role):
			return forbidden
		}
		return handle(w, r, c)
	})
}

// projectOf is the project that a route names. However it is spelt, the number
// is what counts from here on.
func projectOf(r *http.Request) (int64, error) {
	project, err := strconv.ParseInt(r.PathValue("project_id"), 10, 64)
	if err != nil || project <= 0 {
		return 0, invalid("project_id", "a positive number was expected")
	}
	return project, nil
}

// callerIn is whom a credential makes its bearer in a project.
func (s *Server) callerIn(project int64, credential tokens.Credential) (caller, error) {
	c := caller{Credential: credential, project: project}
	if stored(credential.Kind) {
		if credential.Project != project {
			return c, forbidden
		}
		token, err := s.Store.UseAPIToken(project, credential.ID, credential.Secret, time.Now())
		if err != nil {
			return c, unless(err, store.ErrNotFound, forbidden)
		}
		c.role = token.Policy
		c.user, err = s.Store.User(token.CreatedBy)
		return c, err
	}
	var err error
	if c.user, err = s.userOf(credential); err != nil {
		return c, err
	}
	c.role, err = s.Store.RoleOf(c.user.ID, project)
	// A project that isn't there looks like one that isn't the caller's.
	return c, unless(err, store.ErrNotFound, forbidden)
}

// stored tells whether a kind of token counts only while the database has it.
func stored(kind tokens.Kind) bool {
	return kind == tokens.APIToken || kind == tokens.AgentToken
}

// userOf is the user whose credential it is. An API token that isn't stored is
// nobody's: nothing shows that a project ever issued it, and it would act as its
// maker everywhere.
func (s *Server) userOf(credential tokens.Credential) (user store.User, err error) {
	switch credential.Kind {
	case tokens.UserToken:
		user, err = s.Store.User(credential.User)
	case tokens.SSOToken:
		user, err = s.Store.UserOfSSO(credential.Subject)
	case tokens.Session:
		user, err = s.Store.UserOfSession(credential.Session, time.Now())
	default:
		return user, forbidden
	}
	return user, unless(err, store.ErrNotFound, forbidden)
}

// unless is err, but for one that the client is told in other words.
func unless(err, is, told error) error {
	if errors.Is(err, is) {
		return told
	}
	return err
}
