package jeton

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"
)

// decode sets what into points to by the JSON of claims, as [Claims.Into] says.
func decode(payload string, into any) error {
	place := reflect.ValueOf(into)
	if place.Kind() != reflect.Pointer || place.IsNil() {
		return misuse("claims go into what a pointer points to, not into %T", into)
	}
	place = place.Elem()
	place.SetZero()
	r := read(payload)
	if setterOf(place.Type())(&r, place) {
		return nil
	}
	place.SetZero()
	return r.misfit.error()
}

// misfit is where a value was found that its place can't hold. Never the value.
type misfit struct {
	claim string // the outermost
	path  string
	found string
	place reflect.Type
}

func (m *misfit) error() error {
	message := fmt.Sprintf("the claims are %s, which doesn't fit into %v", m.found, m.place)
	if m.path != "" {
		message = fmt.Sprintf("the claim %q is %s, which doesn't fit into %v", m.path, m.found, m.place)
	}
	return &ClaimError{Err: &Error{ErrClaim, message}, Claim: m.claim}
}

// within adds an outer name to the path of a misfit.
func (r *reader) within(name string) bool {
	r.misfit.claim = name
	r.misfit.path = strings.TrimSuffix(name+"/"+r.misfit.path, "/")
	return false
}

// misfits says that the value that begins with c doesn't fit.
func (r *reader) misfits(c byte, place reflect.Type) bool {
	found := "a number"
	switch c {
	case '{':
		found = "an object"
	case '[':
		found = "a list"
	case '"':
		found = "a string"
	case 't', 'f':
		found = "a boolean"
	case 'n':
		found = "null"
	}
	r.misfit = &misfit{found: found, place: place}
	return false
}

// setter reads the next value into a place that is zero, or tells that it
// doesn't fit.
type setter func(r *reader, place reflect.Value) bool

// The setters of types met before.
var setters sync.Map

func setterOf(t reflect.Type) setter {
	if known, ok := setters.Load(t); ok {
		return known.(setter)
	}
	made := makeSetter(t)
	setters.Store(t, made)
	return made
}

var (
	jsonUnmarshaler = reflect.TypeFor[json.Unmarshaler]()
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
)

func makeSetter(t reflect.Type) setter {
	pointer := reflect.PointerTo(t)
	switch {
	case t == reflect.TypeFor[Date]():
		return setDate
	case t == reflect.TypeFor[Audience]():
		return setAudience
	case pointer.Implements(jsonUnmarshaler), pointer.Implements(textUnmarshaler):
		return setOther
	}
	switch t.Kind() {
	case reflect.String:
		if t == reflect.TypeFor[json.Number]() {
			return setOther
		}
		return setString
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return setInteger
	case reflect.Float32, reflect.Float64:
		return setFloat
	case reflect.Bool:
		return setBoolean
	case reflect.Pointer:
		return setPointer
	case reflect.Struct:
		return structSetter(t)
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return setOther
		}
		return setSlice
	case reflect.Map:
		if t == reflect.TypeFor[map[string]any]() {
			return setObject
		}
		if t.Key().Kind() == reflect.String && !t.Key().Implements(textUnmarshaler) && !reflect.PointerTo(t.Key()).Implements(textUnmarshaler) {
			return setMap
		}
	case reflect.Interface:
		if t.NumMethod() == 0 {
			return setAny
		}
	}
	return setOther
}

// setOther leaves it to encoding/json.
func setOther(r *reader, place reflect.Value) bool {
	c := r.peek()
	if json.Unmarshal([]byte(r.raw()), place.Addr().Interface()) != nil {
		return r.misfits(c, place.Type())
	}
	return true
}

func setString(r *reader, place reflect.Value) bool {
	switch c := r.peek(); {
	case c == '"':
		place.SetString(r.string())
	case !r.null():
		return r.misfits(c, place.Type())
	}
	return true
}

// isNumber tells whether c begins a number.
func isNumber(c byte) bool {
	return c == '-' || '0' <= c && c <= '9'
}

