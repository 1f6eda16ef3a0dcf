// See ../README.md.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"strconv"
	"time"

	"jeton.dev/jeton"
)

var (
	ctx      = context.Background()
	minter   *jeton.Minter
	verifier *jeton.Verifier
)

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func number(argument int) int {
	number, err := strconv.Atoi(os.Args[argument])
	must(err)
	return number
}

// verify is nil for a token that is accepted.
func verify(jti string) error {
	token, err := minter.Mint(ctx, map[string]any{"jti": jti})
	must(err)
	_, err = verifier.Verify(ctx, token)
	return err
}

func accept(jti string) {
	if err := verify(jti); err != nil {
		log.Fatalf("%s, which nobody revoked: %v", jti, err)
	}
}

func main() {
	own, members, count, others := number(2), number(3), number(4), number(5)
	keys, err := jeton.NewSecret("0123456789abcdef0123456789abcdef", jeton.KeyOptions{Algorithm: jeton.HS256})
	must(err)
	minter, err = jeton.NewMinter(jeton.MinterOptions{
		Keys:     keys,
		Issuer:   jeton.Value("fleet"),
		Lifetime: jeton.Value(time.Hour),
		ID:       jeton.Null[string](),
		Override: []string{"jti"},
	})
	must(err)
	store, err := jeton.OpenRevocations(os.Args[1], jeton.RevocationsOptions{Stale: jeton.Null[time.Duration]()})
	must(err)
	verifier, err = jeton.NewVerifier(jeton.VerifierOptions{
		Keys:        []*jeton.Keys{keys},
		Revocations: store,
		Issuer:      jeton.Only("fleet"),
		Audience:    jeton.Waive(),
	})
	must(err)

	for number := range count {
		_, err := store.Revoke(jeton.Rule{
			Realm: "fleet", Claim: "jti", Value: fmt.Sprintf("%d-%d", own, number),
			Until: jeton.Value(time.Now().Add(time.Hour).Truncate(time.Second)),
		})
		must(err)
		accept(fmt.Sprintf("other-%d-%d", own, number))
		time.Sleep(rand.N(time.Millisecond))
	}
	fmt.Println("revoked")

	_, err = bufio.NewReader(os.Stdin).ReadString('\n')
	must(err)
	started := time.Now()
	for member := range members {
		for number := range count {
			for {
				err := verify(fmt.Sprintf("%d-%d", member, number))
				if errors.Is(err, jeton.ErrRevoked) {
					break
				}
				if err != nil || time.Since(started) > time.Minute {
					log.Fatalf("%d-%d, which was revoked: %v", member, number, err)
				}
				time.Sleep(time.Millisecond)
			}
		}
	}
	waited := time.Since(started).Milliseconds()
	for number := range others {
		accept(fmt.Sprintf("other-%d-%d", own, number))
	}
	fmt.Println(waited, members*count, others)
}
