package jeton

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// issuer is somebody whose keys are fetched.
type issuer struct {
	lock    sync.Mutex
	keys    *Keys
	fails   bool
	fetches atomic.Int64
	// What a fetch waits for, if anything.
	gate chan struct{}
}

func newIssuer(t testing.TB) *issuer {
	made := &issuer{}
	made.rotate(t, "1")
	return made
}

// rotate makes a new key, and withdraws the old one.
func (i *issuer) rotate(t testing.TB, kid string) {
	i.lock.Lock()
	defer i.lock.Unlock()
	i.keys = must(GenerateKeys(GenerateOptions{Algorithm: ES256, KID: kid}))(t)
}

func (i *issuer) token(t testing.TB) string {
	i.lock.Lock()
	defer i.lock.Unlock()
	minter := must(NewMinter(MinterOptions{Keys: i.keys, Issuer: Value("https://a.example"), Lifetime: Value(time.Minute)}))(t)
	return must(minter.Mint(context.Background(), map[string]any{"sub": "ada"}))(t)
}

func (i *issuer) fetch(ctx context.Context, request Request) (Answer, error) {
	i.fetches.Add(1)
	if i.gate != nil {
		select {
		case <-i.gate:
		case <-ctx.Done():
			return Answer{}, ctx.Err()
		}
	}
	i.lock.Lock()
	defer i.lock.Unlock()
	if i.fails {
		return Answer{}, errors.New("the line is dead")
	}
	public, err := i.keys.Public()
	return Answer{Status: 200, Headers: map[string]string{"cache-control": "max-age=600", "etag": `"1"`}, Body: []byte(public)}, err
}

func (i *issuer) open(t testing.TB, options SourceOptions) (*Source, *Verifier) {
	t.Helper()
	options.URL, options.Stale, options.Fetch = "https://a.example/jwks", Value(time.Hour), i.fetch
	source := must(OpenSource(options))(t)
	keys := must(source.Keys())(t)
	verifier := must(NewVerifier(VerifierOptions{Keys: []*Keys{keys}, Issuer: Only("https://a.example"), Audience: Waive()}))(t)
	return source, verifier
}

func TestAVerifierWaitsForTheFirstFetch(t *testing.T) {
	before := runtime.NumGoroutine()
	func() {
		issuer := newIssuer(t)
		issuer.gate = make(chan struct{})
		source, verifier := issuer.open(t, SourceOptions{})
		defer source.Close()
		token := issuer.token(t)
		if _, err := verifier.Verify(context.Background(), token); !errors.Is(err, ErrKeysUnavailable) {
			t.Error("without a wait:", err)
		}
		time.AfterFunc(50*time.Millisecond, func() { close(issuer.gate) })
		claims, err := verifier.Verify(context.Background(), token, Call{Wait: time.Minute})
		if err != nil || claims.Subject() != "ada" {
			t.Error("with one:", err)
		}
	}()
	left(t, before)
}

func TestAWaitCostsNoThread(t *testing.T) {
	issuer := newIssuer(t)
	issuer.gate = make(chan struct{})
	source, verifier := issuer.open(t, SourceOptions{})
	defer source.Close()
	token := issuer.token(t)
	const waiters = 200
	threads := pprof.Lookup("threadcreate")
	before := threads.Count()
	var all sync.WaitGroup
	for range waiters {
		all.Go(func() {
			if _, err := verifier.Verify(context.Background(), token, Call{Wait: time.Minute}); err != nil {
				t.Error(err)
			}
		})
	}
	time.Sleep(200 * time.Millisecond) // all wait by now
	if more := threads.Count() - before; more > waiters/4 {
		t.Errorf("%d threads for %d who wait", more, waiters)
	}
	close(issuer.gate)
	all.Wait()
}

func TestAContextEndsAWait(t *testing.T) {
	issuer := newIssuer(t)
	issuer.gate = make(chan struct{})
	source, verifier := issuer.open(t, SourceOptions{})
	defer source.Close()
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(30*time.Millisecond, cancel)
	_, err := verifier.Verify(ctx, issuer.token(t), Call{Wait: time.Hour})
	if !errors.Is(err, context.Canceled) || !errors.Is(err, ErrKeysUnavailable) {
		t.Error(err)
	}
	if err := source.Wait(ctx); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	// What isn't about keys is never waited for.
	if _, err := verifier.Verify(ctx, "x", Call{Wait: time.Hour}); !errors.Is(err, ErrMalformed) || errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	// Without a wait the context isn't asked.
	if _, err := verifier.Verify(ctx, issuer.token(t)); !errors.Is(err, ErrKeysUnavailable) || errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if _, err := verifier.Verify(context.Background(), issuer.token(t), Call{Wait: 60 * time.Millisecond}); !errors.Is(err, ErrKeysUnavailable) {
		t.Error("the time is up:", err)
	}
	close(issuer.gate)
	if err := source.Wait(context.Background()); err != nil {
		t.Error(err)
	}
}

