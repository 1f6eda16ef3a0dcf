//! Minters.

use std::ffi::{c_char, c_void};
use std::mem::MaybeUninit;
use std::sync::Arc;

use super::boundary::{Out, bytes, given, guard, shield};
use super::call::{self, jeton_call};
use super::error::jeton_error;
use super::fork;
use super::keys::jeton_keys;
use super::signer::{Context, Host, jeton_signer};
use super::status::jeton_status;
use super::text::OutText;
use crate::policy::MinterOptions;
use crate::token::Minter;

/// Mints tokens under one set of options. Any number of threads may share it.
pub struct jeton_minter(Minter);

/// Makes a minter that signs with the private key that fits and is in force
/// when it mints, the newest of several: see jeton_keys.
///
/// Options (include/options.schema.json): "lifetime" must be said, in seconds,
/// or null for tokens without exp; "issuer", "audience", "algorithm", "kid",
/// "type" ("JWT"; null: none), "id" ("uuid", or null for no jti), "claims"
/// (added to every token), "override" (claims that a call may replace), "order".
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_minter_new(
    keys: Option<&jeton_keys>,
    options: *const c_char,
    options_len: usize,
    minter: Option<&mut MaybeUninit<*mut jeton_minter>>,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    let minter = Out::new(minter);
    guard(error, || {
        let keys = given("keys", keys)?;
        // SAFETY: readable by the header's contract.
        let options = unsafe { bytes("options", options, options_len) }?;
        let place = minter.wanted()?;
        let made = Minter::new(Arc::clone(keys.ring()?), MinterOptions::read(options)?)?;
        place.set(jeton_minter(made));
        Ok(())
    })
}

/// Makes a minter whose private key jeton never sees: `signer` signs with it, in
/// a KMS, an HSM or an agent. `keys` holds its public half alone, exactly one
/// key of RSA, EC or EdDSA, whose algorithm and kid the tokens get and whose
/// dates, if it has any, say when it may sign; what the set becomes later
/// doesn't matter. Options are as for jeton_minter_new.
///
/// A signature gets into a token only if this key verifies it. Where it doesn't,
/// or the signer fails, jeton_mint returns JETON_SIGNER, and the signer's reason
/// in the message.
///
/// `context` is handed to `signer` as it is, and may be any number cast to a
/// pointer. Unless `release` is NULL, it is called with the context once: when
/// the minter is freed, by that thread; or when this call fails, before it
/// returns. It has to return, too.
///
/// JETON_MISCONFIGURED: `keys` isn't one public key (a private one is refused,
/// since it shouldn't be here), or the options don't fit it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_minter_external(
    keys: Option<&jeton_keys>,
    signer: jeton_signer,
    context: *mut c_void,
    release: Option<unsafe extern "C" fn(context: *mut c_void)>,
    options: *const c_char,
    options_len: usize,
    minter: Option<&mut MaybeUninit<*mut jeton_minter>>,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    let (minter, context) = (Out::new(minter), Context::new(context, release));
    guard(error, || {
        let host = Host::new(signer, context)?;
        let keys = given("keys", keys)?.ring()?.load();
        // SAFETY: readable by the header's contract.
        let options = unsafe { bytes("options", options, options_len) }?;
        let place = minter.wanted()?;
        let made = Minter::external(&keys, Box::new(host), MinterOptions::read(options)?)?;
        place.set(jeton_minter(made));
        Ok(())
    })
}

/// Mints a token over `claims`, a JSON object whose members appear in the
/// token byte for byte. `call` may set the time; NULL asks the clock.
///
/// JETON_KEY where no key that fits is in force then. The message names their dates.
///
/// Free the token with jeton_string_free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_mint(
    minter: Option<&jeton_minter>,
    claims: *const c_char,
    claims_len: usize,
    call: *const jeton_call,
    token: Option<&mut MaybeUninit<*mut c_char>>,
    token_len: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    let token = OutText::new(token, token_len);
    guard(error, || {
        let minter = given("minter", minter)?;
        // SAFETY: readable by the header's contract.
        let (claims, call) = unsafe { (bytes("claims", claims, claims_len)?, call::read(call)?) };
        fork::prepare();
        token.fill(|| minter.0.mint(claims, &call))
    })
}

/// Frees a minter. NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn jeton_minter_free(minter: Option<Box<jeton_minter>>) {
    shield((), || drop(minter));
}
