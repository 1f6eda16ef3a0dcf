package pylon

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestASessionEndsAtOnceAndItsJWTWithItsTime(t *testing.T) {
	s := start(t, nil)
	session, user := s.signUp("ada@example.com")
	minted := s.jwt(session)

	got := s.must(200, s.do("DELETE", "/session", session, nil))
	mustEqual(t, "body", got.text, `{"revoked":true}`)
	s.mustBeOf("", session)
	s.mustBe(401, "AUTH_REQUIRED", s.do("POST", "/jwt", session, nil))
	s.mustBeOf(user, minted)
}

func TestSigningOutEverywhereEndsOnesOwnSessionsAlone(t *testing.T) {
	s := start(t, nil)
	ada, _ := s.signUp("ada@example.com")
	phone := s.signIn("ada@example.com")
	bob, bobsID := s.signUp("bob@example.com")

	list := s.must(200, s.do("GET", "/sessions", ada, nil)).text
	mustEqual(t, "sessions", strings.Count(list, `"token_prefix":"pylon_`), 2)
	if strings.Contains(list, ada) {
		t.Fatal("the list shows a whole token")
	}
	got := s.must(200, s.do("DELETE", "/sessions", phone, nil))
	mustEqual(t, "body", got.text, `{"revoked_count":2}`)
	s.mustBeOf("", ada)
	s.mustBeOf("", phone)
	s.mustBeOf(bobsID, bob)
}

func TestARenewedSessionKeepsItsTenantAndTheOldTokenIsVoid(t *testing.T) {
	s := start(t, nil)
	old, user := s.signUp("ada@example.com")
	org := s.addOrg(old, "Acme")
	s.selectOrg(old, org)
	renewed := s.must(200, s.do("POST", "/refresh", old, nil)).value("token")
	s.mustBeOf("", old)
	mustEqual(t, "tenant", s.mustBeOf(user, renewed).value("tenantId"), org)
}

func TestAGuestIsKnownAgainAndMayDoNothingElse(t *testing.T) {
	s := start(t, nil)
	got := s.must(200, s.do("POST", "/guest", "", nil))
	mustEqual(t, "guest", got.body["guest"], true)
	guest := got.value("token")
	mustEqual(t, "me", s.mustBeOf(got.value("user_id"), guest).body["isGuest"], true)
	s.mustBe(401, "AUTH_REQUIRED", s.do("GET", "/sessions", guest, nil))
	s.mustBe(401, "AUTH_REQUIRED", s.do("POST", "/orgs", guest, object{"name": "x"}))
	s.must(200, s.do("DELETE", "/session", guest, nil))
	s.mustBeOf("", guest)
}

func TestThePasswordIsAskedFor(t *testing.T) {
	s := start(t, nil)
	_, user := s.signUp(" Ada@Example.com ")
	s.mustBeOf(user, s.signIn("ada@example.com"))

	try := func(path, email, password string) answer {
		return s.do("POST", path, "", object{"email": email, "password": password})
	}
	wrong := s.mustBe(401, "INVALID_CREDENTIALS", try("/password/login", "ada@example.com", "incorrect"))
	nobody := s.mustBe(401, "INVALID_CREDENTIALS", try("/password/login", "eve@example.com", "incorrect"))
	mustEqual(t, "nobody learns who is registered", wrong.text, nobody.text)
	s.mustBe(409, "EMAIL_TAKEN", try("/password/register", "ADA@example.com", "correct horse"))
	s.mustBe(400, "INVALID_EMAIL", try("/password/register", "ada", "correct horse"))
	s.mustBe(400, "WEAK_PASSWORD", try("/password/register", "bob@example.com", "1234567"))
}

func TestTheCookieIsKeptFromScriptsAndOtherSites(t *testing.T) {
	body := object{"email": "ada@example.com", "password": "correct horse"}
	s := start(t, nil)
	got := s.do("POST", "/password/register", "", body)
	mustEqual(t, "cookie", got.header.Get("Set-Cookie"), "pylon_session="+got.value("token")+
		"; Path=/; HttpOnly; Max-Age=2592000; SameSite=lax; Secure")
	ended := s.do("DELETE", "/session", got.value("token"), nil)
	mustEqual(t, "taken back", ended.header.Get("Set-Cookie"),
		"pylon_session=; Path=/; HttpOnly; Max-Age=0; SameSite=lax; Secure")

	s = start(t, settings{"PYLON_COOKIE_SECURE": "false", "PYLON_COOKIE_SAME_SITE": "strict",
		"PYLON_COOKIE_DOMAIN": ".example.com"})
	got = s.do("POST", "/password/register", "", body)
	mustEqual(t, "as it is set", got.header.Get("Set-Cookie"), "pylon_session="+got.value("token")+
		"; Path=/; HttpOnly; Max-Age=2592000; SameSite=strict; Domain=.example.com")
}

