//! Keys that are computed from a secret and not stored anywhere.

use zeroize::Zeroizing;

use super::Reading;
use super::key::{Key, Label, Material};
use super::options::Defaults;
use crate::crypto::{Algorithm, Asymmetric, Curve, EcKey, Named};
use crate::error::{Error, ErrorKind, Result};

impl Key {
    /// The private ES256 key with the scalar `d`, for tokens of one audience.
    ///
    /// Fails for a scalar that isn't one of the curve's: one in 2^32.
    pub(crate) fn es256(
        d: &[u8; 32],
        kid: &str,
        audience: &str,
        signs: bool,
        weak: bool,
    ) -> Result<Self> {
        let key = Asymmetric::Ec(EcKey::derive(Curve::P256, d)?);
        let label = Label {
            kid: Some(kid.into()),
            audience: Some(audience.into()),
            signs,
            weak,
            ..Label::default()
        };
        let defaults = Defaults {
            algorithm: None,
            kid: None,
            weak,
        };
        match Self::bind(key, Some(Named::One(Algorithm::Es256)), &defaults, label)? {
            Reading::Key(key) => Ok(*key),
            Reading::Skipped(reason) => Err(Error::new(ErrorKind::Internal, reason)),
        }
    }

    /// The coordinates of an ECDSA key, each as long as the field; none for
    /// another key.
    pub(crate) fn point(&self) -> Result<Option<Point>> {
        let Material::Ecdsa(_, key) = self.material() else {
            return Ok(None);
        };
        let (x, y) = key.coordinates()?;
        let d = key.d()?;
        Ok(Some(Point { x, y, d }))
    }
}

/// The public point of a key, and the scalar where it is private.
pub(crate) struct Point {
    pub(crate) x: Vec<u8>,
    pub(crate) y: Vec<u8>,
    pub(crate) d: Option<Zeroizing<Vec<u8>>>,
}
