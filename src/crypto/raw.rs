//! The calls of libcrypto that the `openssl` crate lacks, behind safe functions.

#[cfg(feature = "aws-lc")]
use std::mem::MaybeUninit;
use std::ptr::{self, NonNull};

use foreign_types::ForeignTypeRef;
use openssl::pkey::Public;
use openssl::rsa::RsaRef;
use openssl_sys::HMAC_CTX;
use zeroize::Zeroize;

use super::digest::Hash;
use super::failed;
use crate::error::Result;

/// Empties the thread's queue of errors, so that what failed here never shows
/// up as an error of the host's own calls of the same library.
pub(super) fn clear_errors() {
    // SAFETY: touches nothing but the library's own thread-local queue.
    unsafe { openssl_sys::ERR_clear_error() }
}

/// Whether `signature` is RSASSA-PKCS1-v1_5 over `digest`, which is of `hash`.
///
/// `EVP_PKEY_verify` ends in the same call, after allocating a context for it.
pub(super) fn rsa_verify(
    key: &RsaRef<Public>,
    hash: Hash,
    digest: &[u8],
    signature: &[u8],
) -> bool {
    let nid = match hash {
        Hash::Sha256 => openssl_sys::NID_sha256,
        Hash::Sha384 => openssl_sys::NID_sha384,
        Hash::Sha512 => openssl_sys::NID_sha512,
    };
    // A digest and an RSA signature are far shorter than either integer's limit.
    // SAFETY: both slices are readable for the lengths given and outlive the
    // call; the key is valid as long as its reference, and only read.
    let verdict = unsafe {
        openssl_sys::RSA_verify(
            nid,
            digest.as_ptr(),
            digest.len() as _,
            signature.as_ptr(),
            signature.len() as _,
            key.as_ptr(),
        )
    };
    if verdict != 1 {
        clear_errors();
    }
    verdict == 1
}

/// An HMAC state that has taken in its key: copied for each message, since a
/// copy costs less than keying anew. Wiped by the library when freed.
pub(super) struct Keyed(Context);

/// A context of the library's own.
struct Context(NonNull<HMAC_CTX>);

// SAFETY: the context is owned, and tied to no thread.
unsafe impl Send for Context {}
// SAFETY: a shared context is only ever copied from, which only reads it.
unsafe impl Sync for Context {}

impl Context {
    fn new() -> Result<Self> {
        // SAFETY: takes nothing; the answer is checked.
        NonNull::new(unsafe { openssl_sys::HMAC_CTX_new() })
            .map(Self)
            .ok_or_else(failed)
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: from HMAC_CTX_new, and freed only here.
        unsafe { openssl_sys::HMAC_CTX_free(self.0.as_ptr()) }
    }
}

impl Keyed {
    pub(super) fn new(hash: Hash, key: &[u8]) -> Result<Self> {
        let context = Context::new()?;
        let md = match hash {
            // SAFETY: each only returns the place of a constant.
            Hash::Sha256 => unsafe { openssl_sys::EVP_sha256() },
            // SAFETY: as above.
            Hash::Sha384 => unsafe { openssl_sys::EVP_sha384() },
            // SAFETY: as above.
            Hash::Sha512 => unsafe { openssl_sys::EVP_sha512() },
        };
        // A secret is far shorter than the integer's limit.
        // SAFETY: the context is ours, the key readable for its length.
        let done = unsafe {
            openssl_sys::HMAC_Init_ex(
                context.0.as_ptr(),
                key.as_ptr().cast(),
                key.len() as _,
                md,
                ptr::null_mut(),
            )
        };
        if done == 1 {
            Ok(Self(context))
        } else {
            Err(failed())
        }
    }

    /// Hands the code of `message` to `then`, and wipes it.
    pub(super) fn run<R>(&self, message: &[u8], then: impl FnOnce(&[u8]) -> R) -> Result<R> {
        let mut copy = Copied::new()?;
        let context = copy.place();
        let mut code = [0; 64];
        let mut length = 0;
        // SAFETY: the copy is ours alone and the original only read; the message
        // is readable for its length, and 64 bytes hold the longest code.
        let done = unsafe {
            openssl_sys::HMAC_CTX_copy(context, (self.0).0.as_ptr()) == 1
                && openssl_sys::HMAC_Update(context, message.as_ptr(), message.len()) == 1
                && openssl_sys::HMAC_Final(context, code.as_mut_ptr(), &raw mut length) == 1
        };
        let result = match code.get(..length as usize) {
            Some(code) if done => Ok(then(code)),
            Some(_) | None => Err(failed()),
        };
        code.zeroize();
        result
    }
}

/// A context for one message. AWS-LC says how large one is, so that it can
/// stand on the stack: half the cost of HMAC was allocating it.
#[cfg(feature = "aws-lc")]
struct Copied(MaybeUninit<HMAC_CTX>);

#[cfg(feature = "aws-lc")]
impl Copied {
    #[expect(clippy::unnecessary_wraps, reason = "the other back end's can fail")]
    fn new() -> Result<Self> {
        let mut context = MaybeUninit::uninit();
        // SAFETY: initialises the place that it is given, whatever was there.
        unsafe { openssl_sys::HMAC_CTX_init(context.as_mut_ptr()) };
        Ok(Self(context))
    }

    fn place(&mut self) -> *mut HMAC_CTX {
        self.0.as_mut_ptr()
    }
}

#[cfg(feature = "aws-lc")]
impl Drop for Copied {
    fn drop(&mut self) {
        // SAFETY: initialised when made; it is flat, and only wiped.
        unsafe { openssl_sys::HMAC_CTX_cleanup(self.0.as_mut_ptr()) }
    }
}

/// A context for one message.
#[cfg(not(feature = "aws-lc"))]
struct Copied(Context);

#[cfg(not(feature = "aws-lc"))]
impl Copied {
    fn new() -> Result<Self> {
        Context::new().map(Self)
    }

    fn place(&mut self) -> *mut HMAC_CTX {
        (self.0).0.as_ptr()
    }
}
