package store

import (
	"errors"
	"path/filepath"
	"testing"
	"time"
)

var start = time.Date(2026, 3, 1, 23, 59, 0, 0, time.UTC)

// opened is a store with a user who is the admin of a project.
func opened(t *testing.T) (*Store, User, Project) {
	s := must(Open(filepath.Join(t.TempDir(), "a b?c.db")))
	t.Cleanup(func() { s.Close() })
	user := must(s.AddUser("ada@a.example", "correct horse"))
	return s, user, must(s.AddProject("Blog", user.ID))
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func TestTheAuditReachesBackSoManyDaysAndNoFurther(t *testing.T) {
	s, user, project := opened(t)
	for _, ago := range []int{0, 0, 6, 7, 89, 90} {
		if err := s.AddUse(project.ID, "user-token", user.ID, "", ago != 6, start.AddDate(0, 0, -ago)); err != nil {
			t.Fatal(err)
		}
	}
	for days, wanted := range map[int][2]int64{1: {2, 0}, 6: {2, 0}, 7: {2, 1}, 8: {3, 1}, 90: {4, 1}} {
		uses := must(s.Uses(project.ID, days, start))
		if len(uses) != 1 || uses[0].Accepted != wanted[0] || uses[0].Rejected != wanted[1] || !uses[0].LastUsed.Equal(start) {
			t.Error(days, uses)
		}
	}
	if err := s.Prune(start); err != nil {
		t.Fatal(err)
	}
	if uses := must(s.Uses(project.ID, 1000, start)); uses[0].Accepted != 4 {
		t.Error("what nobody can ask for any more is forgotten: ", uses)
	}
	if uses := must(s.Uses(project.ID+1, 90, start)); len(uses) != 0 {
		t.Error("of another project: ", uses)
	}
}

func TestASessionIsGoodUntilItsEnd(t *testing.T) {
	s, user, _ := opened(t)
	session, expires, err := s.AddSession(user.ID, start)
	if err != nil || expires.Sub(start) != sessionLife {
		t.Fatal(expires, err)
	}
	if found, err := s.UserOfSession(session, expires.Add(-time.Second)); err != nil || found != user {
		t.Error(found, err)
	}
	for _, at := range []time.Time{expires, expires.Add(time.Hour)} {
		if _, err := s.UserOfSession(session, at); !errors.Is(err, ErrNotFound) {
			t.Error(at, err)
		}
	}
	if err := s.Prune(expires); err != nil {
		t.Fatal(err)
	}
	if _, err := s.UserOfSession(session, start); !errors.Is(err, ErrNotFound) {
		t.Error("after it was pruned: ", err)
	}
}

func TestACodeIsGoodForHalfAMinuteAndOnce(t *testing.T) {
	s, user, _ := opened(t)
	late := must(s.AddCode(user.ID, start))
	if _, err := s.TakeCode(late, start.Add(codeLife)); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	code := must(s.AddCode(user.ID, start))
	if id, err := s.TakeCode(code, start.Add(codeLife-time.Second)); err != nil || id != user.ID {
		t.Error(id, err)
	}
	if _, err := s.TakeCode(code, start); !errors.Is(err, ErrNotFound) {
		t.Error("twice: ", err)
	}
}

func TestAnAPITokenIsGoodWithItsSecretUntilItsEnd(t *testing.T) {
	s, user, project := opened(t)
	end := start.Add(time.Hour)
	stored, secret, err := s.AddAPIToken(project.ID, APIToken{Name: "ci", Policy: Viewer, CreatedBy: user.ID, Created: start, Expires: end})
	if err != nil {
		t.Fatal(err)
	}
	if found, err := s.UseAPIToken(project.ID, stored.ID, secret, end.Add(-time.Second)); err != nil || found != stored {
		t.Error(found, err)
	}
	refused := func(project int64, id, secret string, at time.Time) {
		t.Helper()
		if _, err := s.UseAPIToken(project, id, secret, at); !errors.Is(err, ErrNotFound) {
			t.Error(err)
		}
	}
	refused(project.ID, stored.ID, secret, end)
	refused(project.ID, stored.ID, "", start)
	refused(project.ID, stored.ID, secret+"0", start)
	refused(project.ID+1, stored.ID, secret, start)
	if err := s.RevokeAPIToken(project.ID, stored.ID); err != nil {
		t.Fatal(err)
	}
	refused(project.ID, stored.ID, secret, start)
}

func TestAStoreIsOpenedAgainAsItWas(t *testing.T) {
	path := filepath.Join(t.TempDir(), "porter.db")
	s := must(Open(path))
	user := must(s.AddUser("ada@a.example", "correct horse"))
	s.Close()
	again := must(Open(path))
	defer again.Close()
	if found, err := again.SignIn("ada@a.example", "correct horse"); err != nil || found != user {
		t.Error(found, err)
	}
	if _, err := Open(filepath.Join(path, "porter.db")); err == nil {
		t.Error("a file where a folder was expected")
	}
}
