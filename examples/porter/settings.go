package main

import (
	"errors"
	"net"
	"strconv"

	"jeton.dev/jeton/examples/porter/tokens"
)

// settings are what the environment says.
type settings struct {
	address        string
	database       string
	cookieName     string
	cookieInsecure bool
	tokens         tokens.Options
}

// fromEnvironment reads the variables that README.md lists.
func fromEnvironment(get func(string) string) (settings, error) {
	or := func(name, otherwise string) string {
		if said := get(name); said != "" {
			return said
		}
		return otherwise
	}
	insecure, err := strconv.ParseBool(or("COOKIE_INSECURE", "false"))
	if err != nil {
		return settings{}, errors.New("COOKIE_INSECURE: true or false was expected")
	}
	secret := get("TOKEN_GENERATOR_SECRET")
	if secret == "" {
		return settings{}, errors.New("TOKEN_GENERATOR_SECRET: it must be set; `openssl rand -hex 32` makes one")
	}
	database := or("SQL_LITE_PATH", "porter.db")
	said := settings{
		address:        net.JoinHostPort(or("SERVER_HOST", "127.0.0.1"), or("SERVER_PORT", "8080")),
		database:       database,
		cookieName:     or("COOKIE_NAME", "porter"),
		cookieInsecure: insecure,
		tokens: tokens.Options{
			Secret:      secret,
			Revocations: or("REVOCATIONS", "sqlite:"+database+".revocations"),
		},
	}
	if client := get("WORKOS_CLIENT_ID"); client != "" {
		said.tokens.SSO = &tokens.SSO{
			Issuer:   or("WORKOS_ISSUER", "https://api.workos.com"),
			JWKS:     or("WORKOS_JWKS_URL", "https://api.workos.com/sso/jwks/"+client),
			Audience: get("WORKOS_AUDIENCE"),
		}
	} else if get("WORKOS_ISSUER")+get("WORKOS_JWKS_URL")+get("WORKOS_AUDIENCE") != "" {
		return settings{}, errors.New("WORKOS_CLIENT_ID: it must be set where another WORKOS_… is")
	}
	return said, nil
}
