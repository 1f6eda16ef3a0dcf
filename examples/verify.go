// Says what a token on standard input is worth: prints its status, and exits with 0
// where it is "ok", with 1 where it isn't.
//
//	verify KEYS OPTIONS REVOCATIONS < TOKEN
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"jeton.dev/jeton"
)

func main() {
	if len(os.Args) != 4 {
		os.Exit(2)
	}
	keys, err := jeton.NewKeys(os.Args[1], jeton.KeyOptions{})
	must(err)
	revocations, err := jeton.OpenRevocations(os.Args[3], jeton.RevocationsOptions{
		Stale: jeton.Value(10 * time.Second),
	})
	must(err)
	verifier, err := jeton.NewVerifier(jeton.VerifierOptions{
		JSON:        os.Args[2],
		Keys:        []*jeton.Keys{keys},
		Revocations: revocations,
	})
	must(err)

	token, err := io.ReadAll(os.Stdin)
	must(err)
	_, err = verifier.Verify(context.Background(), strings.TrimSpace(string(token)))
	if refused := (*jeton.Error)(nil); errors.As(err, &refused) {
		fmt.Println(refused.Status.Name())
		os.Exit(1)
	}
	fmt.Println("ok")
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}
