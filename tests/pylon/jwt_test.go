package pylon

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	tenantClaim = "https://pylonsync.com/tenant"
	rolesClaim  = "https://pylonsync.com/roles"
)

// The claims, as a service that shares the secret verifies them.
func verified(t *testing.T, token, key, from string) jwt.MapClaims {
	t.Helper()
	claims := jwt.MapClaims{}
	_, err := jwt.ParseWithClaims(token, claims,
		func(*jwt.Token) (any, error) { return []byte(key), nil },
		jwt.WithValidMethods([]string{"HS256"}),
		jwt.WithIssuer(from),
		jwt.WithExpirationRequired())
	must(t, err)
	return claims
}

func decoded(t *testing.T, part string) string {
	t.Helper()
	text, err := base64.RawURLEncoding.DecodeString(part)
	must(t, err)
	return string(text)
}

func TestASessionIsExchangedForAJWTThatGolangJWTVerifies(t *testing.T) {
	s := start(t, nil)
	session, user := s.signUp("ada@example.com")
	before := time.Now().Unix()
	got := s.must(200, s.do("POST", "/jwt", session, nil))
	mustEqual(t, "members", len(got.body), 2)

	claims := verified(t, got.value("token"), secret, issuer)
	mustEqual(t, "sub", claims["sub"], user)
	mustEqual(t, "expires_at", got.body["expires_at"], claims["exp"])
	mustEqual(t, "the hour", claims["exp"].(float64)-claims["iat"].(float64), 3600)
	if int64(claims["iat"].(float64)) < before {
		t.Fatal("it was issued before it was asked for")
	}
}

func TestATokenIsTheOriginalsByteForByte(t *testing.T) {
	s := start(t, nil)
	session, user := s.signUp("ada@example.com")
	org := s.addOrg(session, "Acme")
	s.selectOrg(session, org)

	token := s.jwt(session)
	claims := verified(t, token, secret, issuer)
	parts := strings.Split(token, ".")
	mustEqual(t, "parts", len(parts), 3)
	mustEqual(t, "header", decoded(t, parts[0]), `{"alg":"HS256","typ":"JWT"}`)
	mustEqual(t, "payload", decoded(t, parts[1]), fmt.Sprintf(
		`{"exp":%.0f,"%s":["owner"],"%s":"%s","iat":%.0f,"iss":"%s","sub":"%s"}`,
		claims["exp"], rolesClaim, tenantClaim, org, claims["iat"], issuer, user))
}

func TestATokenWithoutTenantHasNoClaimForIt(t *testing.T) {
	s := start(t, nil)
	session, _ := s.signUp("ada@example.com")
	claims := verified(t, s.jwt(session), secret, issuer)
	mustEqual(t, "members", len(claims), 4)
}

func TestSelectOrgChangesTheNextTokenAndNotTheLast(t *testing.T) {
	s := start(t, nil)
	session, user := s.signUp("ada@example.com")
	first, second := s.addOrg(session, "First"), s.addOrg(session, "Second")

	s.selectOrg(session, first)
	old := s.jwt(session)
	s.selectOrg(session, second)
	next := s.jwt(session)

	mustEqual(t, "the old tenant", s.mustBeOf(user, old).value("tenantId"), first)
	mustEqual(t, "the new tenant", s.mustBeOf(user, next).value("tenantId"), second)
	mustEqual(t, "the claim", verified(t, old, secret, issuer)[tenantClaim], first)

	s.selectOrg(session, nil)
	mustEqual(t, "no tenant", s.mustBeOf(user, s.jwt(session)).body["tenantId"], nil)
}

func TestRolesAreThoseOfTheMomentOfMinting(t *testing.T) {
	s := start(t, nil)
	owner, _ := s.signUp("ada@example.com")
	session, user := s.signUp("bob@example.com")
	org := s.addOrg(owner, "Acme")
	role := func(name string) {
		s.must(200, s.do("PUT", "/orgs/"+org+"/members/"+user, owner, object{"role": name}))
	}

	role("admin")
	s.selectOrg(session, org)
	old := s.jwt(session)
	mustEqual(t, "the claim", verified(t, old, secret, issuer)[rolesClaim], []string{"admin"})

	role("member")
	mustEqual(t, "the old token", s.me(old).body["roles"], []string{"admin"})
	mustEqual(t, "the session", s.me(session).body["roles"], []string{"member"})
	mustEqual(t, "the next token", s.me(s.jwt(session)).body["roles"], []string{"member"})
}

