// The Go package's speed: whole verifications, as ratios to other packages of the
// language and to the same call in C, side by side in one run.
//
//	go run . [-quick] [-json] [TEXT…]
//
// prints a table and then the same as JSON lines; -json the lines alone, -quick
// measures for a fifth of the time, and a TEXT only what it is part of. A missed
// target is printed, never an error.
package main

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"flag"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"jeton.dev/jeton"
)

const (
	issuer   = "https://issuer.example.com"
	audience = "api.example.com"
	options  = `{"issuer":"` + issuer + `","audience":"` + audience + `"}`
	secret   = "0123456789abcdef0123456789abcdef"
)

var (
	quick    = flag.Bool("quick", false, "measure for a fifth of the time")
	onlyJSON = flag.Bool("json", false, "print JSON lines alone")
)

// typed are all the claims of the token.
type typed struct {
	jeton.RegisteredClaims
	own
}

// brief are two of them.
type brief struct {
	Subject string `json:"sub"`
	Expires int64  `json:"exp"`
}

// held is a key with a token of it, as jeton and as its peers have it.
type held struct {
	algorithm string
	token     string
	verifier  *jeton.Verifier
	jwks      string
	public    crypto.PublicKey
}

func main() {
	flag.Parse()
	table := newTable()
	for _, algorithm := range []string{"HS256", "RS256", "PS256", "ES256", "ES384", "EdDSA"} {
		key := hold(algorithm)
		whole := key.peers()
		peers := func(name string, ours subject, peers []subject, target string, bound float64) {
			table.against(name+" "+algorithm, ours, peers, target, bound)
		}
		if algorithm == "HS256" {
			peers("whole payload, a struct", key.into(func() any { return new(typed) }), whole[:1], ">=", 4)
			peers("whole payload, a map", key.into(func() any { return new(map[string]any) }), []subject{key.golangMap()}, "", 0)
			peers("sub and exp, a struct", key.into(func() any { return new(brief) }), whole, ">=", 5)
			peers("sub and exp, of claims", key.read(), whole, ">=", 5)
		} else {
			peers("whole payload, a struct", key.into(func() any { return new(typed) }), whole, ">", 1)
			peers("sub and exp, of claims", key.read(), whole, ">", 1)
		}
		table.native("C call, VerifyInto "+algorithm, key.into(func() any { return new(brief) }), key.native(), algorithm != "HS256")
		table.native("C call, Verify "+algorithm, key.read(), key.native(), algorithm != "HS256")
	}
	table.finish()
}

// hold makes a key and a token with a payload of 301 bytes: six registered claims
// and five of its own.
func hold(algorithm string) held {
	var private crypto.Signer
	var err error
	switch algorithm {
	case "HS256":
	case "RS256", "PS256":
		private, err = rsa.GenerateKey(rand.Reader, 2048)
	case "ES256":
		private, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "ES384":
		private, err = ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	default:
		_, private, err = ed25519.GenerateKey(rand.Reader)
	}
	must(err)
	made := held{algorithm: algorithm, public: []byte(secret)}
	named := jeton.KeyOptions{Algorithm: jeton.Algorithm(algorithm), KID: "2025-01"}
	var keys *jeton.Keys
	if private == nil {
		keys, err = jeton.NewSecret(secret, named)
		made.jwks = `{"kty":"oct","alg":"HS256","kid":"2025-01","k":"` + base64.RawURLEncoding.EncodeToString([]byte(secret)) + `"}`
	} else {
		made.public = private.Public()
		der, failed := x509.MarshalPKCS8PrivateKey(private)
		must(failed)
		keys, err = jeton.NewKeys(string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), named)
	}
	must(err)
	if made.jwks == "" {
		made.jwks, err = keys.Public()
		must(err)
	}
	now := time.Now().Unix()
	payload := fmt.Sprintf(`{"iss":"%s","aud":"%s","sub":"user-0123456789abcdef","exp":%d,"iat":%d,`+
		`"jti":"6f1c1c5e-3d0b-4a52-9d38-27f6b1f2c9aa","name":"Ada Lovelace","email":"ada.lovelace@example.com",`+
		`"role":"administrator","scope":"read write admin","tenant":"acme-industry"}`, issuer, audience, now+3600, now)
	made.token, err = jeton.Sign(keys, payload, jeton.JWSOptions{Type: jeton.Value("JWT")})
	must(err)
	made.verifier, err = jeton.NewVerifier(jeton.VerifierOptions{JSON: options, Keys: []*jeton.Keys{keys}})
	must(err)
	return made
}

