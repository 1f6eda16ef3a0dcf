package porter

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

func TestAnAPITokenWorksBesideAUsersUntilItIsRevoked(t *testing.T) {
	s := start(t)
	ada := s.signUp("ada")
	project, other := s.project(ada), s.project(ada)
	user := bearer(s.login(ada))
	token, id := s.apiToken(ada, project, "developer")
	api := bearer(token)
	for _, who := range []credential{user, api} {
		s.expect(200, who, "GET", pathOf(project), "")
	}
	s.expect(403, api, "GET", pathOf(other), "")
	s.expect(403, api, "GET", "/api/projects", "") // it is no person's
	s.expect(403, api, "GET", "/api/users/current", "")

	listed := s.expect(200, ada.cookie(), "GET", pathOf(project)+"/api_token", "")
	if !strings.Contains(listed.body, id) || strings.Contains(listed.body, "eyJ") || strings.Contains(listed.body, "secret") {
		t.Error(listed.body)
	}
	one := s.expect(200, ada.cookie(), "GET", pathOf(project)+"/api_token/"+id, "")
	if one.field("id") != id || one.field("name") != "ci" || one.field("policy_uid") != "developer" || one.field("token") != nil {
		t.Error(one.body)
	}
	if got := s.do(ada.cookie(), "POST", pathOf(other)+"/api_token/"+id+"/revoke", ""); got.status != 404 || got.field("error") != "token with id "+id+" not found in project" {
		t.Error(got)
	}
	s.expect(403, api, "POST", pathOf(project)+"/api_token/"+id+"/revoke", "")
	s.expect(200, api, "GET", pathOf(project), "")

	s.expect(200, ada.cookie(), "POST", pathOf(project)+"/api_token/"+id+"/revoke", "")
	s.expect(403, api, "GET", pathOf(project), "")
	s.expect(404, ada.cookie(), "GET", pathOf(project)+"/api_token/"+id, "")
	if listed := s.expect(200, ada.cookie(), "GET", pathOf(project)+"/api_token", ""); strings.TrimSpace(listed.body) != "[]" {
		t.Error(listed.body)
	}
}

// Whoever verifies elsewhere has the store of revocations and not the database.
func TestAVerifierOverTheSameRevocationsAgrees(t *testing.T) {
	s := start(t)
	ada := s.signUp("ada")
	project := s.project(ada)
	token, id := s.apiToken(ada, project, "viewer")
	user := s.login(ada)
	verdict := func(token string) string {
		t.Helper()
		command := exec.Command(os.Getenv("JETON"), "verify", "--options", `{"system": {"name": "porter"}}`, "--secret-env", "SECRET",
			"--revocations", "sqlite:"+s.folder+"/porter.db.revocations", "--scope", fmt.Sprint(project), token)
		command.Env = append(os.Environ(), "SECRET="+secret)
		said, err := command.CombinedOutput()
		if err == nil {
			return "ok"
		}
		return fmt.Sprint(answer{body: string(said)}.field("status"))
	}
	before := []string{verdict(token), verdict(user)}
	s.reject(ada.cookie(), project, true)
	s.expect(200, ada.cookie(), "POST", pathOf(project)+"/api_token/"+id+"/revoke", "")
	after := []string{verdict(token), verdict(user)}
	if !slices.Equal(before, []string{"ok", "ok"}) || !slices.Equal(after, []string{"revoked", "denied"}) {
		t.Error(before, after)
	}
}

func TestAnAPITokenEnds(t *testing.T) {
	s := start(t)
	ada := s.signUp("ada")
	project := s.project(ada)
	path := pathOf(project) + "/api_token"
	soon := time.Now().Add(5 * time.Second).UTC().Format(time.RFC3339)
	token := s.expect(201, ada.cookie(), "POST", path, `{"name": "ci", "policy_uid": "viewer", "expires_at": "`+soon+`"}`).field("token").(string)
	eventually(t, "the token ends", func() bool { return s.do(bearer(token), "GET", pathOf(project), "").status == 403 })

	for body, message := range map[string]string{
		`{"name": "ci", "policy_uid": "owner"}`:                                        "policy_uid: admin, developer or viewer was expected",
		`{"policy_uid": "viewer"}`:                                                     "name: 1 to 100 bytes were expected",
		`{"name": "ci", "policy_uid": "viewer", "expires_at": "2001-01-01T00:00:00Z"}`: "expires_at: a time to come was expected",
	} {
		if got := s.do(ada.cookie(), "POST", path, body); got.status != 400 || got.field("error") != message {
			t.Error(body, got)
		}
	}
	s.expect(400, ada.cookie(), "POST", path, `{"name": "ci", "policy_uid": "viewer", "expires_at": "tomorrow"}`)
}

