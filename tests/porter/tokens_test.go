package porter

import (
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// claimsOf are a user's, as Porter has them.
func claimsOf(user int64) jwt.MapClaims {
	return jwt.MapClaims{
		"iat": strconv.FormatInt(time.Now().Unix(), 10), "iby": user, "project_id": 0, "secret": "",
		"sub": strconv.FormatInt(user, 10), "sub_kind": "user", "token_id": "",
	}
}

// mint makes a token with golang-jwt.
func mint(claims jwt.MapClaims) string {
	return must(jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte(secret)))
}

// changed is a copy of claims with one of them set or, by nil, left out.
func changed(claims jwt.MapClaims, name string, value any) jwt.MapClaims {
	copied := jwt.MapClaims{}
	for each, is := range claims {
		copied[each] = is
	}
	copied[name] = value
	if value == nil {
		delete(copied, name)
	}
	return copied
}

func payloadOf(token string) string {
	return string(must(base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])))
}

func TestGolangJWTChecksTheTokensOfTheServiceAndMakesTheSameBytes(t *testing.T) {
	s := start(t)
	ada := s.signUp("ada")
	project := s.project(ada)
	api, id := s.apiToken(ada, project, "viewer")
	for _, token := range []string{s.login(ada), api} {
		// golang-jwt takes no text for an iat, so the claims are looked at by the
		// test, as Porter's own code does.
		parser := jwt.NewParser(jwt.WithValidMethods([]string{"HS256"}), jwt.WithoutClaimsValidation())
		read, err := parser.Parse(token, func(*jwt.Token) (any, error) { return []byte(secret), nil })
		if err != nil || !read.Valid {
			t.Fatal(token, err)
		}
		claims := read.Claims.(jwt.MapClaims)
		issued, err := strconv.ParseInt(claims["iat"].(string), 10, 64)
		if err != nil || time.Since(time.Unix(issued, 0)).Abs() > time.Minute {
			t.Error(claims, err)
		}
		if same := mint(claims); same != token {
			t.Errorf("%s\nisn't\n%s", payloadOf(token), payloadOf(same))
		}
		if _, err := parser.Parse(token, func(*jwt.Token) (any, error) { return []byte("another"), nil }); err == nil {
			t.Error("under another secret")
		}
	}
	var said struct {
		ID      string `json:"token_id"`
		Secret  string `json:"secret"`
		Project int64  `json:"project_id"`
		By      int64  `json:"iby"`
		Kind    string `json:"sub_kind"`
	}
	if err := json.Unmarshal([]byte(payloadOf(api)), &said); err != nil {
		t.Fatal(err)
	}
	if said.ID != id || len(id) != 32 || len(said.Secret) != 32 || said.Project != project || said.By != ada.id || said.Kind != "api" {
		t.Error(payloadOf(api))
	}
}

func TestTheServiceChecksTheTokensOfGolangJWT(t *testing.T) {
	s := start(t)
	ada := s.signUp("ada")
	project := s.project(ada)
	good := claimsOf(ada.id)
	s.expect(200, bearer(mint(good)), "GET", pathOf(project), "")
	for _, method := range []jwt.SigningMethod{jwt.SigningMethodHS384, jwt.SigningMethodHS512} {
		token := must(jwt.NewWithClaims(method, good).SignedString([]byte(secret)))
		s.expect(200, bearer(token), "GET", pathOf(project), "")
	}
	for _, of := range []jwt.MapClaims{
		changed(good, "token_id", nil), changed(good, "token_id", 5),
		changed(good, "exp", time.Now().Add(time.Hour).Unix()),
	} {
		s.expect(200, bearer(mint(of)), "GET", pathOf(project), "")
	}
	for name, of := range map[string]jwt.MapClaims{
		"no iat":              changed(good, "iat", nil),
		"an iat that isn't":   changed(good, "iat", 1700000000),
		"no project_id":       changed(good, "project_id", nil),
		"nobody's":            changed(good, "iby", 99),
		"no iby":              changed(good, "iby", nil),
		"expired":             changed(good, "exp", time.Now().Add(-time.Minute).Unix()),
		"not yet":             changed(good, "nbf", time.Now().Add(time.Hour).Unix()),
		"a token that isn't":  changed(good, "token_id", "00112233445566778899aabbccddeeff"),
		"an unstored program": changed(changed(good, "sub_kind", "api"), "sub", "api"),
		"a token of an agent": changed(good, "sub_kind", "porter-agent"),
		"somebody called in":  changed(changed(good, "sub", "3140"), "iat", "1700000000"),
	} {
		got := s.do(bearer(mint(of)), "GET", pathOf(project), "")
		if got.status != 403 || strings.TrimSpace(got.body) != `{"error":"Forbidden"}` {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
}

func TestAttackTokensThatNobodySigned(t *testing.T) {
	s := start(t)
	ada := s.signUp("ada")
	project := s.project(ada)
	good := mint(claimsOf(ada.id))
	s.expect(200, bearer(good), "GET", pathOf(project), "")

	parts := strings.Split(good, ".")
	none := must(jwt.NewWithClaims(jwt.SigningMethodNone, claimsOf(ada.id)).SignedString(jwt.UnsafeAllowNoneSignatureType))
	for name, token := range map[string]string{
		"alg none":         none,
		"alg none, signed": none + parts[2],
		"another secret":   must(jwt.NewWithClaims(jwt.SigningMethodHS256, claimsOf(ada.id)).SignedString([]byte("secret"))),
		"no signature":     parts[0] + "." + parts[1] + ".",
		"another's claims": parts[0] + "." + strings.Split(mint(claimsOf(ada.id+1)), ".")[1] + "." + parts[2],
		"padded":           good + "=",
		"the session":      ada.session,
		"no token":         "x",
		"two parts":        parts[0] + "." + parts[1],
	} {
		if got := s.do(bearer(token), "GET", pathOf(project), ""); got.status != 403 {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	s.expect(403, cookie(good), "GET", pathOf(project), "")
	s.expect(403, cookie("x"), "GET", pathOf(project), "")
	s.expect(403, nobody, "GET", pathOf(project), "")
}
