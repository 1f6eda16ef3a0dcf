package jeton

// #include "shim.h"
import "C"

import (
	"context"
	"encoding/json"
	"math"
	"strings"
	"time"
	"unsafe"
)

// SourceOptions say where a key set comes from, and how it is kept fresh: say
// one of URL, Issuer and File.
type SourceOptions struct {
	// JSON is the whole document, in place of the fields below Fetch.
	JSON string `json:"-"`
	// State is what [Source.Export] wrote: keys to begin with.
	State string `json:"-"`
	// Fetch, if it isn't nil, fetches in place of jeton's own client, such as
	// with an [net/http.RoundTripper] of the program's. What jeton's client sees
	// to is then its matter: CA, Proxy and Private don't apply.
	Fetch Fetch `json:"-"`

	// URL is that of a JWK Set.
	URL string `json:"url,omitzero"`
	// Issuer is one whose metadata names that URL.
	Issuer string `json:"issuer,omitzero"`
	// File is a file of keys, read again when it changes.
	File string `json:"file,omitzero"`
	// Algorithm is that of keys that name none.
	Algorithm Algorithm `json:"algorithm,omitzero"`
	// Minimum and Maximum bound the life of an answer: a minute and an hour.
	Minimum Optional[time.Duration] `json:"minimum,omitzero"`
	Maximum Optional[time.Duration] `json:"maximum,omitzero"`
	// Cooldown lies between two fetches that tokens of an unknown kid cause: 30 seconds.
	Cooldown Optional[time.Duration] `json:"cooldown,omitzero"`
	// Budget is how many fetches such tokens may cause in an hour: 120.
	Budget Optional[int] `json:"budget,omitzero"`
	// Stale is for how long keys are used when no fetch succeeds. It must be
	// said; null: as long as it takes.
	Stale Optional[time.Duration] `json:"stale,omitzero"`
	// Timeout is that of a whole fetch: 5 seconds.
	Timeout Optional[time.Duration] `json:"timeout,omitzero"`
	// Limits bound an answer.
	Limits SourceLimits `json:"limits,omitzero"`
	// CA is a PEM file of the certificates to trust, in place of the platform's.
	CA Optional[string] `json:"ca,omitzero"`
	// Proxy is an http proxy; the environment's are not used.
	Proxy Optional[string] `json:"proxy,omitzero"`
	// Private tells whether addresses that aren't public may be asked.
	Private bool `json:"private,omitzero"`
	// Refresh tells whether jeton fetches by itself; false: the program does,
	// through Claim, Accept and Failed. Where there is a Fetch it is false, and
	// JSON must say so.
	Refresh Optional[bool] `json:"refresh,omitzero"`
}

// SourceLimits bound an answer; what isn't said has its default.
type SourceLimits struct {
	// Bytes is the longest body (1 MiB).
	Bytes Optional[int] `json:"bytes,omitzero"`
	// Keys is the most keys (100).
	Keys Optional[int] `json:"keys,omitzero"`
}

// Source is a key set that is kept fresh. Any number of goroutines may share it.
type Source struct {
	*handle
	fetching *fetching
}

// Request is what a source wants fetched.
type Request struct {
	URL string `json:"url"`
	// ETag is to be sent as If-None-Match, unless it is empty.
	ETag string `json:"etag"`
}

// Answer is what came of a request.
type Answer struct {
	// Status is that of HTTP, such as 200.
	Status int `json:"status"`
	// Headers are those of the answer, by their names in lower case: etag,
	// cache-control, age, date, expires and retry-after are of use.
	Headers map[string]string `json:"headers"`
	// Body is what came; [AnswerMost] bytes are more than enough.
	Body []byte `json:"-"`
}

// AnswerMost is the most bytes of a body that any source takes, and one, so that
// a longer one shows.
const AnswerMost = 1<<20 + 1

