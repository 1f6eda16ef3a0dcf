package store

import (
	"crypto/subtle"
	"time"
)

// APIToken is a project's token as it is stored: everything but its secret.
type APIToken struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Policy    Role      `json:"policy_uid"`
	CreatedBy int64     `json:"created_by"`
	Created   time.Time `json:"created_at"`
	Expires   time.Time `json:"expires_at"`
}

const columns = `id, name, policy, created_by, created, expires`

// AddAPIToken stores a token, and returns its id and the secret, which can't be
// had again.
func (s *Store) AddAPIToken(project int64, token APIToken) (stored APIToken, secret string, err error) {
	token.ID, _ = random(16)
	secret, hashed := random(16)
	_, err = s.db.Exec(`INSERT INTO api_tokens (project_id, secret, `+columns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		project, hashed, token.ID, token.Name, token.Policy, token.CreatedBy, token.Created.Unix(), token.Expires.Unix())
	return token, secret, err
}

// APITokens are those of a project that aren't revoked.
func (s *Store) APITokens(project int64) ([]APIToken, error) {
	rows, err := s.db.Query(`SELECT `+columns+` FROM api_tokens WHERE project_id = ? AND revoked = 0 ORDER BY created, id`, project)
	return all(rows, err, apiToken)
}

// APIToken is the token of an id, or [ErrNotFound] where it is another project's
// or revoked.
func (s *Store) APIToken(project int64, id string) (APIToken, error) {
	token, err := apiToken(s.db.QueryRow(`SELECT `+columns+` FROM api_tokens WHERE project_id = ? AND id = ? AND revoked = 0`, project, id))
	return token, one(err)
}

// UseAPIToken is APIToken for whoever brings it: with its secret, and in time.
func (s *Store) UseAPIToken(project int64, id, secret string, now time.Time) (APIToken, error) {
	var hashed []byte
	err := s.db.QueryRow(`SELECT secret FROM api_tokens WHERE project_id = ? AND id = ?`, project, id).Scan(&hashed)
	if err != nil {
		return APIToken{}, one(err)
	}
	token, err := s.APIToken(project, id)
	if err == nil && (subtle.ConstantTimeCompare(hashed, hash(secret)) != 1 || !token.Expires.After(now)) {
		return APIToken{}, ErrNotFound
	}
	return token, err
}

// RevokeAPIToken marks a token as revoked.
func (s *Store) RevokeAPIToken(project int64, id string) error {
	_, err := s.db.Exec(`UPDATE api_tokens SET revoked = 1 WHERE project_id = ? AND id = ?`, project, id)
	return err
}

func apiToken(found row) (token APIToken, err error) {
	var created, expires int64
	err = found.Scan(&token.ID, &token.Name, &token.Policy, &token.CreatedBy, &created, &expires)
	token.Created, token.Expires = time.Unix(created, 0).UTC(), time.Unix(expires, 0).UTC()
	return token, err
}