func TestAttackAStoredTokenWithoutItsSecretOrUnderAnothersID(t *testing.T) {
	s := start(t)
	ada := s.signUp("ada")
	project, other := s.project(ada), s.project(ada)
	token, id := s.apiToken(ada, project, "admin")
	var good jwt.MapClaims
	_, _, err := jwt.NewParser().ParseUnverified(token, &good)
	if err != nil {
		t.Fatal(err)
	}
	s.expect(200, bearer(mint(good)), "GET", pathOf(project), "")
	for name, claims := range map[string]jwt.MapClaims{
		"another secret":  changed(good, "secret", strings.Repeat("0", 32)),
		"no secret":       changed(good, "secret", nil),
		"an empty secret": changed(good, "secret", ""),
		"an unknown id":   changed(good, "token_id", strings.Repeat("0", 32)),
		"another project": changed(good, "project_id", other),
		"a longer id":     changed(good, "token_id", id+" "),
	} {
		for _, where := range []int64{project, other} {
			if got := s.do(bearer(mint(claims)), "GET", pathOf(where), ""); got.status != 403 {
				t.Errorf("%s: %d %s", name, got.status, got.body)
			}
		}
	}
}

func TestWhatIsStoredHoldsNoSecret(t *testing.T) {
	s := start(t)
	ada := s.signUp("ada")
	token, _ := s.apiToken(ada, s.project(ada), "admin")
	user := s.login(ada)
	var claims jwt.MapClaims
	if _, _, err := jwt.NewParser().ParseUnverified(token, &claims); err != nil {
		t.Fatal(err)
	}
	s.stop()
	files := must(os.ReadDir(s.folder))
	if len(files) < 2 {
		t.Fatal(files)
	}
	for _, file := range files {
		text := string(must(os.ReadFile(s.folder + "/" + file.Name())))
		for name, never := range map[string]string{
			"session": ada.session, "password": "correct horse", "token": token, "user token": user, "token's secret": claims["secret"].(string),
		} {
			if strings.Contains(text, never) {
				t.Errorf("%s has a %s in it", file.Name(), name)
			}
		}
	}
}

func TestASessionEndsWithSigningOutAndAnotherBegins(t *testing.T) {
	s := start(t)
	ada := s.signUp("ada")
	if got := s.expect(200, ada.cookie(), "GET", "/api/users/current", ""); got.field("email") != "ada@a.example" || got.field("credential") != "session" {
		t.Error(got.body)
	}
	user := s.login(ada)
	if got := s.expect(204, ada.cookie(), "POST", "/api/logout", ""); must(http.ParseSetCookie(got.header.Get("Set-Cookie"))).MaxAge >= 0 {
		t.Error(got.header)
	}
	s.expect(403, ada.cookie(), "GET", "/api/users/current", "")
	s.expect(200, bearer(user), "GET", "/api/users/current", "")
	s.expect(401, nobody, "POST", "/api/login", `{"email": "ada@a.example", "password": "another one"}`)
	s.expect(401, nobody, "POST", "/api/login", `{"email": "bob@a.example", "password": "correct horse"}`)
	again := sessionOf(t, s.expect(200, nobody, "POST", "/api/login", `{"email": "Ada@a.example", "password": "correct horse"}`))
	s.expect(200, cookie(again), "GET", "/api/users/current", "")
	s.expect(409, nobody, "POST", "/api/users", `{"email": "ADA@a.example", "password": "correct horse"}`)
	s.expect(400, nobody, "POST", "/api/users", `{"email": "ada", "password": "correct horse"}`)
	s.expect(400, nobody, "POST", "/api/users", `{"email": "eve@a.example", "password": "short"}`)
}

