//! Verifiers.

use std::borrow::Cow;
use std::ffi::c_char;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::Arc;

use super::boundary::{Out, bytes, given, guard, shield, status_of};
use super::call::{self, jeton_call};
use super::claims::jeton_claims;
use super::error::jeton_error;
use super::keys::jeton_keys;
use super::revocations::jeton_revocations;
use super::source::{jeton_source, limit};
use super::status::jeton_status;
use super::text::OutText;
use crate::error::{Error, ErrorKind, Result};
use crate::keys::Select;
use crate::policy::{Consult, StatusList, VerifierOptions};
use crate::token::{BATCH_MOST, Verifier};

/// Checks tokens against one policy. Any number of threads may share it.
pub struct jeton_verifier(pub(super) Arc<Verifier>);

/// The most key sets of one verifier.
const MOST_KEYS: usize = 1024;
/// The most status lists.
const MOST_LISTS: usize = 1024;

/// Makes a verifier over `keys_count` key sets; an entry of the option "trust"
/// names its set by the index in `keys`, 0 by default. `revocations` may be NULL.
///
/// Options (include/options.schema.json): "issuer" and "audience" must be said,
/// each as a string, a list, or null to waive the check. Any other check that
/// would be weaker than the default must be said, too; an unknown field is
/// JETON_OPTIONS, with a suggestion. A verifier of DPoP proofs, which bring
/// their own keys, is made without key sets.
///
/// The verifier keeps what it needs of keys and revocations: free them in any order.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_verifier_new(
    keys: *const *const jeton_keys,
    keys_count: usize,
    revocations: Option<&jeton_revocations>,
    options: *const c_char,
    options_len: usize,
    verifier: Option<&mut MaybeUninit<*mut jeton_verifier>>,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    let verifier = Out::new(verifier);
    guard(error, || {
        // SAFETY: readable by the header's contract.
        let (keys, options) = unsafe {
            (
                rings(keys, keys_count)?,
                bytes("options", options, options_len)?,
            )
        };
        let place = verifier.wanted()?;
        let revocations = revocations.map(|store| store.0.clone() as Arc<dyn Consult>);
        let options = VerifierOptions::read(options)?;
        if keys.is_empty() && !options.is_of_proofs() {
            return Err(misuse("keys is empty: a verifier needs a key set"));
        }
        let made = Verifier::new(keys, revocations, options)?;
        place.set(jeton_verifier(Arc::new(made)));
        Ok(())
    })
}

fn misuse(message: impl Into<Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Misuse, message)
}

/// The key sets at `keys`.
///
/// # Safety
///
/// `keys` points to `count` pointers, each NULL or to a live jeton_keys; it may
/// itself be NULL.
unsafe fn rings(keys: *const *const jeton_keys, count: usize) -> Result<Vec<Arc<dyn Select>>> {
    if count == 0 {
        return Ok(Vec::new());
    }
    if keys.is_null() {
        return Err(misuse("keys is NULL"));
    }
    if count > MOST_KEYS {
        return Err(misuse(format!("more than {MOST_KEYS} key sets")));
    }
    // SAFETY: not NULL, and `count` pointers by this function's contract.
    let keys = unsafe { std::slice::from_raw_parts(keys, count) };
    keys.iter()
        .enumerate()
        .map(|(index, keys)| {
            // SAFETY: NULL or live by this function's contract.
            let keys = unsafe { keys.as_ref() };
            keys.map(jeton_keys::select)
                .ok_or_else(|| misuse(format!("keys[{index}] is NULL")))
        })
        .collect()
}

/// Makes a verifier that checks what `verifier` does and, last of all, the claim
/// "status" of tokens: its place in one of `lists`, which jeton_source_open_list
/// has opened. A token without the claim is JETON_MISSING, unless the option
/// "require" says otherwise; one that names another list, or a place behind the
/// end of its list, is JETON_CLAIM; what its issuer has revoked or suspended is
/// JETON_REVOKED. JETON_REVOCATIONS_UNAVAILABLE before the first good fetch of
/// the list, JETON_REVOCATIONS_STALE once it is older than "stale" or past its exp.
///
/// JETON_MISCONFIGURED where two lists have the same uri. Both verifiers, and the
/// sources, are freed in any order.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_verifier_following(
    verifier: Option<&jeton_verifier>,
    lists: *const *const jeton_source,
    lists_count: usize,
    following: Option<&mut MaybeUninit<*mut jeton_verifier>>,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    let following = Out::new(following);
    guard(error, || {
        let verifier = given("verifier", verifier)?;
        // SAFETY: readable by the header's contract.
        let lists = unsafe { self::lists(lists, lists_count) }?;
        let place = following.wanted()?;
        place.set(jeton_verifier(Arc::new(verifier.0.following(lists)?)));
        Ok(())
    })
}

