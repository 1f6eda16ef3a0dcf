package pylon

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// The claims of a token that is good for an hour.
func good(sub string) jwt.MapClaims {
	now := time.Now().Unix()
	return jwt.MapClaims{"sub": sub, "iss": issuer, "iat": now, "exp": now + 3600}
}

func with(claims jwt.MapClaims, name string, value any) jwt.MapClaims {
	claims = maps.Clone(claims)
	claims[name] = value
	return claims
}

// A token that isn't the service's own work.
func forged(t *testing.T, method jwt.SigningMethod, key any, claims jwt.MapClaims) string {
	t.Helper()
	token, err := jwt.NewWithClaims(method, claims).SignedString(key)
	must(t, err)
	return token
}

const same = `{"error":{"code":"INVALID_JWT","message":"Bearer token is malformed, expired, or revoked"}}`

func TestEveryBadJWTIsAnsweredAlike(t *testing.T) {
	s := start(t, nil)
	key := []byte(secret)
	hs256 := func(claims jwt.MapClaims) string {
		return forged(t, jwt.SigningMethodHS256, key, claims)
	}
	now := time.Now().Unix()
	// The twin of them all.
	s.mustBeOf("ada", hs256(good("ada")))

	private, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	der, err := x509.MarshalPKIXPublicKey(&private.PublicKey)
	must(t, err)
	public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})

	token := hs256(good("ada"))
	parts := strings.Split(token, ".")
	for name, bad := range map[string]string{
		"another secret":                 forged(t, jwt.SigningMethodHS256, []byte("another"+secret), good("ada")),
		"expired":                        hs256(with(good("ada"), "exp", now-1)),
		"expires now":                    hs256(with(good("ada"), "exp", now)),
		"never expires":                  hs256(jwt.MapClaims{"sub": "ada", "iss": issuer}),
		"exp is a text":                  hs256(with(good("ada"), "exp", "4102444800")),
		"another issuer, the secret":     hs256(with(good("ada"), "iss", "https://other.example")),
		"no issuer":                      hs256(jwt.MapClaims{"sub": "ada", "exp": now + 3600}),
		"a sub that is a number":         hs256(with(good("ada"), "sub", 7)),
		"alg none":                       forged(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, good("ada")) + "x",
		"alg HS512":                      forged(t, jwt.SigningMethodHS512, key, good("ada")),
		"alg RS256":                      forged(t, jwt.SigningMethodRS256, private, good("ada")),
		"a public key as an HMAC secret": forged(t, jwt.SigningMethodHS256, public, good("ada")),
		"three parts of nothing":         "a.b.c",
		"another payload":                parts[0] + "." + strings.Split(hs256(good("eve")), ".")[1] + "." + parts[2],
		"a padded signature":             token + "=",
		"a cut signature":                token[:len(token)-1],
	} {
		got := s.me(bad)
		if got.status != 401 || got.text != same || got.header.Get("Content-Type") != "application/json" {
			t.Errorf("%s: %d %s", name, got.status, got.text)
		}
	}
	// The reasons are in the log, and no token is.
	log := s.log()
	for _, reason := range []string{"signature:", "expired:", "issuer:", "algorithm:", "malformed:", "missing:"} {
		if !strings.Contains(log, reason) {
			t.Errorf("the log doesn't say %q", reason)
		}
	}
	if strings.Contains(log, parts[1][:20]) {
		t.Error("the log has a token in it")
	}
}

func TestARefusedJWTStopsEveryRoute(t *testing.T) {
	s := start(t, nil)
	s.signUp("ada@example.com")
	s.mustBe(401, "INVALID_JWT", s.do("POST", "/password/login", "a.b.c",
		object{"email": "ada@example.com", "password": "correct horse"}))
}

func TestWithoutAnIssuerNoJWTIsVerifiedAndAllElseIs(t *testing.T) {
	s := start(t, settings{"PYLON_JWT_ISSUER": ""})
	session, user := s.signUp("ada@example.com")
	minted := s.jwt(session)
	key := s.must(200, s.do("POST", "/api-keys", session, object{"name": "ci"})).value("key")

	for _, bad := range []string{minted, "a.b.c", forged(t, jwt.SigningMethodHS256, []byte(secret), with(good("ada"), "iss", ""))} {
		got := s.mustBe(401, "JWT_MISCONFIGURED", s.me(bad))
		mustEqual(t, "body", got.text, strings.Replace(same, "INVALID_JWT", "JWT_MISCONFIGURED", 1))
	}
	s.mustBeOf(user, session)
	s.mustBeOf(user, key)
	s.mustBeOf("__admin__", admin)
	s.mustBeOf("", "")
	mustEqual(t, "warned", strings.Contains(s.log(), "PYLON_JWT_ISSUER isn't set"), true)
}

func TestTheResolversOrder(t *testing.T) {
	// An administrator's token in the shape of an API key or a JWT is still
	// the administrator's; an API key, which has three parts, is no JWT.
	for _, token := range []string{"pk.key.admin", "a.b.c", "pylon_admin"} {
		s := start(t, settings{"PYLON_ADMIN_TOKEN": token})
		got := s.mustBeOf("__admin__", token)
		mustEqual(t, "admin", got.body["isAdmin"], true)
		mustEqual(t, "roles", got.body["roles"], []string{"admin"})
	}
	s := start(t, nil)
	s.mustBe(401, "INVALID_API_KEY", s.me("pk.key.admin"))
	s.mustBe(401, "INVALID_JWT", s.me("a.b.c"))
	s.mustBeOf("", "pylon_admin")
	s.mustBeOf("", admin+"x")
	s.mustBeOf("", admin[1:])
}

func TestAnEmptyAdministratorsTokenIsNobodys(t *testing.T) {
	s := start(t, settings{"PYLON_ADMIN_TOKEN": ""})
	request := s.request("GET", "/me", "", nil)
	request.Header.Set("Authorization", "Bearer ")
	mustEqual(t, "admin", s.send(request).body["isAdmin"], false)
	s.mustBe(403, "FORBIDDEN", s.do("POST", "/session", "", object{"user_id": "usr_1"}))
}

func TestTheCookieCarriesWhatTheHeaderDoesAndYieldsToIt(t *testing.T) {
	s := start(t, nil)
	ada, adasID := s.signUp("ada@example.com")
	bob, bobsID := s.signUp("bob@example.com")
	asked := func(cookie, bearer string) answer {
		request := s.request("GET", "/me", bearer, nil)
		request.Header.Set("Cookie", cookie)
		return s.send(request)
	}
	mustEqual(t, "a session", asked("theme=dark; pylon_session="+ada, "").value("userId"), adasID)
	mustEqual(t, "a JWT", asked("pylon_session="+s.jwt(ada), "").value("userId"), adasID)
	mustEqual(t, "a bad JWT", asked("pylon_session=a.b.c", "").code(), "INVALID_JWT")
	mustEqual(t, "the header first", asked("pylon_session="+ada, bob).value("userId"), bobsID)
	mustEqual(t, "another name", asked("xpylon_session="+ada, "").value("userId"), "")
	mustEqual(t, "none", asked("", "").value("userId"), "")
	mustEqual(t, "a separator at the end", asked("pylon_session="+ada+"; ", "").value("userId"), adasID)
	mustEqual(t, "only separators", asked("; ;", "").value("userId"), "")
}

func TestTwoAuthorizationHeadersAreAnError(t *testing.T) {
	s := start(t, nil)
	request := s.request("GET", "/me", admin, nil)
	request.Header.Add("Authorization", "Bearer a.b.c")
	s.mustBe(400, "BAD_REQUEST", s.send(request))
}
