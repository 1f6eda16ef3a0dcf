package store

import (
	"time"

	"golang.org/x/crypto/bcrypt"
)

const (
	sessionLife = 30 * 24 * time.Hour
	codeLife    = 30 * time.Second
)

// User is one who can sign in.
type User struct {
	ID    int64  `json:"id"`
	Email string `json:"email"`
}

// AddUser adds a user, or fails with [ErrTaken]. A password is of 72 bytes at
// most, since bcrypt reads no further.
func (s *Store) AddUser(email, password string) (User, error) {
	hashed, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.DefaultCost)
	if err != nil {
		return User{}, err
	}
	made, err := s.db.Exec(`INSERT INTO users (email, password) VALUES (?, ?)`, email, hashed)
	if err != nil {
		return User{}, added(err)
	}
	id, err := made.LastInsertId()
	return User{id, email}, err
}

// nobody's password takes as long to compare as anybody's, so that the time it
// takes doesn't tell which addresses have an account.
var nobody, _ = bcrypt.GenerateFromPassword([]byte("nobody"), bcrypt.DefaultCost)

// SignIn is the user with this address and password, or [ErrNotFound].
func (s *Store) SignIn(email, password string) (User, error) {
	var user User
	var hashed []byte
	err := one(s.db.QueryRow(`SELECT id, email, password FROM users WHERE email = ?`, email).Scan(&user.ID, &user.Email, &hashed))
	if err != nil {
		hashed = nobody
	}
	if bcrypt.CompareHashAndPassword(hashed, []byte(password)) != nil && err == nil {
		err = ErrNotFound
	}
	if err != nil {
		return User{}, err
	}
	return user, nil
}

// User is the user of an id.
func (s *Store) User(id int64) (User, error) {
	return s.user(`SELECT id, email FROM users WHERE id = ?`, id)
}

// UserOfSSO is the user whom the single sign-on calls so.
func (s *Store) UserOfSSO(subject string) (User, error) {
	return s.user(`SELECT id, email FROM users WHERE sso_subject = ?`, subject)
}

// UserOfSession is the user who has this session.
func (s *Store) UserOfSession(session string, now time.Time) (User, error) {
	return s.user(`SELECT id, email FROM users JOIN sessions ON user_id = id WHERE hash = ? AND expires > ?`, hash(session), now.Unix())
}

func (s *Store) user(query string, values ...any) (user User, err error) {
	err = one(s.db.QueryRow(query, values...).Scan(&user.ID, &user.Email))
	return user, err
}

// LinkSSO says what the single sign-on calls a user, or fails with [ErrTaken].
func (s *Store) LinkSSO(user int64, subject string) error {
	_, err := s.db.Exec(`UPDATE users SET sso_subject = ? WHERE id = ?`, subject, user)
	return added(err)
}

// AddSession begins a session, and returns its secret and its end.
func (s *Store) AddSession(user int64, now time.Time) (session string, expires time.Time, err error) {
	session, hashed := random(32)
	expires = now.Add(sessionLife)
	_, err = s.db.Exec(`INSERT INTO sessions (hash, user_id, expires) VALUES (?, ?, ?)`, hashed, user, expires.Unix())
	return session, expires, err
}

// EndSession ends a session, if it is one.
func (s *Store) EndSession(session string) error {
	_, err := s.db.Exec(`DELETE FROM sessions WHERE hash = ?`, hash(session))
	return err
}

// AddCode makes a code that the command line exchanges for a user's token.
func (s *Store) AddCode(user int64, now time.Time) (string, error) {
	code, hashed := random(32)
	_, err := s.db.Exec(`INSERT INTO cli_codes (hash, user_id, expires) VALUES (?, ?, ?)`, hashed, user, now.Add(codeLife).Unix())
	return code, err
}

// TakeCode is the user whom a code was made for. It works once.
func (s *Store) TakeCode(code string, now time.Time) (user int64, err error) {
	row := s.db.QueryRow(`DELETE FROM cli_codes WHERE hash = ? AND expires > ? RETURNING user_id`, hash(code), now.Unix())
	err = one(row.Scan(&user))
	return user, err
}
