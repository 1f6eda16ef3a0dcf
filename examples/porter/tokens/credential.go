package tokens

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
)

// Kind is what a credential is, as the audit lists it.
type Kind string

// The kinds that count for something, by the preset's names for them.
const (
	UserToken  Kind = "user-token"
	APIToken   Kind = "api-token"
	AgentToken Kind = "agent-token"
	SSOToken   Kind = "sso-token"
	Session    Kind = "session"
)

// Credential is what a request brought, verified but for what a database knows:
// whether there are such a user, such a stored token, such a session.
type Credential struct {
	Kind Kind
	// User is the id of whom a token was made for, or by.
	User int64
	// Project, ID and Secret are a stored token's.
	Project    int64
	ID, Secret string
	// Subject is a user of the single sign-on.
	Subject string
	// Session is the cookie.
	Session string
}

// credential reads what a verified token, or the report about one, says. Numbers
// may be written as texts, and an id that isn't a text is none, as in Porter.
func credential(kind Kind, text, claims string) Credential {
	if kind == Session {
		return Credential{Kind: Session, Session: text}
	}
	var members map[string]json.RawMessage
	if claims != "" {
		// The verifier took it for JSON, so it is.
		_ = json.Unmarshal([]byte(claims), &members)
	}
	word := func(name string) (said string) {
		_ = json.Unmarshal(members[name], &said)
		return said
	}
	number := func(name string) int64 {
		said, err := strconv.ParseInt(strings.Trim(string(members[name]), `"`), 10, 64)
		if err != nil {
			return 0 // nobody's
		}
		return said
	}
	if kind == SSOToken {
		return Credential{Kind: SSOToken, Subject: word("sub")}
	}
	return Credential{
		Kind:    kind,
		User:    number("iby"),
		Project: number("project_id"),
		ID:      word("token_id"),
		Secret:  word("secret"),
	}
}

// ForUser mints the token of a user, which never expires.
func (t *Tokens) ForUser(ctx context.Context, user int64) (string, error) {
	return t.minter.Mint(ctx, map[string]any{
		"iby": user, "project_id": 0, "secret": "", "sub": ID(user), "sub_kind": "user", "token_id": "",
	})
}

// ForProject mints a stored API token, made by a user.
func (t *Tokens) ForProject(ctx context.Context, user, project int64, id, secret string) (string, error) {
	return t.minter.Mint(ctx, map[string]any{
		"iby": user, "project_id": project, "secret": secret, "sub": "api", "sub_kind": "api", "token_id": id,
	})
}
