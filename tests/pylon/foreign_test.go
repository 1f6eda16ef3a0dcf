package pylon

import (
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const shared = "a secret of 256 bits that two services share"

// An issuer with whom a secret is shared.
func partner(more object) object {
	config := object{"issuer": "https://partner.example", "audience": nil, "secret_env": "PARTNER_SECRET"}
	for name, value := range more {
		config[name] = value
	}
	return config
}

func TestTokensOfAnIssuerThatPublishesItsKeys(t *testing.T) {
	for _, algorithm := range []string{"RS256", "ES256"} {
		key := newKey(t, "one", algorithm)
		s := start(t, settings{"PYLON_MANIFEST": manifest(t, publish(t, key).config(nil))})

		claims := with(with(foreign("ada"), "tenant_id", "acme"), "roles", []any{"editor", 7, "reader"})
		got := s.mustBeOf("ada", key.token(t, claims))
		mustEqual(t, "tenant", got.value("tenantId"), "acme")
		mustEqual(t, "roles", got.body["roles"], []string{"editor", "reader"})
		mustEqual(t, "admin", got.body["isAdmin"], false)

		other := newKey(t, "one", algorithm)
		for name, bad := range map[string]string{
			"another key":      other.token(t, claims),
			"another audience": key.token(t, with(claims, "aud", "porter")),
			"another issuer":   key.token(t, with(claims, "iss", "https://other.example")),
			"our own issuer":   key.token(t, with(claims, "iss", issuer)),
			"expired":          key.token(t, with(claims, "exp", time.Now().Unix()-1)),
			"no user":          key.token(t, jwt.MapClaims{"iss": claims["iss"], "aud": "pylon", "exp": claims["exp"]}),
			"a user's number":  key.token(t, with(claims, "sub", 7)),
			"our secret":       forged(t, jwt.SigningMethodHS256, []byte(secret), claims),
		} {
			if got := s.me(bad); got.status != 401 || got.text != same {
				t.Errorf("%s: %d %s", name, got.status, got.text)
			}
		}
		// The service's own tokens are what they were, and are still HS256.
		session, user := s.signUp("ada@example.com")
		verified(t, s.jwt(session), secret, issuer)
		s.mustBeOf(user, s.jwt(session))
		s.mustBe(403, "SESSION_REQUIRED", s.do("POST", "/jwt", key.token(t, claims), nil))
	}
}

func TestTokensOfAnIssuerWithWhomASecretIsShared(t *testing.T) {
	s := start(t, settings{"PYLON_MANIFEST": manifest(t, partner(nil)), "PARTNER_SECRET": shared})
	claims := with(good("bob"), "iss", "https://partner.example")
	s.mustBeOf("bob", forged(t, jwt.SigningMethodHS256, []byte(shared), claims))
	s.mustBe(401, "INVALID_JWT", s.me(forged(t, jwt.SigningMethodHS256, []byte(secret), claims)))
	got := s.mustBeOf("__admin__", forged(t, jwt.SigningMethodHS256, []byte(shared), with(claims, "sub", "__admin__")))
	mustEqual(t, "a name makes nobody the administrator", got.body["isAdmin"], false)
	// The partner's secret signs for the partner, and not for this service.
	s.mustBe(401, "INVALID_JWT", s.me(forged(t, jwt.SigningMethodHS256, []byte(shared), good("bob"))))
}

func TestSeveralIssuersEachUnderItsOwnKeys(t *testing.T) {
	key := newKey(t, "one", "ES256")
	s := start(t, settings{
		"PYLON_MANIFEST": manifest(t, publish(t, key).config(nil), partner(nil)),
		"PARTNER_SECRET": shared,
	})
	theirs := with(good("bob"), "iss", "https://partner.example")
	s.mustBeOf("ada", key.token(t, foreign("ada")))
	s.mustBeOf("bob", forged(t, jwt.SigningMethodHS256, []byte(shared), theirs))
	s.mustBe(401, "INVALID_JWT", s.me(key.token(t, theirs)))
	s.mustBe(401, "INVALID_JWT", s.me(forged(t, jwt.SigningMethodHS256, []byte(shared), foreign("ada"))))
}

func TestClaimsAreMapped(t *testing.T) {
	s := start(t, settings{"PARTNER_SECRET": shared, "PYLON_MANIFEST": manifest(t, partner(object{
		"user_id_claim": "uid", "tenant_claim": "/org/id", "roles_claim": "/realm_access/roles",
	}))})
	got := s.mustBeOf("ada", forged(t, jwt.SigningMethodHS256, []byte(shared), jwt.MapClaims{
		"iss": "https://partner.example", "exp": time.Now().Unix() + 60, "uid": "ada", "sub": "eve",
		"org": object{"id": "acme"}, "realm_access": object{"roles": []string{"editor"}},
	}))
	mustEqual(t, "tenant", got.value("tenantId"), "acme")
	mustEqual(t, "roles", got.body["roles"], []string{"editor"})
}

func TestForeignTokensWithoutTokensOfOnesOwn(t *testing.T) {
	for _, own := range []string{issuer, ""} {
		s := start(t, settings{"PYLON_JWT_SECRET": "", "PYLON_JWT_ISSUER": own,
			"PYLON_MANIFEST": manifest(t, partner(nil)), "PARTNER_SECRET": shared})
		claims := with(good("bob"), "iss", "https://partner.example")
		s.mustBeOf("bob", forged(t, jwt.SigningMethodHS256, []byte(shared), claims))
		s.mustBe(401, "INVALID_JWT", s.me(forged(t, jwt.SigningMethodHS256, []byte(secret), claims)))
		session, _ := s.signUp("ada@example.com")
		s.mustBe(501, "JWT_NOT_CONFIGURED", s.do("POST", "/jwt", session, nil))
	}
}

func TestAMissingIssuerOfOnesOwnRefusesForeignTokensToo(t *testing.T) {
	s := start(t, settings{"PYLON_JWT_ISSUER": "",
		"PYLON_MANIFEST": manifest(t, partner(nil)), "PARTNER_SECRET": shared})
	claims := with(good("bob"), "iss", "https://partner.example")
	s.mustBe(401, "JWT_MISCONFIGURED", s.me(forged(t, jwt.SigningMethodHS256, []byte(shared), claims)))
}

func TestKeysThatCantBeHadAreNotTheTokensFault(t *testing.T) {
	key := newKey(t, "one", "ES256")
	sso := publish(t, key)
	sso.down = true
	s := start(t, settings{"PYLON_MANIFEST": manifest(t, sso.config(nil))})
	s.mustBe(503, "JWT_KEYS_UNAVAILABLE", s.me(key.token(t, foreign("ada"))))
	// Nor anybody else's.
	session, user := s.signUp("ada@example.com")
	s.mustBeOf(user, session)
	s.mustBeOf(user, s.jwt(session))
}

func TestABadManifestIsToldWhereItIsBad(t *testing.T) {
	without := func(config object, name string) object {
		delete(config, name)
		return config
	}
	for said, config := range map[string]object{
		"plugins[0].config.issuer is missing":                             without(partner(nil), "issuer"),
		"plugins[0].config.audience is missing: say yours, or null":       without(partner(nil), "audience"),
		"plugins[0].config must have one of jwks_url and secret_env":      partner(object{"jwks_url": "https://a.example/jwks"}),
		"plugins[0].config.secret_env names NOT_SET, which isn't set":     partner(object{"secret_env": "NOT_SET"}),
		"plugins[0].config.role_claim is unknown":                         partner(object{"role_claim": "groups"}),
		"the manifest's issuer " + issuer + " is PYLON_JWT_ISSUER":        partner(object{"issuer": issuer}),
		"the issuer https://partner.example: ":                            partner(object{"secret_env": "SHORT_SECRET"}),
		"the manifest's issuers: options.trust[0].audience":               partner(object{"audience": 7}),
		"the issuer https://partner.example: options.url":                 without(partner(object{"jwks_url": "http://a.example/jwks"}), "secret_env"),
		"the issuer https://partner.example: options.keep: unknown field": without(partner(object{"jwks_url": "https://a.example/jwks", "source": object{"keep": 1}}), "secret_env"),
	} {
		got := refused(t, settings{"PYLON_MANIFEST": manifest(t, config), "PARTNER_SECRET": shared, "SHORT_SECRET": "short"})
		if !strings.Contains(got, said) {
			t.Errorf("%q isn't said: %s", said, got)
		}
	}
	twice := manifest(t, partner(nil), partner(nil))
	if got := refused(t, settings{"PYLON_MANIFEST": twice, "PARTNER_SECRET": shared}); !strings.Contains(got, "options.trust[1].issuer") {
		t.Errorf("the issuer that stands there twice isn't named: %s", got)
	}
	broken := write(t, "pylon.manifest.json", "{\n  \"plugins\": [,]\n}")
	if got := refused(t, settings{"PYLON_MANIFEST": broken}); !strings.Contains(got, "line 2") {
		t.Errorf("the line isn't named: %s", got)
	}
}