func TestTheAdministratorSignsOthersIn(t *testing.T) {
	s := start(t, nil)
	session, user := s.signUp("ada@example.com")
	got := s.must(200, s.do("POST", "/session", admin, object{"user_id": user}))
	s.mustBeOf(user, got.value("token"))
	mustEqual(t, "cookie", got.header.Get("Set-Cookie"), "")
	s.mustBe(404, "USER_NOT_FOUND", s.do("POST", "/session", admin, object{"user_id": "usr_1"}))
	s.mustBe(403, "FORBIDDEN", s.do("POST", "/session", session, object{"user_id": user}))
}

func TestATenantIsForItsMembers(t *testing.T) {
	s := start(t, nil)
	ada, adasID := s.signUp("ada@example.com")
	bob, bobsID := s.signUp("bob@example.com")
	org := s.addOrg(ada, "Acme")
	member := "/orgs/" + org + "/members/"
	role := func(session, user, role string) answer {
		return s.do("PUT", member+user, session, object{"role": role})
	}

	s.mustBe(403, "NOT_A_MEMBER", s.do("POST", "/select-org", bob, object{"orgId": org}))
	s.mustBe(404, "ORG_NOT_FOUND", role(bob, bobsID, "owner"))
	s.mustBe(404, "ORG_NOT_FOUND", s.do("DELETE", member+adasID, bob, nil))
	s.mustBe(404, "ORG_NOT_FOUND", s.do("DELETE", member+bobsID, bob, nil))
	s.mustBe(404, "USER_NOT_FOUND", role(ada, "usr_"+strings.Repeat("0", 24), "member"))
	s.mustBe(400, "BAD_ROLE", role(ada, bobsID, "king"))

	s.must(200, role(ada, bobsID, "member"))
	s.selectOrg(bob, org)
	mustEqual(t, "bob's", s.do("GET", "/orgs", bob, nil).text != "[]", true)
	s.mustBe(403, "FORBIDDEN", role(bob, bobsID, "admin"))
	s.must(200, role(ada, bobsID, "admin"))
	s.mustBe(403, "FORBIDDEN", role(bob, bobsID, "owner"))
	s.mustBe(403, "FORBIDDEN", role(bob, adasID, "member"))
	s.mustBe(400, "LAST_OWNER", role(ada, adasID, "member"))
	s.mustBe(400, "LAST_OWNER", s.do("DELETE", member+adasID, ada, nil))

	// Who is no member any more has lost the tenant, too.
	mustEqual(t, "tenant", s.me(bob).value("tenantId"), org)
	s.must(200, s.do("DELETE", member+bobsID, ada, nil))
	got := s.mustBeOf(bobsID, bob)
	mustEqual(t, "tenant", got.body["tenantId"], nil)
	mustEqual(t, "roles", got.body["roles"], []string{})
}

func TestAnAPIKeyActsForItsOwnerUntilItIsRevoked(t *testing.T) {
	s := start(t, nil)
	session, user := s.signUp("ada@example.com")
	other, _ := s.signUp("bob@example.com")
	add := func(body object) answer { return s.must(200, s.do("POST", "/api-keys", session, body)) }

	made := add(object{"name": "ci", "scopes": "deploy"})
	key, id := made.value("key"), made.value("id")
	mustEqual(t, "length", len(key), 83)
	mustEqual(t, "key", strings.HasPrefix(key, "pk."+id+"."), true)
	mustEqual(t, "prefix", made.value("prefix"), key[:16])
	got := s.mustBeOf(user, key)
	mustEqual(t, "roles", got.body["roles"], []string{})

	list := s.must(200, s.do("GET", "/api-keys", session, nil)).text
	if strings.Contains(list, key[41:]) || strings.Contains(list, `"last_used_at":null`) {
		t.Fatalf("the list shows the secret, or not the use: %s", list)
	}
	s.mustBe(403, "API_KEY_AUTH_FORBIDDEN", s.do("POST", "/api-keys", key, object{"name": "more"}))
	s.mustBe(404, "NOT_FOUND", s.do("DELETE", "/api-keys/"+id, other, nil))

	swapped := "pk." + add(object{"name": "another"}).value("id") + key[39:]
	for _, bad := range []string{key + "x", key[:82], key[:82] + "!", swapped, "pk.", "pk." + id,
		"pk.key_" + strings.Repeat("A", 32) + "." + strings.Repeat("A", 43)} {
		got := s.mustBe(401, "INVALID_API_KEY", s.me(bad))
		mustEqual(t, "body", got.text, strings.Replace(same, "INVALID_JWT", "INVALID_API_KEY", 1))
	}
	expired := add(object{"name": "old", "expires_at": time.Now().Unix()}).value("key")
	s.mustBe(401, "INVALID_API_KEY", s.me(expired))
	s.mustBeOf(user, add(object{"name": "new", "expires_at": time.Now().Unix() + 3600}).value("key"))

	s.must(200, s.do("DELETE", "/api-keys/"+id, session, nil))
	s.mustBe(401, "INVALID_API_KEY", s.me(key))
}

