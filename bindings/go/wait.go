package jeton

// #include "shim.h"
import "C"

import (
	"context"
	"errors"
	"slices"
	"time"
)

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
	err = polled(ctx, limit, func() error {
		var late *C.jeton_error
		return failed(C.jeton_verifier_wait((*C.jeton_verifier)(object), cause, 0, &late), late)
	}, ErrTimeout)
	switch {
	case err == nil:
		return true, nil
	case ctx.Err() != nil:
		return false, &because{told(cause), ctx.Err()}
	case errors.Is(err, ErrTimeout):
		return false, nil
	}
	return false, err
}

// The pauses between two looks: short at first, since most fetches are.
const (
	shortestPause = time.Millisecond
	longestPause  = 20 * time.Millisecond
)

// polled makes a call that looks and doesn't wait, until it comes to something
// else than what says that it isn't over; for at most limit and while ctx lasts.
// The library would wait as well, but each waiting call costs Go a thread.
func polled(ctx context.Context, limit time.Duration, look func() error, goesOn ...Status) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	pause := shortestPause
	for end := time.Now().Add(limit); ; pause = min(2*pause, longestPause) {
		last := look()
		over := !slices.ContainsFunc(goesOn, func(status Status) bool { return errors.Is(last, status) })
		left := time.Until(end)
		if over || left <= 0 {
			return last
		}
		timer.Reset(min(pause, left))
		select {
		case <-ctx.Done():
			return &because{last, ctx.Err()}
		case <-timer.C:
		}
	}
}
