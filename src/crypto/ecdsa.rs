//! ECDSA keys: points checked on the way in, signatures as JOSE writes them.
//!
//! A signature is r and s, each as long as the field, and nothing else: the
//! DER form is read only where a signer elsewhere may have answered in it, and
//! no token holds it. The range of r and s is checked here too, since a library
//! that forgot it (CVE-2022-21449) took the signature 0, 0 for everything.

use openssl::bn::BigNumContext;
use openssl::ec::{EcGroup, EcKey as BackEndKey, EcPoint};
use openssl::ecdsa::EcdsaSig;
use openssl::nid::Nid;
use openssl::pkey::{Private, Public};
use zeroize::Zeroizing;

use super::digest::Hash;
use super::number::{SecretNumber, number, padded, secret_padded};
use super::{drawing, failed, raw, refused};
use crate::error::{Error, ErrorKind, Result};

/// A curve of ECDSA.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Curve {
    P256,
    P384,
    P521,
    Secp256k1,
}

impl Curve {
    pub(crate) const ALL: [Self; 4] = [Self::P256, Self::P384, Self::P521, Self::Secp256k1];

    /// The name that a JWK's `crv` gives it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
            Self::Secp256k1 => "secp256k1",
        }
    }

    /// The length of a coordinate in bytes; of these curves' scalars too.
    pub(crate) const fn size(self) -> usize {
        match self {
            Self::P256 | Self::Secp256k1 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    pub(crate) fn available(self) -> bool {
        let available = self.group().is_ok();
        if !available {
            raw::clear_errors();
        }
        available
    }

    /// The curve of a group that a DER file names.
    pub(super) fn of(nid: Nid) -> Option<Self> {
        Self::ALL.into_iter().find(|curve| curve.nid() == nid)
    }

    const fn nid(self) -> Nid {
        match self {
            Self::P256 => Nid::X9_62_PRIME256V1,
            Self::P384 => Nid::SECP384R1,
            Self::P521 => Nid::SECP521R1,
            Self::Secp256k1 => Nid::SECP256K1,
        }
    }

    fn group(self) -> Result<EcGroup> {
        EcGroup::from_curve_name(self.nid()).map_err(|_| {
            raw::clear_errors();
            Error::new(
                ErrorKind::Unsupported,
                format!("the crypto library has no curve {}", self.name()),
            )
        })
    }
}

/// An ECDSA key, public or private.
pub(crate) struct EcKey {
    curve: Curve,
    public: BackEndKey<Public>,
    private: Option<BackEndKey<Private>>,
    /// The group's order, as long as r and s.
    order: Vec<u8>,
}

impl EcKey {
    /// The public key at `x` and `y`, which may lack leading zeros.
    ///
    /// Fails unless they are a point of the curve other than the neutral one.
    pub(crate) fn from_public(curve: Curve, x: &[u8], y: &[u8]) -> Result<Self> {
        if x.len() > curve.size() || y.len() > curve.size() {
            return Err(refused("x or y is longer than the curve's field"));
        }
        let group = curve.group()?;
        // Refuses what isn't below the field's prime or not on the curve.
        let public =
            BackEndKey::from_public_key_affine_coordinates(&group, &*number(x)?, &*number(y)?)
                .map_err(|_| refused("x and y aren't a point of the curve"))?;
        Self::checked(curve, &group, public)
    }

    /// The private key `d`, which may lack leading zeros, of the public key at `x` and `y`.
    ///
    /// Fails as [`EcKey::from_public`] does, and unless the two belong together.
    pub(crate) fn from_private(curve: Curve, d: &[u8], x: &[u8], y: &[u8]) -> Result<Self> {
        let public = Self::from_public(curve, x, y)?;
        let key = Self::derive(curve, d)?;
        if public.coordinates()? != key.coordinates()? {
            return Err(refused("d isn't the private part of x and y"));
        }
        Ok(key)
    }

    /// The private key `d`, its public part computed.
    pub(crate) fn derive(curve: Curve, d: &[u8]) -> Result<Self> {
        if d.len() > curve.size() {
            return Err(refused("d is longer than the curve's field"));
        }
        let group = curve.group()?;
        let order = order(curve, &group)?;
        let secret = SecretNumber::new(d)?;
        let scalar = secret_padded(&secret, curve.size())?;
        if scalar.iter().all(|byte| *byte == 0) || *scalar >= order {
            return Err(refused("d isn't between 1 and the order of the curve"));
        }
        let mut context = BigNumContext::new().map_err(|_| failed())?;
        let mut point = EcPoint::new(&group).map_err(|_| failed())?;
        point
            .mul_generator2(&group, &secret, &mut context)
            .map_err(|_| failed())?;
        let private =
            BackEndKey::from_private_components(&group, &secret, &point).map_err(|_| failed())?;
        Self::with_private(curve, &group, private)
    }

    /// A new private key.
    pub(crate) fn generate(curve: Curve) -> Result<Self> {
        let group = curve.group()?;
        let private = drawing(|| BackEndKey::generate(&group)).map_err(|_| failed())?;
        Self::with_private(curve, &group, private)
    }

    fn with_private(curve: Curve, group: &EcGroup, private: BackEndKey<Private>) -> Result<Self> {
        let public =
            BackEndKey::from_public_key(group, private.public_key()).map_err(|_| failed())?;
        Ok(Self {
            private: Some(private),
            ..Self::checked(curve, group, public)?
        })
    }

    fn checked(curve: Curve, group: &EcGroup, public: BackEndKey<Public>) -> Result<Self> {
        public
            .check_key()
            .map_err(|_| refused("x and y aren't a point of the curve"))?;
        Ok(Self {
            curve,
            public,
            private: None,
            order: order(curve, group)?,
        })
    }

    pub(crate) fn curve(&self) -> Curve {
        self.curve
    }

    pub(crate) fn is_private(&self) -> bool {
        self.private.is_some()
    }

    /// The same key without its private part.
    pub(crate) fn public(&self) -> Self {
        Self {
            curve: self.curve,
            public: self.public.clone(),
            private: None,
            order: self.order.clone(),
        }
    }

    /// Both coordinates, as long as the field. They are computed: ask once.
    pub(crate) fn coordinates(&self) -> Result<(Vec<u8>, Vec<u8>)> {
        coordinates(&self.public, self.curve.size())
    }

    /// The private scalar, as long as the field.
    pub(crate) fn d(&self) -> Result<Option<Zeroizing<Vec<u8>>>> {
        let scalar = |key: &BackEndKey<_>| secret_padded(key.private_key(), self.curve.size());
        self.private.as_ref().map(scalar).transpose()
    }

    /// Whether `signature` is the message's.
    pub(crate) fn verify(&self, hash: Hash, message: &[u8], signature: &[u8]) -> bool {
        let Some((r, s)) = self.halves(signature) else {
            return false;
        };
        let Ok(signature) = number(r)
            .and_then(|r| EcdsaSig::from_private_components(r, number(s)?).map_err(|_| failed()))
        else {
            return false;
        };
        let verified = hash.of(message, |digest| signature.verify(digest, &self.public));
        // A library that returns "no" may still have queued an error.
        let holds = matches!(verified, Ok(true));
        if !holds {
            raw::clear_errors();
        }
        holds
    }

    /// r and s, if both are between 1 and the order, and as long as they must be.
    fn halves<'s>(&self, signature: &'s [u8]) -> Option<(&'s [u8], &'s [u8])> {
        let size = self.curve.size();
        if signature.len() != 2 * size {
            return None;
        }
        let (r, s) = signature.split_at_checked(size)?;
        let in_range =
            |half: &[u8]| half < self.order.as_slice() && half.iter().any(|byte| *byte != 0);
        (in_range(r) && in_range(s)).then_some((r, s))
    }

    /// r and s of a signature in DER (RFC 3279 section 2.2.3), each padded to the
    /// field's length. None for what isn't DER, byte for byte, and for numbers
    /// that are negative or too long.
    pub(crate) fn halves_of_der(&self, der: &[u8]) -> Option<Vec<u8>> {
        let halves = || {
            let signature = EcdsaSig::from_der(der).map_err(|_| failed())?;
            // Neither back end asks what stands behind it.
            if signature.to_der().map_err(|_| failed())? != der {
                return Err(failed());
            }
            self.padded(&signature)
        };
        halves().ok()
    }

    fn padded(&self, signature: &EcdsaSig) -> Result<Vec<u8>> {
        let mut halves = padded(signature.r(), self.curve.size())?;
        halves.extend(padded(signature.s(), self.curve.size())?);
        Ok(halves)
    }

    /// The message's signature: r and s, each padded to the field's length.
    pub(crate) fn sign(&self, hash: Hash, message: &[u8]) -> Result<Vec<u8>> {
        let Some(private) = &self.private else {
            return Err(super::public_only());
        };
        let signature = hash
            .of(message, |digest| {
                drawing(|| EcdsaSig::sign(digest, private))
            })
            .map_err(|_| failed())?;
        self.padded(&signature)
    }
}

/// The coordinates of a key's public point, each `size` bytes long.
pub(super) fn coordinates<T: openssl::pkey::HasPublic>(
    key: &BackEndKey<T>,
    size: usize,
) -> Result<(Vec<u8>, Vec<u8>)> {
    let mut context = BigNumContext::new().map_err(|_| failed())?;
    let (mut x, mut y) = (number(&[])?, number(&[])?);
    key.public_key()
        .affine_coordinates(key.group(), &mut x, &mut y, &mut context)
        .map_err(|_| refused("the point at infinity is no public key"))?;
    Ok((padded(&x, size)?, padded(&y, size)?))
}

/// The order of a curve's group, as long as its field.
fn order(curve: Curve, group: &EcGroup) -> Result<Vec<u8>> {
    let mut context = BigNumContext::new().map_err(|_| failed())?;
    let mut order = number(&[])?;
    group
        .order(&mut order, &mut context)
        .map_err(|_| failed())?;
    padded(&order, curve.size())
}
