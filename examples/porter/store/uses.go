package store

import "time"

// MostDays is how far back the audit reaches.
const MostDays = 90

// Use is how often somebody used a kind of credential in a project.
type Use struct {
	Kind string `json:"kind"`
	// UserID and Email are the user's, or of who made the API token.
	UserID int64  `json:"user_id"`
	Email  string `json:"email"`
	// TokenID and TokenName are an API token's.
	TokenID   string `json:"token_id,omitempty"`
	TokenName string `json:"token_name,omitempty"`
	// Accepted requests went on; Rejected ones met the project's setting.
	Accepted int64     `json:"accepted"`
	Rejected int64     `json:"rejected"`
	LastUsed time.Time `json:"last_used"`
}

// AddUse counts a request: one that was accepted, or one that was rejected.
func (s *Store) AddUse(project int64, kind string, user int64, token string, accepted bool, now time.Time) error {
	rejected := 1
	if accepted {
		rejected = 0
	}
	_, err := s.db.Exec(`INSERT INTO credential_uses (project_id, day, kind, user_id, token_id, accepted, rejected, last_used)
		VALUES (?, ?, ?, ?, ?, 1 - ?6, ?6, ?7)
		ON CONFLICT DO UPDATE SET accepted = accepted + excluded.accepted,
			rejected = rejected + excluded.rejected, last_used = max(last_used, excluded.last_used)`,
		project, day(now), kind, user, token, rejected, now.Unix())
	return err
}

// Uses are those of the last days, today's among them, the latest first.
func (s *Store) Uses(project int64, days int, now time.Time) ([]Use, error) {
	rows, err := s.db.Query(`SELECT kind, user_id, coalesce(email, ''), token_id, coalesce(name, ''),
			sum(accepted), sum(rejected), max(last_used) AS latest
		FROM credential_uses AS used
		LEFT JOIN users ON users.id = user_id
		LEFT JOIN api_tokens AS token ON token.project_id = used.project_id AND token.id = token_id
		WHERE used.project_id = ? AND day > ?
		GROUP BY kind, user_id, token_id ORDER BY latest DESC, kind, user_id, token_id`, project, day(now)-int64(days))
	return all(rows, err, func(found row) (use Use, err error) {
		var latest int64
		err = found.Scan(&use.Kind, &use.UserID, &use.Email, &use.TokenID, &use.TokenName, &use.Accepted, &use.Rejected, &latest)
		use.LastUsed = time.Unix(latest, 0).UTC()
		return use, err
	})
}

func day(now time.Time) int64 { return now.Unix() / 86400 }
