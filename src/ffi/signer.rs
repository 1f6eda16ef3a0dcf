//! Signers elsewhere: what the host's callback is given, and who calls it.

use std::ffi::{CStr, CString, c_char, c_void};
use std::ptr;

use crate::error::{Error, ErrorKind, Result};
use crate::keys::{Signer, Signing};

/// The longest signature in bytes, of an RSA key of 8192 bits.
const LONGEST_SIGNATURE: usize = 1024;
/// The longest reason of a signer that fails, in bytes.
const LONGEST_REASON: usize = 512;

/// What a signer is asked to sign, in each of the forms that one may want, and
/// where its answer goes. Nothing of it may be used once the signer has returned.
#[repr(C)]
pub struct jeton_signing {
    /// sizeof(jeton_signing), as the library was compiled: fields that a later
    /// version adds are there only if they lie within it.
    pub size: usize,
    /// The key's algorithm by its JOSE name, such as "ES256", or "Ed25519" and
    /// never "EdDSA". NUL-terminated.
    pub algorithm: *const c_char,
    /// What is signed: a token up to its second dot. For EdDSA, and for signers
    /// that hash by themselves.
    pub message: *const u8,
    /// The length of `message` in bytes.
    pub message_len: usize,
    /// The digest of `message`, by the algorithm's SHA-2, for signers that don't
    /// hash: a KMS, CKM_ECDSA, CKM_RSA_PKCS_PSS. NULL for EdDSA.
    pub digest: *const u8,
    /// The length of `digest` in bytes.
    pub digest_len: usize,
    /// The digest in its DigestInfo (RFC 8017 section 9.2), for signers that only
    /// pad, such as CKM_RSA_PKCS. NULL but for RS256, RS384 and RS512.
    pub digest_info: *const u8,
    /// The length of `digest_info` in bytes.
    pub digest_info_len: usize,
    /// Where the signature goes. That of ECDSA may be r and s side by side, as
    /// JOSE and PKCS#11 have it, or in DER, as most others do.
    pub signature: *mut u8,
    /// How many bytes fit there: 1024, which is enough for every key.
    pub signature_capacity: usize,
    /// To be set to the length of the signature; 0 before.
    pub signature_len: usize,
    /// Where a signer that fails may say why, in UTF-8: it ends at a NUL or at
    /// the capacity, and is all NULs before. It becomes part of the error's
    /// message, so it must hold nothing that no log may have.
    pub reason: *mut c_char,
    /// How many bytes fit there: 512.
    pub reason_capacity: usize,
}

/// Signs with a key that jeton never sees, by asking a KMS, an HSM or an agent.
/// Returns 0 once the signature is in its place, and any other number where it
/// couldn't be had.
///
/// jeton_mint calls it once for each token, on the thread that it was called on,
/// and waits for it; no lock is held, so it may block, and may call jeton. When
/// several threads mint, several are in it at once. It has to return: no
/// exception, panic or longjmp may leave it. What its host's language throws it
/// catches, and keeps in its context for whoever called jeton_mint.
pub type jeton_signer =
    Option<unsafe extern "C" fn(context: *mut c_void, signing: *mut jeton_signing) -> i32>;

/// A host's signer, called with its context.
pub(super) struct Host {
    signer: unsafe extern "C" fn(*mut c_void, *mut jeton_signing) -> i32,
    context: Context,
}

impl Host {
    pub(super) fn new(signer: jeton_signer, context: Context) -> Result<Self> {
        match signer {
            Some(signer) => Ok(Self { signer, context }),
            None => Err(Error::new(ErrorKind::Misuse, "signer is NULL")),
        }
    }
}

impl Signer for Host {
    fn sign(
        &self,
        signing: &Signing<'_>,
    ) -> std::result::Result<Vec<u8>, Box<dyn std::error::Error>> {
        let name = CString::new(signing.algorithm.name())?;
        let mut signature = [0; LONGEST_SIGNATURE];
        let mut reason = [0; LONGEST_REASON];
        let (digest, digest_len) = optional(signing.digest);
        let (digest_info, digest_info_len) = optional(signing.digest_info);
        let mut asked = jeton_signing {
            size: size_of::<jeton_signing>(),
            algorithm: name.as_ptr(),
            message: signing.message.as_ptr(),
            message_len: signing.message.len(),
            digest,
            digest_len,
            digest_info,
            digest_info_len,
            signature: signature.as_mut_ptr(),
            signature_capacity: signature.len(),
            signature_len: 0,
            reason: reason.as_mut_ptr().cast(),
            reason_capacity: reason.len(),
        };
        // SAFETY: all that it points to is ours and outlives the call; what the
        // host does with it and with its context is by the header's contract.
        let done = unsafe { (self.signer)(self.context.pointer, &raw mut asked) };
        if done != 0 {
            let text = CStr::from_bytes_until_nul(&reason).map_or(&reason[..], CStr::to_bytes);
            return Err(String::from_utf8_lossy(text).into());
        }
        match signature.get(..asked.signature_len) {
            Some(signature) => Ok(signature.to_vec()),
            None => Err("it says that its signature is longer than the place for it".into()),
        }
    }
}

fn optional(bytes: Option<&[u8]>) -> (*const u8, usize) {
    bytes.map_or((ptr::null(), 0), |bytes| (bytes.as_ptr(), bytes.len()))
}

/// What the host's signer is called with: released once, when this is dropped.
pub(super) struct Context {
    pointer: *mut c_void,
    release: Option<unsafe extern "C" fn(*mut c_void)>,
}

// SAFETY: never looked into; the host's functions take it on any thread, and
// the signer on several at once, by the header's contract.
unsafe impl Send for Context {}
// SAFETY: as above.
unsafe impl Sync for Context {}

impl Context {
    pub(super) fn new(
        pointer: *mut c_void,
        release: Option<unsafe extern "C" fn(*mut c_void)>,
    ) -> Self {
        Self { pointer, release }
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        if let Some(release) = self.release {
            // SAFETY: the context is the host's and its last user is gone; what
            // is done with it is by the header's contract.
            unsafe { release(self.pointer) }
        }
    }
}
