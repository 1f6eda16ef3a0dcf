//! RSA keys: sizes and exponents checked on the way in, both paddings.
//!
//! The two paddings share a key type and nothing else: which one a key is for
//! is settled when it is read, not by the token.

use openssl::bn::BigNum;
use openssl::md::{Md, MdRef};
use openssl::pkey::{PKey, Private, Public};
use openssl::pkey_ctx::PkeyCtx;
use openssl::rsa::{Padding as BackEndPadding, Rsa, RsaPrivateKeyBuilder};
use openssl::sign::RsaPssSaltlen;
use zeroize::Zeroizing;

use super::algorithm::Padding;
use super::digest::Hash;
use super::number::{SecretNumber, number, secret_padded};
use super::{drawing, failed, raw, refused};
use crate::error::{Error, ErrorKind, Result};

/// Sizes of a modulus that may be used, in bits: shorter ones are weak, longer
/// ones a way to make a verifier spend its time.
const BITS: std::ops::RangeInclusive<i32> = 2048..=8192;

/// The members of a private key beyond n and e, big-endian.
pub(crate) struct PrivateParts<B> {
    pub(crate) d: B,
    pub(crate) p: B,
    pub(crate) q: B,
    pub(crate) dp: B,
    pub(crate) dq: B,
    pub(crate) qi: B,
}

impl PrivateParts<Zeroizing<Vec<u8>>> {
    /// The same parts, borrowed.
    pub(crate) fn borrowed(&self) -> PrivateParts<&[u8]> {
        PrivateParts {
            d: &self.d,
            p: &self.p,
            q: &self.q,
            dp: &self.dp,
            dq: &self.dq,
            qi: &self.qi,
        }
    }
}

/// An RSA key, public or private.
pub(crate) struct RsaKey {
    rsa: Rsa<Public>,
    /// What only the platform's library needs, for PSS.
    #[cfg(not(feature = "aws-lc"))]
    public: PKey<Public>,
    private: Option<PKey<Private>>,
    /// The length of the modulus, and so of every signature, in bytes.
    size: usize,
}

impl RsaKey {
    /// The public key of `n` and `e`, which may have leading zeros.
    ///
    /// Fails with [`ErrorKind::WeakKey`] for a modulus below 2048 bits and with
    /// [`ErrorKind::Key`] for one above 8192 and for an unusual exponent.
    pub(crate) fn from_public(n: &[u8], e: &[u8]) -> Result<Self> {
        let (n, e) = checked(n, e)?;
        let size = usize::try_from(n.num_bytes()).map_err(|_| failed())?;
        let rsa =
            Rsa::from_public_components(n, e).map_err(|_| refused("n and e aren't an RSA key"))?;
        Ok(Self {
            #[cfg(not(feature = "aws-lc"))]
            public: PKey::from_rsa(rsa.clone()).map_err(|_| failed())?,
            rsa,
            private: None,
            size,
        })
    }

    /// The private key; fails as [`RsaKey::from_public`] does, and unless every
    /// part belongs to `n` and `e`.
    pub(crate) fn from_private(n: &[u8], e: &[u8], parts: &PrivateParts<&[u8]>) -> Result<Self> {
        let key = Self::from_public(n, e)?;
        let (n, e) = checked(n, e)?;
        let (p, q) = (SecretNumber::new(parts.p)?, SecretNumber::new(parts.q)?);
        if &*p * &*q != n {
            return Err(refused("n isn't the product of p and q"));
        }
        let build = || -> std::result::Result<_, openssl::error::ErrorStack> {
            let secret = BigNum::from_slice;
            Ok(RsaPrivateKeyBuilder::new(n, e, secret(parts.d)?)?
                .set_factors(secret(parts.p)?, secret(parts.q)?)?
                .set_crt_params(secret(parts.dp)?, secret(parts.dq)?, secret(parts.qi)?)?
                .build())
        };
        let wrong = || refused("the private parts don't belong together");
        let rsa = build().map_err(|_| wrong())?;
        if !rsa.check_key().unwrap_or(false) {
            return Err(wrong());
        }
        key.with_private(rsa)
    }

    /// A new private key with a modulus of `bits` bits.
    pub(crate) fn generate(bits: u32) -> Result<Self> {
        let rsa = drawing(|| Rsa::generate(bits)).map_err(|_| failed())?;
        Self::from_public(&rsa.n().to_vec(), &rsa.e().to_vec())?.with_private(rsa)
    }

    fn with_private(self, rsa: Rsa<Private>) -> Result<Self> {
        let private = PKey::from_rsa(rsa).map_err(|_| failed())?;
        Ok(Self {
            private: Some(private),
            ..self
        })
    }

    pub(crate) fn is_private(&self) -> bool {
        self.private.is_some()
    }

    /// The same key without its private part.
    pub(crate) fn public(&self) -> Self {
        Self {
            rsa: self.rsa.clone(),
            #[cfg(not(feature = "aws-lc"))]
            public: self.public.clone(),
            private: None,
            size: self.size,
        }
    }

