package jeton

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// house is one of each handle, made for each other.
type house struct {
	keys        *Keys
	minter      *Minter
	revocations *Revocations
	verifier    *Verifier
	bearer      *Bearer
}

func build(t testing.TB) house {
	t.Helper()
	var h house
	var err error
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	h.keys, err = GenerateKeys(GenerateOptions{Algorithm: HS256})
	check(err)
	h.minter, err = NewMinter(MinterOptions{
		Keys: h.keys, Issuer: Value("https://a.example"), Audience: Audience{"api"}, Lifetime: Value(10 * time.Minute),
	})
	check(err)
	h.revocations, err = OpenRevocations("memory:", RevocationsOptions{})
	check(err)
	h.verifier, err = NewVerifier(VerifierOptions{
		Keys: []*Keys{h.keys}, Revocations: h.revocations, Issuer: Only("https://a.example"), Audience: Only("api"),
	})
	check(err)
	h.bearer, err = NewBearer(BearerOptions{Verifier: h.verifier, AdminToken: "an administrator's token"})
	check(err)
	return h
}

func (h house) token(t testing.TB) string {
	t.Helper()
	token, err := h.minter.Mint(context.Background(), map[string]any{"sub": "ada"})
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func (h house) verify(t testing.TB, token string) *Claims {
	t.Helper()
	claims, err := h.verifier.Verify(context.Background(), token)
	if err != nil {
		t.Fatal(err)
	}
	return claims
}

func TestHandlesMayBeClosedInAnyOrder(t *testing.T) {
	h := build(t)
	token := h.token(t)
	h.keys.Close()
	h.revocations.Close()
	if claims := h.verify(t, token); claims.Subject() != "ada" {
		t.Error(claims.JSON())
	}
	h.verifier.Close()
	credential, err := h.bearer.Resolve(context.Background(), "Bearer "+token, "")
	if err != nil || credential.Claims == nil || credential.Claims.Subject() != "ada" {
		t.Error(credential, err)
	}
	h.token(t)
	h.minter.Close()
	h.bearer.Close()
	h.bearer.Close()
}

func TestAUseAfterCloseIsAnError(t *testing.T) {
	h := build(t)
	token := h.token(t)
	claims := h.verify(t, token)
	source := openFile(t)
	source.Close()
	h.keys.Close()
	h.minter.Close()
	h.verifier.Close()
	h.bearer.Close()
	h.revocations.Close()
	ctx := context.Background()
	var zero Keys
	calls := map[string]func() error{
		"Public":       func() error { _, err := h.keys.Public(); return err },
		"Keys.Status":  func() error { _, err := h.keys.Status(); return err },
		"Replace":      func() error { return h.keys.Replace("{}", KeyOptions{}) },
		"Sign":         func() error { _, err := Sign(h.keys, "x", JWSOptions{}); return err },
		"NewMinter":    func() error { _, err := NewMinter(MinterOptions{Keys: h.keys}); return err },
		"NewVerifier":  func() error { _, err := NewVerifier(VerifierOptions{Keys: []*Keys{h.keys}}); return err },
		"NewBearer":    func() error { _, err := NewBearer(BearerOptions{Verifier: h.verifier}); return err },
		"Mint":         func() error { _, err := h.minter.Mint(context.Background(), nil); return err },
		"Verify":       func() error { _, err := h.verifier.Verify(ctx, token); return err },
		"VerifyInto":   func() error { return h.verifier.VerifyInto(ctx, token, new(any)) },
		"VerifyMany":   func() error { _, _, err := h.verifier.VerifyMany([]string{token}); return err },
		"Resolve":      func() error { _, err := h.bearer.Resolve(ctx, "", ""); return err },
		"RevokeClaims": func() error { _, err := h.revocations.RevokeClaims(claims, RevokeClaimsOptions{}); return err },
		"Switch":       func() error { return h.revocations.Switch("s", "n", true) },
		"IsOn":         func() error { _, err := h.revocations.IsOn("s", "n"); return err },
		"List":         func() error { _, err := h.revocations.List(); return err },
		"Compact":      func() error { _, err := h.revocations.Compact(); return err },
		"Wait":         func() error { return source.Wait(ctx) },
		"Source.Keys":  func() error { _, err := source.Keys(); return err },
		"Source.State": func() error { _, err := source.Export(); return err },
		"a zero Keys":  func() error { _, err := zero.Public(); return err },
		"no keys":      func() error { _, err := NewVerifier(VerifierOptions{Keys: []*Keys{nil}}); return err },
		"no claims":    func() error { _, err := build(t).revocations.RevokeClaims(nil, RevokeClaimsOptions{}); return err },
		"no logout":    func() error { _, err := build(t).revocations.RevokeLogout(nil, RevokeLogoutOptions{}); return err },
		"zero claims":  func() error { return new(Claims).Into(new(any)) },
		"no set":       func() error { _, err := NewMinter(MinterOptions{}); return err },
	}
	for name, call := range calls {
		if err := call(); !errors.Is(err, ErrMisuse) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if claims.Subject() != "ada" {
		t.Error("claims outlive all of them")
	}
}

func openFile(t testing.TB) *Source {
	t.Helper()
	keys := must(GenerateKeys(GenerateOptions{Algorithm: ES256}))
	path := filepath.Join(t.TempDir(), "keys.json")
	if err := os.WriteFile(path, []byte(must(keys(t).Public())(t)), 0o600); err != nil {
		t.Fatal(err)
	}
	return must(OpenSource(SourceOptions{File: path, Stale: Null[time.Duration]()}))(t)
}

func TestClosingWhileVerifyingIsSafe(t *testing.T) {
	for range 50 {
		h := build(t)
		token := h.token(t)
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				for {
					_, err := h.verifier.Verify(context.Background(), token)
					if errors.Is(err, ErrMisuse) {
						return
					}
					if err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		all.Go(func() { h.verifier.Close() })
		all.Go(func() { h.keys.Close() })
		all.Wait()
	}
}

// The collector takes everything at once and in an order of its own, while others
// go on.
func TestGarbageCollectionComesInAnyOrder(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(1))
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 200 {
				h := build(t)
				token := h.token(t)
				claims := h.verify(t, token)
				h = house{} // garbage, but for the claims
				runtime.GC()
				if subject := claims.Subject(); subject != "ada" {
					t.Error(subject)
				}
			}
		})
	}
	all.Wait()
}

