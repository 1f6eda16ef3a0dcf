package porter

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestTheSettingIsOffAtFirstAndGetProjectShowsIt(t *testing.T) {
	s := start(t)
	ada := s.signUp("ada")
	project := s.project(ada)
	for _, on := range []bool{false, true, false} {
		if on {
			s.reject(ada.cookie(), project, true)
		} else {
			s.reject(ada.cookie(), project, false)
		}
		for _, path := range []string{pathOf(project), fmt.Sprintf("/api/v2/projects/%d", project)} {
			got := s.expect(200, ada.cookie(), "GET", path, "")
			if got.field("reject_user_jwt_tokens") != on || got.field("name") != "Blog" || got.field("id") != float64(project) {
				t.Error(on, got.body)
			}
		}
	}
	other := s.project(ada)
	if got := s.expect(200, ada.cookie(), "GET", pathOf(other), ""); got.field("reject_user_jwt_tokens") != false {
		t.Error("of a new project: ", got.body)
	}
}

func TestUsersTokensAreRejectedAtOnceInThisProjectAloneAndNoLongerThanTheSettingIsOn(t *testing.T) {
	s := start(t)
	ada := s.signUp("ada")
	project, other := s.project(ada), s.project(ada)
	user := bearer(s.login(ada))
	s.expect(200, user, "GET", pathOf(project), "")

	s.reject(ada.cookie(), project, true)
	got := s.expect(401, user, "GET", pathOf(project), "")
	if strings.TrimSpace(got.body) != `{"error":"this project rejects user-scoped JWT tokens: use a project API token"}` ||
		got.header.Get("WWW-Authenticate") != `Bearer error="invalid_token"` || got.header.Get("Content-Type") != "application/json" {
		t.Error(got)
	}
	s.expect(200, user, "GET", pathOf(other), "")
	s.expect(200, user, "GET", "/api/projects", "")

	s.reject(ada.cookie(), project, false)
	s.expect(200, user, "GET", pathOf(project), "")
}

func TestAttackNoSpellingOfATokenOrAProjectEscapesTheSetting(t *testing.T) {
	s := start(t)
	ada := s.signUp("ada")
	project := s.project(ada)
	good := claimsOf(ada.id)
	paths := []string{pathOf(project), fmt.Sprintf("/api/projects/0%d", project), fmt.Sprintf("/api/projects/+%d", project),
		fmt.Sprintf("/api/projects/%%3%d", project), fmt.Sprintf("/api/v2/projects/%d?project_id=2", project)}
	null := changed(good, "token_id", "")
	null["token_id"] = nil
	tokens := map[string]string{
		"as it is":           mint(good),
		"no token_id":        mint(changed(good, "token_id", nil)),
		"a number":           mint(changed(good, "token_id", 5)),
		"null":               mint(null),
		"another kind":       mint(changed(good, "sub_kind", "User")),
		"no kind":            mint(changed(good, "sub_kind", nil)),
		"of this project":    mint(changed(good, "project_id", project)),
		"iby as a text":      mint(changed(good, "iby", fmt.Sprint(ada.id))),
		"a foreign issuer's": mint(changed(good, "iss", "https://api.workos.com")),
	}
	for _, token := range tokens {
		for _, path := range paths {
			// The twin: with the setting off they are good.
			s.expect(200, bearer(token), "GET", path, "")
		}
	}
	s.reject(ada.cookie(), project, true)
	for name, token := range tokens {
		for _, path := range paths {
			if got := s.do(bearer(token), "GET", path, ""); got.status != 401 {
				t.Errorf("%s, %s: %d %s", name, path, got.status, got.body)
			}
		}
	}
	lower := func(r *http.Request) { r.Header.Set("Authorization", "bearer  "+tokens["as it is"]) }
	s.expect(401, lower, "GET", pathOf(project), "")
	both := func(r *http.Request) { bearer(tokens["as it is"])(r); ada.cookie()(r) }
	s.expect(401, both, "GET", pathOf(project), "")
	twice := func(r *http.Request) {
		r.Header["Authorization"] = []string{"Basic YTpi", "Bearer " + tokens["as it is"]}
	}
	s.expect(403, twice, "GET", pathOf(project), "")
}

