package jeton

// #include "shim.h"
import "C"

// Status says what a call came to: the same name and number in every language.
// Each is an error of its own, for errors.Is:
//
//	if errors.Is(err, jeton.ErrExpired) { … }
//
// The hundreds say whose matter it is: 1xx the calling program's, 2xx the
// token's form or signature, 3xx its claims, 4xx the keys, 5xx a store's. New
// ones may come; treat one that you don't know as the others of its hundred.
type Status int32

const (
	// A bug in the calling program: a call without its scope, a closed handle.
	ErrMisuse Status = C.JETON_MISUSE
	// An options, claims or rule document has a wrong, unknown or missing field.
	ErrOptions Status = C.JETON_OPTIONS
	// Options, keys and revocations don't fit together.
	ErrMisconfigured Status = C.JETON_MISCONFIGURED
	// A part that this build, its back end or this version doesn't have.
	ErrUnsupported Status = C.JETON_UNSUPPORTED
	// A bug in jeton itself; the handles stay usable.
	ErrInternal Status = C.JETON_INTERNAL

	// Not a compact JWS with strict JSON inside, whatever it is.
	ErrMalformed Status = C.JETON_MALFORMED
	// Five parts: a JWE, encrypted and not signed.
	ErrEncrypted Status = C.JETON_ENCRYPTED
	// Longer or deeper than the options' limits.
	ErrTooLarge Status = C.JETON_TOO_LARGE
	// An algorithm that is unknown, not allowed, or not its key's.
	ErrAlgorithm Status = C.JETON_ALGORITHM
	// The header demands an extension: crit, b64 or zip.
	ErrCritical Status = C.JETON_CRITICAL
	// The header's typ isn't the one that the options ask for.
	ErrType Status = C.JETON_TYPE
	// The signature doesn't hold.
	ErrSignature Status = C.JETON_SIGNATURE

	// A claim that must be present isn't.
	ErrMissing Status = C.JETON_MISSING
	// The iss isn't one of those that the options accept.
	ErrIssuer Status = C.JETON_ISSUER
	// The aud holds none of those that the options accept.
	ErrAudience Status = C.JETON_AUDIENCE
	// Before its nbf; or, where the options bound its age, issued in the future.
	ErrEarly Status = C.JETON_EARLY
	// Its exp has come.
	ErrExpired Status = C.JETON_EXPIRED
	// Its exp lies further after its iat than the options accept.
	ErrLifetime Status = C.JETON_LIFETIME
	// Its iat lies further back than the options accept.
	ErrTooOld Status = C.JETON_TOO_OLD
	// A claim has the wrong type, or doesn't match.
	ErrClaim Status = C.JETON_CLAIM
	// A deny rule matches.
	ErrDenied Status = C.JETON_DENIED
	// Revoked.
	ErrRevoked Status = C.JETON_REVOKED

	// A key document can't be read, or holds no usable key.
	ErrKey Status = C.JETON_KEY
	// A key is too weak for its algorithm.
	ErrWeakKey Status = C.JETON_WEAK_KEY
	// No key fits the token.
	ErrUnknownKey Status = C.JETON_UNKNOWN_KEY
	// No key fits yet, and a fetch that could bring it is due or under way: retry.
	ErrKeyPending Status = C.JETON_KEY_PENDING
	// The keys couldn't be had, or are too old to be trusted.
	ErrKeysUnavailable Status = C.JETON_KEYS_UNAVAILABLE
	// The external signer failed.
	ErrSigner Status = C.JETON_SIGNER

	// The revocations can't be read.
	ErrRevocationsUnavailable Status = C.JETON_REVOCATIONS_UNAVAILABLE
	// The revocations are older than the options accept.
	ErrRevocationsStale Status = C.JETON_REVOCATIONS_STALE
	// A write to a store failed; what it says in this process stays in force.
	ErrStorage Status = C.JETON_STORAGE
	// The time limit has passed.
	ErrTimeout Status = C.JETON_TIMEOUT
)

// Name is the status's name, such as "expired", for logs and answers.
func (s Status) Name() string {
	return C.GoString(C.jeton_status_name(C.int32_t(s)))
}

// Error is the name with the package's, as errors are printed.
func (s Status) Error() string {
	return "jeton: " + s.Name()
}
