package jeton

// What is on the path of every token takes the fast lane through cgo: these
// keep no pointer, and call nothing of Go's.

/*
#cgo noescape go_verify
#cgo nocallback go_verify
#cgo noescape go_resolve
#cgo nocallback go_resolve
#cgo noescape go_facts
#cgo nocallback go_facts
#cgo noescape go_error
#cgo nocallback go_error
#cgo noescape jeton_claims_free
#cgo nocallback jeton_claims_free
#cgo noescape jeton_error_free
#cgo nocallback jeton_error_free

#include "shim.h"
*/
import "C"

import (
	"encoding/json"
	"unsafe"
)

// lend lends a text to C for the length of one call: nothing is copied, and
// jeton keeps no pointer to what it is given.
func lend(text string) (*C.char, C.size_t) {
	return (*C.char)(unsafe.Pointer(unsafe.StringData(text))), C.size_t(len(text))
}

// copied is a Go string of what C lends.
func copied(text *C.char, size C.size_t) string {
	return string(unsafe.Slice((*byte)(unsafe.Pointer(text)), size))
}

// taken is a Go string of what C made, which is freed.
func taken(text *C.char, size C.size_t) string {
	defer C.jeton_string_free(text)
	return copied(text, size)
}

// text makes a call whose result is a text.
func (h *handle) text(call func(object unsafe.Pointer, text **C.char, size *C.size_t, cause **C.jeton_error) C.jeton_status) (string, error) {
	object, err := h.use()
	if err != nil {
		return "", err
	}
	defer h.done()
	var text *C.char
	var size C.size_t
	var cause *C.jeton_error
	status := call(object, &text, &size, &cause)
	return taken(text, size), failed(status, cause)
}

// report reads a text of the library that is a JSON document.
func report[T any](text string, err error) (T, error) {
	var told T
	if err == nil {
		err = json.Unmarshal([]byte(text), &told)
	}
	return told, err
}
