//go:build !cgo

package jeton

// Without cgo there is no package, and this is how the compiler can say so.
var _ = jeton_needs_cgo_set_CGO_ENABLED_to_1_and_install_a_C_compiler
