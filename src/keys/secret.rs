//! HMAC secrets: raw bytes, an algorithm that is named, and enough of them.
//!
//! That a public key never becomes an HMAC secret is the constructors' doing:
//! documents and secrets have separate ones, and no token chooses between
//! them. The look at what a secret resembles is a second belt, for the program
//! that hands a key file to the wrong one.

use zeroize::Zeroizing;

use super::key::{Key, Label, Material, mismatch};
use super::options::Defaults;
use super::{refused, sniff};
use crate::crypto::{Algorithm, Family, Named};
use crate::error::{Error, ErrorKind, Result};

/// The longest secret, in bytes.
pub(super) const LONGEST: usize = 64 * 1024;

/// The key of a secret that a program hands over as such.
pub(super) fn read(bytes: &[u8], defaults: Defaults) -> Result<Key> {
    let algorithm = match defaults.algorithm {
        Some(Named::One(one)) if matches!(one.family(), Family::Hmac(_)) => one,
        Some(Named::One(_) | Named::EdDsa) | None => {
            return Err(Error::new(
                ErrorKind::Options,
                "algorithm: must be HS256, HS384 or HS512 for a secret; \
                 other keys are read from a document",
            ));
        }
    };
    if let Some(resembled) = sniff::key_in(bytes) {
        return Err(refused(format!(
            "the secret is {resembled}: a key like that is read from a document, \
             and must never be an HMAC secret"
        )));
    }
    let label = Label {
        kid: defaults.kid,
        ..Label::default()
    };
    key(
        algorithm,
        Zeroizing::new(bytes.to_vec()),
        defaults.weak,
        label,
    )
}

/// The key of `bytes`, if there are enough of them or `weak` says that fewer will do.
pub(super) fn key(
    algorithm: Algorithm,
    bytes: Zeroizing<Vec<u8>>,
    weak: bool,
    label: Label,
) -> Result<Key> {
    let least = least(algorithm)?;
    if bytes.len() > LONGEST {
        return Err(refused("a secret of more than 64 KiB"));
    }
    if bytes.iter().all(|byte| *byte == 0) {
        return Err(weak_key(
            "an empty secret, or one of nothing but zeros".into(),
        ));
    }
    let short = bytes.len() < least;
    if short && !weak {
        return Err(weak_key(format!(
            "a secret of {} bytes, where {} needs {least}; use a longer one, \
             or accept it with the option \"weak\"",
            bytes.len(),
            algorithm.name(),
        )));
    }
    let label = Label {
        signs: true,
        weak: short,
        ..label
    };
    let material = Material::secret(algorithm, bytes)?;
    Key::new(algorithm, Named::One(algorithm), material, label)
}

/// The shortest secret that isn't weak, in bytes (RFC 7518 section 3.2).
pub(super) fn least(algorithm: Algorithm) -> Result<usize> {
    match algorithm.family() {
        Family::Hmac(hash) => Ok(hash.len()),
        Family::Rsa(..) | Family::Ecdsa(..) | Family::Eddsa(_) => {
            Err(mismatch("an HMAC secret", Named::One(algorithm)))
        }
    }
}

fn weak_key(message: String) -> Error {
    Error::new(ErrorKind::WeakKey, message)
}
