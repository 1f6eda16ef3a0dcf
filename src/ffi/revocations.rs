//! Revocations.

use std::ffi::c_char;
use std::mem::MaybeUninit;
use std::sync::Arc;

use super::boundary::{Out, bytes, given, guard, preset, shield, text, wanted};
use super::call::{self, jeton_call};
use super::claims::jeton_claims;
use super::error::jeton_error;
use super::fork;
use super::status::jeton_status;
use super::text::OutText;
use crate::error::Result;
use crate::revocation::Revocations;

/// What has been revoked, and which switches are on. Any number of threads and
/// verifiers may share it. A forked child of "memory:" keeps its copy; in a
/// shared store it goes on by itself from where its parent was.
pub struct jeton_revocations(pub(super) Arc<Revocations>);

/// Opens the revocations at `location`: "memory:" (one process and, as they
/// were, its forked children), "sqlite:PATH" (the processes of one machine; the
/// file is made if it isn't there), "redis://HOST:PORT/DATABASE" or, over TLS,
/// "rediss://…" (any number of machines, on a server of Redis 6.2 or later or
/// Valkey; several servers of one store are separated by commas).
///
/// Options of all: {"names": how many claims rules may name (16)}; of "memory:":
/// {"log": false to keep no readable entries, which saves memory}; of the shared
/// ones: {"stale": after how many seconds without a look at the store tokens are
/// refused as JETON_REVOCATIONS_STALE, or null for never: must be said,
/// "timeout": the most seconds that a write waits for other processes, or an
/// answer of the server may take (5)}; of a server also: {"prefix": what the
/// store's two keys begin with ("jeton"), "user", "secret": {"file": PATH} or
/// {"env": NAME}, "ca": a PEM file of the certificates to trust, "wait": how many
/// replicas must have a change before it is acknowledged (0), "patience": how
/// many seconds a write waits for a connection (0), "sentinel": the name of the
/// store's server where the location's are Sentinels, "journal": an SQLite file
/// from which a server gets back what it lost}. NULL, or an empty text, is {}.
///
/// A shared store is read to its end before this returns, and then followed by
/// a thread, until the revocations and the verifiers made with them are freed.
/// JETON_REVOCATIONS_UNAVAILABLE: it can't be read. A server that has lost what
/// it acknowledged is opened all the same, but answers JETON_REVOCATIONS_STALE
/// until jeton_revocations_import, or a process with a journal, has made it
/// whole. docs/revocations.md is for whoever runs the server.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_revocations_open(
    location: *const c_char,
    location_len: usize,
    options: *const c_char,
    options_len: usize,
    revocations: Option<&mut MaybeUninit<*mut jeton_revocations>>,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    let revocations = Out::new(revocations);
    guard(error, || {
        // SAFETY: readable by the header's contract.
        let (location, options) = unsafe {
            (
                text("location", location, location_len)?,
                text("options", options, options_len)?,
            )
        };
        let place = revocations.wanted()?;
        fork::prepare();
        place.set(jeton_revocations(Arc::new(Revocations::open(
            location, options,
        )?)));
        Ok(())
    })
}

/// Adds a rule: {"realm", "claim", "value", "before", "until", "note"}, or with
/// "key" (a kid or thumbprint) in place of claim and value; a claim that begins
/// with "/" is a JSON pointer. Refused is every
/// token of the realm with this value (a string or whole number) that was
/// issued at "before" or earlier, or says no iat.
///
/// "until" must be said: the second from which the rule is void, or null for
/// ever. "before" is now for the claim "sub" and null (whenever issued) for
/// others, unless said. In force from the very next verify of this process, and
/// on JETON_OK durable in a shared store, where other processes read it within
/// milliseconds. JETON_STORAGE: in force in this process, but not in the store;
/// so for the other functions that change something.
///
/// `entry`, if not NULL, receives the entry as JSON, with its cut-off: whoever
/// issues anew at once mints a second later. Free it with jeton_string_free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_revocations_revoke(
    revocations: Option<&jeton_revocations>,
    rule: *const c_char,
    rule_len: usize,
    call: *const jeton_call,
    entry: Option<&mut MaybeUninit<*mut c_char>>,
    entry_len: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    let entry = OutText::new(entry, entry_len);
    guard(error, || {
        let store = &given("revocations", revocations)?.0;
        // SAFETY: readable by the header's contract.
        let (rule, call) = unsafe { (text("rule", rule, rule_len)?, call::read(call)?) };
        entry.fill_if_wanted(|| store.revoke(rule, call.time())?.to_json())
    })
}

