package pylon

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// An issuer that publishes its keys over https, under a certificate authority
// of its own.
type publisher struct {
	url string
	ca  string // a file

	mutex sync.Mutex
	keys  []published
	down  bool
}

type published struct {
	kid     string
	private crypto.Signer
}

func newKey(t *testing.T, kid, algorithm string) published {
	t.Helper()
	var private crypto.Signer
	var err error
	if algorithm == "RS256" {
		private, err = rsa.GenerateKey(rand.Reader, 2048)
	} else {
		private, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	}
	must(t, err)
	return published{kid, private}
}

func (p published) jwk() object {
	number := func(n *big.Int, size int) string {
		return base64.RawURLEncoding.EncodeToString(n.FillBytes(make([]byte, size)))
	}
	switch key := p.private.Public().(type) {
	case *rsa.PublicKey:
		return object{"kty": "RSA", "kid": p.kid, "alg": "RS256", "use": "sig",
			"n": number(key.N, key.Size()), "e": "AQAB"}
	case *ecdsa.PublicKey:
		point, err := key.Bytes() // 4, then both coordinates
		if err != nil {
			panic(err)
		}
		return object{"kty": "EC", "crv": "P-256", "kid": p.kid, "alg": "ES256",
			"x": base64.RawURLEncoding.EncodeToString(point[1:33]),
			"y": base64.RawURLEncoding.EncodeToString(point[33:])}
	}
	panic("no such key")
}

// A token of the issuer's, signed with this key.
func (p published) token(t *testing.T, claims jwt.MapClaims) string {
	t.Helper()
	var method jwt.SigningMethod = jwt.SigningMethodES256
	if _, ok := p.private.(*rsa.PrivateKey); ok {
		method = jwt.SigningMethodRS256
	}
	token := jwt.NewWithClaims(method, claims)
	token.Header["kid"] = p.kid
	text, err := token.SignedString(p.private)
	must(t, err)
	return text
}

func publish(t *testing.T, keys ...published) *publisher {
	t.Helper()
	p := &publisher{keys: keys}
	server := httptest.NewUnstartedServer(http.HandlerFunc(p.serve))
	authority, certificate := certificates(t)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	server.StartTLS()
	t.Cleanup(server.Close)
	p.url, p.ca = server.URL+"/jwks", write(t, "ca.pem", authority)
	return p
}

func (p *publisher) serve(w http.ResponseWriter, _ *http.Request) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.down {
		http.Error(w, "down", http.StatusServiceUnavailable)
		return
	}
	list := []object{}
	for _, key := range p.keys {
		list = append(list, key.jwk())
	}
	_ = json.NewEncoder(w).Encode(object{"keys": list})
}

// Replaces the published keys.
func (p *publisher) rotate(keys ...published) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.keys = keys
}

// What the manifest says of the issuer; "source" is there because its address
// isn't public, and because tests don't wait.
func (p *publisher) config(more object) object {
	config := object{
		"issuer": "https://sso.example", "audience": "pylon", "jwks_url": p.url,
		"source": object{"ca": p.ca, "private": true, "minimum": 1, "maximum": 1, "cooldown": 1},
	}
	for name, value := range more {
		config[name] = value
	}
	return config
}

// A certificate authority, and a certificate of its for this machine.
func certificates(t *testing.T) (authority string, server tls.Certificate) {
	t.Helper()
	issue := func(template, parent *x509.Certificate, public, signer any) []byte {
		template.SerialNumber = big.NewInt(time.Now().UnixNano())
		template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
		der, err := x509.CreateCertificate(rand.Reader, template, parent, public, signer)
		must(t, err)
		return der
	}
	root := newKey(t, "", "ES256").private
	leaf := newKey(t, "", "ES256").private
	ca := &x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	ca.Subject.CommonName = "tests"
	caDER := issue(ca, ca, root.Public(), root)
	server.PrivateKey = leaf
	server.Certificate = [][]byte{issue(&x509.Certificate{
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, ca, leaf.Public(), root)}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: caDER})), server
}

// A manifest with these issuers for its plugin.
func manifest(t *testing.T, issuers ...object) string {
	t.Helper()
	plugins := []object{}
	for _, config := range issuers {
		plugins = append(plugins, object{"name": "jwt", "config": config})
	}
	text, err := json.Marshal(object{"plugins": plugins})
	must(t, err)
	return write(t, "pylon.manifest.json", string(text))
}

// The claims of a foreign token that is good for an hour.
func foreign(sub string) jwt.MapClaims {
	return with(with(good(sub), "iss", "https://sso.example"), "aud", "pylon")
}
