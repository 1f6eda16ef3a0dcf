//! New keys.

use zeroize::Zeroizing;

use super::key::{Key, Label, mismatch};
use super::options::{self, Defaults, kid_problem};
use super::{Reading, secret};
use crate::codec::base64url;
use crate::crypto::{self, Algorithm, Asymmetric, EcKey, EdKey, Edwards, Family, Named, RsaKey};
use crate::error::{Error, ErrorKind, Result};

/// See [`KeySet::generate`](super::KeySet::generate).
pub(super) fn key(named: Named, kid: Option<&str>, bits: Option<u32>) -> Result<Key> {
    options::available(named)?;
    if let Some(problem) = kid.and_then(kid_problem) {
        return Err(wrong(problem).at("kid"));
    }
    let label = Label {
        kid: kid.map(Into::into),
        signs: true,
        ..Label::default()
    };
    let family = match named {
        Named::One(algorithm) => algorithm.family(),
        Named::EdDsa => Family::Eddsa(Edwards::Ed25519),
    };
    let key = match (family, named) {
        (Family::Hmac(_), Named::One(algorithm)) => return hmac(algorithm, bits, label),
        (Family::Hmac(_), Named::EdDsa) => return Err(mismatch("an HMAC secret", named)),
        (Family::Rsa(..), _) => Asymmetric::Rsa(RsaKey::generate(modulus(bits)?)?),
        (Family::Ecdsa(curve, _), _) => {
            no_size(bits)?;
            Asymmetric::Ec(EcKey::generate(curve)?)
        }
        (Family::Eddsa(curve), _) => {
            no_size(bits)?;
            Asymmetric::Ed(EdKey::generate(curve)?)
        }
    };
    let defaults = Defaults {
        algorithm: None,
        kid: None,
        weak: false,
    };
    match Key::bind(key, Some(named), &defaults, label)? {
        Reading::Key(key) => Ok(key.named_by_thumbprint()),
        Reading::Skipped(reason) => Err(wrong("algorithm").at(reason)),
    }
}

fn hmac(algorithm: Algorithm, bits: Option<u32>, label: Label) -> Result<Key> {
    let least = secret::least(algorithm)?;
    let length = match bits {
        None => least,
        Some(bits) => usize::try_from(bits / 8)
            .ok()
            .filter(|length| bits.is_multiple_of(8) && (least..=secret::LONGEST).contains(length))
            .ok_or_else(|| {
                wrong("bits: must be a multiple of 8, the hash's length at least, 524288 at most")
            })?,
    };
    let mut bytes = Zeroizing::new(vec![0; length]);
    crypto::random(&mut bytes)?;
    let kid = match label.kid {
        Some(kid) => kid,
        // Not the thumbprint: a kid is public, and would let guesses be tested.
        None => {
            let mut name = [0; 32];
            crypto::random(&mut name)?;
            base64url::encode(&name).into()
        }
    };
    let label = Label {
        kid: Some(kid),
        ..label
    };
    secret::key(algorithm, bytes, false, label)
}

/// The size of an RSA modulus; AWS-LC makes multiples of 128 only.
fn modulus(bits: Option<u32>) -> Result<u32> {
    let bits = bits.unwrap_or(2048);
    if (2048..=4096).contains(&bits) && bits.is_multiple_of(128) {
        Ok(bits)
    } else {
        Err(wrong("bits: must be a multiple of 128 from 2048 to 4096"))
    }
}

fn no_size(bits: Option<u32>) -> Result<()> {
    match bits {
        None => Ok(()),
        Some(_) => Err(wrong("bits: the algorithm has keys of one size only")),
    }
}

fn wrong(message: &'static str) -> Error {
    Error::new(ErrorKind::Options, message)
}
