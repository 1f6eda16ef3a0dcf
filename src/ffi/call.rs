//! What a caller says along with one call.

use std::ffi::c_char;
use std::mem::offset_of;
use std::ptr;

use super::boundary::text;
use crate::error::{Error, ErrorKind, Result};
use crate::policy::Call;

/// What may change from one call to the next. NULL in its place means the
/// clock and nothing said.
///
/// Zero the struct, set `size` to sizeof(jeton_call), then what is needed: a
/// field that a later version adds is then zero, and means "not said".
#[repr(C)]
pub struct jeton_call {
    /// sizeof(jeton_call), as the calling program was compiled.
    pub size: usize,
    /// Seconds since 1970 in place of the clock; 0 asks the clock.
    pub now: i64,
    /// The scope that switches are looked up in: a project, a tenant. NULL says
    /// nothing, which is misuse where a deny rule hangs on a switch; an empty
    /// text (not NULL, length 0) says "none".
    pub scope: *const c_char,
    /// The length of `scope` in bytes.
    pub scope_len: usize,
    /// The value that the claim `nonce` must have; NULL: any or none.
    pub nonce: *const c_char,
    /// The length of `nonce` in bytes.
    pub nonce_len: usize,
    /// The method of the request that a DPoP proof came with. Must be said, as
    /// must the two below, where the options ask for a proof; misuse elsewhere.
    pub method: *const c_char,
    /// The length of `method` in bytes.
    pub method_len: usize,
    /// The request's whole URI; its query and fragment don't matter.
    pub uri: *const c_char,
    /// The length of `uri` in bytes.
    pub uri_len: usize,
    /// The access token that came with the request, as it came; an empty text
    /// (not NULL, length 0) says that there is none.
    pub access_token: *const c_char,
    /// The length of `access_token` in bytes.
    pub access_token_len: usize,
    /// The thumbprint that the proof's key must have: the access token's
    /// cnf.jkt. Must be said where there is an access token; NULL: any key.
    pub jkt: *const c_char,
    /// The length of `jkt` in bytes.
    pub jkt_len: usize,
}

/// The size of the first version's struct, which ended with the nonce.
const FIRST: usize = offset_of!(jeton_call, method);
/// A larger `size` than this can't be a struct of any version.
const MOST: usize = 4096;

/// Reads what `call` says.
///
/// # Safety
///
/// `call` is NULL or points to as many readable bytes as its first field says,
/// and its texts are readable for `'a`.
pub(super) unsafe fn read<'a>(call: *const jeton_call) -> Result<Call<'a>> {
    if call.is_null() {
        return Ok(Call::default());
    }
    let misuse = |message| Err(Error::new(ErrorKind::Misuse, message));
    // SAFETY: the first field is readable by this function's contract.
    let size = unsafe { ptr::addr_of!((*call).size).read_unaligned() };
    let known = size_of::<jeton_call>();
    // The size of a version, or a later one's; half a field would be another's pointer.
    if size != FIRST && !(known..=MOST).contains(&size) {
        return misuse("call->size isn't sizeof(jeton_call)");
    }
    let mut given = jeton_call {
        size,
        now: 0,
        scope: ptr::null(),
        scope_len: 0,
        nonce: ptr::null(),
        nonce_len: 0,
        method: ptr::null(),
        method_len: 0,
        uri: ptr::null(),
        uri_len: 0,
        access_token: ptr::null(),
        access_token_len: 0,
        jkt: ptr::null(),
        jkt_len: 0,
    };
    // SAFETY: `size` bytes are readable by this function's contract, and no more
    // than `known` are written; every pattern of bits is a jeton_call.
    unsafe {
        ptr::copy_nonoverlapping(
            call.cast::<u8>(),
            ptr::addr_of_mut!(given).cast::<u8>(),
            size.min(known),
        );
    }
    // A field of a later version that says something can't be left unheard.
    for offset in known..size {
        // SAFETY: within the `size` readable bytes.
        if unsafe { call.cast::<u8>().add(offset).read() } != 0 {
            return Err(Error::new(
                ErrorKind::Unsupported,
                "call says something that this version of the library doesn't know",
            ));
        }
    }
    // SAFETY: readable by this function's contract.
    let said = |name, data: *const c_char, len| unsafe {
        if data.is_null() && len == 0 {
            Ok(None)
        } else {
            text(name, data, len).map(Some)
        }
    };
    Ok(Call {
        now: given.now,
        scope: said("call->scope", given.scope, given.scope_len)?,
        nonce: said("call->nonce", given.nonce, given.nonce_len)?,
        method: said("call->method", given.method, given.method_len)?,
        uri: said("call->uri", given.uri, given.uri_len)?,
        access_token: said(
            "call->access_token",
            given.access_token,
            given.access_token_len,
        )?,
        jkt: said("call->jkt", given.jkt, given.jkt_len)?,
    })
}
