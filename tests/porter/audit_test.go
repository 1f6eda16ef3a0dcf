package porter

import (
	"encoding/json"
	"fmt"
	"testing"
)

type use struct {
	Kind      string `json:"kind"`
	UserID    int64  `json:"user_id"`
	Email     string `json:"email"`
	TokenID   string `json:"token_id"`
	TokenName string `json:"token_name"`
	Accepted  int64  `json:"accepted"`
	Rejected  int64  `json:"rejected"`
	LastUsed  string `json:"last_used"`
}

func TestTheAuditTellsWhoUsedWhichKindOfCredential(t *testing.T) {
	issuer := newIssuer(t)
	s := start(t, issuer.variables()...)
	ada, bob, eve := s.signUp("ada"), s.signUp("bob"), s.signUp("eve")
	project := s.project(ada)
	s.join(ada, project, bob, "viewer")
	s.expect(200, bob.cookie(), "POST", "/api/users/current/sso", `{"access_token": "`+issuer.token("user_01BOB")+`"}`)
	token, id := s.apiToken(ada, project, "viewer")

	ask := func(who credential, times int) {
		for range times {
			s.do(who, "GET", pathOf(project), "")
		}
	}
	ask(bearer(s.login(bob)), 2)
	ask(bearer(s.login(eve)), 5) // no member: not in the audit of a project that isn't theirs
	ask(bearer(token), 3)
	ask(bearer(issuer.token("user_01BOB")), 1)
	ask(bearer("x.y.z"), 4)
	s.reject(ada.cookie(), project, true)
	ask(bearer(s.login(bob)), 4)
	ask(bearer(s.login(eve)), 5)

	path := fmt.Sprintf("/api/v2/projects/%d/credential-uses", project)
	got := s.expect(200, ada.cookie(), "GET", path, "")
	var audit struct {
		Days int   `json:"days"`
		Uses []use `json:"uses"`
	}
	if err := json.Unmarshal([]byte(got.body), &audit); err != nil || audit.Days != 7 {
		t.Fatal(got.body, err)
	}
	expected := map[string]use{
		"user-token": {UserID: bob.id, Email: "bob@a.example", Accepted: 2, Rejected: 4},
		"api-token":  {UserID: ada.id, Email: "ada@a.example", TokenID: id, TokenName: "ci", Accepted: 3},
		"sso-token":  {UserID: bob.id, Email: "bob@a.example", Accepted: 1},
		// To join, to make the token, to turn the setting on, to look at this.
		"session": {UserID: ada.id, Email: "ada@a.example", Accepted: 4},
	}
	for _, found := range audit.Uses {
		wanted, known := expected[found.Kind]
		wanted.Kind, wanted.LastUsed = found.Kind, found.LastUsed
		if !known || found != wanted || found.LastUsed == "" {
			t.Errorf("%+v, not %+v", found, wanted)
		}
		delete(expected, found.Kind)
	}
	if len(expected) > 0 {
		t.Error("not in the audit: ", expected)
	}
	s.expect(403, bob.cookie(), "GET", path, "")
	s.expect(200, ada.cookie(), "GET", path+"?days=90", "")
	for _, days := range []string{"0", "91", "x", "-1"} {
		s.expect(400, ada.cookie(), "GET", path+"?days="+days, "")
	}
}
