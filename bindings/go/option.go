package jeton

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"
)

// Optional is an option that may be absent, null or a value: three different
// things. Its zero value is absent.
type Optional[T any] struct {
	value T
	said  said
}

type said uint8

const (
	absent said = iota
	null
	value
)

// Value says an option. A [time.Duration] is written in seconds, a [time.Time]
// in seconds since 1970; either must be whole.
func Value[T any](v T) Optional[T] {
	return Optional[T]{v, value}
}

// Null says that an option is null, which waives what it stands for.
func Null[T any]() Optional[T] {
	return Optional[T]{said: null}
}

// IsZero reports whether the option is absent.
func (o Optional[T]) IsZero() bool {
	return o.said == absent
}

// MarshalJSON writes the value, or null.
func (o Optional[T]) MarshalJSON() ([]byte, error) {
	if o.said != value {
		return []byte("null"), nil
	}
	switch v := any(o.value).(type) {
	case time.Duration:
		if v%time.Second != 0 {
			return nil, fmt.Errorf("%v isn't a whole number of seconds; Truncate(time.Second) is", v)
		}
		return json.Marshal(int64(v / time.Second))
	case time.Time:
		if v.Nanosecond() != 0 {
			return nil, fmt.Errorf("%v isn't a whole second; Truncate(time.Second) is", v.Format(time.RFC3339Nano))
		}
		return json.Marshal(v.Unix())
	default:
		return json.Marshal(v)
	}
}

// Issuers say which issuers are accepted: [Only], [Under] or [Waive].
type Issuers interface {
	IsZero() bool
	issuers()
}

// Audiences say which audiences are accepted: [Only] or [Waive].
type Audiences interface {
	IsZero() bool
	audiences()
}

// Types say which typ a header may have: [Only], [Untyped] or [Waive].
type Types interface {
	IsZero() bool
	types()
}

// Accepted is what [Only] and [Waive] make. Its zero value says nothing, and a
// verifier asks for issuer and audience to be said.
type Accepted struct {
	names []string
	said  said
}

// Only accepts this name, or any of several.
func Only(name string, others ...string) Accepted {
	return Accepted{append([]string{name}, others...), value}
}

// Waive accepts any, and none.
func Waive() Accepted {
	return Accepted{said: null}
}

// IsZero reports whether nothing was said.
func (a Accepted) IsZero() bool {
	return a.said == absent
}

// MarshalJSON writes the names, or null.
func (a Accepted) MarshalJSON() ([]byte, error) {
	return json.Marshal(a.names)
}

func (Accepted) issuers()   {}
func (Accepted) audiences() {}
func (Accepted) types()     {}

// Under accepts issuers that go by the audience: what they begin with, and right
// behind it the token's audience up to a colon.
func Under(beginning string, others ...string) Issuers {
	return under{append([]string{beginning}, others...)}
}

type under struct {
	Beginnings []string `json:"under"`
}

func (under) IsZero() bool { return false }
func (under) issuers()     {}

// Untyped accepts a header without a typ, besides those of these names.
func Untyped(names ...string) Types {
	return untyped(names)
}

type untyped []string

func (u untyped) MarshalJSON() ([]byte, error) {
	all := make([]*string, len(u)+1) // the last is null
	for index := range u {
		all[index] = &u[index]
	}
	return json.Marshal(all)
}

func (untyped) IsZero() bool { return false }
func (untyped) types()       {}

// Audience is the aud of a token: a string where there is one, else a list.
type Audience []string

// MarshalJSON writes a string or a list.
func (a Audience) MarshalJSON() ([]byte, error) {
	if len(a) == 1 {
		return json.Marshal(a[0])
	}
	return json.Marshal([]string(a))
}

// UnmarshalJSON reads a string or a list.
func (a *Audience) UnmarshalJSON(text []byte) error {
	if bytes.HasPrefix(text, []byte{'"'}) {
		*a = Audience{""}
		return json.Unmarshal(text, &(*a)[0])
	}
	return json.Unmarshal(text, (*[]string)(a))
}

// document is the JSON of an options struct: of its fields or, where its field
// JSON says something, that text as it is.
func document(options any) (string, error) {
	fields := reflect.ValueOf(options)
	text := fields.FieldByName("JSON").String()
	if text != "" {
		return text, alone(fields)
	}
	written, err := json.Marshal(options)
	if err != nil {
		return "", &Error{ErrOptions, fmt.Sprintf("%T: %v", options, err)}
	}
	return string(written), nil
}

// alone fails where a document comes as JSON and in fields.
func alone(fields reflect.Value) error {
	for index := range fields.NumField() {
		field := fields.Type().Field(index)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name != "-" && !fields.Field(index).IsZero() {
			return &Error{ErrOptions, fmt.Sprintf("%v has both JSON and %s: say one", fields.Type(), field.Name)}
		}
	}
	return nil
}
