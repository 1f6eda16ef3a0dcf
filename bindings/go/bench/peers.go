package main

import (
	"crypto"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4"
	josejwt "github.com/go-jose/go-jose/v4/jwt"
	"github.com/golang-jwt/jwt/v5"
	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jws"
	jwxjwt "github.com/lestrrat-go/jwx/v3/jwt"
)

// The peers, each as its documentation advises: keys parsed and parsers made
// beforehand, one algorithm allowed, issuer, audience and expiry checked.

// own are the claims that aren't registered.
type own struct {
	Name   string `json:"name"`
	Email  string `json:"email"`
	Role   string `json:"role"`
	Scope  string `json:"scope"`
	Tenant string `json:"tenant"`
}

type golangClaims struct {
	jwt.RegisteredClaims
	own
}

func golangJWT(algorithm string, key crypto.PublicKey, token string, claims func() jwt.Claims) func(n int) {
	parser := jwt.NewParser(jwt.WithValidMethods([]string{algorithm}), jwt.WithIssuer(issuer), jwt.WithAudience(audience), jwt.WithExpirationRequired())
	give := func(*jwt.Token) (any, error) { return key, nil }
	return func(n int) {
		for range n {
			_, err := parser.ParseWithClaims(token, claims(), give)
			must(err)
		}
	}
}

func goJose(algorithm string, key crypto.PublicKey, token string) func(n int) {
	algorithms := []jose.SignatureAlgorithm{jose.SignatureAlgorithm(algorithm)}
	expected := josejwt.Expected{Issuer: issuer, AnyAudience: josejwt.Audience{audience}}
	return func(n int) {
		for range n {
			parsed, err := josejwt.ParseSigned(token, algorithms)
			must(err)
			var claims struct {
				josejwt.Claims
				own
			}
			must(parsed.Claims(key, &claims))
			must(claims.Validate(expected))
		}
	}
}

func jwx(algorithm string, key crypto.PublicKey, token string) func(n int) {
	known, _ := jwa.LookupSignatureAlgorithm(algorithm)
	bytes := []byte(token)
	return func(n int) {
		for range n {
			_, err := jwxjwt.Parse(bytes, jwxjwt.WithKey(known, key), jwxjwt.WithIssuer(issuer), jwxjwt.WithAudience(audience))
			must(err)
		}
	}
}

// jwxStruct is what the documentation of jwx advises for speed: a plain struct
// over the verified bytes.
func jwxStruct(algorithm string, key crypto.PublicKey, token string) func(n int) {
	known, _ := jwa.LookupSignatureAlgorithm(algorithm)
	bytes := []byte(token)
	return func(n int) {
		for range n {
			payload, err := jws.Verify(bytes, jws.WithKey(known, key))
			must(err)
			var claims struct {
				Issuer   string `json:"iss"`
				Subject  string `json:"sub"`
				Audience string `json:"aud"`
				Expires  int64  `json:"exp"`
				Issued   int64  `json:"iat"`
				ID       string `json:"jti"`
				own
			}
			must(json.Unmarshal(payload, &claims))
			if claims.Issuer != issuer || !slices.Contains([]string{claims.Audience}, audience) || claims.Expires <= time.Now().Unix() {
				panic(errors.New("refused"))
			}
		}
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