// SourceStatus describes a source.
type SourceStatus struct {
	KeysStatus
	URL    string `json:"url"`
	Issuer string `json:"issuer"`
	File   string `json:"file"`
	// Age is that of the keys in seconds; nil before the first.
	Age *int64 `json:"age"`
	// Next is in how many seconds the next fetch is due.
	Next      int64  `json:"next"`
	Stale     bool   `json:"stale"`
	LastError string `json:"last_error"`
	Fetches   uint64 `json:"fetches"`
	Failures  uint64 `json:"failures"`
	// Asked counts the fetches that tokens caused.
	Asked uint64 `json:"asked"`
	// Unknown counts the tokens of a kid that wasn't there.
	Unknown uint64 `json:"unknown"`
	// Skips counts the keys skipped so far.
	Skips uint64 `json:"skips"`
}

// Event is something that has happened to a source or to a store, for logs.
type Event struct {
	At   int64  `json:"at"` // in seconds since 1970
	Name string `json:"event"`
	// What the event has to say besides, as far as it does.
	Message string   `json:"message"`
	Added   []string `json:"added"`
	Removed []string `json:"removed"`
	More    int      `json:"more"` // besides those that are listed
	Index   int      `json:"index"`
	KID     string   `json:"kid"`
	Reason  string   `json:"reason"`
	Age     int64    `json:"age"`
	Count   int      `json:"count"`
}

// OpenSource opens a source. A file is read at once. All else is fetched in the
// background, by a thread of jeton's or, where options name a Fetch, by a
// goroutine; either goes with the source and the verifiers that use its keys.
func OpenSource(options SourceOptions) (*Source, error) {
	fetch, state := options.Fetch, options.State
	options.Fetch, options.State = nil, ""
	if fetch != nil && options.JSON == "" && options.Refresh.said == absent {
		options.Refresh = Value(false)
	}
	said, err := document(options)
	if err != nil {
		return nil, err
	}
	timeout, err := fetchTimeout(fetch, said)
	if err != nil {
		return nil, err
	}
	var made *C.jeton_source
	var cause *C.jeton_error
	o, oLen := lend(said)
	s, sLen := lend(state)
	status := C.jeton_source_open(o, oLen, s, sLen, &made, &cause)
	if err := failed(status, cause); err != nil {
		return nil, err
	}
	source := &Source{}
	free := func(object unsafe.Pointer) { C.jeton_source_free((*C.jeton_source)(object)) }
	if fetch != nil {
		// The goroutine has the object, and frees it when nobody wants keys any more.
		held := startFetching(&handle{object: unsafe.Pointer(made), free: free}, fetch, timeout)
		source.fetching = held
		free = func(unsafe.Pointer) { held.release() }
	}
	source.handle = owned(source, unsafe.Pointer(made), free)
	return source, nil
}

// Keys is the source's live set, for verifiers: they see each new set at once. A
// verifier over it answers [ErrKeysUnavailable] before the first good fetch and
// when the keys are too old, and [ErrKeyPending] for a kid that a fetch could
// bring.
func (s *Source) Keys() (*Keys, error) {
	object, err := s.use()
	if err != nil {
		return nil, err
	}
	defer s.done()
	var made *C.jeton_keys
	var cause *C.jeton_error
	status := C.jeton_source_keys((*C.jeton_source)(object), &made, &cause)
	if err := failed(status, cause); err != nil {
		return nil, err
	}
	keys := &Keys{fetching: s.fetching.hold()}
	held := keys.fetching
	keys.handle = owned(keys, unsafe.Pointer(made), func(object unsafe.Pointer) {
		C.jeton_keys_free((*C.jeton_keys)(object))
		held.release()
	})
	return keys, nil
}

// Wait waits until there are keys, while ctx lasts.
func (s *Source) Wait(ctx context.Context) error {
	object, err := s.use()
	if err != nil {
		return err
	}
	defer s.done()
	return polled(ctx, math.MaxInt64, func() error {
		var cause *C.jeton_error
		return failed(C.jeton_source_wait((*C.jeton_source)(object), 0, &cause), cause)
	}, ErrTimeout, ErrKeysUnavailable) // a fetch has failed, and the next may not
}

