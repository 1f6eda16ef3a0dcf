package jeton

import (
	"runtime"
	"sync/atomic"
	"unsafe"
)

// handle owns an object of the library. The object is freed once: when the
// handle has been closed, by its owner or by the garbage collector, and no call
// uses it any more.
type handle struct {
	// Twice the number of calls that use the object, and one once it is closed.
	state  atomic.Int64
	object unsafe.Pointer
	free   func(unsafe.Pointer)
}

const (
	closed = 1
	oneUse = 2
)

// owned makes the handle of owner, which closes it when it is collected.
func owned[T any](owner *T, object unsafe.Pointer, free func(unsafe.Pointer)) *handle {
	made := &handle{object: object, free: free}
	runtime.AddCleanup(owner, func(made *handle) { made.Close() }, made)
	return made
}

// use takes the object for one call, which ends with done.
func (h *handle) use() (unsafe.Pointer, error) {
	if h == nil {
		return nil, misuse("a handle that no constructor made")
	}
	for {
		state := h.state.Load()
		if state&closed != 0 {
			return nil, misuse("a handle is used after it was closed")
		}
		if h.state.CompareAndSwap(state, state+oneUse) {
			return h.object, nil
		}
	}
}

// done ends a call's use of the object.
func (h *handle) done() {
	if h.state.Add(-oneUse) == closed {
		h.free(h.object)
	}
}

// Close frees what the library holds, at once or when the calls that use it have
// ended; later calls fail with [ErrMisuse]. Closing is never needed, only sooner
// than the garbage collector, and may come in any order and more than once. What
// was made with a handle keeps what it needs of it. It never fails.
func (h *handle) Close() error {
	if h != nil && h.state.Or(closed) == 0 {
		h.free(h.object)
	}
	return nil
}