func TestAllOtherCredentialsGoOnWorking(t *testing.T) {
	issuer := newIssuer(t)
	s := start(t, issuer.variables()...)
	ada := s.signUp("ada")
	project := s.project(ada)
	sso := bearer(issuer.token("user_01ADA"))
	s.expect(200, ada.cookie(), "POST", "/api/users/current/sso", `{"access_token": "`+issuer.token("user_01ADA")+`"}`)
	api, _ := s.apiToken(ada, project, "admin")
	user := s.login(ada)

	all := map[string]credential{"the cookie": ada.cookie(), "single sign-on": sso, "an API token": bearer(api)}
	for _, on := range []bool{false, true} {
		for name, who := range all {
			s.reject(who, project, on)
			s.expect(200, who, "GET", pathOf(project), "")
			s.expect(200, who, "GET", pathOf(project)+"/api_token", "")
			if name == "the cookie" {
				s.expect(200, who, "GET", fmt.Sprintf("/projects/%d/settings/general", project), "")
			}
		}
	}
	// An admin whose own token is rejected turns the setting off by any of these.
	for _, who := range all {
		s.reject(ada.cookie(), project, true)
		s.expect(401, bearer(user), "PUT", settingOf(project), `{"reject_user_jwt_tokens":false}`)
		s.reject(who, project, false)
		s.expect(200, bearer(user), "GET", pathOf(project), "")
	}
}

func TestATokenOfTheSingleSignOnIsNoUsersTokenWhateverItSays(t *testing.T) {
	issuer := newIssuer(t)
	s := start(t, issuer.variables()...)
	ada := s.signUp("ada")
	project := s.project(ada)
	claims := changed(changed(issuer.claims("user_01ADA"), "sub_kind", "user"), "iby", ada.id)
	s.expect(403, bearer(issuer.sign(claims)), "GET", pathOf(project), "") // linked to nobody yet
	s.expect(200, ada.cookie(), "POST", "/api/users/current/sso", `{"access_token": "`+issuer.token("user_01ADA")+`"}`)
	s.reject(ada.cookie(), project, true)
	s.expect(200, bearer(issuer.sign(claims)), "GET", pathOf(project), "")
	// Nor does a user's token pass for one of the single sign-on's.
	s.expect(403, bearer(mint(changed(claimsOf(ada.id), "iss", issuer.url))), "GET", pathOf(project), "")
}

