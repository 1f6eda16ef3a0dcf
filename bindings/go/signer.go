package jeton

/*
#cgo CFLAGS: -std=gnu11
#include "signer.h"
*/
import "C"

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"runtime/cgo"
	"strings"
	"unsafe"
)

// Signing is what a [Signer] is asked to sign, in each of the forms that one may
// want.
type Signing struct {
	// Algorithm is the key's, such as ES256, or Ed25519 and never EdDSA.
	Algorithm Algorithm
	// Message is a token up to its second dot: for EdDSA, and for signers that
	// hash by themselves.
	Message []byte
	// Digest is that of the message, by the algorithm's SHA-2; nil for EdDSA.
	Digest []byte
	// DigestInfo is the digest in its DigestInfo (RFC 8017 section 9.2), for
	// signers that only pad; nil but for RS256, RS384 and RS512.
	DigestInfo []byte
}

// Signer signs with a key that jeton never sees, by asking a KMS, an HSM or an
// agent; ctx is that of [Minter.Mint]. A signature of ECDSA may be r and s side by
// side, or in DER. An error becomes part of Mint's, and its text of the message,
// so it must hold nothing that no log may have.
//
// It is called once for each token, by several goroutines at once if several mint.
// When ctx ends, Mint doesn't wait for it any longer.
type Signer func(ctx context.Context, wanted Signing) ([]byte, error)

// SignWith makes a Signer of a [crypto.Signer], which many packages for a KMS or
// an HSM have.
func SignWith(key crypto.Signer) Signer {
	hashes := map[string]crypto.Hash{"256": crypto.SHA256, "384": crypto.SHA384, "512": crypto.SHA512, "56K": crypto.SHA256}
	return func(_ context.Context, wanted Signing) ([]byte, error) {
		if wanted.Digest == nil {
			return key.Sign(rand.Reader, wanted.Message, crypto.Hash(0))
		}
		name := string(wanted.Algorithm)
		var options crypto.SignerOpts = hashes[name[len(name)-3:]]
		if strings.HasPrefix(name, "PS") {
			options = &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: options.HashFunc()}
		}
		return key.Sign(rand.Reader, wanted.Digest, options)
	}
}

// minting is a call to Mint whose signer is Go's.
type minting struct {
	ctx  context.Context
	sign Signer
	// Why there is no signature, for Mint's own error.
	err error
	// What the signer panicked with: it must not go through C, but on from Mint.
	panicked any
}

// signed is what a signer's goroutine came to.
type signed struct {
	signature []byte
	err       error
	panicked  any
}

//export goSign
func goSign(given C.uintptr_t, signing *C.jeton_signing) C.int32_t {
	call := cgo.Handle(given).Value().(*minting)
	bytes := func(data *C.uint8_t, size C.size_t) []byte {
		if data == nil {
			return nil
		}
		return C.GoBytes(unsafe.Pointer(data), C.int(size))
	}
	wanted := Signing{
		Algorithm:  Algorithm(C.GoString(signing.algorithm)),
		Message:    bytes(signing.message, signing.message_len),
		Digest:     bytes(signing.digest, signing.digest_len),
		DigestInfo: bytes(signing.digest_info, signing.digest_info_len),
	}
	signature, err := call.ask(wanted)
	place := unsafe.Slice((*byte)(unsafe.Pointer(signing.signature)), signing.signature_capacity)
	if err == nil && len(signature) > len(place) {
		err = fmt.Errorf("a signature of %d bytes", len(signature))
	}
	if err != nil {
		call.err = err
		reason := unsafe.Slice((*byte)(unsafe.Pointer(signing.reason)), signing.reason_capacity)
		copy(reason, strings.ToValidUTF8(err.Error()[:min(len(err.Error()), len(reason))], ""))
		return 1
	}
	signing.signature_len = C.size_t(copy(place, signature))
	return 0
}

// ask asks the signer, in a goroutine of its own: it may panic, end its
// goroutine, or take longer than ctx lasts, and C must be returned to.
func (m *minting) ask(wanted Signing) ([]byte, error) {
	done := make(chan signed, 1)
	go func() {
		came := signed{err: errors.New("the signer ended its goroutine")}
		defer func() {
			came.panicked = recover()
			done <- came
		}()
		signature, err := m.sign(m.ctx, wanted)
		came = signed{signature: signature, err: err}
	}()
	select {
	case came := <-done:
		if came.panicked != nil {
			m.panicked = came.panicked
			return nil, errors.New("the signer panicked")
		}
		return came.signature, came.err
	case <-m.ctx.Done():
		return nil, m.ctx.Err()
	}
}

// mint is Mint with a signer of Go's.
func (m *Minter) mint(ctx context.Context, claims string, call C.jeton_call) (string, error) {
	asked := &minting{ctx: ctx, sign: m.sign}
	given := cgo.NewHandle(asked)
	defer given.Delete()
	c, cLen := lend(claims)
	token, err := m.text(func(object unsafe.Pointer, token **C.char, size *C.size_t, cause **C.jeton_error) C.jeton_status {
		return C.go_mint(C.uintptr_t(given), (*C.jeton_minter)(object), c, cLen, &call, token, size, cause)
	})
	if asked.panicked != nil {
		panic(asked.panicked)
	}
	if asked.err != nil && err != nil {
		err = &because{err, asked.err}
	}
	return token, err
}
