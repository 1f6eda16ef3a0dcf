//! The bearer resolver.

use std::ffi::{CString, c_char};
use std::mem::MaybeUninit;
use std::ptr;

use super::boundary::{Out, bytes, given, guard, lend, preset, shield};
use super::call::{self, jeton_call};
use super::claims::jeton_claims;
use super::error::jeton_error;
use super::status::jeton_status;
use super::verifier::jeton_verifier;
use crate::bearer::Bearer;
use crate::error::{Error, ErrorKind};

/// Tells kinds of credentials apart. Any number of threads may share it.
pub struct jeton_bearer {
    bearer: Bearer,
    /// Every kind that it can answer, NUL-terminated, to be lent.
    kinds: Vec<CString>,
}

/// Makes a resolver. `verifier` may be NULL: then no credential is taken for a
/// JWT. `admin` is the administrator's token, compared in constant time and not
/// kept; NULL or empty: there is none.
///
/// Options: {"order": ["admin", "prefixes", "jwt", "session"], "prefixes":
/// [{"prefix": "pk.", "kind": "api-key", "shape": "key_{32}.{43}"}], "admin":
/// false or "jwt": false to leave that kind out}. In a shape, {n} is n
/// characters of base64url. NULL, or an empty text, is {}.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_bearer_new(
    verifier: Option<&jeton_verifier>,
    admin: *const c_char,
    admin_len: usize,
    options: *const c_char,
    options_len: usize,
    bearer: Option<&mut MaybeUninit<*mut jeton_bearer>>,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    let bearer = Out::new(bearer);
    guard(error, || {
        // SAFETY: readable by the header's contract.
        let (admin, options) = unsafe {
            (
                bytes("admin", admin, admin_len)?,
                bytes("options", options, options_len)?,
            )
        };
        let place = bearer.wanted()?;
        let options = if options.is_empty() { b"{}" } else { options };
        let made = Bearer::new(options, admin, verifier.map(|verifier| verifier.0.clone()))?;
        let kinds = made.kinds().map(CString::new).collect::<Result<_, _>>();
        place.set(jeton_bearer {
            kinds: kinds.map_err(|_| {
                Error::new(ErrorKind::Options, "options.prefixes: a kind holds a NUL")
            })?,
            bearer: made,
        });
        Ok(())
    })
}

/// Tells what came in the header Authorization or, where that names no bearer,
/// in a session cookie (its value); each may be NULL and empty.
///
/// `kind` receives "none", "admin", "jwt", "session" or the kind of a prefix;
/// it is NUL-terminated and lives as long as `bearer`. `credential` receives
/// where the credential stands in the text that was given, without its scheme.
/// A good JWT's claims go to `claims`. Why a JWT or a misshapen credential is
/// bad goes to `rejection`: such a request must not go on. A bad credential is
/// a result: the status is JETON_OK for it, too.
///
/// The kind "session" means "none of the others": look it up. A credential that
/// isn't UTF-8 is a misshapen one of this kind, and `credential` is then empty.
/// Free the claims and the rejection; the credential is never part of an error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_bearer_resolve(
    bearer: Option<&jeton_bearer>,
    authorization: *const c_char,
    authorization_len: usize,
    cookie: *const c_char,
    cookie_len: usize,
    call: *const jeton_call,
    kind: Option<&mut MaybeUninit<*const c_char>>,
    credential: Option<&mut MaybeUninit<*const c_char>>,
    credential_len: Option<&mut MaybeUninit<usize>>,
    claims: Option<&mut MaybeUninit<*mut jeton_claims>>,
    rejection: Option<&mut MaybeUninit<*mut jeton_error>>,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    let (claims, rejection) = (Out::new(claims), Out::new(rejection));
    let kind = preset(kind, ptr::null());
    let credential = preset(credential, ptr::null());
    let credential_len = preset(credential_len, 0);
    guard(error, || {
        let bearer = given("bearer", bearer)?;
        // SAFETY: readable by the header's contract.
        let (authorization, cookie, call) = unsafe {
            (
                bytes("authorization", authorization, authorization_len)?,
                bytes("cookie", cookie, cookie_len)?,
                call::read(call)?,
            )
        };
        // A rejection that nobody could see would let a bad credential pass for a good one.
        let (claims, rejection) = (claims.wanted()?, rejection.wanted()?);
        let kind =
            kind.ok_or_else(|| Error::new(ErrorKind::Misuse, "the place for the kind is NULL"))?;
        let found = bearer.bearer.resolve_bytes(authorization, cookie, &call)?;
        let name = bearer
            .kinds
            .iter()
            .find(|kind| kind.to_bytes() == found.kind.as_bytes());
        kind.write(name.map_or(ptr::null(), |name| name.as_ptr()));
        let place = lend(Some(found.text), credential_len);
        if let Some(credential) = credential {
            credential.write(place);
        }
        if let Some(good) = found.claims {
            claims.set(jeton_claims(good));
        }
        if let Some(cause) = found.rejection {
            rejection.set_pointer(jeton_error::boxed(cause));
        }
        Ok(())
    })
}

/// Frees a resolver. NULL is fine.
#[unsafe(no_mangle)]
pub extern "C" fn jeton_bearer_free(bearer: Option<Box<jeton_bearer>>) {
    shield((), || drop(bearer));
}
