// Package jeton mints JSON Web Tokens, verifies them, reads and rotates keys
// (JWKS, PEM, DER) and refuses what has been revoked. It is the native engine
// jeton for Go: the same token gets the same verdict, with the same name, as in
// every other language that has it.
//
//	keys, err := jeton.NewKeys(jwks, jeton.KeyOptions{})
//	verifier, err := jeton.NewVerifier(jeton.VerifierOptions{
//		Keys:     []*jeton.Keys{keys},
//		Issuer:   jeton.Only("https://issuer.example"),
//		Audience: jeton.Only("api"),
//	})
//	var claims jeton.RegisteredClaims
//	err = verifier.VerifyInto(ctx, token, &claims)
//	if errors.Is(err, jeton.ErrExpired) { … }
//
// Issuer and audience must be said; [Waive] waives a check, a field that was
// forgotten doesn't. Options are structs, with the names of the documents that
// jeton has in every language; their field JSON takes such a document instead.
//
// Whatever a constructor makes may be shared by any number of goroutines, is
// freed by the garbage collector, in any order, and may be closed sooner. A use
// after that is [ErrMisuse]. Claims need no closing.
//
// Nothing waits and nothing does I/O unless it says so. What may wait takes a
// context.
//
// The package jetonhttp has the middleware for net/http.
package jeton
