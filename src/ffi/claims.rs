//! Verified claims.

use std::ffi::c_char;
use std::mem::MaybeUninit;
use std::ptr;

use super::boundary::{lend, name, shield};
use crate::clock;
use crate::policy::Claims;

/// The claims of a token whose signature and every rule held; only verifying makes one.
///
/// Immutable; any number of threads may read it. The texts that it lends live
/// as long as it does. Where a getter takes a name, a name that begins with "/"
/// is a JSON pointer (RFC 6901), such as "/realm_access/roles/0".
pub struct jeton_claims(pub(super) Claims);

/// Runs a getter on claims that may be NULL.
fn read<'a, T>(
    claims: Option<&'a jeton_claims>,
    fallback: T,
    body: impl FnOnce(&'a Claims) -> Option<T>,
) -> T
where
    T: Copy,
{
    shield(fallback, || {
        claims
            .and_then(|claims| body(&claims.0))
            .unwrap_or(fallback)
    })
}

/// Hands `value` over where there is one and a place for it.
fn found<T>(value: Option<T>, slot: Option<&mut MaybeUninit<T>>) -> bool {
    match (value, slot) {
        (Some(value), Some(slot)) => {
            slot.write(value);
            true
        }
        (value, _) => value.is_some(),
    }
}

/// The whole payload as JSON, byte for byte as it was signed. NUL-terminated;
/// `len`, if not NULL, receives the length.
#[unsafe(no_mangle)]
pub extern "C" fn jeton_claims_json(
    claims: Option<&jeton_claims>,
    len: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    shield(ptr::null(), || {
        lend(claims.map(|claims| claims.0.json()), len)
    })
}

/// The protected header as JSON, as it was signed. NUL-terminated; `len`, if
/// not NULL, receives the length. Its kid and typ are the token's own words:
/// jeton_claims_key tells which key verified.
#[unsafe(no_mangle)]
pub extern "C" fn jeton_claims_header(
    claims: Option<&jeton_claims>,
    len: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    shield(ptr::null(), || {
        lend(claims.map(|claims| claims.0.header()), len)
    })
}

/// The text of a claim that is a string; NULL where it is absent or of another
/// type. `len` receives its length: the text is not NUL-terminated, and may
/// hold NULs.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_claims_text(
    claims: Option<&jeton_claims>,
    name: *const c_char,
    name_len: usize,
    len: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    shield(ptr::null(), || {
        // SAFETY: readable by the header's contract.
        let name = unsafe { self::name(name, name_len) };
        let text = claims
            .zip(name)
            .and_then(|(claims, name)| claims.0.text(name));
        lend(text, len)
    })
}

/// The JSON of a claim of any type; NULL where it is absent. `len` receives its
/// length: the text is not NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_claims_value(
    claims: Option<&jeton_claims>,
    name: *const c_char,
    name_len: usize,
    len: Option<&mut MaybeUninit<usize>>,
) -> *const c_char {
    shield(ptr::null(), || {
        // SAFETY: readable by the header's contract.
        let name = unsafe { self::name(name, name_len) };
        let value = claims
            .zip(name)
            .and_then(|(claims, name)| claims.0.value(name));
        lend(value, len)
    })
}

/// Reads a claim that is a whole number within 64 bits; false, and `value`
/// untouched, where it is absent or anything else.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_claims_integer(
    claims: Option<&jeton_claims>,
    name: *const c_char,
    name_len: usize,
    value: Option<&mut MaybeUninit<i64>>,
) -> bool {
    // SAFETY: readable by the header's contract.
    let name = unsafe { self::name(name, name_len) };
    found(
        read(claims, None, |claims| Some(claims.integer(name?))),
        value,
    )
}

/// Reads a claim that is true or false; false, and `value` untouched, where it
/// is absent or anything else.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_claims_boolean(
    claims: Option<&jeton_claims>,
    name: *const c_char,
    name_len: usize,
    value: Option<&mut MaybeUninit<bool>>,
) -> bool {
    // SAFETY: readable by the header's contract.
    let name = unsafe { self::name(name, name_len) };
    found(
        read(claims, None, |claims| Some(claims.boolean(name?))),
        value,
    )
}

/// Whether there is such a claim, of any type, null included.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_claims_has(
    claims: Option<&jeton_claims>,
    name: *const c_char,
    name_len: usize,
) -> bool {
    // SAFETY: readable by the header's contract.
    let name = unsafe { self::name(name, name_len) };
    read(claims, false, |claims| Some(claims.has(name?)))
}

/// The algorithm, by the name that the header gave it, such as "ES256".
/// NUL-terminated.
#[unsafe(no_mangle)]
pub extern "C" fn jeton_claims_algorithm(claims: Option<&jeton_claims>) -> *const c_char {
    shield(ptr::null(), || {
        lend(claims.map(|claims| claims.0.algorithm()), None)
    })
}

/// The key that verified: its own kid (NULL where it has none) and its RFC 7638
/// thumbprint, both NUL-terminated. Any of the places may be NULL.
#[unsafe(no_mangle)]
pub extern "C" fn jeton_claims_key(
    claims: Option<&jeton_claims>,
    kid: Option<&mut MaybeUninit<*const c_char>>,
    kid_len: Option<&mut MaybeUninit<usize>>,
    thumbprint: Option<&mut MaybeUninit<*const c_char>>,
    thumbprint_len: Option<&mut MaybeUninit<usize>>,
) {
    shield((), || {
        let claims = claims.map(|claims| &claims.0);
        for (slot, len, text) in [
            (kid, kid_len, claims.and_then(Claims::kid)),
            (thumbprint, thumbprint_len, claims.map(Claims::thumbprint)),
        ] {
            let text = lend(text, len);
            if let Some(slot) = slot {
                slot.write(text);
            }
        }
    });
}

/// Which entry of the option "trust" accepted the token; 0 without that option.
#[unsafe(no_mangle)]
pub extern "C" fn jeton_claims_trust(claims: Option<&jeton_claims>) -> usize {
    read(claims, 0, |claims| Some(claims.trust()))
}

/// Reads the exp in seconds, a fraction rounded up; false, and `seconds`
/// untouched, where there is none.
#[unsafe(no_mangle)]
pub extern "C" fn jeton_claims_expires(
    claims: Option<&jeton_claims>,
    seconds: Option<&mut MaybeUninit<i64>>,
) -> bool {
    found(read(claims, None, |claims| Some(claims.expires())), seconds)
}

/// Whether the token has more than `remaining` seconds left at `now` (0: the
/// clock) and was issued less than `age` seconds before: time to renew it when
/// not. A token without exp, or without iat, isn't held to that half.
#[unsafe(no_mangle)]
pub extern "C" fn jeton_claims_fresh(
    claims: Option<&jeton_claims>,
    now: i64,
    remaining: i64,
    age: i64,
) -> bool {
    read(claims, false, |claims| {
        Some(claims.is_fresh(clock::at(now), remaining, age))
    })
}

/// Frees claims. NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn jeton_claims_free(claims: Option<Box<jeton_claims>>) {
    shield((), || drop(claims));
}