    /// The modulus, without leading zeros.
    pub(crate) fn n(&self) -> Vec<u8> {
        self.rsa.n().to_vec()
    }

    /// The public exponent, without leading zeros.
    pub(crate) fn e(&self) -> Vec<u8> {
        self.rsa.e().to_vec()
    }

    /// The private parts, without leading zeros.
    pub(crate) fn parts(&self) -> Result<Option<PrivateParts<Zeroizing<Vec<u8>>>>> {
        let Some(private) = &self.private else {
            return Ok(None);
        };
        parts(&*private.rsa().map_err(|_| failed())?).map(Some)
    }

    /// Whether `signature` is the message's.
    pub(crate) fn verify(
        &self,
        padding: Padding,
        hash: Hash,
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        signature.len() == self.size
            && hash.of(message, |digest| match padding {
                Padding::Pkcs1 => raw::rsa_verify(&self.rsa, hash, digest, signature),
                Padding::Pss => self.verify_pss(hash, digest, signature),
            })
    }

    #[cfg(feature = "aws-lc")]
    fn verify_pss(&self, hash: Hash, digest: &[u8], signature: &[u8]) -> bool {
        raw::pss_verify(&self.rsa, hash, digest, signature)
    }

    #[cfg(not(feature = "aws-lc"))]
    fn verify_pss(&self, hash: Hash, digest: &[u8], signature: &[u8]) -> bool {
        let context = || {
            let mut context = PkeyCtx::new(&self.public)?;
            context.verify_init()?;
            prepare(&mut context, Padding::Pss, hash)?;
            Ok::<_, openssl::error::ErrorStack>(context)
        };
        context().is_ok_and(|mut context| raw::pkey_verify(&mut context, digest, signature))
    }

    /// The message's signature.
    pub(crate) fn sign(&self, padding: Padding, hash: Hash, message: &[u8]) -> Result<Vec<u8>> {
        let Some(private) = &self.private else {
            return Err(super::public_only());
        };
        let sign = |digest: &[u8]| -> std::result::Result<_, openssl::error::ErrorStack> {
            let mut context = PkeyCtx::new(private)?;
            context.sign_init()?;
            prepare(&mut context, padding, hash)?;
            let mut signature = vec![0; self.size];
            let written = drawing(|| context.sign(digest, Some(&mut signature)))?;
            signature.truncate(written);
            Ok(signature)
        };
        hash.of(message, sign).map_err(|_| failed())
    }
}

/// Sets a context to one padding and hash.
fn prepare<T>(
    context: &mut PkeyCtx<T>,
    padding: Padding,
    hash: Hash,
) -> std::result::Result<(), openssl::error::ErrorStack> {
    match padding {
        Padding::Pkcs1 => {
            context.set_rsa_padding(BackEndPadding::PKCS1)?;
            context.set_signature_md(md(hash))
        }
        Padding::Pss => {
            context.set_rsa_padding(BackEndPadding::PKCS1_PSS)?;
            context.set_signature_md(md(hash))?;
            context.set_rsa_pss_saltlen(RsaPssSaltlen::DIGEST_LENGTH)?;
            context.set_rsa_mgf1_md(md(hash))
        }
    }
}

fn md(hash: Hash) -> &'static MdRef {
    match hash {
        Hash::Sha256 => Md::sha256(),
        Hash::Sha384 => Md::sha384(),
        Hash::Sha512 => Md::sha512(),
    }
}

/// n and e as numbers, if they may be used.
fn checked(n: &[u8], e: &[u8]) -> Result<(BigNum, BigNum)> {
    let (n, e) = (number(n)?, number(e)?);
    if n.num_bits() < *BITS.start() {
        return Err(Error::new(
            ErrorKind::WeakKey,
            format!(
                "an RSA modulus of {} bits, where 2048 are the least",
                n.num_bits()
            ),
        ));
    }
    if n.num_bits() > *BITS.end() {
        return Err(refused("an RSA modulus of more than 8192 bits"));
    }
    if !n.is_odd() {
        return Err(refused("an even RSA modulus"));
    }
    let three = BigNum::from_u32(3).map_err(|_| failed())?;
    if !e.is_odd() || e < three || e.num_bits() > 33 {
        return Err(refused(
            "the exponent e must be odd, 3 at least and below 2^33",
        ));
    }
    Ok((n, e))
}

/// The private parts of a back end's key; fails for one without its primes.
pub(super) fn parts(
    rsa: &openssl::rsa::RsaRef<Private>,
) -> Result<PrivateParts<Zeroizing<Vec<u8>>>> {
    let missing = || refused("an RSA private key without its primes");
    let part = |part: Option<&openssl::bn::BigNumRef>| {
        let part = part.ok_or_else(missing)?;
        secret_padded(
            part,
            usize::try_from(part.num_bytes()).map_err(|_| failed())?,
        )
    };
    Ok(PrivateParts {
        d: part(Some(rsa.d()))?,
        p: part(rsa.p())?,
        q: part(rsa.q())?,
        dp: part(rsa.dmp1())?,
        dq: part(rsa.dmq1())?,
        qi: part(rsa.iqmp())?,
    })
}
