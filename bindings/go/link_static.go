//go:build cgo && !jeton_pkgconfig

package jeton

/*
#cgo CFLAGS: -I${SRCDIR}/internal/static
#cgo linux,amd64 LDFLAGS: ${SRCDIR}/internal/static/libjeton_linux_amd64.a
#cgo linux,arm64 LDFLAGS: ${SRCDIR}/internal/static/libjeton_linux_arm64.a
#cgo linux LDFLAGS: -lutil -lrt -lpthread -lm -ldl -lc

#if !defined(__linux__) || !(defined(__x86_64__) || defined(__aarch64__))
#error "this package brings no libjeton.a for this platform: install libjeton and build with -tags jeton_pkgconfig"
#endif
*/
import "C"

import _ "jeton.dev/jeton/internal/static"
