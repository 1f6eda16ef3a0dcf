// Package porter tests the service of examples/porter from the outside: a real
// process, over HTTP, with golang-jwt and curl for clients.
package porter

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

const secret = "23a1c0ffee5eed0123456789abcdef0123456789abcdef0123456789abcdef01"

// service is a running process. What it stores is in folder.
type service struct {
	t      *testing.T
	url    string
	folder string
	stop   func()
}

// start starts the service with an empty database, and variables beside those
// that it needs.
func start(t *testing.T, variables ...string) *service {
	return startIn(t, t.TempDir(), variables...)
}

func startIn(t *testing.T, folder string, variables ...string) *service {
	t.Helper()
	binary := os.Getenv("PORTER")
	if binary == "" || os.Getenv("JETON") == "" {
		t.Fatal("PORTER and JETON: the paths of the service and of the command were expected; tests/suites/73-porter sets them")
	}
	command := exec.Command(binary)
	command.Env = append(os.Environ(), "SERVER_PORT=0", "TOKEN_GENERATOR_SECRET="+secret, "SQL_LITE_PATH="+filepath.Join(folder, "porter.db"))
	command.Env = append(command.Env, variables...)
	var log bytes.Buffer
	command.Stderr = &log
	out := must(command.StdoutPipe())
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	said := bufio.NewScanner(out)
	said.Scan()
	_, url, found := strings.Cut(said.Text(), "listens on ")
	stopped := false
	s := &service{t, url, folder, func() {
		if stopped {
			return
		}
		stopped = true
		command.Process.Signal(syscall.SIGTERM)
		if err := command.Wait(); err != nil && found {
			t.Errorf("it ended with %v: %s", err, log.String())
		}
		if t.Failed() {
			t.Log(log.String())
		}
		for _, never := range []string{"eyJ", secret} {
			if strings.Contains(log.String(), never) {
				t.Errorf("the log has a token or a secret in it: %s", log.String())
			}
		}
	}}
	t.Cleanup(s.stop)
	if !found {
		s.stop()
		t.Fatal("it didn't start: ", log.String())
	}
	return s
}

// credential is put on a request.
type credential func(*http.Request)

func nobody(*http.Request) {}

func bearer(token string) credential {
	return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }
}

func cookie(session string) credential {
	return func(r *http.Request) { r.AddCookie(&http.Cookie{Name: "porter", Value: session}) }
}

// answer is what came of a request.
type answer struct {
	status int
	header http.Header
	body   string
}

// field is a member of the answer's JSON object; a number becomes a float64.
func (a answer) field(name string) any {
	var members map[string]any
	if err := json.Unmarshal([]byte(a.body), &members); err != nil {
		return fmt.Sprintf("not a JSON object: %q", a.body)
	}
	return members[name]
}

var client = http.Client{
	Timeout:       30 * time.Second,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

func (s *service) try(who credential, method, path, body string) (answer, error) {
	request, err := http.NewRequest(method, s.url+path, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	who(request)
	response, err := client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, string(text)}, err
}

func (s *service) do(who credential, method, path, body string) answer {
	s.t.Helper()
	got, err := s.try(who, method, path, body)
	if err != nil {
		s.t.Fatal(err)
	}
	return got
}

// expect fails the test unless a request is answered with this status.
func (s *service) expect(status int, who credential, method, path, body string) answer {
	s.t.Helper()
	got := s.do(who, method, path, body)
	if got.status != status {
		s.t.Fatalf("%s %s: %d, not %d: %s", method, path, got.status, status, got.body)
	}
	return got
}

// person is a user with a session, as a browser has it.
type person struct {
	id      int64
	session string
}

func (p person) cookie() credential { return cookie(p.session) }

func (s *service) signUp(name string) person {
	s.t.Helper()
	got := s.expect(201, nobody, "POST", "/api/users", fmt.Sprintf(`{"email": "%s@a.example", "password": "correct horse"}`, name))
	return person{int64(got.field("id").(float64)), sessionOf(s.t, got)}
}

func sessionOf(t *testing.T, got answer) string {
	t.Helper()
	set := must(http.ParseSetCookie(got.header.Get("Set-Cookie")))
	if set.Name != "porter" || !set.HttpOnly || !set.Secure || set.SameSite != http.SameSiteLaxMode {
		t.Fatalf("a cookie that others can have: %v", set)
	}
	return set.Value
}

// project is a new project whose admin somebody is, as a part of paths.
func (s *service) project(admin person) int64 {
	s.t.Helper()
	return int64(s.expect(201, admin.cookie(), "POST", "/api/projects", `{"name": "Blog"}`).field("id").(float64))
}

func (s *service) join(admin person, project int64, who person, kind string) {
	s.t.Helper()
	s.expect(200, admin.cookie(), "POST", fmt.Sprintf("/api/projects/%d/roles", project), fmt.Sprintf(`{"user_id": %d, "kind": "%s"}`, who.id, kind))
}

// login is a user's token, as the command line gets it.
func (s *service) login(who person) string {
	s.t.Helper()
	back := s.expect(302, who.cookie(), "GET", "/api/cli/login?redirect=http://localhost:1234/callback", "").header.Get("Location")
	code, found := strings.CutPrefix(back, "http://localhost:1234/callback?code=")
	if !found || len(code) != 64 {
		s.t.Fatal("no code: ", back)
	}
	return s.expect(200, nobody, "POST", "/api/cli/login/exchange", `{"authorization_code": "`+code+`"}`).field("token").(string)
}

// apiToken is a new API token of a project, and its id.
func (s *service) apiToken(admin person, project int64, policy string) (token, id string) {
	s.t.Helper()
	got := s.expect(201, admin.cookie(), "POST", fmt.Sprintf("/api/projects/%d/api_token", project), `{"name": "ci", "policy_uid": "`+policy+`"}`)
	return got.field("token").(string), got.field("id").(string)
}

func pathOf(project int64) string { return fmt.Sprintf("/api/projects/%d", project) }

func settingOf(project int64) string {
	return fmt.Sprintf("/api/v2/projects/%d/reject-user-jwt-tokens", project)
}

func (s *service) reject(who credential, project int64, on bool) {
	s.t.Helper()
	body := fmt.Sprintf(`{"reject_user_jwt_tokens":%v}`, on)
	if got := s.expect(200, who, "PUT", settingOf(project), body); strings.TrimSpace(got.body) != body {
		s.t.Fatal("not echoed: ", got.body)
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