/// Revokes by a claim of verified claims, in their realm: options {"claim":
/// "jti" (this one token), "before", "until", "note"}; the end is the token's
/// own, with the verifier's leeway, unless said. `entry` is as for
/// jeton_revocations_revoke.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_revocations_revoke_claims(
    revocations: Option<&jeton_revocations>,
    claims: Option<&jeton_claims>,
    options: *const c_char,
    options_len: usize,
    call: *const jeton_call,
    entry: Option<&mut MaybeUninit<*mut c_char>>,
    entry_len: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    let entry = OutText::new(entry, entry_len);
    guard(error, || {
        let store = &given("revocations", revocations)?.0;
        let claims = &given("claims", claims)?.0;
        // SAFETY: readable by the header's contract.
        let (options, call) = unsafe { (document(options, options_len)?, call::read(call)?) };
        entry.fill_if_wanted(|| store.revoke_claims(claims, options, call.time())?.to_json())
    })
}

/// Ends the session that a verified logout token names (OpenID Connect
/// Back-Channel Logout 1.0), by its sid, else its sub. Options {"lifetime": must
/// be said: the most seconds that a token of the session may still live, or
/// null, "note"}. `entry` is as for jeton_revocations_revoke.
///
/// Verify the token first with a verifier of its own: "type": "logout+jwt"
/// where the issuer says so, and "require": ["iat", "jti", "events"].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_revocations_revoke_logout(
    revocations: Option<&jeton_revocations>,
    claims: Option<&jeton_claims>,
    options: *const c_char,
    options_len: usize,
    call: *const jeton_call,
    entry: Option<&mut MaybeUninit<*mut c_char>>,
    entry_len: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    let entry = OutText::new(entry, entry_len);
    guard(error, || {
        let store = &given("revocations", revocations)?.0;
        let claims = &given("claims", claims)?.0;
        // SAFETY: readable by the header's contract.
        let (options, call) = unsafe { (document(options, options_len)?, call::read(call)?) };
        entry.fill_if_wanted(|| store.revoke_logout(claims, options, call.time())?.to_json())
    })
}

/// Takes a rule back: {"realm", "claim", "value"} or {"realm", "key"}.
/// `restored`, if not NULL, receives whether one was in force.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_revocations_restore(
    revocations: Option<&jeton_revocations>,
    rule: *const c_char,
    rule_len: usize,
    call: *const jeton_call,
    restored: Option<&mut MaybeUninit<bool>>,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    guard(error, || {
        let store = &given("revocations", revocations)?.0;
        // SAFETY: readable by the header's contract.
        let (rule, call) = unsafe { (text("rule", rule, rule_len)?, call::read(call)?) };
        let done = store.restore(rule, call.time())?;
        if let Some(restored) = restored {
            restored.write(done);
        }
        Ok(())
    })
}

/// Turns the switch `name` on or off for `scope`; a switch that was never
/// turned is off. Deny rules may hang on it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_revocations_switch(
    revocations: Option<&jeton_revocations>,
    scope: *const c_char,
    scope_len: usize,
    name: *const c_char,
    name_len: usize,
    on: bool,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    guard(error, || {
        let store = &given("revocations", revocations)?.0;
        // SAFETY: readable by the header's contract.
        let (scope, name) = unsafe {
            (
                text("scope", scope, scope_len)?,
                text("name", name, name_len)?,
            )
        };
        store.switch(scope, name, on)
    })
}

/// Tells whether the switch `name` is on for `scope`, by what this process knows:
/// no store is asked.
///
/// JETON_REVOCATIONS_STALE where jeton_verify would answer so.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_revocations_is_on(
    revocations: Option<&jeton_revocations>,
    scope: *const c_char,
    scope_len: usize,
    name: *const c_char,
    name_len: usize,
    on: Option<&mut MaybeUninit<bool>>,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    let on = preset(on, false);
    guard(error, || {
        let store = &given("revocations", revocations)?.0;
        // SAFETY: readable by the header's contract.
        let (scope, name) = unsafe {
            (
                text("scope", scope, scope_len)?,
                text("name", name, name_len)?,
            )
        };
        wanted(on)?.write(store.is_on(scope, name)?);
        Ok(())
    })
}

/// Frees revocations. NULL is fine; verifiers made with them go on asking them.
#[unsafe(no_mangle)]
pub extern "C" fn jeton_revocations_free(revocations: Option<Box<jeton_revocations>>) {
    shield((), || drop(revocations));
}

/// An options document that may be left out.
///
/// # Safety
///
/// As for [`bytes`].
unsafe fn document<'a>(options: *const c_char, options_len: usize) -> Result<&'a [u8]> {
    // SAFETY: this function's contract is the same.
    let options = unsafe { bytes("options", options, options_len) }?;
    Ok(if options.is_empty() { b"{}" } else { options })
}
