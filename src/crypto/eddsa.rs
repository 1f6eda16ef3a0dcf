//! EdDSA keys: Ed25519, and Ed448 where the back end has it.
//!
//! The back ends import any 32 or 57 bytes. A public key is decoded here far
//! enough to refuse what isn't a point, a point in a second spelling, and the
//! few points of small order, under which one signature fits many messages.

use openssl::bn::{BigNum, BigNumContext};
use openssl::md_ctx::MdCtx;
use openssl::pkey::{Id, PKey, Private, Public};
use openssl::sign::Signer;
use zeroize::Zeroizing;

use super::number::number;
use super::{equal, failed, raw, refused};
use crate::error::{Error, ErrorKind, Result};

/// A curve of EdDSA.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edwards {
    Ed25519,
    Ed448,
}

/// What is needed to tell a point: a x² + y² = 1 + d x² y² modulo `prime`.
struct Equation {
    /// -1 or 1.
    a: i32,
    d: &'static str,
    prime: &'static str,
    /// The second coordinates of the points of small order; 0, 1 and -1 aside.
    small: [&'static str; 2],
}

const ED25519: Equation = Equation {
    a: -1,
    d: "52036CEE2B6FFE738CC740797779E89800700A4D4141D8AB75EB4DCA135978A3",
    prime: "7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFED",
    small: [
        "7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7",
        "05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826",
    ],
};

/// Cofactor 4: the points of small order have 0, 1 or -1 for y. d is -39081.
const ED448: Equation = Equation {
    a: 1,
    d: "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFE\
        FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF6756",
    prime: "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFE\
            FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
    small: ["0", "1"],
};

impl Edwards {
    pub(crate) const ALL: [Self; 2] = [Self::Ed25519, Self::Ed448];

    /// The name that a JWK's `crv` gives it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Ed25519 => "Ed25519",
            Self::Ed448 => "Ed448",
        }
    }

    /// The length of a public key and of a private one.
    pub(crate) const fn size(self) -> usize {
        match self {
            Self::Ed25519 => 32,
            Self::Ed448 => 57,
        }
    }

    const fn signature_size(self) -> usize {
        2 * self.size()
    }

    pub(crate) fn available(self) -> bool {
        self.id().is_some()
    }

    /// The curve of a key that a DER file holds.
    pub(super) fn of(id: Id) -> Option<Self> {
        Self::ALL.into_iter().find(|curve| curve.id() == Some(id))
    }

    fn id(self) -> Option<Id> {
        match self {
            Self::Ed25519 => Some(Id::ED25519),
            #[cfg(feature = "system-openssl")]
            Self::Ed448 => Some(Id::ED448),
            #[cfg(not(feature = "system-openssl"))]
            Self::Ed448 => None,
        }
    }

    fn required(self) -> Result<Id> {
        self.id().ok_or_else(|| {
            Error::new(
                ErrorKind::Unsupported,
                format!("the crypto library has no {}", self.name()),
            )
        })
    }

    const fn equation(self) -> Equation {
        match self {
            Self::Ed25519 => ED25519,
            Self::Ed448 => ED448,
        }
    }
}

/// An EdDSA key, public or private.
pub(crate) struct EdKey {
    curve: Edwards,
    public: PKey<Public>,
    private: Option<PKey<Private>>,
    x: Vec<u8>,
}

impl EdKey {
    /// The public key `x`, in the encoding of RFC 8032.
    pub(crate) fn from_public(curve: Edwards, x: &[u8]) -> Result<Self> {
        let id = curve.required()?;
        if x.len() != curve.size() {
            return Err(refused("x isn't as long as the curve's public keys"));
        }
        check_point(curve, x)?;
        let public = PKey::public_key_from_raw_bytes(x, id)
            .map_err(|_| refused("x isn't a point of the curve"))?;
        Ok(Self {
            curve,
            public,
            private: None,
            x: x.to_vec(),
        })
    }

    /// The private key `d` of the public key `x`; fails unless they belong together.
    pub(crate) fn from_private(curve: Edwards, d: &[u8], x: &[u8]) -> Result<Self> {
        let key = Self::derive(curve, d)?;
        if !equal(&key.x, x) {
            return Err(refused("d isn't the private part of x"));
        }
        Ok(key)
    }

