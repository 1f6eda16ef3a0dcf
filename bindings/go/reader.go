package jeton

import (
	"encoding/json"
	"strconv"
	"strings"
)

// reader reads JSON that the library has checked already: it is well formed, no
// deeper than 64, UTF-8, and no name stands twice in an object. So there is
// nothing to check here, and the strings read are parts of the text.
type reader struct {
	text string
	at   int
	// Whether a string may have been written with escapes.
	escapes bool
	// Why a value doesn't fit, once one doesn't.
	misfit *misfit
}

func read(text string) reader {
	return reader{text: text, escapes: strings.IndexByte(text, '\\') >= 0}
}

// peek is the first byte of the next value or sign.
func (r *reader) peek() byte {
	for {
		switch c := r.text[r.at]; c {
		case ' ', '\t', '\n', '\r':
			r.at++
		default:
			return c
		}
	}
}

// next tells whether another item follows in what end closes, and goes there;
// first is whether none was read yet.
func (r *reader) next(end byte, first bool) bool {
	c := r.peek()
	if c == end {
		r.at++
		return false
	}
	if !first {
		r.at++ // the comma
	}
	return true
}

// name reads the name of a member, with its colon.
func (r *reader) name() string {
	r.peek()
	name := r.string()
	r.peek()
	r.at++ // the colon
	return name
}

// string reads a string, whose quote is next.
func (r *reader) string() string {
	written := r.quoted()
	if r.escapes && strings.IndexByte(written, '\\') >= 0 {
		return unescaped(written)
	}
	return written[1 : len(written)-1]
}

// unescaped is the text of a string that was written with escapes.
func unescaped(written string) string {
	var text string
	if err := json.Unmarshal([]byte(written), &text); err != nil {
		panic("jeton: a string that the library let through: " + err.Error())
	}
	return text
}

// quoted reads a string as it is written, quotes and all.
func (r *reader) quoted() string {
	start := r.at
	r.at++
	for {
		r.at += strings.IndexByte(r.text[r.at:], '"') + 1
		// A quote ends the string unless it is escaped.
		if !r.escapes || r.escaped()%2 == 0 {
			return r.text[start:r.at]
		}
	}
}

// escaped is how many backslashes stand before the quote that was just read.
func (r *reader) escaped() int {
	before := r.text[:r.at-1]
	return len(before) - len(strings.TrimRight(before, `\`))
}

// raw reads any value as it is written.
func (r *reader) raw() string {
	c := r.peek()
	start := r.at
	switch c {
	case '"':
		return r.quoted()
	case '{', '[':
		for depth := 0; ; {
			switch r.text[r.at] {
			case '"':
				r.quoted()
				continue
			case '{', '[':
				depth++
			case '}', ']':
				depth--
			}
			r.at++
			if depth == 0 {
				return r.text[start:r.at]
			}
		}
	default:
		return r.word()
	}
}

// word reads a number, true, false or null.
func (r *reader) word() string {
	start := r.at
	for r.at < len(r.text) {
		switch r.text[r.at] {
		case ',', '}', ']', ' ', '\t', '\n', '\r':
			return r.text[start:r.at]
		}
		r.at++
	}
	return r.text[start:]
}

// null reads a null, if that is next.
func (r *reader) null() bool {
	if r.peek() != 'n' {
		return false
	}
	r.at += len("null")
	return true
}

// member goes to the value of a member of the object that is next, if it has one.
func (r *reader) member(name string) bool {
	if r.peek() != '{' {
		return false
	}
	r.at++
	for first := true; r.next('}', first); first = false {
		if r.name() == name {
			return true
		}
		r.raw()
	}
	return false
}

// item goes to an item of the list that is next, if it has so many.
func (r *reader) item(index int) bool {
	if r.peek() != '[' {
		return false
	}
	r.at++
	for first := true; r.next(']', first); first = false {
		if index == 0 {
			return true
		}
		index--
		r.raw()
	}
	return false
}

var unescapes = strings.NewReplacer("~1", "/", "~0", "~")

// point goes to where a JSON pointer (RFC 6901) leads in the value that is next.
func (r *reader) point(pointer string) bool {
	for step := range strings.SplitSeq(pointer[1:], "/") {
		if r.peek() != '[' {
			if !r.member(unescapes.Replace(step)) {
				return false
			}
			continue
		}
		// Digits without a leading zero.
		index, err := strconv.ParseUint(step, 10, 31)
		if err != nil || step != strconv.FormatUint(index, 10) || !r.item(int(index)) {
			return false
		}
	}
	return true
}

// any reads a value as encoding/json would into an interface.
func (r *reader) any() any {
	switch r.peek() {
	case '{':
		return r.object()
	case '[':
		r.at++
		list := []any{}
		for first := true; r.next(']', first); first = false {
			list = append(list, r.any())
		}
		return list
	case '"':
		return r.string()
	case 't':
		r.at += len("true")
		return true
	case 'f':
		r.at += len("false")
		return false
	case 'n':
		r.at += len("null")
		return nil
	default:
		number, _ := strconv.ParseFloat(r.word(), 64)
		return number
	}
}

// object reads an object as a map, which is made once its size is known.
func (r *reader) object() map[string]any {
	type member struct {
		name  string
		value any
	}
	var few [16]member
	members := few[:0]
	r.at++
	for first := true; r.next('}', first); first = false {
		name := r.name()
		members = append(members, member{name, r.any()})
	}
	object := make(map[string]any, len(members))
	for _, member := range members {
		object[member.name] = member.value
	}
	return object
}