func TestAnUnknownKidHasTheKeysFetchedOnce(t *testing.T) {
	issuer := newIssuer(t)
	source, verifier := issuer.open(t, SourceOptions{})
	defer source.Close()
	if err := source.Wait(context.Background()); err != nil {
		t.Fatal(err)
	}
	issuer.rotate(t, "2")
	token := issuer.token(t)
	claims, err := verifier.Verify(context.Background(), token, Call{Wait: time.Minute})
	if err != nil || claims.Subject() != "ada" {
		t.Fatal(err)
	}
	if kid, _ := claims.Key(); kid != "2" || issuer.fetches.Load() != 2 {
		t.Error(kid, issuer.fetches.Load())
	}
	// Within the cooldown it is known not to be there: no fetch, no wait.
	issuer.rotate(t, "3")
	if _, err := verifier.Verify(context.Background(), issuer.token(t), Call{Wait: time.Hour}); !errors.Is(err, ErrUnknownKey) {
		t.Error(err)
	}
	if issuer.fetches.Load() != 2 {
		t.Error(issuer.fetches.Load())
	}
}

func TestAFetchThatFailsIsTold(t *testing.T) {
	issuer := newIssuer(t)
	issuer.fails = true
	source, verifier := issuer.open(t, SourceOptions{})
	defer source.Close()
	_, err := verifier.Verify(context.Background(), issuer.token(t), Call{Wait: time.Minute})
	if !errors.Is(err, ErrKeysUnavailable) || !strings.Contains(err.Error(), "the line is dead") {
		t.Error(err)
	}
	status := must(source.Status())(t)
	if status.Failures == 0 || !strings.Contains(status.LastError, "the line is dead") || status.Age != nil || status.URL == "" {
		t.Errorf("%+v", status)
	}
	events := must(source.Events())(t)
	if len(events) == 0 || events[0].Name != "fetch-failed" || !strings.Contains(events[0].Message, "the line is dead") || events[0].At == 0 {
		t.Errorf("%+v", events)
	}
	issuer.lock.Lock()
	issuer.fails = false
	issuer.lock.Unlock()
	if err := source.Wait(context.Background()); err != nil { // after the pause
		t.Error(err)
	}
}

// The goroutine lives for whoever wants keys, and goes with the last of them.
func TestFetchingGoesOnForAVerifierAlone(t *testing.T) {
	before := runtime.NumGoroutine()
	issuer := newIssuer(t)
	source, verifier := issuer.open(t, SourceOptions{})
	if err := source.Wait(context.Background()); err != nil {
		t.Fatal(err)
	}
	source.Close()
	issuer.rotate(t, "2")
	if _, err := verifier.Verify(context.Background(), issuer.token(t), Call{Wait: time.Minute}); err != nil {
		t.Error(err)
	}
	verifier.Close()
	left(t, before) // the keys are garbage
}

