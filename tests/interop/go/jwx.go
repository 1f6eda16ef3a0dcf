// Its ES256K is there in builds with this tag.

//go:build jwx_es256k

package main

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"strings"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jws"
	"github.com/lestrrat-go/jwx/v3/jwt"
)

type jwx struct{}

func (jwx) module() string { return "github.com/lestrrat-go/jwx/v3" }

func jwxAlgorithm(name string) (jwa.SignatureAlgorithm, error) {
	algorithm, found := jwa.LookupSignatureAlgorithm(name)
	if !found {
		return algorithm, errAlgorithm
	}
	return algorithm, nil
}

func (jwx) generate(name string) (string, string, error) {
	algorithm, err := jwxAlgorithm(name)
	if err != nil {
		return "", "", err
	}
	curves := map[string]elliptic.Curve{"ES256": elliptic.P256(), "ES384": elliptic.P384(), "ES512": elliptic.P521()}
	var raw any
	switch {
	case strings.HasPrefix(name, "HS"):
		secret := make([]byte, 64)
		_, err = rand.Read(secret)
		raw = secret
	case curves[name] != nil:
		raw, err = ecdsa.GenerateKey(curves[name], rand.Reader)
	case name == "ES256K":
		var key *secp256k1.PrivateKey
		if key, err = secp256k1.GeneratePrivateKey(); err == nil {
			raw = key.ToECDSA()
		}
	case strings.HasPrefix(name, "Ed"):
		_, raw, err = ed25519.GenerateKey(rand.Reader)
	default:
		raw, err = rsa.GenerateKey(rand.Reader, 2048)
	}
	if err != nil {
		return "", "", err
	}
	private, err := jwk.Import(raw)
	if err != nil {
		return "", "", err
	}
	if err := errors.Join(private.Set(jwk.AlgorithmKey, algorithm), jwk.AssignKeyID(private)); err != nil {
		return "", "", err
	}
	public, err := private.PublicKey()
	if err != nil {
		return "", "", err
	}
	texts := make([]string, 2)
	for index, key := range []jwk.Key{private, public} {
		text, err := json.Marshal(key)
		if err != nil {
			return "", "", err
		}
		texts[index] = string(text)
	}
	return texts[0], texts[1], nil
}

func (jwx) mint(asked request) (string, error) {
	algorithm, err := jwxAlgorithm(asked.Algorithm)
	if err != nil {
		return "", err
	}
	token := jwt.New()
	token.Options().Enable(jwt.FlattenAudience)
	for name, value := range asked.Claims {
		if err := token.Set(name, value); err != nil {
			return "", err
		}
	}
	key, err := jwxKey(asked)
	if err != nil {
		return "", err
	}
	headers := jws.NewHeaders()
	if asked.KID != "" {
		if err := headers.Set(jws.KeyIDKey, asked.KID); err != nil {
			return "", err
		}
	}
	signed, err := jwt.Sign(token, jwt.WithKey(algorithm, key, jws.WithProtectedHeaders(headers)))
	return string(signed), err
}

func (jwx) verify(asked request) (map[string]any, error) {
	algorithm, err := jwxAlgorithm(asked.Algorithm)
	if err != nil {
		return nil, err
	}
	options := []jwt.ParseOption{jwt.WithIssuer(asked.Issuer), jwt.WithAudience(asked.Audience)}
	if asked.Form == "jwks" {
		set, err := jwk.ParseString(asked.Key)
		if err != nil {
			return nil, err
		}
		options = append(options, jwt.WithKeySet(set))
	} else {
		key, err := jwxKey(asked)
		if err != nil {
			return nil, err
		}
		options = append(options, jwt.WithKey(algorithm, key))
	}
	token, err := jwt.ParseString(asked.Token, options...)
	if errors.Is(err, jws.VerificationError()) {
		return nil, refusal{err}
	}
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(token)
	if err != nil {
		return nil, err
	}
	var claims map[string]any
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.UseNumber()
	return claims, decoder.Decode(&claims)
}

func jwxKey(asked request) (jwk.Key, error) {
	switch asked.Form {
	case "secret":
		return jwk.Import([]byte(asked.Key))
	case "pem":
		if asked.Algorithm == "ES256K" {
			return nil, errKey // crypto/x509 knows no such curve
		}
		return jwk.ParseKey([]byte(asked.Key), jwk.WithPEM(true))
	}
	return jwk.ParseKey([]byte(asked.Key))
}
