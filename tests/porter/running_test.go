package porter

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// eventually waits until something is so.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !so(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("not in half a minute: ", what)
		}
	}
}

// running is a client that asks for a project again and again.
type running struct {
	asked atomic.Int64
	wrong atomic.Pointer[answer]
}

// run starts a client whose requests must be answered with this status.
func (s *service) run(group *sync.WaitGroup, over *atomic.Bool, status int, project int64, who func() credential) *running {
	r := &running{}
	group.Go(func() {
		for !over.Load() {
			got, err := s.try(who(), "GET", pathOf(project), "")
			if err != nil {
				got.body = err.Error()
			}
			if got.status != status {
				r.wrong.CompareAndSwap(nil, &got)
			}
			r.asked.Add(1)
		}
	})
	return r
}

// more waits until each client has had answers to requests of its own that began
// after this did.
func more(t *testing.T, clients ...*running) {
	t.Helper()
	for _, client := range clients {
		before := client.asked.Load()
		eventually(t, "the clients go on", func() bool { return client.asked.Load() > before+2 })
	}
}

func TestTheSettingAndARevocationReachClientsThatRun(t *testing.T) {
	s := start(t)
	ada := s.signUp("ada")
	project, other := s.project(ada), s.project(ada)
	user := s.login(ada)
	kept, _ := s.apiToken(ada, project, "viewer")
	lost, id := s.apiToken(ada, project, "viewer")

	var group sync.WaitGroup
	var over atomic.Bool
	defer group.Wait()
	defer over.Store(true)
	always := func(token string) func() credential { return func() credential { return bearer(token) } }
	steady := []*running{
		s.run(&group, &over, 200, project, always(kept)),
		s.run(&group, &over, 200, project, ada.cookie),
		s.run(&group, &over, 200, other, always(user)),
	}
	for round := range 20 {
		s.reject(ada.cookie(), project, true)
		s.expect(401, bearer(user), "GET", pathOf(project), "")
		s.reject(ada.cookie(), project, false)
		s.expect(200, bearer(user), "GET", pathOf(project), "")
		if round%5 == 0 {
			more(t, steady...)
		}
	}
	s.expect(200, bearer(lost), "GET", pathOf(project), "")
	s.expect(200, ada.cookie(), "POST", pathOf(project)+"/api_token/"+id+"/revoke", "")
	s.expect(403, bearer(lost), "GET", pathOf(project), "")
	more(t, steady...)
	for index, client := range steady {
		if wrong := client.wrong.Load(); wrong != nil {
			t.Errorf("client %d: %d %s", index, wrong.status, wrong.body)
		}
	}
}

func TestTheSingleSignOnsKeysRotateWhileClientsRun(t *testing.T) {
	issuer := newIssuer(t)
	s := start(t, issuer.variables()...)
	ada := s.signUp("ada")
	project := s.project(ada)
	old := issuer.token("user_01ADA")
	s.expect(200, ada.cookie(), "POST", "/api/users/current/sso", `{"access_token": "`+old+`"}`)
	api, _ := s.apiToken(ada, project, "viewer")

	var group sync.WaitGroup
	var over atomic.Bool
	defer group.Wait()
	defer over.Store(true)
	signed := s.run(&group, &over, 200, project, func() credential { return bearer(issuer.token("user_01ADA")) })
	steady := s.run(&group, &over, 200, project, func() credential { return bearer(api) })
	more(t, signed, steady)
	issuer.rotate("two")
	more(t, signed, steady)
	s.expect(200, bearer(issuer.token("user_01ADA")), "GET", pathOf(project), "")
	s.expect(403, bearer(old), "GET", pathOf(project), "") // its key is withdrawn
	for _, client := range []*running{signed, steady} {
		if wrong := client.wrong.Load(); wrong != nil {
			t.Errorf("%d %s", wrong.status, wrong.body)
		}
	}
}

func TestWhileTheSingleSignOnsKeysCantBeHadItsTokensAreUnavailableAndNoOthers(t *testing.T) {
	issuer := newIssuer(t)
	s := start(t, append(issuer.variables(), "WORKOS_JWKS_URL=https://127.0.0.1:9/none")...)
	ada := s.signUp("ada")
	project := s.project(ada)
	got := s.expect(503, bearer(issuer.token("user_01ADA")), "GET", pathOf(project), "")
	if got.field("error") != "try again in a moment" || got.header.Get("Retry-After") == "" {
		t.Error(got)
	}
	s.expect(200, bearer(s.login(ada)), "GET", pathOf(project), "")
	s.expect(200, ada.cookie(), "GET", pathOf(project), "")
}

func TestTheSettingAndRevocationsReachEveryProcessAndOutliveThem(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) { reachAndOutlive(t) })
	t.Run("Redis", func(t *testing.T) { reachAndOutlive(t, "REVOCATIONS="+newRedis(t).location) })
}

func reachAndOutlive(t *testing.T, variables ...string) {
	one := start(t, variables...)
	two := startIn(t, one.folder, variables...)
	ada := one.signUp("ada")
	project := one.project(ada)
	user := bearer(one.login(ada))
	token, id := one.apiToken(ada, project, "viewer")
	two.expect(200, user, "GET", pathOf(project), "")

	one.reject(ada.cookie(), project, true)
	one.expect(200, ada.cookie(), "POST", pathOf(project)+"/api_token/"+id+"/revoke", "")
	eventually(t, "the other process knows", func() bool { return two.do(user, "GET", pathOf(project), "").status == 401 })
	eventually(t, "the other process shows", func() bool {
		return two.expect(200, ada.cookie(), "GET", pathOf(project), "").field("reject_user_jwt_tokens") == true
	})
	two.expect(403, bearer(token), "GET", pathOf(project), "")
	one.stop()
	two.stop()

	three := startIn(t, one.folder, variables...)
	three.expect(401, user, "GET", pathOf(project), "")
	three.expect(403, bearer(token), "GET", pathOf(project), "")
	three.reject(ada.cookie(), project, false)
	three.expect(200, user, "GET", pathOf(project), "")
}

func TestASettingThatCantBeStoredIsUnavailableAndHoldsHereAllTheSame(t *testing.T) {
	redis := newRedis(t)
	s := start(t, "REVOCATIONS="+redis.location)
	ada := s.signUp("ada")
	project := s.project(ada)
	user := bearer(s.login(ada))
	s.reject(ada.cookie(), project, false)
	redis.stop()
	got := s.expect(503, ada.cookie(), "PUT", settingOf(project), `{"reject_user_jwt_tokens":true}`)
	if got.field("error") != "try again in a moment" {
		t.Error(got.body)
	}
	s.expect(401, user, "GET", pathOf(project), "")
}

func TestAnotherSecretEndsEveryTokenAndNoSession(t *testing.T) {
	s := start(t)
	ada := s.signUp("ada")
	project := s.project(ada)
	user := bearer(s.login(ada))
	token, _ := s.apiToken(ada, project, "viewer")
	s.stop()
	s = startIn(t, s.folder, fmt.Sprintf("TOKEN_GENERATOR_SECRET=%s-rotated", secret))
	s.expect(403, user, "GET", pathOf(project), "")
	s.expect(403, bearer(token), "GET", pathOf(project), "")
	s.expect(200, ada.cookie(), "GET", pathOf(project), "")
	s.expect(200, bearer(s.login(ada)), "GET", pathOf(project), "")
}
