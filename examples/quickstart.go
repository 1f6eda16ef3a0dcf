// Mints a token, verifies it, revokes it and is refused, as is an attack.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"jeton.dev/jeton"
)

func main() {
	ctx := context.Background()
	keys, err := jeton.GenerateKeys(jeton.GenerateOptions{Algorithm: jeton.ES256})
	must(err)
	jwks, err := keys.Public()
	must(err)
	fmt.Println("public keys:", jwks)

	minter, err := jeton.NewMinter(jeton.MinterOptions{
		Keys:     keys,
		Issuer:   jeton.Value("https://a.example"),
		Audience: jeton.Audience{"api"},
		Lifetime: jeton.Value(10 * time.Minute),
	})
	must(err)
	token, err := minter.Mint(ctx, map[string]any{"sub": "ada"})
	must(err)
	fmt.Println("token:", token)

	revocations, err := jeton.OpenRevocations("memory:", jeton.RevocationsOptions{})
	must(err)
	verifier, err := jeton.NewVerifier(jeton.VerifierOptions{
		Keys:        []*jeton.Keys{keys},
		Revocations: revocations,
		Issuer:      jeton.Only("https://a.example"),
		Audience:    jeton.Only("api"),
	})
	must(err)

	var user jeton.RegisteredClaims // or a struct of your own
	must(verifier.VerifyInto(ctx, token, &user))
	fmt.Println("verified:", user.Subject, "until", user.Expires)

	claims, err := verifier.Verify(ctx, token)
	must(err)
	_, err = revocations.RevokeClaims(claims, jeton.RevokeClaimsOptions{})
	must(err)
	if _, err = verifier.Verify(ctx, token); errors.Is(err, jeton.ErrRevoked) {
		fmt.Println("once revoked:", err)
	}

	_, err = jeton.NewSecret(jwks, jeton.KeyOptions{Algorithm: jeton.HS256})
	if !errors.Is(err, jeton.ErrKey) {
		log.Fatal("a public key became an HMAC secret")
	}
	fmt.Println("the public keys as an HMAC secret:", err)
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
