//! Keys in DER: what SPKI, PKCS#8, PKCS#1, SEC1 and X.509 hold.
//!
//! The back end only takes a file apart. The numbers that come out go through
//! the same checked constructors as those of a JWK, so that no encoding is a
//! way round a check.

use openssl::ec::EcKey as BackEndEcKey;
use openssl::pkey::{HasPublic, Id, PKey, PKeyRef, Private, Public};
use openssl::rsa::Rsa;
use openssl::x509::X509;

use super::ecdsa::{Curve, EcKey, coordinates};
use super::eddsa::{EdKey, Edwards};
use super::number::secret_padded;
use super::rsa::{RsaKey, parts};
use super::{failed, raw, refused};
use crate::error::Result;

/// What a file of DER is, as a PEM label says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Spki,
    Pkcs8,
    Pkcs1Public,
    Pkcs1Private,
    Sec1,
    Certificate,
}

impl Encoding {
    pub(crate) const ALL: [Self; 6] = [
        Self::Spki,
        Self::Pkcs8,
        Self::Pkcs1Public,
        Self::Pkcs1Private,
        Self::Sec1,
        Self::Certificate,
    ];
}

/// A key pair's public half, or both.
pub(crate) enum Asymmetric {
    Rsa(RsaKey),
    Ec(EcKey),
    Ed(EdKey),
}

/// What the back end reads, before anything is checked.
enum Parsed {
    Public(PKey<Public>),
    Private(PKey<Private>),
}

/// Reads the key that `der` holds, all of it and nothing after it.
pub(crate) fn read(encoding: Encoding, der: &[u8]) -> Result<Asymmetric> {
    match parse(encoding, der) {
        Some(Parsed::Public(key)) => public(&key),
        Some(Parsed::Private(key)) => private(&key),
        None => Err(unreadable()),
    }
}

/// Which key `der` is, if it is one.
pub(crate) fn detect(der: &[u8]) -> Option<Encoding> {
    let mut encodings = Encoding::ALL.into_iter();
    encodings.find(|encoding| parse(*encoding, der).is_some())
}

/// The subject and the issuer of a certificate, in DER.
pub(crate) fn certificate_names(der: &[u8]) -> Result<(Vec<u8>, Vec<u8>)> {
    let names = || {
        let certificate = X509::from_der(der)?;
        let subject = certificate.subject_name().to_der()?;
        Ok((subject, certificate.issuer_name().to_der()?))
    };
    names().map_err(|_: openssl::error::ErrorStack| refused("not a certificate"))
}

fn parse(encoding: Encoding, der: &[u8]) -> Option<Parsed> {
    if !is_one_element(der) {
        return None;
    }
    let parsed = match encoding {
        Encoding::Spki => PKey::public_key_from_der(der).map(Parsed::Public),
        Encoding::Pkcs8 => PKey::private_key_from_pkcs8(der).map(Parsed::Private),
        Encoding::Pkcs1Public => Rsa::public_key_from_der_pkcs1(der)
            .and_then(PKey::from_rsa)
            .map(Parsed::Public),
        Encoding::Pkcs1Private => Rsa::private_key_from_der(der)
            .and_then(PKey::from_rsa)
            .map(Parsed::Private),
        Encoding::Sec1 => BackEndEcKey::private_key_from_der(der)
            .and_then(PKey::from_ec_key)
            .map(Parsed::Private),
        Encoding::Certificate => X509::from_der(der)
            .and_then(|certificate| certificate.public_key())
            .map(Parsed::Public),
    };
    if parsed.is_err() {
        raw::clear_errors();
    }
    parsed.ok()
}

/// Whether `der` is one SEQUENCE and no byte more, which the back ends don't ask.
fn is_one_element(der: &[u8]) -> bool {
    let Some((0x30, rest)) = der.split_first().map(|(tag, rest)| (*tag, rest)) else {
        return false;
    };
    let Some((first, rest)) = rest.split_first() else {
        return false;
    };
    if *first < 0x80 {
        return rest.len() == usize::from(*first);
    }
    let count = usize::from(*first & 0x7f);
    let Some((length, rest)) = rest
        .split_at_checked(count)
        .filter(|_| (1..=4).contains(&count))
    else {
        return false;
    };
    let length = length
        .iter()
        .fold(0u64, |length, byte| length << 8 | u64::from(*byte));
    u64::try_from(rest.len()) == Ok(length)
}

fn public(key: &PKeyRef<Public>) -> Result<Asymmetric> {
    match (key.id(), Edwards::of(key.id())) {
        (_, Some(curve)) => {
            let x = key.raw_public_key().map_err(|_| failed())?;
            EdKey::from_public(curve, &x).map(Asymmetric::Ed)
        }
        (Id::RSA, None) => {
            let rsa = key.rsa().map_err(|_| unreadable())?;
            RsaKey::from_public(&rsa.n().to_vec(), &rsa.e().to_vec()).map(Asymmetric::Rsa)
        }
        (Id::EC, None) => {
            let (_, curve, x, y) = ec(key)?;
            EcKey::from_public(curve, &x, &y).map(Asymmetric::Ec)
        }
        _ => Err(unusable()),
    }
}

fn private(key: &PKeyRef<Private>) -> Result<Asymmetric> {
    match (key.id(), Edwards::of(key.id())) {
        (_, Some(curve)) => {
            let x = key.raw_public_key().map_err(|_| failed())?;
            let d = zeroize::Zeroizing::new(key.raw_private_key().map_err(|_| failed())?);
            EdKey::from_private(curve, &d, &x).map(Asymmetric::Ed)
        }
        (Id::RSA, None) => {
            let rsa = key.rsa().map_err(|_| unreadable())?;
            let parts = parts(&rsa)?;
            RsaKey::from_private(&rsa.n().to_vec(), &rsa.e().to_vec(), &parts.borrowed())
                .map(Asymmetric::Rsa)
        }
        (Id::EC, None) => {
            let (ec, curve, x, y) = ec(key)?;
            let d = secret_padded(ec.private_key(), curve.size())
                .map_err(|_| refused("d is longer than the curve's field"))?;
            EcKey::from_private(curve, &d, &x, &y).map(Asymmetric::Ec)
        }
        _ => Err(unusable()),
    }
}

/// A key of ECDSA taken apart: itself, its curve and its coordinates.
type EcParts<T> = (BackEndEcKey<T>, Curve, Vec<u8>, Vec<u8>);

fn ec<T: HasPublic>(key: &PKeyRef<T>) -> Result<EcParts<T>> {
    let key = key.ec_key().map_err(|_| unreadable())?;
    let curve = key
        .group()
        .curve_name()
        .and_then(Curve::of)
        .ok_or_else(|| {
            refused("an EC key on another curve than P-256, P-384, P-521 and secp256k1")
        })?;
    let (x, y) = coordinates(&key, curve.size())?;
    Ok((key, curve, x, y))
}

fn unreadable() -> crate::error::Error {
    refused("not a key of this encoding that the crypto library can read")
}

fn unusable() -> crate::error::Error {
    refused("a key of another kind than RSA, EC (ECDSA) and Ed25519 or Ed448 (EdDSA)")
}
