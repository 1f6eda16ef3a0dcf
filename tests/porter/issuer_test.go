package porter

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// issuer is a single sign-on with golang-jwt for its token code, over TLS.
type issuer struct {
	url  string
	ca   string
	lock sync.Mutex
	kid  string
	key  *rsa.PrivateKey
}

func newIssuer(t *testing.T) *issuer {
	i := &issuer{}
	i.rotate("one")
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		i.lock.Lock()
		defer i.lock.Unlock()
		b64 := base64.RawURLEncoding.EncodeToString
		fmt.Fprintf(w, `{"keys": [{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "%s", "n": "%s", "e": "%s"}]}`,
			i.kid, b64(i.key.N.Bytes()), b64(big.NewInt(int64(i.key.E)).Bytes()))
	}))
	t.Cleanup(server.Close)
	i.url = server.URL
	i.ca = filepath.Join(t.TempDir(), "ca.pem")
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(i.ca, certificate, 0o600); err != nil {
		t.Fatal(err)
	}
	return i
}

// rotate withdraws the key, and signs and publishes another one.
func (i *issuer) rotate(kid string) {
	key := must(rsa.GenerateKey(rand.Reader, 2048))
	i.lock.Lock()
	defer i.lock.Unlock()
	i.kid, i.key = kid, key
}

// variables tell the service about it.
func (i *issuer) variables() []string {
	return []string{"WORKOS_CLIENT_ID=client_01", "WORKOS_ISSUER=" + i.url, "WORKOS_JWKS_URL=" + i.url + "/sso/jwks/client_01", "SSL_CERT_FILE=" + i.ca}
}

func (i *issuer) claims(subject string) jwt.MapClaims {
	return jwt.MapClaims{
		"iss": i.url, "sub": subject, "sid": "session_01", "jti": "01HQSXZX",
		"iat": time.Now().Unix(), "exp": time.Now().Add(5 * time.Minute).Unix(),
	}
}

func (i *issuer) sign(claims jwt.MapClaims) string {
	i.lock.Lock()
	defer i.lock.Unlock()
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
	token.Header["kid"] = i.kid
	return must(token.SignedString(i.key))
}

func (i *issuer) token(subject string) string { return i.sign(i.claims(subject)) }
