//! The signature algorithms, on the `openssl` crate; no other folder names it.
//!
//! The back end is a Cargo feature: AWS-LC, linked in, or the platform's own
//! libcrypto. Both check almost nothing when they take a key, so every key is
//! checked here: sizes, exponents, points, and that the private part belongs
//! to the public one. ECDSA nonces are the back end's: AWS-LC draws them at
//! random (mixed with the key and the message), and so does OpenSSL; RFC 6979
//! isn't used.

mod algorithm;
mod der;
mod digest;
mod ecdsa;
mod eddsa;
mod hmac;
mod number;
mod raw;
mod rsa;
#[cfg(any(feature = "https", feature = "redis"))]
mod tls;

pub use algorithm::{Algorithm, Named};
pub(crate) use algorithm::{Family, Padding};
pub(crate) use der::{
    Asymmetric, Encoding, certificate_names, detect as detect_der, read as read_der,
};
pub(crate) use digest::{DigestInfo, Hash, Hashing, sha256};
pub(crate) use ecdsa::{Curve, EcKey};
pub(crate) use eddsa::{EdKey, Edwards};
pub(crate) use hmac::Secret;
pub(crate) use rsa::{PrivateParts, RsaKey};
#[cfg(any(feature = "https", feature = "redis"))]
pub(crate) use tls::{Refused, Stream, Tls};

use crate::error::{Error, ErrorKind, Result};
use crate::fork;

/// Fills `buffer` with unpredictable bytes.
pub(crate) fn random(buffer: &mut [u8]) -> Result<()> {
    drawing(|| openssl::rand::rand_bytes(buffer)).map_err(|_| failed())
}

/// Runs what draws random numbers, or else uses a private key, inside the gate
/// that forks wait at.
///
/// AWS-LC asks under a lock whether it has been forked, and blinds RSA under
/// another: a child made while a thread held one would wait for it for ever.
fn drawing<T>(body: impl FnOnce() -> T) -> T {
    let _gate = fork::inside();
    body()
}

/// Whether `a` and `b` are equal, in a time that doesn't tell where they differ.
pub(crate) fn equal(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && openssl::memcmp::eq(a, b)
}

/// The error for what the back end doesn't do although the input is sound.
///
/// Its own words are left out: they hold build paths.
fn failed() -> Error {
    raw::clear_errors();
    Error::new(ErrorKind::Internal, "the crypto library failed")
}

/// The error for a key that can't be used.
fn refused(message: &'static str) -> Error {
    raw::clear_errors();
    Error::new(ErrorKind::Key, message)
}

/// The error for signing with the public half of a key.
fn public_only() -> Error {
    Error::new(ErrorKind::Key, "a public key can't sign")
}