func TestWhoeverIsntSignedInGetsNoJWT(t *testing.T) {
	s := start(t, nil)
	guest := s.must(200, s.do("POST", "/guest", "", nil))
	for name, bearer := range map[string]string{
		"nobody":             "",
		"a guest":            guest.value("token"),
		"an unknown session": "pylon_" + strings.Repeat("0", 64),
	} {
		got := s.mustBe(401, "AUTH_REQUIRED", s.do("POST", "/jwt", bearer, nil))
		mustEqual(t, name, got.text, `{"error":{"code":"AUTH_REQUIRED","message":"Login required"}}`)
	}
}

func TestNothingButASessionIsExchanged(t *testing.T) {
	s := start(t, nil)
	session, _ := s.signUp("ada@example.com")
	key := s.must(200, s.do("POST", "/api-keys", session, object{"name": "ci"})).value("key")
	s.mustBe(403, "SESSION_REQUIRED", s.do("POST", "/jwt", s.jwt(session), nil))
	s.mustBe(403, "SESSION_REQUIRED", s.do("POST", "/jwt", admin, nil))
	s.mustBe(403, "API_KEY_AUTH_FORBIDDEN", s.do("POST", "/jwt", key, nil))
	s.must(200, s.do("POST", "/jwt", session, nil))
}

func TestWithoutASecretThereAreNoJWTs(t *testing.T) {
	for _, none := range []string{"", unset} {
		s := start(t, settings{"PYLON_JWT_SECRET": none})
		session, _ := s.signUp("ada@example.com")
		got := s.mustBe(501, "JWT_NOT_CONFIGURED", s.do("POST", "/jwt", session, nil))
		body := got.body["error"].(object)
		mustEqual(t, "message", body["message"], "JWT-shaped sessions are disabled")
		if !strings.Contains(body["hint"].(string), "PYLON_JWT_SECRET") {
			t.Fatalf("the hint doesn't help: %v", body["hint"])
		}
		// Who isn't signed in learns nothing of the settings.
		s.mustBe(401, "AUTH_REQUIRED", s.do("POST", "/jwt", "", nil))
		// What looks like a JWT is then a session that nobody has.
		s.mustBeOf("", forged(t, jwt.SigningMethodHS256, []byte(secret), good("ada")))
	}
}

func TestTheLifetimeAndTheDefaultIssuer(t *testing.T) {
	s := start(t, settings{"PYLON_JWT_LIFETIME_SECS": "90", "PYLON_JWT_ISSUER": ""})
	session, _ := s.signUp("ada@example.com")
	claims := verified(t, s.jwt(session), secret, "pylon")
	mustEqual(t, "lifetime", claims["exp"].(float64)-claims["iat"].(float64), 90)
}

func TestAShortSecretIsWarnedOf(t *testing.T) {
	const warning = "PYLON_JWT_SECRET has fewer than 256 bits"
	for length, warned := range map[int]bool{31: true, 32: false} {
		key := strings.Repeat("s", length)
		s := start(t, settings{"PYLON_JWT_SECRET": key})
		session, user := s.signUp("ada@example.com")
		// It is taken all the same, as text and not as the hexadecimal digits of something.
		mustEqual(t, "sub", verified(t, s.jwt(session), key, issuer)["sub"], user)
		mustEqual(t, "warned", strings.Contains(s.log(), warning), warned)
	}
}

func TestTheCommandVerifiesWhatTheServiceMints(t *testing.T) {
	s := start(t, nil)
	session, user := s.signUp("ada@example.com")
	cmd := exec.Command(os.Getenv("JETON"), "verify", "--options",
		`{"system": {"name": "pylon", "issuer": "`+issuer+`"}}`,
		"--secret-env", "PYLON_JWT_SECRET", s.jwt(session))
	cmd.Env = []string{"PYLON_JWT_SECRET=" + secret}
	said, err := cmd.Output()
	must(t, err)
	var claims object
	must(t, json.Unmarshal(said, &claims))
	mustEqual(t, "sub", claims["sub"], user)
}
