//! The error object: why one call failed.

use std::ffi::c_char;
use std::mem::MaybeUninit;

use super::boundary::{lend, shield};
use super::status::jeton_status;
use crate::error::Error;

/// Why a call failed: a status, a message and, for a claim's failure, its name.
///
/// Made by the call that failed, read by one caller, freed with
/// jeton_error_free. What it lends lives as long as it does.
pub struct jeton_error {
    cause: Error,
    /// Each followed by a NUL.
    message: String,
    claim: Option<String>,
    claims: Option<String>,
}

impl jeton_error {
    pub(super) fn boxed(error: Error) -> *mut Self {
        let terminated = |text: &str| format!("{text}\0");
        Box::into_raw(Box::new(Self {
            message: terminated(error.message()),
            claim: error.claim().map(terminated),
            claims: error.claims().map(terminated),
            cause: error,
        }))
    }

    pub(super) fn cause(&self) -> &Error {
        &self.cause
    }
}

fn lent(text: Option<&String>, len: Option<&mut MaybeUninit<usize>>) -> *const c_char {
    lend(text.and_then(|text| text.strip_suffix('\0')), len)
}

/// The status that the call returned; JETON_OK for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jeton_error_status(error: Option<&jeton_error>) -> jeton_status {
    error.map_or(jeton_status::JETON_OK, |error| error.cause.kind().into())
}

/// What happened and what was expected, in English, for people and logs; its
/// wording may change. It never holds a token, a secret or a claim's value.
///
/// NUL-terminated; `len`, if not NULL, receives the length. NULL for NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jeton_error_message(
    error: Option<&jeton_error>,
    len: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    shield(std::ptr::null(), || {
        lent(error.map(|error| &error.message), len)
    })
}

/// The claim at fault, such as "aud"; NULL where no claim is.
///
/// NUL-terminated; `len`, if not NULL, receives the length.
#[unsafe(no_mangle)]
pub extern "C" fn jeton_error_claim(
    error: Option<&jeton_error>,
    len: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    shield(std::ptr::null(), || {
        lent(error.and_then(|error| error.claim.as_ref()), len)
    })
}

/// The claims that the option `report` names, of a token whose signature holds
/// but that was refused, as a JSON object: for logs, and for answers such as
/// "expired at". NULL in all other cases. Never let them decide anything.
///
/// NUL-terminated; `len`, if not NULL, receives the length.
#[unsafe(no_mangle)]
pub extern "C" fn jeton_error_claims(
    error: Option<&jeton_error>,
    len: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    shield(std::ptr::null(), || {
        lent(error.and_then(|error| error.claims.as_ref()), len)
    })
}

/// Frees an error. NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn jeton_error_free(error: Option<Box<jeton_error>>) {
    shield((), || drop(error));
}
