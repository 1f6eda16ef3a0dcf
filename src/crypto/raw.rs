//! The two calls of libcrypto that the `openssl` crate lacks.

use foreign_types::ForeignTypeRef;
use openssl::pkey::Public;
use openssl::rsa::RsaRef;

use super::digest::Hash;

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