func setInteger(r *reader, place reflect.Value) bool {
	c := r.peek()
	if !isNumber(c) {
		return r.null() || r.misfits(c, place.Type())
	}
	number, err := strconv.ParseInt(r.word(), 10, 64)
	if err != nil || place.OverflowInt(number) {
		return r.misfits(c, place.Type())
	}
	place.SetInt(number)
	return true
}

func setFloat(r *reader, place reflect.Value) bool {
	c := r.peek()
	if !isNumber(c) {
		return r.null() || r.misfits(c, place.Type())
	}
	number, err := strconv.ParseFloat(r.word(), place.Type().Bits())
	if err != nil {
		return r.misfits(c, place.Type())
	}
	place.SetFloat(number)
	return true
}

func setBoolean(r *reader, place reflect.Value) bool {
	switch c := r.peek(); {
	case c == 't' || c == 'f':
		place.SetBool(r.word() == "true")
	case !r.null():
		return r.misfits(c, place.Type())
	}
	return true
}

func setDate(r *reader, place reflect.Value) bool {
	c := r.peek()
	if !isNumber(c) {
		return r.null() || r.misfits(c, place.Type())
	}
	date := place.Addr().Interface().(*Date)
	word := r.word()
	if whole, err := strconv.ParseInt(word, 10, 64); err == nil {
		date.Time = time.Unix(whole, 0)
		return true
	}
	return date.UnmarshalJSON([]byte(word)) == nil || r.misfits(c, place.Type())
}

func setAudience(r *reader, place reflect.Value) bool {
	if r.peek() != '"' {
		return setSlice(r, place)
	}
	*place.Addr().Interface().(*Audience) = Audience{r.string()}
	return true
}

func setPointer(r *reader, place reflect.Value) bool {
	if r.null() {
		return true
	}
	made := reflect.New(place.Type().Elem())
	place.Set(made)
	return setterOf(made.Type().Elem())(r, made.Elem())
}

func setSlice(r *reader, place reflect.Value) bool {
	c := r.peek()
	if c != '[' {
		return r.null() || r.misfits(c, place.Type())
	}
	r.at++
	place.Set(reflect.MakeSlice(place.Type(), 0, 0))
	set := setterOf(place.Type().Elem())
	for first := true; r.next(']', first); first = false {
		length := place.Len()
		if length == place.Cap() {
			place.Grow(max(1, length))
		}
		place.SetLen(length + 1)
		if !set(r, place.Index(length)) {
			return r.within(strconv.Itoa(length))
		}
	}
	return true
}

func setObject(r *reader, place reflect.Value) bool {
	c := r.peek()
	if c != '{' {
		return r.null() || r.misfits(c, place.Type())
	}
	*place.Addr().Interface().(*map[string]any) = r.object()
	return true
}

func setMap(r *reader, place reflect.Value) bool {
	c := r.peek()
	if c != '{' {
		return r.null() || r.misfits(c, place.Type())
	}
	r.at++
	t := place.Type()
	object := reflect.MakeMap(t)
	set := setterOf(t.Elem())
	for first := true; r.next('}', first); first = false {
		name := r.name()
		value := reflect.New(t.Elem()).Elem()
		if !set(r, value) {
			return r.within(name)
		}
		object.SetMapIndex(reflect.ValueOf(name).Convert(t.Key()), value)
	}
	place.Set(object)
	return true
}

func setAny(r *reader, place reflect.Value) bool {
	if !r.null() {
		place.Set(reflect.ValueOf(r.any()))
	}
	return true
}

// setQuoted reads what the tag's option "string" means: a value in a string.
func setQuoted(r *reader, place reflect.Value) bool {
	c := r.peek()
	if c != '"' {
		return r.null() || r.misfits(c, place.Type())
	}
	return json.Unmarshal([]byte(r.string()), place.Addr().Interface()) == nil || r.misfits(c, place.Type())
}