func TestACodeOfTheCommandLineGoesToThisMachineAndWorksOnce(t *testing.T) {
	s := start(t)
	ada := s.signUp("ada")
	for _, elsewhere := range []string{"", "https://a.example/", "http://a.example/", "http://localhost.a.example/", "http://localhost@a.example/", "javascript:1", "//a.example"} {
		s.expect(400, ada.cookie(), "GET", "/api/cli/login?redirect="+elsewhere, "")
	}
	s.expect(403, nobody, "GET", "/api/cli/login?redirect=http://127.0.0.1:1/", "")
	s.expect(403, bearer(s.login(ada)), "GET", "/api/cli/login?redirect=http://127.0.0.1:1/", "")
	back := s.expect(302, ada.cookie(), "GET", "/api/cli/login?redirect=http://127.0.0.1:1/", "").header.Get("Location")
	body := `{"authorization_code": "` + strings.TrimPrefix(back, "http://127.0.0.1:1/?code=") + `"}`
	s.expect(200, nobody, "POST", "/api/cli/login/exchange", body)
	s.expect(403, nobody, "POST", "/api/cli/login/exchange", body)
}

func TestAttackAnotherSitesPageSendsTheCookieAlong(t *testing.T) {
	s := start(t)
	ada := s.signUp("ada")
	project := s.project(ada)
	from := func(name, value string) credential {
		return func(r *http.Request) { ada.cookie()(r); r.Header.Set(name, value) }
	}
	for _, who := range []credential{from("Origin", "https://a.example"), from("Sec-Fetch-Site", "cross-site"), from("Sec-Fetch-Site", "same-site")} {
		got := s.expect(403, who, "PUT", settingOf(project), `{"reject_user_jwt_tokens":true}`)
		if got.field("error") != "a request of another site's making" {
			t.Error(got.body)
		}
	}
	s.reject(from("Sec-Fetch-Site", "same-origin"), project, true)
	s.reject(from("Origin", s.url), project, false)
}

func TestAProjectThatIsntThereLooksLikeAnothers(t *testing.T) {
	s := start(t)
	ada, bob := s.signUp("ada"), s.signUp("bob")
	project := s.project(ada)
	theirs, none := s.do(bob.cookie(), "GET", pathOf(project), ""), s.do(bob.cookie(), "GET", "/api/projects/999", "")
	if theirs.status != 403 || none.status != 403 || theirs.body != none.body {
		t.Error(theirs, none)
	}
	s.expect(400, ada.cookie(), "POST", pathOf(project)+"/roles", `{"user_id": 99, "kind": "viewer"}`)
	s.expect(400, ada.cookie(), "POST", pathOf(project)+"/roles", fmt.Sprintf(`{"user_id": %d, "kind": "owner"}`, bob.id))
	s.expect(400, ada.cookie(), "POST", pathOf(project)+"/roles", fmt.Sprintf(`{"user_id": %d, "kind": "viewer"}`, ada.id))
	s.expect(403, bob.cookie(), "POST", pathOf(project)+"/roles", fmt.Sprintf(`{"user_id": %d, "kind": "admin"}`, bob.id))
}

func TestWhatIsMissingInTheEnvironmentIsSaid(t *testing.T) {
	for _, row := range [][]string{
		{"TOKEN_GENERATOR_SECRET: it must be set", "TOKEN_GENERATOR_SECRET="},
		{"COOKIE_INSECURE: true or false was expected", "COOKIE_INSECURE=maybe"},
		{"WORKOS_CLIENT_ID: it must be set", "WORKOS_ISSUER=https://a.example"},
		{"the keys of the single sign-on: ", "WORKOS_CLIENT_ID=client_01", "WORKOS_JWKS_URL=http://a.example"},
		{"revocations: ", "REVOCATIONS=paper:"},
	} {
		command := exec.Command(os.Getenv("PORTER"))
		command.Env = append(os.Environ(), "SERVER_PORT=0", "TOKEN_GENERATOR_SECRET="+secret, "SQL_LITE_PATH="+t.TempDir()+"/porter.db")
		command.Env = append(command.Env, row[1:]...)
		said, err := command.CombinedOutput()
		if err == nil || !strings.HasPrefix(string(said), "porter: "+row[0]) {
			t.Errorf("%v: %v %s", row, err, said)
		}
	}
}
