package jeton

import (
	"context"
	"encoding/json"
	"sync/atomic"
	"time"
)

// Fetch answers a source's request, within the time that ctx gives. It follows
// no redirect to another origin, and believes no server but by its certificate:
// what it hands over is trusted. The package jetonhttp makes one of an
// [net/http.RoundTripper].
type Fetch func(ctx context.Context, request Request) (Answer, error)

// fetching is a goroutine that sees to a source's fetches, for as long as
// somebody holds it: the source, keys of it, and verifiers over these.
type fetching struct {
	source  *handle // the goroutine's own
	fetch   Fetch
	timeout time.Duration
	holders atomic.Int64
	woken   chan struct{}
	stop    context.CancelFunc
}

// fetchTimeout is what the options say a fetch may take, where there is a Fetch
// that heeds it.
func fetchTimeout(fetch Fetch, options string) (time.Duration, error) {
	said := struct {
		Refresh *bool  `json:"refresh"`
		Timeout *int64 `json:"timeout"`
	}{}
	// What is wrong with the document is the library's to say.
	if fetch == nil || json.Unmarshal([]byte(options), &said) != nil {
		return 0, nil
	}
	if said.Refresh == nil || *said.Refresh {
		return 0, misuse(`a source that has a Fetch needs "refresh": false`)
	}
	if said.Timeout == nil {
		return 5 * time.Second, nil
	}
	return time.Duration(*said.Timeout) * time.Second, nil
}

// startFetching starts the goroutine; the caller holds it.
func startFetching(source *handle, fetch Fetch, timeout time.Duration) *fetching {
	ctx, stop := context.WithCancel(context.Background())
	made := &fetching{source: source, fetch: fetch, timeout: timeout, woken: make(chan struct{}, 1), stop: stop}
	go made.run(ctx)
	return made.hold()
}

// hold keeps the goroutine going until release; nil, where there is none, is fine.
func (f *fetching) hold() *fetching {
	if f != nil {
		f.holders.Add(1)
	}
	return f
}

func (f *fetching) release() {
	if f != nil && f.holders.Add(-1) == 0 {
		f.stop()
	}
}

// wake has the goroutine look whether a token has made a fetch due.
func (f *fetching) wake() {
	select {
	case f.woken <- struct{}{}:
	default:
	}
}

func (f *fetching) run(ctx context.Context) {
	defer f.source.Close()
	for ctx.Err() == nil {
		if !f.answered(ctx) {
			f.sleep(ctx)
		}
	}
}

// sleep waits until a fetch is due by the clock, or a token's was answered.
// Tokens that make none due cost one look each, no more.
func (f *fetching) sleep(ctx context.Context) {
	next := time.Minute
	if status, err := report[SourceStatus](sourceStatus(f.source)); err == nil {
		next = time.Duration(status.Next+1) * time.Second // told in whole seconds
	}
	timer := time.NewTimer(next)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
			return
		case <-f.woken:
			if f.answered(ctx) {
				return
			}
		}
	}
}

// answered answers the request that is due, and tells whether one was.
func (f *fetching) answered(ctx context.Context) bool {
	request, err := claim(f.source)
	if err != nil || request == nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	answer, err := f.fetch(ctx, *request)
	// What goes wrong is in the source's status and events from here on.
	if err != nil {
		fail(f.source, err.Error())
	} else {
		accept(f.source, answer)
	}
	return true
}
