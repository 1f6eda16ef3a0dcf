package main

import (
	"errors"

	"github.com/golang-jwt/jwt/v5"
)

type golang struct{}

func (golang) module() string { return "github.com/golang-jwt/jwt/v5" }

func (golang) generate(string) (string, string, error) { return "", "", errKey }

func (golang) mint(asked request) (string, error) {
	method, key, err := golangKey(asked, true)
	if err != nil {
		return "", err
	}
	token := jwt.NewWithClaims(method, jwt.MapClaims(asked.Claims))
	if asked.KID != "" {
		token.Header["kid"] = asked.KID
	}
	return token.SignedString(key)
}

func (golang) verify(asked request) (map[string]any, error) {
	_, key, err := golangKey(asked, false)
	if err != nil {
		return nil, err
	}
	claims := jwt.MapClaims{}
	_, err = jwt.ParseWithClaims(asked.Token, claims, func(*jwt.Token) (any, error) { return key, nil },
		jwt.WithValidMethods([]string{asked.Algorithm}), jwt.WithIssuer(asked.Issuer),
		jwt.WithAudience(asked.Audience), jwt.WithJSONNumber())
	if errors.Is(err, jwt.ErrTokenSignatureInvalid) {
		return nil, refusal{err}
	}
	return claims, err
}

func golangKey(asked request, private bool) (method jwt.SigningMethod, key any, err error) {
	method = jwt.GetSigningMethod(asked.Algorithm)
	if method == nil {
		return nil, nil, errAlgorithm
	}
	if asked.Form != "pem" && asked.Form != "secret" {
		return nil, nil, errKey
	}
	text := []byte(asked.Key)
	switch method.(type) {
	case *jwt.SigningMethodHMAC:
		return method, text, nil
	case *jwt.SigningMethodECDSA:
		if private {
			key, err = jwt.ParseECPrivateKeyFromPEM(text)
		} else {
			key, err = jwt.ParseECPublicKeyFromPEM(text)
		}
	case *jwt.SigningMethodEd25519:
		if private {
			key, err = jwt.ParseEdPrivateKeyFromPEM(text)
		} else {
			key, err = jwt.ParseEdPublicKeyFromPEM(text)
		}
	default: // RSA and RSA-PSS
		if private {
			key, err = jwt.ParseRSAPrivateKeyFromPEM(text)
		} else {
			key, err = jwt.ParseRSAPublicKeyFromPEM(text)
		}
	}
	return method, key, err
}
