package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"jeton.dev/jeton/examples/porter/store"
	"jeton.dev/jeton/examples/porter/tokens"
)

func (s *Server) projects(mux *http.ServeMux) {
	mux.Handle("GET /api/projects", s.person(s.listProjects))
	mux.Handle("POST /api/projects", s.person(s.createProject))
	mux.Handle("GET /api/projects/{project_id}", s.member(store.Viewer, s.getProject))
	mux.Handle("GET /api/v2/projects/{project_id}", s.member(store.Viewer, s.getProject))
	mux.Handle("POST /api/projects/{project_id}/roles", s.member(store.Admin, s.setRole))
	mux.Handle("PUT /api/v2/projects/{project_id}/reject-user-jwt-tokens", s.member(store.Admin, s.rejectUserTokens))
	mux.Handle("GET /api/v2/projects/{project_id}/credential-uses", s.member(store.Admin, s.credentialUses))
}

func (s *Server) listProjects(w http.ResponseWriter, r *http.Request, c caller) error {
	projects, err := s.Store.ProjectsOf(c.user.ID)
	if err != nil {
		return err
	}
	return write(w, http.StatusOK, projects)
}

func (s *Server) createProject(w http.ResponseWriter, r *http.Request, c caller) error {
	var wanted struct {
		Name string `json:"name"`
	}
	if err := read(r, &wanted); err != nil {
		return err
	}
	if err := checkName(wanted.Name); err != nil {
		return err
	}
	project, err := s.Store.AddProject(wanted.Name, c.user.ID)
	if err != nil {
		return err
	}
	return write(w, http.StatusCreated, project)
}

// checkName fails for what isn't the name of a project or a token.
func checkName(name string) error {
	if strings.TrimSpace(name) == "" || len(name) > 100 {
		return invalid("name", "1 to 100 bytes were expected")
	}
	return nil
}

// setting is a project's, as requests and answers spell it.
type setting struct {
	Reject *bool `json:"reject_user_jwt_tokens"`
}

func (s *Server) settingOf(project int64) (setting, error) {
	rejects, err := s.Tokens.Rejects(tokens.ID(project))
	return setting{&rejects}, err
}

func (s *Server) getProject(w http.ResponseWriter, r *http.Request, c caller) error {
	project, err := s.Store.Project(c.project)
	if err != nil {
		return err
	}
	said, err := s.settingOf(c.project)
	if err != nil {
		return err
	}
	return write(w, http.StatusOK, struct {
		store.Project
		setting
	}{project, said})
}

// rejectUserTokens turns the setting on or off. No token is revoked by it: once
// it is off again, those that it rejected are as good as before.
func (s *Server) rejectUserTokens(w http.ResponseWriter, r *http.Request, c caller) error {
	var wanted setting
	if err := read(r, &wanted); err != nil {
		return err
	}
	if wanted.Reject == nil {
		return invalid("reject_user_jwt_tokens", "true or false was expected")
	}
	if err := s.Tokens.Reject(tokens.ID(c.project), *wanted.Reject); err != nil {
		return err
	}
	s.Log.Info("setting", "project", c.project, "reject_user_jwt_tokens", *wanted.Reject, "by", c.user.ID, "credential", c.Kind)
	return write(w, http.StatusOK, wanted)
}

func (s *Server) setRole(w http.ResponseWriter, r *http.Request, c caller) error {
	var wanted struct {
		UserID int64      `json:"user_id"`
		Kind   store.Role `json:"kind"`
	}
	if err := read(r, &wanted); err != nil {
		return err
	}
	switch {
	case !wanted.Kind.Known():
		return invalid("kind", "admin, developer or viewer was expected")
	case wanted.UserID == c.user.ID:
		// So that a project keeps an admin, who can turn its setting back off.
		return invalid("user_id", "another user's was expected: nobody changes a role of their own")
	}
	if err := s.Store.SetRole(wanted.UserID, c.project, wanted.Kind); err != nil {
		return unless(err, store.ErrNotFound, invalid("user_id", "there is no such user"))
	}
	return write(w, http.StatusOK, wanted)
}

// credentialUses is the audit: who used which kind of credential of late.
func (s *Server) credentialUses(w http.ResponseWriter, r *http.Request, c caller) error {
	days := 7
	if said := r.URL.Query().Get("days"); said != "" {
		var err error
		if days, err = strconv.Atoi(said); err != nil || days < 1 || days > store.MostDays {
			return invalid("days", "1 to "+strconv.Itoa(store.MostDays)+" was expected")
		}
	}
	uses, err := s.Store.Uses(c.project, days, time.Now())
	if err != nil {
		return err
	}
	return write(w, http.StatusOK, struct {
		Days int         `json:"days"`
		Uses []store.Use `json:"uses"`
	}{days, uses})
}