func TestWhatIsStoredLetsNobodyIn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sessions.db")
	s := start(t, settings{"PYLON_SESSION_DB": path})
	session, user := s.signUp("ada@example.com")
	key := s.must(200, s.do("POST", "/api-keys", session, object{"name": "ci"})).value("key")
	s.stop()

	stored, err := os.ReadFile(path)
	must(t, err)
	mustEqual(t, "the twin", strings.Contains(string(stored), user), true)
	for _, hidden := range []string{session[6:], key[40:], "correct horse"} {
		mustEqual(t, "a secret is stored", strings.Contains(string(stored), hidden), false)
	}
	info, err := os.Stat(path)
	must(t, err)
	mustEqual(t, "mode", info.Mode().Perm(), 0o600)

	// Another process knows both again, unless the pepper is another.
	again := start(t, settings{"PYLON_SESSION_DB": path})
	again.mustBeOf(user, session)
	again.mustBeOf(user, key)
	again.stop()
	peppered := start(t, settings{"PYLON_SESSION_DB": path, "PYLON_API_KEY_PEPPER": "another"})
	peppered.mustBe(401, "INVALID_API_KEY", peppered.me(key))
}

func TestBadRequestsAreToldWhy(t *testing.T) {
	s := start(t, nil)
	session, _ := s.signUp("ada@example.com")
	for _, one := range []struct {
		path   string
		body   string
		status int
		said   string
	}{
		{"/password/login", `{"email":`, 400, "the body must be a JSON object"},
		{"/password/login", `[]`, 400, "the body must be a JSON object"},
		{"/password/login", `{"email":"a@b"}`, 400, "password is missing or empty"},
		{"/password/login", `{"email":7,"password":"x"}`, 400, "email must be a string"},
		{"/api-keys", `{"name":"ci","expires_at":1.5}`, 400, "expires_at must be a whole number"},
		{"/api-keys", `{"name":"ci","expires_at":18446744073709551615}`, 400, "expires_at must be a whole number"},
		{"/api-keys", `{"name":"ci","expiresAt":1}`, 400, "expiresAt is unknown"},
		{"/select-org", `{"orgId":7}`, 400, "orgId must be a string"},
		{"/select-org", `{}`, 400, "orgId is missing; null leaves the tenant"},
		{"/guest", strings.Repeat("x", 70000), 413, "The body is too long"},
		{"/nowhere", `{}`, 404, "There is no such path"},
		{"/orgs/" + strings.Repeat("x", 7000), `{}`, 404, "There is no such path"},
	} {
		request := s.request("POST", one.path, session, nil)
		request.Body, request.ContentLength = body(one.body)
		got := s.must(one.status, s.send(request))
		message, _ := got.body["error"].(object)["message"].(string)
		mustEqual(t, one.path+" "+one.body[:min(len(one.body), 60)], message, one.said)
	}
}

func TestContentOfAnUnknownSizeIsRefused(t *testing.T) {
	s := start(t, nil)
	for _, path := range []string{"/guest", "/nowhere"} {
		request := s.request("POST", path, "", nil)
		request.Body, _ = body("{}")
		request.ContentLength = -1 // in chunks
		s.mustBe(411, "LENGTH_REQUIRED", s.send(request))
		request = s.request("POST", path, "", object{})
		request.Header.Set("Content-Encoding", "gzip")
		s.mustBe(415, "UNSUPPORTED_ENCODING", s.send(request))
	}
}

func TestBadSettingsAreToldWhy(t *testing.T) {
	for _, one := range []struct{ name, value, said string }{
		{"PYLON_JWT_LIFETIME_SECS", "an hour", "PYLON_JWT_LIFETIME_SECS must be a whole number"},
		{"PYLON_JWT_LIFETIME_SECS", "0", "PYLON_JWT_LIFETIME_SECS must be a whole number"},
		{"PYLON_JWT_SECRET", "-----BEGIN PUBLIC KEY-----", "PYLON_JWT_SECRET: "},
		{"PYLON_COOKIE_SAME_SITE", "never", "PYLON_COOKIE_SAME_SITE must be one of: lax, strict, none"},
		{"PYLON_SESSION_DB", "/nowhere/at.all", "/nowhere/at.all: unable to open"},
		{"PORT", "65536", "PORT must be a whole number from 0 to 65535"},
		{"PYLON_MANIFEST", "/nowhere/at.all", "/nowhere/at.all can't be read"},
	} {
		if said := refused(t, settings{one.name: one.value}); !strings.Contains(said, one.said) {
			t.Errorf("%s: %q isn't said: %s", one.name, one.said, said)
		}
	}
	refused(t, settings{"PYLON_COOKIE_SAME_SITE": "none", "PYLON_COOKIE_SECURE": "false"})
}
