package jeton

// #include "shim.h"
import "C"

import (
	"context"
	"errors"
	"slices"
	"time"
)

// How long the library waits at a time: a context is looked at in between.
const slice = 25 * time.Millisecond

// retry sees to a verdict that a fetch of keys may change: it wakes who fetches,
// waits for at most limit, and tells whether to verify again. Where that isn't
// worthwhile the verdict stands, unless there is an error that says more.
func (v *Verifier) retry(ctx context.Context, cause *C.jeton_error, limit time.Duration) (again bool, err error) {
	switch C.jeton_error_status(cause) {
	case C.JETON_KEY_PENDING, C.JETON_KEYS_UNAVAILABLE:
	default:
		return false, nil
	}
	for _, one := range v.fetching {
		one.wake()
	}
	if limit <= 0 {
		return false, nil
	}
	object, err := v.use()
	if err != nil {
		return false, err
	}
	defer v.done()
	err = sliced(ctx, limit, func(milliseconds C.uint64_t) error {
		var late *C.jeton_error
		return failed(C.jeton_verifier_wait((*C.jeton_verifier)(object), cause, milliseconds, &late), late)
	}, ErrTimeout)
	switch {
	case ctx.Err() != nil:
		return false, &because{told(cause), ctx.Err()}
	case errors.Is(err, ErrTimeout):
		return false, nil
	}
	return err == nil, err
}

// sliced makes a waiting call, at most for limit and while ctx lasts, until it
// comes to something else than what says that it isn't over.
func sliced(ctx context.Context, limit time.Duration, call func(milliseconds C.uint64_t) error, goesOn ...Status) error {
	var last error
	for end := time.Now().Add(limit); ; {
		if err := ctx.Err(); err != nil {
			if last != nil {
				err = &because{last, err}
			}
			return err
		}
		began := time.Now()
		turn := min(max(end.Sub(began), 0), slice)
		last = call(C.uint64_t(turn.Milliseconds()))
		over := !slices.ContainsFunc(goesOn, func(status Status) bool { return errors.Is(last, status) })
		// What comes ahead of its time is no timeout: too many wait already.
		if over || time.Since(began) < turn/2 || !time.Now().Before(end) {
			return last
		}
	}
}