func TestWhichTokensOfTheSingleSignOnAreTaken(t *testing.T) {
	issuer, other := newIssuer(t), newIssuer(t)
	s := start(t, append(issuer.variables(), "WORKOS_AUDIENCE=client_01")...)
	ada, bob := s.signUp("ada"), s.signUp("bob")
	link := func(who credential, token string) answer {
		return s.do(who, "POST", "/api/users/current/sso", `{"access_token": "`+token+`"}`)
	}
	good := changed(issuer.claims("user_01ADA"), "aud", "client_01")
	for name, token := range map[string]string{
		"another client's":          issuer.sign(changed(good, "aud", "client_02")),
		"no client's":               issuer.token("user_01ADA"),
		"another issuer's":          other.sign(changed(good, "iss", other.url)),
		"another's under this name": other.sign(good),
		"expired":                   issuer.sign(changed(good, "exp", 1700000000)),
		"without an end":            issuer.sign(changed(good, "exp", nil)),
		"a user's":                  mint(claimsOf(ada.id)),
		"none":                      "x",
	} {
		if got := link(ada.cookie(), token); got.status != 403 {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
		s.expect(403, bearer(token+"x"), "GET", "/api/users/current", "")
	}
	if got := link(ada.cookie(), issuer.sign(good)); got.status != 200 {
		t.Fatal(got)
	}
	if got := s.expect(200, bearer(issuer.sign(good)), "GET", "/api/users/current", ""); got.field("id") != float64(ada.id) || got.field("credential") != "sso-token" {
		t.Error(got.body)
	}
	if got := link(bob.cookie(), issuer.sign(good)); got.status != 409 {
		t.Error("another account's: ", got)
	}
	if got := link(bearer(s.login(bob)), issuer.sign(changed(good, "sub", "user_01BOB"))); got.status != 403 {
		t.Error("without a session: ", got)
	}
}

func TestOnlyAnAdminChangesTheSetting(t *testing.T) {
	s := start(t)
	ada, bob, eve, zoe := s.signUp("ada"), s.signUp("bob"), s.signUp("eve"), s.signUp("zoe")
	project := s.project(ada)
	s.join(ada, project, bob, "developer")
	s.join(ada, project, eve, "viewer")
	developer, _ := s.apiToken(ada, project, "developer")
	viewer, _ := s.apiToken(ada, project, "viewer")
	elsewhere, _ := s.apiToken(zoe, s.project(zoe), "admin")

	refused := map[string]credential{
		"a developer": bob.cookie(), "a viewer": eve.cookie(), "a stranger": zoe.cookie(), "nobody": nobody,
		"a developer's token": bearer(s.login(bob)), "a stranger's token": bearer(s.login(zoe)),
		"a token for developers": bearer(developer), "a token for viewers": bearer(viewer),
		"another project's token for admins": bearer(elsewhere),
	}
	for name, who := range refused {
		got := s.do(who, "PUT", settingOf(project), `{"reject_user_jwt_tokens":true}`)
		if got.status != 403 || strings.TrimSpace(got.body) != `{"error":"Forbidden"}` {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
		if got := s.expect(200, ada.cookie(), "GET", pathOf(project), ""); got.field("reject_user_jwt_tokens") != false {
			t.Fatalf("%s changed it", name)
		}
	}
	admin, _ := s.apiToken(ada, project, "admin")
	for _, who := range []credential{ada.cookie(), bearer(s.login(ada)), bearer(admin)} {
		s.reject(who, project, true)
		s.reject(ada.cookie(), project, false)
	}
	s.join(ada, project, bob, "admin")
	s.reject(bob.cookie(), project, true)
}

func TestABodyThatDoesntSayTrueOrFalseIsRefusedInClearWords(t *testing.T) {
	s := start(t)
	ada := s.signUp("ada")
	project := s.project(ada)
	for body, message := range map[string]string{
		`{}`:                                  "reject_user_jwt_tokens: true or false was expected",
		`{"reject_user_jwt_tokens": null}`:    "reject_user_jwt_tokens: true or false was expected",
		`{"reject_user_jwt_tokens": "true"}`:  "reject_user_jwt_tokens: a value of another type was expected",
		`{"reject_user_jwt_tokens": 1}`:       "reject_user_jwt_tokens: a value of another type was expected",
		`{"reject": true}`:                    `the body: unknown field "reject"`,
		`{"reject_user_jwt_tokens": true} {}`: "the body: something follows the JSON object",
		``:                                    "the body: a JSON object was expected",
		`{"reject_user_jwt_tokens": true`:     "the body: unexpected EOF",
	} {
		got := s.do(ada.cookie(), "PUT", settingOf(project), body)
		if got.status != 400 || got.field("error") != message {
			t.Errorf("%s: %d %s", body, got.status, got.body)
		}
	}
	long := `{"reject_user_jwt_tokens": true` + strings.Repeat(" ", 1<<20) + `}`
	if got := s.do(ada.cookie(), "PUT", settingOf(project), long); got.status != 413 {
		t.Error(got)
	}
	for _, path := range []string{"/api/v2/projects/x/reject-user-jwt-tokens", "/api/v2/projects/0/reject-user-jwt-tokens", "/api/v2/projects/-1/reject-user-jwt-tokens"} {
		if got := s.do(ada.cookie(), "PUT", path, `{"reject_user_jwt_tokens":true}`); got.status != 400 || got.field("error") != "project_id: a positive number was expected" {
			t.Error(path, got)
		}
	}
	if got := s.do(ada.cookie(), "POST", settingOf(project), `{}`); got.status != 405 || got.header.Get("Allow") != "PUT" || got.field("error") != "Method Not Allowed" {
		t.Error(got)
	}
	if got := s.do(ada.cookie(), "PUT", "/api/v2/projects/1/other", `{}`); got.status != 404 || got.field("error") != "Not Found" {
		t.Error(got)
	}
}

func TestEveryRouteOfAProjectRejectsUsersTokens(t *testing.T) {
	s := start(t)
	ada := s.signUp("ada")
	project := s.project(ada)
	user := bearer(s.login(ada))
	_, id := s.apiToken(ada, project, "viewer")
	v2, page := fmt.Sprintf("/api/v2/projects/%d", project), fmt.Sprintf("/projects/%d/settings", project)
	s.reject(ada.cookie(), project, true)
	for _, route := range [][2]string{
		{"GET", pathOf(project)}, {"GET", v2}, {"PUT", settingOf(project)}, {"GET", v2 + "/credential-uses"},
		{"POST", pathOf(project) + "/roles"}, {"POST", pathOf(project) + "/api_token"}, {"GET", pathOf(project) + "/api_token"},
		{"GET", pathOf(project) + "/api_token/" + id}, {"POST", pathOf(project) + "/api_token/" + id + "/revoke"},
	} {
		s.expect(401, user, route[0], route[1], `{}`)
	}
	// A page is the session's alone: without one it asks for it, whatever else comes.
	for _, path := range []string{page + "/general", page + "/api-tokens"} {
		if got := s.expect(302, user, "GET", path, ""); got.header.Get("Location") != "/login?next="+strings.ReplaceAll(path, "/", "%2F") {
			t.Error(got.header)
		}
		both := func(r *http.Request) { user(r); ada.cookie()(r) }
		s.expect(401, both, "GET", path, "")
		s.expect(200, ada.cookie(), "GET", path, "")
	}
}