// collected collects garbage, and returns once its cleanups have run and whoever
// fetched for it has gone.
func collected(goroutines int) {
	for range 2 {
		last, ran := new([64]byte), make(chan struct{})
		runtime.AddCleanup(last, func(ran chan struct{}) { close(ran) }, ran)
		runtime.GC()
		<-ran
	}
	for runtime.NumGoroutine() > goroutines {
		time.Sleep(time.Millisecond)
	}
}

// resident is the memory of the process in bytes.
func resident(t *testing.T) int {
	debug.FreeOSMemory()
	fields := strings.Fields(file(t, "/proc/self/statm"))
	pages, err := strconv.Atoi(fields[1])
	if err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}

// times is how often what might leak is done: 10⁵, or as many percent of that as
// JETON_TEST_PERCENT says.
func times() int {
	percent, err := strconv.Atoi(os.Getenv("JETON_TEST_PERCENT"))
	if err != nil {
		percent = 100
	}
	return 1000 * percent
}

func TestHandlesThatAreDroppedAreFreed(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector has memory of its own")
	}
	h := build(t)
	token := h.token(t)
	plain := must(NewVerifier(VerifierOptions{Keys: []*Keys{h.keys}, Issuer: Waive(), Audience: Waive()}))(t)
	public := must(must(GenerateKeys(GenerateOptions{Algorithm: ES256}))(t).Public())(t)
	null := Null[time.Duration]()
	file := openFile(t)
	stale := SourceOptions{URL: "https://a.example/jwks", Stale: null, Refresh: Value(false)}
	hosted := SourceOptions{URL: "https://a.example/jwks", Stale: null, Fetch: func(ctx context.Context, _ Request) (Answer, error) {
		<-ctx.Done()
		return Answer{}, ctx.Err()
	}}
	ctx := context.Background()
	made := func(_ any, err error) error { return err }
	drops := map[string]func() error{
		"keys":      func() error { return made(NewKeys(public, KeyOptions{})) },
		"generated": func() error { return made(GenerateKeys(GenerateOptions{Algorithm: HS256})) },
		"secret":    func() error { return made(NewSecret(strings.Repeat("s", 32), KeyOptions{Algorithm: HS256})) },
		"minter":    func() error { return made(NewMinter(MinterOptions{Keys: h.keys, Lifetime: null})) },
		"verifier": func() error {
			return made(NewVerifier(VerifierOptions{Keys: []*Keys{h.keys}, Issuer: Waive(), Audience: Waive()}))
		},
		"claims":      func() error { return made(h.verifier.Verify(ctx, token)) },
		"values":      func() error { return made(plain.Verify(ctx, token)) },
		"revocations": func() error { return made(OpenRevocations("memory:", RevocationsOptions{})) },
		"bearer":      func() error { return made(NewBearer(BearerOptions{Verifier: h.verifier})) },
		"source":      func() error { return made(OpenSource(stale)) },
		"fetching":    func() error { return made(OpenSource(hosted)) },
		"source keys": func() error { return made(file.Keys()) },
		"batch": func() error {
			_, _, err := h.verifier.VerifyMany([]string{token, "x"})
			return err
		},
	}
	fails := map[string]func() error{
		"keys":        func() error { return made(NewKeys("{", KeyOptions{})) },
		"generated":   func() error { return made(GenerateKeys(GenerateOptions{Algorithm: "none"})) },
		"secret":      func() error { return made(NewSecret("short", KeyOptions{Algorithm: HS256})) },
		"minter":      func() error { return made(NewMinter(MinterOptions{Keys: h.keys})) },
		"verifier":    func() error { return made(NewVerifier(VerifierOptions{Keys: []*Keys{h.keys}})) },
		"claims":      func() error { return made(h.verifier.Verify(ctx, token+"x")) },
		"revocations": func() error { return made(OpenRevocations("nowhere:", RevocationsOptions{})) },
		"bearer":      func() error { return made(NewBearer(BearerOptions{Verifier: h.verifier, Order: []string{"x"}})) },
		"source":      func() error { return made(OpenSource(SourceOptions{})) },
		"fetching": func() error {
			return made(OpenSource(SourceOptions{JSON: `{"url":"https://a","stale":null}`, Fetch: hosted.Fetch}))
		},
	}
	flat := func(name string, fails bool, call func() error) {
		t.Run(fmt.Sprint(name, ", failing: ", fails), func(t *testing.T) {
			goroutines := runtime.NumGoroutine() + 4 // the runtime's own come and go
			// They weigh little to Go, which would leave many about. The C library
			// keeps for each thread what the most of them took.
			most := 500
			if name == "fetching" {
				most = 50
			}
			repeat := func(count int) {
				for index := range count {
					if err := call(); (err != nil) != fails {
						t.Fatal(err)
					}
					if index%most == most-1 {
						collected(goroutines)
					}
				}
			}
			// A new thread brings some at once; what leaks grows in every round.
			const rounds = 10
			least := math.MaxInt
			for range rounds {
				before := resident(t)
				repeat(times() / rounds)
				least = min(least, resident(t)-before)
			}
			if least > 50*times()/rounds {
				t.Errorf("%d bytes more after every %d", least, times()/rounds)
			}
		})
	}
	for name, call := range drops {
		flat(name, false, call)
	}
	for name, call := range fails {
		flat(name, true, call)
	}
}

// left tells what runs once a test has ended, but for what ran before it.
func left(t *testing.T, before int) {
	t.Helper()
	for range 200 {
		runtime.GC()
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	stacks := make([]byte, 1<<20)
	t.Errorf("goroutines are left:\n%s", stacks[:runtime.Stack(stacks, true)])
}
