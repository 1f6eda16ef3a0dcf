package jeton

import (
	"context"
	"errors"
	"testing"
	"time"
)

const (
	listURI    = "https://issuer.example/statuslists/1"
	listIssuer = "https://issuer.example"
)

// lists is an issuer with a store whose list a verifier follows.
type lists struct {
	keys     *Keys
	store    *Revocations
	source   *Source
	verifier *Verifier
}

func newLists(t *testing.T, fetch Fetch) lists {
	keys := must(GenerateKeys(GenerateOptions{Algorithm: ES256}))(t)
	source := must(OpenList(keys, ListOptions{
		URI: listURI, Issuer: Value(listIssuer), Stale: Value(time.Hour), Refresh: Value(false), Fetch: fetch,
	}))(t)
	plain := must(NewVerifier(VerifierOptions{Keys: []*Keys{keys}, Issuer: Only(listIssuer), Audience: Waive()}))(t)
	store := must(OpenRevocations("memory:", RevocationsOptions{}))(t)
	return lists{keys, store, source, must(plain.Following(source))(t)}
}

func (l lists) published(t *testing.T) string {
	minter := must(NewMinter(MinterOptions{
		Keys: l.keys, Issuer: Value(listIssuer), Lifetime: Value(time.Hour), Type: Value("statuslist+jwt"),
	}))(t)
	return must(l.store.StatusList(minter, StatusListOptions{
		URI: listURI, Realm: listIssuer, Size: 100, TTL: Value(5 * time.Minute),
	}))(t)
}

// at is the verdict on a token whose place is index.
func (l lists) at(t *testing.T, index int) error {
	minter := must(NewMinter(MinterOptions{Keys: l.keys, Issuer: Value(listIssuer), Lifetime: Value(time.Minute)}))(t)
	place := map[string]any{"idx": index, "uri": listURI}
	token := must(minter.Mint(context.Background(), map[string]any{"status": map[string]any{"status_list": place}}))(t)
	_, err := l.verifier.Verify(context.Background(), token)
	return err
}

func TestWhatAStoreHasRevokedIsRefusedByWhoFollowsItsList(t *testing.T) {
	l := newLists(t, nil)
	if err := l.at(t, 7); !errors.Is(err, ErrRevocationsUnavailable) {
		t.Error("before the first list:", err)
	}
	must(l.store.Revoke(Rule{
		Realm: listIssuer, Claim: "/status/status_list/idx", Value: 7, Until: Null[time.Time](),
	}))(t)
	if request := must(l.source.Claim())(t); request.URL != listURI || request.Accept != "application/statuslist+jwt" {
		t.Error(request)
	}
	if err := l.source.Accept(Answer{Status: 200, Body: []byte(l.published(t))}); err != nil {
		t.Fatal(err)
	}
	if err := l.at(t, 6); err != nil {
		t.Error(err)
	}
	var claim *ClaimError
	if err := l.at(t, 7); !errors.Is(err, ErrRevoked) || !errors.As(err, &claim) || claim.Claim != "status" {
		t.Error(err)
	}
	if status := must(l.source.Status())(t); status.List == nil || status.List.Entries != 104 || status.URI != listURI {
		t.Error(status)
	}
}

func TestAFetchOfTheProgramsOwnServesAList(t *testing.T) {
	answer := make(chan string, 1)
	l := newLists(t, func(ctx context.Context, request Request) (Answer, error) {
		select {
		case body := <-answer:
			return Answer{Status: 200, Body: []byte(body)}, nil
		case <-ctx.Done():
			return Answer{}, ctx.Err()
		}
	})
	answer <- l.published(t)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := l.source.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	l.source.Close()
	if err := l.at(t, 6); err != nil {
		t.Error(err)
	}
}

func TestOnlySourcesOfListsAreFollowed(t *testing.T) {
	l := newLists(t, nil)
	keys := must(OpenSource(SourceOptions{URL: "https://a.example/", Stale: Null[time.Duration](), Refresh: Value(false)}))(t)
	for _, none := range [][]*Source{{}, {nil}, {keys}} {
		if _, err := l.verifier.Following(none...); !errors.Is(err, ErrMisuse) {
			t.Error(err)
		}
	}
	if _, err := l.source.Keys(); !errors.Is(err, ErrMisuse) {
		t.Error(err)
	}
}
