//go:build cgo && jeton_pkgconfig

package jeton

// #cgo pkg-config: jeton
import "C"
