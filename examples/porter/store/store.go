// Package store keeps users, projects, API tokens and the audit in SQLite. It
// knows nothing of JWTs, and no secret is in it that isn't hashed.
package store

import (
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/mattn/go-sqlite3"
)

// ErrNotFound says that there is no such row, or that its time is over.
var ErrNotFound = errors.New("not found")

// ErrTaken says that there is such a row already.
var ErrTaken = errors.New("taken")

//go:embed schema.sql
var schema string

// Store is the database. Any number of goroutines and processes may share it.
type Store struct{ db *sql.DB }

// Open opens the database at path, and makes it if it isn't there.
func Open(path string) (*Store, error) {
	settings := url.Values{
		"_busy_timeout": {"5000"}, "_foreign_keys": {"on"}, "_journal_mode": {"wal"}, "_txlock": {"immediate"},
	}
	location := url.URL{Scheme: "file", Opaque: url.PathEscape(path), RawQuery: settings.Encode()}
	db, err := sql.Open("sqlite3", location.String())
	if err != nil {
		return nil, err
	}
	if _, err := db.Exec(schema); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), db.Close())
	}
	return &Store{db}, nil
}

// Close closes the database.
func (s *Store) Close() error { return s.db.Close() }

// Prune forgets what has ended: sessions, codes, and uses older than the audit
// reaches back.
func (s *Store) Prune(now time.Time) error {
	_, sessions := s.db.Exec(`DELETE FROM sessions WHERE expires <= ?`, now.Unix())
	_, codes := s.db.Exec(`DELETE FROM cli_codes WHERE expires <= ?`, now.Unix())
	_, uses := s.db.Exec(`DELETE FROM credential_uses WHERE day <= ?`, day(now)-MostDays)
	return errors.Join(sessions, codes, uses)
}

// random is a secret of this many bytes, in hex, and its hash. Nobody guesses
// one, so a plain hash does, and the same hash finds the row again.
func random(bytes int) (secret string, hashed []byte) {
	made := make([]byte, bytes)
	rand.Read(made) // never fails
	secret = hex.EncodeToString(made)
	return secret, hash(secret)
}

func hash(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// one is the error of a query for one row.
func one(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return err
}

// added is the error of an INSERT.
func added(err error) error {
	var failure sqlite3.Error
	if errors.As(err, &failure) && failure.Code == sqlite3.ErrConstraint {
		switch failure.ExtendedCode {
		case sqlite3.ErrConstraintUnique, sqlite3.ErrConstraintPrimaryKey:
			return ErrTaken
		case sqlite3.ErrConstraintForeignKey:
			return ErrNotFound
		}
	}
	return err
}

// row is one of a query's, or its only one.
type row interface{ Scan(into ...any) error }

// all reads rows by a function that reads one.
func all[T any](rows *sql.Rows, err error, read func(row) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := []T{}
	for rows.Next() {
		one, err := read(rows)
		if err != nil {
			return nil, err
		}
		found = append(found, one)
	}
	return found, rows.Err()
}
