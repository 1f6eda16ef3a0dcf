package pylon

import (
	"net/http"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"
)

// Clients that go on asking who they are while the test changes something.
type clients struct {
	s        *service
	mutex    sync.Mutex
	expected []string
	answers  map[string]int
	done     chan struct{}
	all      sync.WaitGroup
}

// Four clients with this bearer. An answer is the user's id or a code.
func (s *service) ask(bearer string, expected ...string) *clients {
	c := &clients{s: s, expected: expected, answers: map[string]int{}, done: make(chan struct{})}
	for range 4 {
		c.all.Go(func() {
			for c.asked(s.request("GET", "/me", bearer, nil)) {
			}
		})
	}
	return c
}

// Whether the answer is one of those that were expected when it was asked for or
// are so now, and the client is to go on.
func (c *clients) asked(request *http.Request) bool {
	before := c.expects()
	got, err := try(request)
	said := got.code() + got.value("userId")
	after := c.expects()
	if err != nil || !slices.Contains(before, said) && !slices.Contains(after, said) {
		c.s.t.Errorf("%v were expected: %d %s, %v", after, got.status, got.text, err)
		return false
	}
	c.mutex.Lock()
	c.answers[said]++
	c.mutex.Unlock()
	select {
	case <-c.done:
		return false
	default:
		return true
	}
}

func (c *clients) expects() []string {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.expected
}

// From now on whatever is asked must be answered with one of these.
func (c *clients) expect(expected ...string) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.expected = expected
}

// Waits for some more answers of this kind.
func (c *clients) await(said string) {
	c.s.t.Helper()
	count := func() int {
		c.mutex.Lock()
		defer c.mutex.Unlock()
		return c.answers[said]
	}
	enough := count() + 12
	eventually(c.s.t, "answered so: "+said, func() bool {
		return c.s.t.Failed() || count() >= enough
	})
}

func (c *clients) stop() {
	close(c.done)
	c.all.Wait()
}

func TestSessionsAndKeysAreRevokedWhileClientsRun(t *testing.T) {
	s := start(t, nil)
	session, user := s.signUp("ada@example.com")
	doomed := s.signIn("ada@example.com")
	made := s.must(200, s.do("POST", "/api-keys", session, object{"name": "ci"}))

	sessions := s.ask(doomed, user)
	keys := s.ask(made.value("key"), user)
	jwts := s.ask(s.jwt(doomed), user)
	defer sessions.stop()
	defer keys.stop()
	defer jwts.stop()
	sessions.await(user)
	keys.await(user)

	sessions.expect(user, "")
	keys.expect(user, "INVALID_API_KEY")
	s.must(200, s.do("DELETE", "/session", doomed, nil))
	s.must(200, s.do("DELETE", "/api-keys/"+made.value("id"), session, nil))
	// Once that is answered, nothing that is asked is answered as before.
	sessions.expect("")
	keys.expect("INVALID_API_KEY")
	sessions.await("")
	keys.await("INVALID_API_KEY")
	// The JWT of the session is good until its exp all the while.
	jwts.await(user)
}

func TestAnIssuersKeysRotateWhileClientsRun(t *testing.T) {
	old, next := newKey(t, "old", "RS256"), newKey(t, "next", "ES256")
	sso := publish(t, old)
	s := start(t, settings{"PYLON_MANIFEST": manifest(t, sso.config(nil))})
	withOld, withNext := old.token(t, foreign("ada")), next.token(t, foreign("ada"))
	s.mustBeOf("ada", withOld)

	// Nobody has published the next key yet.
	s.mustBe(401, "INVALID_JWT", s.me(withNext))
	sso.rotate(old, next)
	eventually(t, "the next key is known", func() bool { return s.me(withNext).status == 200 })

	// Both are good as long as both are published.
	going, coming := s.ask(withOld, "ada"), s.ask(withNext, "ada")
	defer going.stop()
	defer coming.stop()
	going.await("ada")

	going.expect("ada", "INVALID_JWT")
	sso.rotate(next)
	going.await("INVALID_JWT")
	going.expect("INVALID_JWT")
	going.await("INVALID_JWT")
	coming.await("ada")
}

func TestTheSecretRotatesAndSessionsStay(t *testing.T) {
	const next = "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
	stored := settings{"PYLON_SESSION_DB": filepath.Join(t.TempDir(), "sessions.db")}
	s := start(t, stored)
	session, user := s.signUp("ada@example.com")
	old := s.jwt(session)
	s.mustBeOf(user, old)
	before := s.ask(old, user)
	before.await(user)
	before.stop()
	s.stop()

	stored["PYLON_JWT_SECRET"] = next
	s = start(t, stored)
	s.mustBe(401, "INVALID_JWT", s.me(old))
	s.mustBeOf(user, session)
	minted := s.jwt(session)
	s.mustBeOf(user, minted)
	verified(t, minted, next, issuer)
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !holds(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}
