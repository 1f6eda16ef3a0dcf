// Package pylon runs the service of examples/pylon and talks to it as its
// clients do: over HTTP, with golang-jwt for the tokens.
package pylon

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
)

const (
	secret = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	issuer = "https://pylon.example"
	admin  = "the-administrators-token"
)

// Stands for a variable that isn't set, which another is than an empty one.
const unset = "unset"

// The settings of most tests, to which a test adds its own.
var usual = map[string]string{
	"PYLON_JWT_SECRET":     secret,
	"PYLON_JWT_ISSUER":     issuer,
	"PYLON_ADMIN_TOKEN":    admin,
	"PYLON_API_KEY_PEPPER": "a pepper that nobody knows",
	"PORT":                 "0",
}

type settings map[string]string

// A process that runs, until the test ends or stop is called.
type service struct {
	t       *testing.T
	url     string
	process *exec.Cmd
	logged  bytes.Buffer // whole, and to be read, once it has stopped
	once    sync.Once
}

func command(t *testing.T, own settings) *exec.Cmd {
	t.Helper()
	program := os.Getenv("PYLON")
	if program == "" {
		t.Fatal("PYLON names no program: run tests/suites/72-pylon")
	}
	all := maps.Clone(usual)
	maps.Copy(all, own)
	cmd := exec.Command(program)
	cmd.Env = []string{}
	for name, value := range all {
		if value != unset {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	return cmd
}

func start(t *testing.T, own settings) *service {
	t.Helper()
	s := &service{t: t, process: command(t, own)}
	s.process.Stderr = &s.logged
	stdout, err := s.process.StdoutPipe()
	must(t, err)
	must(t, s.process.Start())
	t.Cleanup(s.stop)
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("it doesn't say where it listens: %q", line)
	}
	_, s.url, _ = strings.Cut(strings.TrimSpace(line), " listens on ")
	return s
}

// Stops the process, which must end well: a sanitizer's report is a failure.
func (s *service) stop() {
	s.once.Do(func() {
		_ = s.process.Process.Signal(syscall.SIGTERM)
		if err := s.process.Wait(); err != nil {
			s.t.Errorf("it ended with %v: %s", err, s.logged.String())
		}
	})
}

// What a process has logged from its start to its end, which this is.
func (s *service) log() string {
	s.stop()
	return s.logged.String()
}

// What a start that must fail says.
func refused(t *testing.T, own settings) string {
	t.Helper()
	said, err := command(t, own).CombinedOutput()
	if err == nil {
		t.Fatalf("it started and ended well: %s", said)
	}
	if code := err.(*exec.ExitError).ExitCode(); code != 1 {
		t.Fatalf("it ended with %d: %s", code, said)
	}
	return string(said)
}

type object = map[string]any

// An answer, with its JSON.
type answer struct {
	status int
	header http.Header
	text   string
	body   object
}

func (a answer) code() string {
	body, _ := a.body["error"].(object)
	code, _ := body["code"].(string)
	return code
}

func (a answer) value(name string) string {
	value, _ := a.body[name].(string)
	return value
}

// A request without a body where body is nil.
func (s *service) request(method, path, bearer string, body any) *http.Request {
	s.t.Helper()
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		must(s.t, err)
		content = bytes.NewReader(text)
	}
	request, err := http.NewRequest(method, s.url+"/api/auth"+path, content)
	must(s.t, err)
	if bearer != "" {
		request.Header.Set("Authorization", "Bearer "+bearer)
	}
	return request
}

func (s *service) send(request *http.Request) answer {
	s.t.Helper()
	got, err := try(request)
	must(s.t, err)
	return got
}

// As send, for other goroutines than the test's and services that stop.
func try(request *http.Request) (answer, error) {
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	got := answer{response.StatusCode, response.Header, string(text), nil}
	_ = json.Unmarshal(text, &got.body) // a list has no members
	return got, err
}

func (s *service) do(method, path, bearer string, body any) answer {
	s.t.Helper()
	return s.send(s.request(method, path, bearer, body))
}

// Fails unless the answer has this status.
func (s *service) must(status int, got answer) answer {
	s.t.Helper()
	if got.status != status {
		s.t.Fatalf("the answer is %d and not %d: %s", got.status, status, got.text)
	}
	return got
}

// Fails unless the answer is this error.
func (s *service) mustBe(status int, code string, got answer) answer {
	s.t.Helper()
	if got.status != status || got.code() != code {
		s.t.Fatalf("the answer is %d and not %d %s: %s", got.status, status, code, got.text)
	}
	return got
}

// A new user's session token and id.
func (s *service) signUp(email string) (session, id string) {
	s.t.Helper()
	got := s.must(201, s.do("POST", "/password/register", "",
		object{"email": email, "password": "correct horse"}))
	return got.value("token"), got.value("user_id")
}

func (s *service) signIn(email string) string {
	s.t.Helper()
	return s.must(200, s.do("POST", "/password/login", "",
		object{"email": email, "password": "correct horse"})).value("token")
}

// A new organization, of which the session's user is the owner.
func (s *service) addOrg(session, name string) string {
	s.t.Helper()
	return s.must(200, s.do("POST", "/orgs", session, object{"name": name})).value("id")
}

func (s *service) selectOrg(session string, org any) {
	s.t.Helper()
	s.must(200, s.do("POST", "/select-org", session, object{"orgId": org}))
}

func (s *service) jwt(session string) string {
	s.t.Helper()
	return s.must(200, s.do("POST", "/jwt", session, nil)).value("token")
}

func (s *service) me(bearer string) answer {
	s.t.Helper()
	return s.do("GET", "/me", bearer, nil)
}

// Fails unless the bearer is this user's; "" stands for nobody.
func (s *service) mustBeOf(user, bearer string) answer {
	s.t.Helper()
	got := s.must(200, s.me(bearer))
	if got.value("userId") != user {
		s.t.Fatalf("it is %q's and not %q's", got.value("userId"), user)
	}
	return got
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func mustEqual(t *testing.T, what string, got, wanted any) {
	t.Helper()
	g, _ := json.Marshal(got)
	w, _ := json.Marshal(wanted)
	if string(g) != string(w) {
		t.Fatalf("%s: %s and not %s", what, g, w)
	}
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	must(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// A body as it is, whatever it is.
func body(text string) (io.ReadCloser, int64) {
	return io.NopCloser(strings.NewReader(text)), int64(len(text))
}
