package web

import (
	"bytes"
	"embed"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"time"

	"jeton.dev/jeton/examples/porter/store"
	"jeton.dev/jeton/examples/porter/tokens"
)

//go:embed pages static
var files embed.FS

// The days that the page of a project's settings looks back.
const daysShown = 7

var kinds = map[string]string{
	string(tokens.UserToken):  "User JWT token",
	string(tokens.APIToken):   "Project API token",
	string(tokens.AgentToken): "Agent token",
	string(tokens.SSOToken):   "Single sign-on",
	string(tokens.Session):    "Dashboard session",
}

var views = template.Must(template.New("").Funcs(template.FuncMap{
	"kind": func(kind string) string { return kinds[kind] },
	"when": func(at time.Time) string { return at.Format(time.RFC3339) },
}).ParseFS(files, "pages/*.html"))

func (s *Server) pages(mux *http.ServeMux) {
	static, err := fs.Sub(files, "static")
	if err != nil {
		panic(err) // it is embedded
	}
	mux.Handle("GET /static/", http.StripPrefix("/static/", http.FileServerFS(static)))
	mux.Handle("GET /{$}", http.RedirectHandler("/projects", http.StatusFound))
	mux.Handle("GET /login", s.answer(s.loginPage))
	mux.Handle("GET /projects", s.signedIn(s.person(s.projectsPage)))
	mux.Handle("GET /projects/{project_id}/settings/general", s.signedIn(s.member(store.Viewer, s.generalPage)))
	mux.Handle("GET /projects/{project_id}/settings/api-tokens", s.signedIn(s.member(store.Admin, s.apiTokensPage)))
}

// signedIn asks whoever has no session to sign in.
func (s *Server) signedIn(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		cookie, err := r.Cookie(s.CookieName)
		if err == nil {
			_, err = s.Store.UserOfSession(cookie.Value, time.Now())
		}
		if err != nil {
			http.Redirect(w, r, "/login?next="+url.QueryEscape(r.URL.Path), http.StatusFound)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// page is what every page of somebody who is signed in shows.
type page struct {
	User    store.User
	Project store.Project
	Tab     string
	Admin   bool
}

func (s *Server) pageOf(c caller, tab string) (page, error) {
	shown := page{User: c.user, Tab: tab, Admin: c.role == store.Admin}
	if c.project == 0 {
		return shown, nil
	}
	var err error
	shown.Project, err = s.Store.Project(c.project)
	return shown, err
}

func (s *Server) loginPage(w http.ResponseWriter, r *http.Request) error {
	return s.render(w, http.StatusOK, "login", nil)
}

func (s *Server) projectsPage(w http.ResponseWriter, r *http.Request, c caller) error {
	shown, err := s.pageOf(c, "projects")
	if err != nil {
		return err
	}
	projects, err := s.Store.ProjectsOf(c.user.ID)
	if err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "projects", struct {
		page
		Projects []store.Project
	}{shown, projects})
}

func (s *Server) generalPage(w http.ResponseWriter, r *http.Request, c caller) error {
	shown, err := s.pageOf(c, "general")
	if err != nil {
		return err
	}
	rejects, err := s.Tokens.Rejects(tokens.ID(c.project))
	if err != nil {
		return err
	}
	var uses []store.Use
	if shown.Admin {
		if uses, err = s.Store.Uses(c.project, daysShown, time.Now()); err != nil {
			return err
		}
	}
	return s.render(w, http.StatusOK, "general", struct {
		page
		Rejects bool
		Days    int
		Uses    []store.Use
	}{shown, rejects, daysShown, uses})
}

func (s *Server) apiTokensPage(w http.ResponseWriter, r *http.Request, c caller) error {
	shown, err := s.pageOf(c, "api-tokens")
	if err != nil {
		return err
	}
	stored, err := s.Store.APITokens(c.project)
	if err != nil {
		return err
	}
	return s.render(w, http.StatusOK, "api-tokens", struct {
		page
		Tokens []store.APIToken
	}{shown, stored})
}

// render writes a page whole, or fails before anything of it is sent.
func (s *Server) render(w http.ResponseWriter, status int, view string, data any) error {
	var text bytes.Buffer
	if err := views.ExecuteTemplate(&text, view+".html", data); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "+
		"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	w.Header().Set("Referrer-Policy", "same-origin")
	w.WriteHeader(status)
	_, err := text.WriteTo(w)
	return err
}