// into verifies and decodes into what made makes.
func (h held) into(made func() any) subject {
	ctx := context.Background()
	return subject{"jeton", func(n int) {
		for range n {
			must(h.verifier.VerifyInto(ctx, h.token, made()))
		}
	}}
}

// read verifies and reads two claims.
func (h held) read() subject {
	ctx := context.Background()
	return subject{"jeton", func(n int) {
		for range n {
			claims, err := h.verifier.Verify(ctx, h.token)
			must(err)
			_, found := claims.Expires()
			if claims.Subject() == "" || !found {
				panic("claims are missing")
			}
		}
	}}
}

func (h held) native() subject {
	return subject{"C", verifyInC(h.jwks, options, h.token)}
}

func (h held) peers() []subject {
	return []subject{
		{"golang-jwt", golangJWT(h.algorithm, h.public, h.token, func() jwt.Claims { return new(golangClaims) })},
		{"go-jose", goJose(h.algorithm, h.public, h.token)},
		{"jwx", jwx(h.algorithm, h.public, h.token)},
		{"jwx, jws.Verify", jwxStruct(h.algorithm, h.public, h.token)},
	}
}

func (h held) golangMap() subject {
	return subject{"golang-jwt", golangJWT(h.algorithm, h.public, h.token, func() jwt.Claims { return jwt.MapClaims{} })}
}

// table prints rows as they come.
type table struct{ lines []string }

func newTable() *table {
	if !*onlyJSON {
		fmt.Printf("jeton %s. Whole verifications in ns of processor time, garbage included.\n\n", jeton.Version())
		fmt.Printf("%-32s %10s %10s %8s  %-8s %-7s %s\n", "bench", "jeton", "against", "ratio", "target", "", "against")
	}
	return &table{}
}

func (t *table) wanted(name string) bool {
	return flag.NArg() == 0 || slices.ContainsFunc(flag.Args(), func(text string) bool { return strings.Contains(name, text) })
}

func rounds() int {
	if *quick {
		return 9
	}
	return 45
}

// against measures ours and the peers; the ratio is how many times as much a peer takes.
func (t *table) against(name string, ours subject, peers []subject, target string, bound float64) {
	if !t.wanted(name) {
		return
	}
	result := compare(rounds(), append([]subject{ours}, peers...))
	for index, peer := range peers {
		ratio := result.ratios[index+1]
		met := map[string]bool{">=": ratio >= bound, ">": ratio > bound}
		t.row(name, peer.name, result.nanoseconds[0], result.nanoseconds[index+1], ratio, target, bound, met[target])
	}
}

// native measures a call from Go against the same in C; the ratio is how many
// times as much Go takes.
func (t *table) native(name string, ours, native subject, bounded bool) {
	if !t.wanted(name) {
		return
	}
	result := compare(rounds(), []subject{native, ours})
	ratio, target := result.ratios[1], ""
	if bounded {
		target = "<="
	}
	t.row(name, fmt.Sprintf("C (%+.0f ns)", result.nanoseconds[1]-result.nanoseconds[0]), result.nanoseconds[1], result.nanoseconds[0], ratio, target, 1.15, ratio <= 1.15)
}

func (t *table) row(name, against string, ours, theirs, ratio float64, target string, bound float64, met bool) {
	verdict, said := "", ""
	if target != "" {
		said = fmt.Sprintf("%s %g", target, bound)
		verdict = map[bool]string{true: "met", false: "MISSED"}[met]
	}
	line, err := json.Marshal(map[string]any{
		"bench": name, "against": against, "nanoseconds": int(ours), "against_nanoseconds": int(theirs),
		"ratio": float64(int(ratio*1000)) / 1000, "target": said, "met": verdict == "met" || target == "",
	})
	must(err)
	if *onlyJSON {
		fmt.Println(string(line))
		return
	}
	fmt.Printf("%-32s %10.0f %10.0f %8.3f  %-8s %-7s %s\n", name, ours, theirs, ratio, said, verdict, against)
	t.lines = append(t.lines, string(line))
}

func (t *table) finish() {
	if len(t.lines) > 0 {
		fmt.Printf("\n%s\n", strings.Join(t.lines, "\n"))
	}
}
