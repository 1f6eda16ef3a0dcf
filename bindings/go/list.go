package jeton

// #include "shim.h"
import "C"

import (
	"time"
	"unsafe"
)

// Suspended is a status that [ListOptions.Accept] may hold: out of force for a time.
const Suspended = "suspended"

// ListOptions say which Token Status List is followed, whose it is, and how it is
// kept fresh.
type ListOptions struct {
	// JSON is the whole document, in place of the fields below Fetch.
	JSON string `json:"-"`
	// Fetch is as in [SourceOptions].
	Fetch Fetch `json:"-"`

	// URI is what tokens call the list. It is fetched from there, unless URL, such
	// as a mirror's, or File says otherwise.
	URI  string `json:"uri,omitzero"`
	URL  string `json:"url,omitzero"`
	File string `json:"file,omitzero"`
	// Issuer is the iss of the list's token. It must be said; null waives the check.
	Issuer Optional[string] `json:"issuer,omitzero"`
	// Accept are the statuses that let a token pass besides 0: [Suspended], which is
	// 2, and numbers from 3 on.
	Accept []any `json:"accept,omitzero"`
	// Minimum and Maximum bound the life of an answer, whatever its ttl says: a
	// minute and an hour.
	Minimum Optional[time.Duration] `json:"minimum,omitzero"`
	Maximum Optional[time.Duration] `json:"maximum,omitzero"`
	// Stale is for how long the list is used when no fetch succeeds. It must be
	// said; null: as long as it takes.
	Stale Optional[time.Duration] `json:"stale,omitzero"`
	// Timeout is that of a whole fetch: 5 seconds.
	Timeout Optional[time.Duration] `json:"timeout,omitzero"`
	// Limits bound an answer.
	Limits ListLimits `json:"limits,omitzero"`
	// CA is a PEM file of the certificates to trust, in place of the platform's.
	CA Optional[string] `json:"ca,omitzero"`
	// Proxy is an http proxy; the environment's are not used.
	Proxy Optional[string] `json:"proxy,omitzero"`
	// Private tells whether addresses that aren't public may be asked.
	Private bool `json:"private,omitzero"`
	// Refresh is as in [SourceOptions].
	Refresh Optional[bool] `json:"refresh,omitzero"`
}

// ListLimits bound an answer; what isn't said has its default.
type ListLimits struct {
	// Bytes is the longest body (1 MiB).
	Bytes Optional[int] `json:"bytes,omitzero"`
	// Unpacked is the most bytes that a list unpacks to (1 MiB).
	Unpacked Optional[int] `json:"unpacked,omitzero"`
}

// OpenList opens a source that follows a Token Status List, whose own token keys
// verify. Give it to [Verifier.Following].
func OpenList(keys *Keys, options ListOptions) (*Source, error) {
	fetch := options.Fetch
	options.Fetch = nil
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
	object, err := keys.use()
	if err != nil {
		return nil, err
	}
	defer keys.done()
	var made *C.jeton_source
	var cause *C.jeton_error
	o, oLen := lend(said)
	status := C.jeton_source_open_list((*C.jeton_keys)(object), o, oLen, &made, &cause)
	if err := failed(status, cause); err != nil {
		return nil, err
	}
	return newSource(made, fetch, timeout, keys.fetching.hold()), nil
}

// Following makes a verifier that checks the same and, last of all, the claim
// status of tokens in one of lists, which [OpenList] opens. A token without the
// claim is refused as [ErrMissing], unless the option Require says otherwise.
func (v *Verifier) Following(lists ...*Source) (*Verifier, error) {
	object, err := v.use()
	if err != nil {
		return nil, err
	}
	defer v.done()
	sources := make([]*C.jeton_source, len(lists))
	for index, list := range lists {
		if list == nil {
			return nil, misuse("lists[%d] is nil", index)
		}
		object, err := list.use()
		if err != nil {
			return nil, err
		}
		defer list.done()
		sources[index] = (*C.jeton_source)(object)
	}
	var made *C.jeton_verifier
	var cause *C.jeton_error
	status := C.jeton_verifier_following((*C.jeton_verifier)(object), unsafe.SliceData(sources), C.size_t(len(sources)), &made, &cause)
	if err := failed(status, cause); err != nil {
		return nil, err
	}
	var held []*fetching
	for _, one := range v.fetching {
		held = append(held, one.hold())
	}
	for _, list := range lists {
		if list.fetching != nil {
			held = append(held, list.fetching.hold())
		}
	}
	return newVerifier(made, held, v.revocable), nil
}

// StatusListOptions say what a published Token Status List is.
type StatusListOptions struct {
	// JSON is the whole document, in place of the fields below.
	JSON string `json:"-"`
	// URI is where the list is published, and what tokens call it.
	URI string `json:"uri,omitzero"`
	// Realm is that of the rules that count: the tokens' issuer, or the name that
	// the verifiers' options give.
	Realm string `json:"realm,omitzero"`
	// Size is how many places it has: tokens have indexes below.
	Size int `json:"size,omitzero"`
	// Claim is that by which rules name a place, /status/status_list/idx by default.
	Claim string `json:"claim,omitzero"`
	// TTL is for how long whoever follows the list may keep it.
	TTL Optional[time.Duration] `json:"ttl,omitzero"`
}

// StatusList makes the signed token of a Token Status List from the log, to be
// published for verifiers that follow the list and not the store. The minter
// signs it, and says its iss and exp; its Type is "statuslist+jwt".
func (r *Revocations) StatusList(minter *Minter, options StatusListOptions, call ...Call) (string, error) {
	said, err := document(options)
	if err != nil {
		return "", err
	}
	object, err := minter.use()
	if err != nil {
		return "", err
	}
	defer minter.done()
	now := timed(call)
	o, oLen := lend(said)
	return r.text(func(store unsafe.Pointer, token **C.char, size *C.size_t, cause **C.jeton_error) C.jeton_status {
		return C.jeton_revocations_status_list((*C.jeton_revocations)(store), (*C.jeton_minter)(object), o, oLen, &now, token, size, cause)
	})
}