func TestAHostMayFetchStepByStep(t *testing.T) {
	issuer := newIssuer(t)
	source := must(OpenSource(SourceOptions{URL: "https://a.example/jwks", Stale: Null[time.Duration](), Refresh: Value(false)}))(t)
	request := must(source.Claim())(t)
	if request == nil || request.URL != "https://a.example/jwks" || request.ETag != "" {
		t.Fatal(request)
	}
	if again := must(source.Claim())(t); again != nil {
		t.Error("a request is handed out once", again)
	}
	answer, err := issuer.fetch(context.Background(), *request)
	if err != nil {
		t.Fatal(err)
	}
	if err := source.Accept(answer); err != nil {
		t.Fatal(err)
	}
	status := must(source.Status())(t)
	if len(status.Keys) != 1 || status.Keys[0].KID != "1" || status.Fetches != 1 || status.Age == nil {
		t.Errorf("%+v", status)
	}
	state := must(source.Export())(t)
	next := must(OpenSource(SourceOptions{URL: "https://a.example/jwks", Stale: Null[time.Duration](), Refresh: Value(false), State: state}))(t)
	if status := must(next.Status())(t); len(status.Keys) != 1 {
		t.Errorf("%+v", status)
	}
	fresh := must(OpenSource(SourceOptions{URL: "https://a.example/jwks", Stale: Null[time.Duration](), Refresh: Value(false)}))(t)
	must(fresh.Claim())(t)
	if err := fresh.Accept(Answer{Status: 500}); !errors.Is(err, ErrKeysUnavailable) {
		t.Error(err)
	}
	if err := fresh.Failed("late"); !errors.Is(err, ErrMisuse) {
		t.Error("nothing is claimed any more:", err)
	}
	other := must(OpenSource(SourceOptions{URL: "https://a.example/jwks", Stale: Null[time.Duration](), Refresh: Value(false)}))(t)
	must(other.Claim())(t)
	if err := other.Failed("no\xff line"); err != nil {
		t.Error(err)
	}
}

func TestAFileIsReadAgain(t *testing.T) {
	source := openFile(t)
	if err := source.Wait(context.Background()); err != nil {
		t.Error(err)
	}
	if err := source.Refresh(); err != nil {
		t.Error(err)
	}
	if status := must(source.Status())(t); len(status.Keys) != 1 || status.File == "" {
		t.Errorf("%+v", status)
	}
	if _, err := source.Export(); !errors.Is(err, ErrMisuse) {
		t.Error(err)
	}
	path := filepath.Join(t.TempDir(), "none.json")
	if _, err := OpenSource(SourceOptions{File: path, Stale: Null[time.Duration]()}); err == nil || !errors.Is(err, ErrKeysUnavailable) && !errors.Is(err, ErrKey) {
		t.Error(err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("the file was made")
	}
}

func TestWhatDoesNotGoWithAFetchIsRefused(t *testing.T) {
	fetch := newIssuer(t).fetch
	stale := Null[time.Duration]()
	for name, options := range map[string]SourceOptions{
		"refresh":              {URL: "https://a.example", Stale: stale, Fetch: fetch, Refresh: Value(true)},
		"JSON that refreshes":  {JSON: `{"url":"https://a.example","stale":null}`, Fetch: fetch},
		"JSON and fields":      {JSON: `{"url":"https://a.example","stale":null,"refresh":false}`, Fetch: fetch, Stale: stale},
		"no stale":             {URL: "https://a.example", Fetch: fetch},
		"JSON that isn't JSON": {JSON: `{"url"`, Fetch: fetch},
	} {
		if _, err := OpenSource(options); !errors.Is(err, ErrMisuse) && !errors.Is(err, ErrOptions) {
			t.Errorf("%s: %v", name, err)
		}
	}
	source := must(OpenSource(SourceOptions{JSON: `{"url":"https://a.example","stale":null,"refresh":false,"timeout":1}`, Fetch: fetch}))(t)
	if err := source.Refresh(); !errors.Is(err, ErrMisuse) {
		t.Error(err)
	}
	if err := source.Wait(context.Background()); err != nil {
		t.Error(err)
	}
}

// The members of the reports are those that Go has fields for.
func TestNoMemberOfAReportIsLost(t *testing.T) {
	strict := func(text string, into any) {
		t.Helper()
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(into); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	issuer := newIssuer(t)
	source, verifier := issuer.open(t, SourceOptions{})
	if err := source.Wait(context.Background()); err != nil {
		t.Fatal(err)
	}
	strict(must(source.status())(t), new(SourceStatus))
	strict(must(source.events())(t), new([]Event))
	strict(must(issuer.keys.status())(t), new(KeysStatus))
	for _, location := range []string{"memory:", "sqlite:" + filepath.Join(t.TempDir(), "revoked.db")} {
		options := RevocationsOptions{}
		if location != "memory:" {
			options.Stale = Null[time.Duration]()
		}
		store := must(OpenRevocations(location, options))(t)
		strict(must(store.revoke(Rule{Realm: "r", Claim: "jti", Value: "x", Until: Null[time.Time](), Note: "n"}, nil))(t), new(Entry))
		strict(must(store.list(nil))(t), new(RevocationsList))
		strict(must(store.status(nil))(t), new(RevocationsStatus))
	}
	verifier.Close()
	source.Close()
}
