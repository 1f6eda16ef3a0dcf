package jeton

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// external is a minter over a signer, and a verifier over the public key.
func external(t *testing.T, public crypto.PublicKey, algorithm Algorithm, sign Signer) (*Minter, *Verifier) {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	text := string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	keys := must(NewKeys(text, KeyOptions{Algorithm: algorithm}))(t)
	minter := must(NewMinter(MinterOptions{Keys: keys, Sign: sign, Lifetime: Value(time.Minute)}))(t)
	return minter, must(NewVerifier(VerifierOptions{Keys: []*Keys{keys}, Issuer: Waive(), Audience: Waive()}))(t)
}

func generated(t *testing.T) *ecdsa.PrivateKey {
	return must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))(t)
}

func TestACryptoSignerSignsForEveryAlgorithm(t *testing.T) {
	private := must(rsa.GenerateKey(rand.Reader, 2048))(t)
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for algorithm, key := range map[Algorithm]crypto.Signer{
		RS256: private, RS384: private, RS512: private, PS256: private, PS384: private, PS512: private,
		ES256: generated(t), ES384: must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader))(t),
		ES512: must(ecdsa.GenerateKey(elliptic.P521(), rand.Reader))(t), EdDSA: edwards,
	} {
		minter, verifier := external(t, key.Public(), algorithm, SignWith(key))
		token, err := minter.Mint(context.Background(), map[string]any{"sub": "ada"})
		if err != nil {
			t.Error(algorithm, err)
			continue
		}
		if claims, err := verifier.Verify(context.Background(), token); err != nil || claims.Subject() != "ada" {
			t.Error(algorithm, err)
		}
	}
}

func TestWhyTheSignerFailedIsFound(t *testing.T) {
	key := generated(t)
	dead := errors.New("the line to the KMS is dead")
	for name, test := range map[string]struct {
		sign   Signer
		reason string
	}{
		"an error":        {func(context.Context, Signing) ([]byte, error) { return nil, dead }, dead.Error()},
		"garbage":         {func(context.Context, Signing) ([]byte, error) { return make([]byte, 64), nil }, "no signature for ES256"},
		"another's":       {SignWith(generated(t)), "no signature for ES256"},
		"nothing":         {func(context.Context, Signing) ([]byte, error) { return nil, nil }, ""},
		"far too much":    {func(context.Context, Signing) ([]byte, error) { return make([]byte, 1<<20), nil }, "a signature of 1048576 bytes"},
		"a long story":    {func(context.Context, Signing) ([]byte, error) { return nil, errors.New(strings.Repeat("é", 1000)) }, "éé"},
		"its own end":     {func(context.Context, Signing) ([]byte, error) { runtime.Goexit(); return nil, nil }, "ended its goroutine"},
		"what isn't text": {func(context.Context, Signing) ([]byte, error) { return nil, errors.New("\xff!") }, "!"},
	} {
		minter, _ := external(t, key.Public(), ES256, test.sign)
		token, err := minter.Mint(context.Background(), nil)
		if token != "" || !errors.Is(err, ErrSigner) || !strings.Contains(err.Error(), test.reason) {
			t.Errorf("%s: %v", name, err)
		}
		if errors.Is(err, dead) != (name == "an error") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAPanicOfTheSignerGoesOnFromMint(t *testing.T) {
	minter, _ := external(t, generated(t).Public(), ES256, func(context.Context, Signing) ([]byte, error) { panic("mine") })
	defer func() {
		if came := recover(); came != "mine" {
			t.Error(came)
		}
	}()
	minter.Mint(context.Background(), nil)
	t.Error("it went on")
}

func TestAContextEndsTheWaitForASigner(t *testing.T) {
	before := runtime.NumGoroutine()
	minter, _ := external(t, generated(t).Public(), ES256, func(ctx context.Context, _ Signing) ([]byte, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	})
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if _, err := minter.Mint(ctx, nil); !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, ErrSigner) {
		t.Error(err)
	}
	left(t, before)
}

// Each call has its own signer's answer, whatever thread it is on, and a signer
// may mint, too.
func TestSignersDoNotMixUp(t *testing.T) {
	inner, outer := generated(t), generated(t)
	within, withinVerifier := external(t, inner.Public(), ES256, SignWith(inner))
	signOuter := SignWith(outer)
	minter, verifier := external(t, outer.Public(), ES256, func(ctx context.Context, wanted Signing) ([]byte, error) {
		token, err := within.Mint(ctx, nil)
		if err != nil {
			return nil, err
		}
		if _, err := withinVerifier.Verify(ctx, token); err != nil {
			return nil, err
		}
		return signOuter(ctx, wanted)
	})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 20 {
				token, err := minter.Mint(context.Background(), nil)
				if err == nil {
					_, err = verifier.Verify(context.Background(), token)
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}

func TestAPrivateKeyHasNoPlaceBesideASigner(t *testing.T) {
	keys := must(GenerateKeys(GenerateOptions{Algorithm: ES256}))(t)
	_, err := NewMinter(MinterOptions{Keys: keys, Sign: SignWith(generated(t)), Lifetime: Value(time.Minute)})
	if !errors.Is(err, ErrMisconfigured) {
		t.Error(err)
	}
}
