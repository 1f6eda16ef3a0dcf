package web

import (
	"net/http"
	"time"

	"jeton.dev/jeton/examples/porter/store"
)

func (s *Server) apiTokens(mux *http.ServeMux) {
	mux.Handle("POST /api/projects/{project_id}/api_token", s.member(store.Admin, s.createAPIToken))
	mux.Handle("GET /api/projects/{project_id}/api_token", s.member(store.Admin, s.listAPITokens))
	mux.Handle("GET /api/projects/{project_id}/api_token/{token_id}", s.member(store.Admin, s.getAPIToken))
	mux.Handle("POST /api/projects/{project_id}/api_token/{token_id}/revoke", s.member(store.Admin, s.revokeAPIToken))
}

// createAPIToken makes a token, which this answer alone shows.
func (s *Server) createAPIToken(w http.ResponseWriter, r *http.Request, c caller) error {
	var wanted struct {
		Name    string     `json:"name"`
		Policy  store.Role `json:"policy_uid"`
		Expires time.Time  `json:"expires_at"`
	}
	if err := read(r, &wanted); err != nil {
		return err
	}
	created := time.Now()
	if wanted.Expires.IsZero() {
		wanted.Expires = created.AddDate(1, 0, 0)
	}
	if err := checkName(wanted.Name); err != nil {
		return err
	}
	switch {
	case !wanted.Policy.Known():
		return invalid("policy_uid", "admin, developer or viewer was expected")
	case !wanted.Expires.After(created):
		return invalid("expires_at", "a time to come was expected")
	}
	stored, secret, err := s.Store.AddAPIToken(c.project, store.APIToken{
		Name: wanted.Name, Policy: wanted.Policy, CreatedBy: c.user.ID,
		Created: created.UTC().Truncate(time.Second), Expires: wanted.Expires.UTC().Truncate(time.Second),
	})
	if err != nil {
		return err
	}
	token, err := s.Tokens.ForProject(r.Context(), c.user.ID, c.project, stored.ID, secret)
	if err != nil {
		return err
	}
	return write(w, http.StatusCreated, struct {
		store.APIToken
		Token string `json:"token"`
	}{stored, token})
}

func (s *Server) listAPITokens(w http.ResponseWriter, r *http.Request, c caller) error {
	stored, err := s.Store.APITokens(c.project)
	if err != nil {
		return err
	}
	return write(w, http.StatusOK, stored)
}

func (s *Server) getAPIToken(w http.ResponseWriter, r *http.Request, c caller) error {
	stored, err := s.find(r, c)
	if err != nil {
		return err
	}
	return write(w, http.StatusOK, stored)
}

// revokeAPIToken revokes for verifiers first: should the row then fail to be
// written, the token is refused all the same, and it can be revoked once more.
func (s *Server) revokeAPIToken(w http.ResponseWriter, r *http.Request, c caller) error {
	stored, err := s.find(r, c)
	if err != nil {
		return err
	}
	if err := s.Tokens.Revoke(stored.ID, stored.Expires); err != nil {
		return err
	}
	if err := s.Store.RevokeAPIToken(c.project, stored.ID); err != nil {
		return err
	}
	return write(w, http.StatusOK, stored)
}

func (s *Server) find(r *http.Request, c caller) (store.APIToken, error) {
	id := r.PathValue("token_id")
	stored, err := s.Store.APIToken(c.project, id)
	return stored, unless(err, store.ErrNotFound, problem{http.StatusNotFound, "token with id " + id + " not found in project"})
}