// Refresh fetches now, with jeton's own client, and returns how that went. A
// source that has a Fetch is not for it.
func (s *Source) Refresh() error {
	if s.fetching != nil {
		return misuse("this source fetches through SourceOptions.Fetch, when a fetch is due")
	}
	object, err := s.use()
	if err != nil {
		return err
	}
	defer s.done()
	var cause *C.jeton_error
	return failed(C.jeton_source_refresh((*C.jeton_source)(object), &cause), cause)
}

// Claim hands out the request that is due, once; nil when none is. The program
// answers by Accept or Failed within the option Timeout; after twice that the
// request is due again. For an issuer a second request follows the first.
func (s *Source) Claim() (*Request, error) {
	return claim(s.handle)
}

func claim(source *handle) (*Request, error) {
	text, err := source.text(func(object unsafe.Pointer, text **C.char, size *C.size_t, cause **C.jeton_error) C.jeton_status {
		return C.jeton_source_claim((*C.jeton_source)(object), text, size, cause)
	})
	if err != nil || text == "" {
		return nil, err
	}
	request, err := report[Request](text, nil)
	return &request, err
}

// Accept takes the answer to a claimed request. An error says why it is of no
// use; the keys stay as they were, and the next request is due after a pause.
func (s *Source) Accept(answer Answer) error {
	return accept(s.handle, answer)
}

func accept(source *handle, answer Answer) error {
	if answer.Headers == nil {
		answer.Headers = map[string]string{}
	}
	written, err := json.Marshal(answer)
	if err != nil {
		return misuse("the answer: %v", err)
	}
	object, err := source.use()
	if err != nil {
		return err
	}
	defer source.done()
	var cause *C.jeton_error
	a, aLen := lend(unsafe.String(unsafe.SliceData(written), len(written)))
	b, bLen := lend(unsafe.String(unsafe.SliceData(answer.Body), len(answer.Body)))
	return failed(C.jeton_source_accept((*C.jeton_source)(object), a, aLen, b, bLen, &cause), cause)
}

// Failed says that a claimed request failed; message is for the status and the
// events.
func (s *Source) Failed(message string) error {
	return fail(s.handle, message)
}

func fail(source *handle, message string) error {
	object, err := source.use()
	if err != nil {
		return err
	}
	defer source.done()
	var cause *C.jeton_error
	m, mLen := lend(strings.ToValidUTF8(message, "\ufffd"))
	return failed(C.jeton_source_failed((*C.jeton_source)(object), m, mLen, &cause), cause)
}

// Status describes the source.
func (s *Source) Status() (SourceStatus, error) {
	return report[SourceStatus](s.status())
}

func (s *Source) status() (string, error) {
	return sourceStatus(s.handle)
}

func sourceStatus(source *handle) (string, error) {
	return source.text(func(object unsafe.Pointer, text **C.char, size *C.size_t, cause **C.jeton_error) C.jeton_status {
		return C.jeton_source_status((*C.jeton_source)(object), text, size, cause)
	})
}

// Events takes what has happened since the last call, oldest first.
func (s *Source) Events() ([]Event, error) {
	return report[[]Event](s.events())
}

func (s *Source) events() (string, error) {
	return s.text(func(object unsafe.Pointer, text **C.char, size *C.size_t, cause **C.jeton_error) C.jeton_status {
		return C.jeton_source_events((*C.jeton_source)(object), text, size, cause)
	})
}

// Export writes the keys with what belongs to them, for [SourceOptions.State] in
// a process that wants to begin without a fetch. It holds public keys only.
func (s *Source) Export() (string, error) {
	return s.text(func(object unsafe.Pointer, text **C.char, size *C.size_t, cause **C.jeton_error) C.jeton_status {
		return C.jeton_source_export((*C.jeton_source)(object), text, size, cause)
	})
}
