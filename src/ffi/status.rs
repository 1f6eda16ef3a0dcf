//! The status codes: the core's error kinds, with the numbers that the ABI keeps.

use std::ffi::{CStr, c_char};

use crate::error::ErrorKind;

/// What a call came to. New codes may come; none is ever renumbered or reused,
/// so treat one that you don't know as the others of its hundred.
///
/// The hundreds say whose matter it is: 1xx the calling program's, 2xx the
/// token's form or signature, 3xx its claims, 4xx the keys, 5xx a store's.
/// A service that verifies answers 401 (or 403) to 2xx, 3xx and 402, 503 to
/// 403, 404 and 5xx, and 500 to 1xx, 400, 401 and 405.
#[repr(i32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum jeton_status {
    /// Done.
    JETON_OK = 0,

    /// A bug in the calling program: a NULL, text that isn't UTF-8, a call without its scope.
    JETON_MISUSE = 100,
    /// An options, claims or rule document has a wrong, unknown or missing field.
    JETON_OPTIONS = 101,
    /// Options, keys and revocations don't fit together.
    JETON_MISCONFIGURED = 102,
    /// A part that this build, its back end or this version doesn't have.
    JETON_UNSUPPORTED = 103,
    /// A bug in jeton itself; the handles stay usable.
    JETON_INTERNAL = 199,

    /// Not a compact JWS with strict JSON inside, whatever it is.
    JETON_MALFORMED = 200,
    /// Five parts: a JWE, encrypted and not signed.
    JETON_ENCRYPTED = 201,
    /// Longer or deeper than the options' limits.
    JETON_TOO_LARGE = 202,
    /// An algorithm that is unknown, not allowed, or not its key's.
    JETON_ALGORITHM = 203,
    /// The header demands an extension: `crit`, `b64` or `zip`.
    JETON_CRITICAL = 204,
    /// The header's `typ` isn't the one that the options ask for.
    JETON_TYPE = 205,
    /// The signature doesn't hold.
    JETON_SIGNATURE = 206,

    /// A claim that must be present isn't.
    JETON_MISSING = 300,
    /// The `iss` isn't one of those that the options accept.
    JETON_ISSUER = 301,
    /// The `aud` holds none of those that the options accept.
    JETON_AUDIENCE = 302,
    /// Before its `nbf`; or, where the options bound its age, issued in the future.
    JETON_EARLY = 303,
    /// Its `exp` has come.
    JETON_EXPIRED = 304,
    /// Its `exp` lies further after its `iat` than the options accept.
    JETON_LIFETIME = 305,
    /// Its `iat` lies further back than the options accept.
    JETON_TOO_OLD = 306,
    /// A claim has the wrong type, or doesn't match.
    JETON_CLAIM = 307,
    /// A deny rule matches.
    JETON_DENIED = 308,
    /// Revoked; or, where the claim at fault is the jti, a proof that was used before.
    JETON_REVOKED = 309,

    /// A key document can't be read, or holds no usable key.
    JETON_KEY = 400,
    /// A key is too weak for its algorithm.
    JETON_WEAK_KEY = 401,
    /// No key fits the token.
    JETON_UNKNOWN_KEY = 402,
    /// No key fits yet, and a fetch that could bring it is due or under way: retry.
    JETON_KEY_PENDING = 403,
    /// The keys couldn't be had, or are too old to be trusted.
    JETON_KEYS_UNAVAILABLE = 404,
    /// The external signer failed.
    JETON_SIGNER = 405,

    /// The revocations can't be read.
    JETON_REVOCATIONS_UNAVAILABLE = 500,
    /// The revocations are older than the options accept.
    JETON_REVOCATIONS_STALE = 501,
    /// A write to a store failed; what it says in this process stays in force.
    JETON_STORAGE = 502,
    /// The time limit has passed.
    JETON_TIMEOUT = 503,
}

/// Declares each status with its kind and its name, once.
macro_rules! statuses {
    ($($status:ident = $kind:ident $name:literal,)*) => {
        impl From<ErrorKind> for jeton_status {
            fn from(kind: ErrorKind) -> Self {
                // No catch-all: a kind without a number doesn't compile.
                match kind {
                    $(ErrorKind::$kind => Self::$status,)*
                }
            }
        }

        const NAMES: &[(jeton_status, &CStr)] = &[
            (jeton_status::JETON_OK, c"ok"),
            $((jeton_status::$status, $name),)*
        ];
    };
}

statuses! {
    JETON_MISUSE = Misuse c"misuse",
    JETON_OPTIONS = Options c"options",
    JETON_MISCONFIGURED = Misconfigured c"misconfigured",
    JETON_UNSUPPORTED = Unsupported c"unsupported",
    JETON_INTERNAL = Internal c"internal",
    JETON_MALFORMED = Malformed c"malformed",
    JETON_ENCRYPTED = Encrypted c"encrypted",
    JETON_TOO_LARGE = TooLarge c"too-large",
    JETON_ALGORITHM = Algorithm c"algorithm",
    JETON_CRITICAL = Critical c"critical",
    JETON_TYPE = Type c"type",
    JETON_SIGNATURE = Signature c"signature",
    JETON_MISSING = Missing c"missing",
    JETON_ISSUER = Issuer c"issuer",
    JETON_AUDIENCE = Audience c"audience",
    JETON_EARLY = Early c"early",
    JETON_EXPIRED = Expired c"expired",
    JETON_LIFETIME = Lifetime c"lifetime",
    JETON_TOO_OLD = TooOld c"too-old",
    JETON_CLAIM = Claim c"claim",
    JETON_DENIED = Denied c"denied",
    JETON_REVOKED = Revoked c"revoked",
    JETON_KEY = Key c"key",
    JETON_WEAK_KEY = WeakKey c"weak-key",
    JETON_UNKNOWN_KEY = UnknownKey c"unknown-key",
    JETON_KEY_PENDING = KeyPending c"key-pending",
    JETON_KEYS_UNAVAILABLE = KeysUnavailable c"keys-unavailable",
    JETON_SIGNER = Signer c"signer",
    JETON_REVOCATIONS_UNAVAILABLE = RevocationsUnavailable c"revocations-unavailable",
    JETON_REVOCATIONS_STALE = RevocationsStale c"revocations-stale",
    JETON_STORAGE = Storage c"storage",
    JETON_TIMEOUT = Timeout c"timeout",
}

/// The name of a status, such as "expired": the same word in every language,
/// for logs and for bindings. "unknown" for a number that isn't one.
///
/// The text is static and NUL-terminated.
#[unsafe(no_mangle)]
pub extern "C" fn jeton_status_name(status: i32) -> *const c_char {
    NAMES
        .iter()
        .find(|(known, _)| *known as i32 == status)
        .map_or(c"unknown", |(_, name)| *name)
        .as_ptr()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_number_of_its_own_and_its_own_name() {
        assert_eq!(NAMES.len(), ErrorKind::ALL.len() + 1);
        let mut numbers = Vec::new();
        for kind in ErrorKind::ALL {
            let status = jeton_status::from(*kind);
            assert!(!numbers.contains(&(status as i32)), "{kind:?}");
            numbers.push(status as i32);
            let name = NAMES
                .iter()
                .find(|(known, _)| *known == status)
                .map(|(_, name)| name.to_str());
            assert_eq!(name, Some(Ok(kind.name())));
        }
        assert!(numbers.is_sorted(), "ALL is in the order of the numbers");
    }
}
