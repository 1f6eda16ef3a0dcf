//! Tokens without a policy: plain JWS, and unverified reading.

use std::ffi::c_char;
use std::mem::MaybeUninit;

use super::boundary::{bytes, given, guard};
use super::error::jeton_error;
use super::fork;
use super::keys::jeton_keys;
use super::status::jeton_status;
use super::text::OutText;
use crate::error::Result;
use crate::token::{self, JwsOptions};

/// The options document of a plain JWS, which may be left out.
///
/// # Safety
///
/// As for [`bytes`].
unsafe fn read(options: *const c_char, options_len: usize) -> Result<JwsOptions> {
    // SAFETY: this function's contract is the same.
    match unsafe { bytes("options", options, options_len) }? {
        [] => Ok(JwsOptions::default()),
        options => JwsOptions::read(options),
    }
}

/// Signs any payload into a compact JWS (RFC 7515).
///
/// The newest key that fits signs, by the clock: see jeton_keys. Options:
/// {"algorithm", "kid": which key signs, "type": the header's typ}.
/// NULL, or an empty text, is {}. Free the token with jeton_string_free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_sign(
    keys: Option<&jeton_keys>,
    payload: *const c_char,
    payload_len: usize,
    options: *const c_char,
    options_len: usize,
    token: Option<&mut MaybeUninit<*mut c_char>>,
    token_len: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    let token = OutText::new(token, token_len);
    guard(error, || {
        let keys = given("keys", keys)?;
        // SAFETY: readable by the header's contract.
        let (payload, options) = unsafe {
            (
                bytes("payload", payload, payload_len)?,
                read(options, options_len)?,
            )
        };
        fork::prepare();
        token.fill(|| token::sign(keys.ring()?, payload, &options))
    })
}

/// Checks the signature of a compact JWS and hands over its payload, whatever
/// it is. No claim is looked at, only, by the clock, the key's "exp": tokens
/// that grant something are for jeton_verify.
///
/// Options: {"algorithms": allow-list, "type": expected as the header's typ,
/// "limits"}. NULL, or an empty text, is {}. Free the payload with
/// jeton_string_free; it may hold NULs.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_verify_signature(
    keys: Option<&jeton_keys>,
    token: *const c_char,
    token_len: usize,
    options: *const c_char,
    options_len: usize,
    payload: Option<&mut MaybeUninit<*mut c_char>>,
    payload_len: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    let payload = OutText::new(payload, payload_len);
    guard(error, || {
        let keys = given("keys", keys)?;
        // SAFETY: readable by the header's contract.
        let (token, options) = unsafe {
            (
                bytes("token", token, token_len)?,
                read(options, options_len)?,
            )
        };
        payload.fill(|| token::verify_signature(&*keys.select(), token, &options))
    })
}

/// Reads a token without verifying anything: {"verified": false, "header",
/// "claims", "signature_bytes"}. For looking at tokens, never for deciding.
///
/// Free the text with jeton_string_free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_inspect(
    token: *const c_char,
    token_len: usize,
    text: Option<&mut MaybeUninit<*mut c_char>>,
    len: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    let text = OutText::new(text, len);
    guard(error, || {
        // SAFETY: readable by the header's contract.
        let token = unsafe { bytes("token", token, token_len) }?;
        text.fill(|| token::inspect(token))
    })
}