/// The lists that the sources at `lists` follow.
///
/// # Safety
///
/// `lists` points to `count` pointers, each NULL or to a live jeton_source.
unsafe fn lists(
    lists: *const *const jeton_source,
    count: usize,
) -> Result<Vec<Arc<dyn StatusList>>> {
    let misuse = |message: String| Error::new(ErrorKind::Misuse, message);
    if lists.is_null() || count == 0 {
        return Err(misuse("lists is empty".into()));
    }
    if count > MOST_LISTS {
        return Err(misuse(format!("more than {MOST_LISTS} lists")));
    }
    // SAFETY: not NULL, and `count` pointers by this function's contract.
    let lists = unsafe { std::slice::from_raw_parts(lists, count) };
    lists
        .iter()
        .enumerate()
        .map(|(index, list)| {
            // SAFETY: NULL or live by this function's contract.
            match unsafe { list.as_ref() } {
                Some(list) if list.0.is_list() => Ok(Arc::clone(&list.0) as Arc<dyn StatusList>),
                Some(_) => Err(misuse(format!("lists[{index}] is a source of keys"))),
                None => Err(misuse(format!("lists[{index}] is NULL"))),
            }
        })
        .collect()
}

/// Verifies `token`, and hands over its claims. Does no I/O, never blocks, and
/// starts no thread (but that of its sources, once, in a forked child). Only a
/// DPoP proof that is accepted once is written to the revocations: where other
/// processes share these, that may wait for them for "timeout" seconds, and
/// JETON_STORAGE means that it failed.
///
/// Fails with the first check that doesn't hold, in this order: form, header,
/// key, signature, type, issuer, audience, required claims, nbf, exp, lifetime,
/// age, claims, nonce, deny rules, revocations, status lists; of a proof then
/// jti, htm, htu, iat, ath, and whether it was used before (JETON_REVOKED with the claim jti).
/// A signature failure ends the walk; nothing of a token that fails can be
/// read. `call` may be NULL.
///
/// Free the claims with jeton_claims_free. Where no error object is asked for,
/// a token that fails before its signature was checked costs no allocation, as
/// long as there are keys.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_verify(
    verifier: Option<&jeton_verifier>,
    token: *const c_char,
    token_len: usize,
    call: *const jeton_call,
    claims: Option<&mut MaybeUninit<*mut jeton_claims>>,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    let claims = Out::new(claims);
    guard(error, || {
        let verifier = given("verifier", verifier)?;
        // SAFETY: readable by the header's contract.
        let (token, call) = unsafe { (bytes("token", token, token_len)?, call::read(call)?) };
        let place = claims.wanted()?;
        place.set(jeton_claims(verifier.0.verify(token, &call)?));
        Ok(())
    })
}

/// Waits for keys that `error`, from jeton_verify with this verifier, has missed,
/// at most `timeout_ms` milliseconds: for callers who may wait. JETON_OK: a fetch
/// has ended that may have brought them; verify again, once.
///
/// Only JETON_KEY_PENDING and, before the first good fetch of a source,
/// JETON_KEYS_UNAVAILABLE can change so; for any other error its own status
/// comes back at once, and JETON_OK for NULL. JETON_KEYS_UNAVAILABLE: the fetch
/// failed, and there are no keys. JETON_TIMEOUT: the time is up, or more than
/// 1024 callers wait already.
#[unsafe(no_mangle)]
pub extern "C" fn jeton_verifier_wait(
    verifier: Option<&jeton_verifier>,
    error: Option<&jeton_error>,
    timeout_ms: u64,
    new_error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    guard(new_error, || {
        let verifier = given("verifier", verifier)?;
        match error {
            Some(error) => verifier.0.wait(error.cause(), limit(timeout_ms)),
            None => Ok(()),
        }
    })
}