    /// The private key `d`, its public part computed.
    pub(crate) fn derive(curve: Edwards, d: &[u8]) -> Result<Self> {
        let id = curve.required()?;
        if d.len() != curve.size() {
            return Err(refused("d isn't as long as the curve's private keys"));
        }
        let private = PKey::private_key_from_raw_bytes(d, id).map_err(|_| failed())?;
        let x = private.raw_public_key().map_err(|_| failed())?;
        Ok(Self {
            private: Some(private),
            ..Self::from_public(curve, &x)?
        })
    }

    /// A new private key.
    pub(crate) fn generate(curve: Edwards) -> Result<Self> {
        let mut seed = Zeroizing::new(vec![0; curve.size()]);
        super::random(&mut seed)?;
        Self::derive(curve, &seed)
    }

    pub(crate) fn curve(&self) -> Edwards {
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
            x: self.x.clone(),
        }
    }

    /// The public key's encoding.
    pub(crate) fn x(&self) -> &[u8] {
        &self.x
    }

    /// The private key's seed.
    pub(crate) fn d(&self) -> Result<Option<Zeroizing<Vec<u8>>>> {
        let seed = |key: &PKey<Private>| key.raw_private_key().map_err(|_| failed());
        Ok(self
            .private
            .as_ref()
            .map(seed)
            .transpose()?
            .map(Zeroizing::new))
    }

    /// Whether `signature` is the message's.
    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let context = || {
            let mut context = MdCtx::new()?;
            context.digest_verify_init(None, &self.public)?;
            Ok::<_, openssl::error::ErrorStack>(context)
        };
        signature.len() == self.curve.signature_size()
            && context().is_ok_and(|context| raw::message_verify(context, message, signature))
    }

    /// The message's signature.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        let Some(private) = &self.private else {
            return Err(super::public_only());
        };
        Signer::new_without_digest(private)
            .and_then(|mut signer| signer.sign_oneshot_to_vec(message))
            .map_err(|_| failed())
    }
}

/// Fails unless `x` is the one encoding of a point that isn't of small order.
fn check_point(curve: Edwards, x: &[u8]) -> Result<()> {
    let equation = curve.equation();
    let mut bytes: Vec<u8> = x.iter().rev().copied().collect();
    // The top bit is the sign of the other coordinate; what is left is y.
    if let Some(top) = bytes.first_mut() {
        *top &= 0x7f;
    }
    let y = number(&bytes)?;
    let prime = hex(equation.prime)?;
    if y >= prime {
        return Err(refused("x isn't the canonical encoding of a point"));
    }
    let one = BigNum::from_u32(1).map_err(|_| failed())?;
    let last = &prime - &one;
    let mut small = vec![BigNum::new().map_err(|_| failed())?, one, last];
    for text in equation.small {
        small.push(hex(text)?);
    }
    if small.contains(&y) {
        return Err(refused("x is a point of small order"));
    }
    if !has_other_coordinate(&equation, &y, &prime).map_err(|_| failed())? {
        return Err(refused("x isn't a point of the curve"));
    }
    Ok(())
}

/// Whether x² = (y² - 1) / (d y² - a) has a solution: whether numerator times
/// denominator is a square, which Euler's criterion tells.
fn has_other_coordinate(
    equation: &Equation,
    y: &BigNum,
    prime: &BigNum,
) -> std::result::Result<bool, openssl::error::ErrorStack> {
    let mut context = BigNumContext::new()?;
    let one = BigNum::from_u32(1)?;
    let d = BigNum::from_hex_str(equation.d)?;
    let (mut square, mut product, mut power) = (BigNum::new()?, BigNum::new()?, BigNum::new()?);
    square.mod_sqr(y, prime, &mut context)?;
    let numerator = &square - &one;
    product.mod_mul(&d, &square, prime, &mut context)?;
    let denominator = if equation.a < 0 {
        &product + &one
    } else {
        &product - &one
    };
    power.mod_mul(&numerator, &denominator, prime, &mut context)?;
    let half = &(prime - &one) >> 1;
    let base = std::mem::replace(&mut power, BigNum::new()?);
    power.mod_exp(&base, &half, prime, &mut context)?;
    Ok(power == one)
}

fn hex(text: &str) -> Result<BigNum> {
    BigNum::from_hex_str(text).map_err(|_| failed())
}