/// Verifies `count` tokens, at most 65536, on as many threads as there are
/// cores; they have ended when this returns. `tokens` and `token_lens`,
/// `claims`, `statuses` and (if not NULL) `errors` are arrays of `count`.
///
/// Each token has its own verdict: statuses[i], with claims[i] or, where it
/// failed, NULL there and its reason in errors[i]. The call itself returns
/// JETON_OK when every token got one; else claims and errors are all NULL, and
/// statuses are all what it returned. More than 65536 touches no array.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_verify_many(
    verifier: Option<&jeton_verifier>,
    tokens: *const *const c_char,
    token_lens: *const usize,
    count: usize,
    call: *const jeton_call,
    claims: *mut *mut jeton_claims,
    statuses: *mut jeton_status,
    errors: *mut *mut jeton_error,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    let status = guard(error, || {
        let verifier = given("verifier", verifier)?;
        if count == 0 {
            return Ok(());
        }
        if tokens.is_null() || token_lens.is_null() || claims.is_null() || statuses.is_null() {
            return Err(Error::new(ErrorKind::Misuse, "an array is NULL"));
        }
        // SAFETY: readable by the header's contract.
        let call = unsafe { call::read(call) }?;
        // SAFETY: not NULL, and `count` long by the header's contract.
        let read = |index| unsafe { bytes("a token", *tokens.add(index), *token_lens.add(index)) };
        let most = count.min(BATCH_MOST + 1);
        let tokens: Vec<&[u8]> = (0..most).map(read).collect::<Result<_>>()?;
        let verdicts = verifier.0.verify_many(&tokens, &call)?;
        for (index, verdict) in verdicts.into_iter().enumerate() {
            let status = status_of(&verdict);
            let (good, reason) = match verdict {
                Ok(good) => (Box::into_raw(Box::new(jeton_claims(good))), ptr::null_mut()),
                Err(_) if errors.is_null() => (ptr::null_mut(), ptr::null_mut()),
                Err(cause) => (ptr::null_mut(), jeton_error::boxed(cause)),
            };
            // SAFETY: not NULL but for `errors`, and `count` long by the header's contract.
            unsafe {
                statuses.add(index).write(status);
                claims.add(index).write(good);
                if !errors.is_null() {
                    errors.add(index).write(reason);
                }
            }
        }
        Ok(())
    });
    if status != jeton_status::JETON_OK && count <= BATCH_MOST {
        // SAFETY: NULL or `count` long by the header's contract.
        unsafe {
            fill(claims, count, ptr::null_mut());
            fill(statuses, count, status);
            fill(errors, count, ptr::null_mut());
        }
    }
    status
}

/// Writes `value` into all of an array that may be NULL.
///
/// # Safety
///
/// `array` is NULL or points to `count` writable places.
unsafe fn fill<T: Copy>(array: *mut T, count: usize, value: T) {
    for index in (0..count).filter(|_| !array.is_null()) {
        // SAFETY: not NULL, and within `count` by this function's contract.
        unsafe { array.add(index).write(value) };
    }
}

/// Verifies `token` and answers as an authorization server does whom a resource
/// server asks (RFC 7662): {"active":true, …} with the claims as they were
/// signed, exp, iat and nbf in whole seconds and a claim "active" left out; or
/// exactly {"active":false} where the token is refused, whatever for.
///
/// Any other failure of jeton_verify is no verdict, and returned as it is: such
/// a request isn't answered with 200. Send the answer with "Cache-Control:
/// no-store", and to those alone who may ask. Free it with jeton_string_free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_introspect(
    verifier: Option<&jeton_verifier>,
    token: *const c_char,
    token_len: usize,
    call: *const jeton_call,
    answer: Option<&mut MaybeUninit<*mut c_char>>,
    answer_len: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    let answer = OutText::new(answer, answer_len);
    guard(error, || {
        let verifier = given("verifier", verifier)?;
        // SAFETY: readable by the header's contract.
        let (token, call) = unsafe { (bytes("token", token, token_len)?, call::read(call)?) };
        answer.fill(|| verifier.0.introspect(token, &call))
    })
}

/// Frees a verifier. NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn jeton_verifier_free(verifier: Option<Box<jeton_verifier>>) {
    shield((), || drop(verifier));
}
