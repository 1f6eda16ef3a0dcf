//! The signature algorithms as one table: name, family, hash and curve.
//!
//! A name that jeton doesn't know is no algorithm at all: there is no `none`
//! to be switched off, and nothing is compared without regard to case.

use super::digest::Hash;
use super::ecdsa::Curve;
use super::eddsa::Edwards;

/// One signature algorithm of JOSE, fully specified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// HMAC with SHA-256.
    Hs256,
    /// HMAC with SHA-384.
    Hs384,
    /// HMAC with SHA-512.
    Hs512,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    Rs384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    Rs512,
    /// RSASSA-PSS with SHA-256, MGF1 with the same, a salt as long as the hash.
    Ps256,
    /// RSASSA-PSS with SHA-384, MGF1 with the same, a salt as long as the hash.
    Ps384,
    /// RSASSA-PSS with SHA-512, MGF1 with the same, a salt as long as the hash.
    Ps512,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
    /// ECDSA on P-521 with SHA-512.
    Es512,
    /// ECDSA on secp256k1 with SHA-256 (RFC 8812).
    Es256k,
    /// EdDSA with Ed25519 (RFC 8037, RFC 9864).
    Ed25519,
    /// EdDSA with Ed448 (RFC 8037, RFC 9864); AWS-LC doesn't have it.
    Ed448,
}

/// What kind of key an algorithm works with, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    Hmac(Hash),
    Rsa(Padding, Hash),
    Ecdsa(Curve, Hash),
    Eddsa(Edwards),
}

/// The two ways to pad an RSA signature; one never verifies as the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Padding {
    Pkcs1,
    Pss,
}

impl Algorithm {
    /// Every algorithm, whether this build's back end has it or not.
    pub const ALL: &'static [Self] = &[
        Self::Hs256,
        Self::Hs384,
        Self::Hs512,
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
        Self::Ps256,
        Self::Ps384,
        Self::Ps512,
        Self::Es256,
        Self::Es384,
        Self::Es512,
        Self::Es256k,
        Self::Ed25519,
        Self::Ed448,
    ];

    /// The registered name, such as `ES256K`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Hs384 => "HS384",
            Self::Hs512 => "HS512",
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Es512 => "ES512",
            Self::Es256k => "ES256K",
            Self::Ed25519 => "Ed25519",
            Self::Ed448 => "Ed448",
        }
    }

    /// What a header, a key or an option means by `name`, compared byte by byte.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Named> {
        if name == Named::EdDsa.name() {
            return Some(Named::EdDsa);
        }
        let mut all = Self::ALL.iter();
        all.find(|algorithm| algorithm.name() == name)
            .map(|algorithm| Named::One(*algorithm))
    }

    /// Whether this build's crypto back end has the algorithm.
    #[must_use]
    pub fn available(self) -> bool {
        match self.family() {
            Family::Hmac(_) | Family::Rsa(..) => true,
            Family::Ecdsa(curve, _) => curve.available(),
            Family::Eddsa(curve) => curve.available(),
        }
    }

    /// The algorithm of ECDSA keys on `curve`.
    pub(crate) fn on(curve: Curve) -> Option<Self> {
        Self::find(|family| matches!(family, Family::Ecdsa(own, _) if own == curve))
    }

    /// The algorithm of EdDSA keys on `curve`.
    pub(crate) fn on_edwards(curve: Edwards) -> Option<Self> {
        Self::find(|family| family == Family::Eddsa(curve))
    }

    fn find(fits: impl Fn(Family) -> bool) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|algorithm| fits(algorithm.family()))
    }

    /// The key type, hash and curve.
    pub(crate) const fn family(self) -> Family {
        match self {
            Self::Hs256 => Family::Hmac(Hash::Sha256),
            Self::Hs384 => Family::Hmac(Hash::Sha384),
            Self::Hs512 => Family::Hmac(Hash::Sha512),
            Self::Rs256 => Family::Rsa(Padding::Pkcs1, Hash::Sha256),
            Self::Rs384 => Family::Rsa(Padding::Pkcs1, Hash::Sha384),
            Self::Rs512 => Family::Rsa(Padding::Pkcs1, Hash::Sha512),
            Self::Ps256 => Family::Rsa(Padding::Pss, Hash::Sha256),
            Self::Ps384 => Family::Rsa(Padding::Pss, Hash::Sha384),
            Self::Ps512 => Family::Rsa(Padding::Pss, Hash::Sha512),
            Self::Es256 => Family::Ecdsa(Curve::P256, Hash::Sha256),
            Self::Es384 => Family::Ecdsa(Curve::P384, Hash::Sha384),
            Self::Es512 => Family::Ecdsa(Curve::P521, Hash::Sha512),
            Self::Es256k => Family::Ecdsa(Curve::Secp256k1, Hash::Sha256),
            Self::Ed25519 => Family::Eddsa(Edwards::Ed25519),
            Self::Ed448 => Family::Eddsa(Edwards::Ed448),
        }
    }
}

/// A name that a header, a key or an option may use: one algorithm, or RFC
/// 8037's `EdDSA`, which leaves the curve to the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Named {
    /// One algorithm.
    One(Algorithm),
    /// `EdDSA`: Ed25519 or Ed448.
    EdDsa,
}

impl Named {
    /// Whether a key of `algorithm` may be used under this name.
    #[must_use]
    pub fn fits(self, algorithm: Algorithm) -> bool {
        match self {
            Self::One(one) => one == algorithm,
            Self::EdDsa => matches!(algorithm.family(), Family::Eddsa(_)),
        }
    }

    /// The name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::One(algorithm) => algorithm.name(),
            Self::EdDsa => "EdDSA",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_means_its_algorithm_and_no_other() {
        for algorithm in Algorithm::ALL {
            let named = Algorithm::from_name(algorithm.name());
            assert_eq!(named, Some(Named::One(*algorithm)));
            let fitting = Algorithm::ALL
                .iter()
                .filter(|other| Named::One(*algorithm).fits(**other));
            assert_eq!(fitting.collect::<Vec<_>>(), [algorithm]);
        }
    }

    #[test]
    fn eddsa_means_both_edwards_curves() {
        let fitting: Vec<_> = Algorithm::ALL
            .iter()
            .filter(|algorithm| Named::EdDsa.fits(**algorithm))
            .collect();
        assert_eq!(fitting, [&Algorithm::Ed25519, &Algorithm::Ed448]);
    }

    #[test]
    fn attack_01_none_is_no_algorithm_however_it_is_spelt() {
        for name in [
            "none", "None", "nOnE", "NONE", "none ", "none\0", "", "hs256", "HS256 ", "RS1", "HS1",
            "EDDSA", "ed25519", "ES256k",
        ] {
            assert_eq!(Algorithm::from_name(name), None, "{name:?}");
        }
    }

    #[test]
    fn all_but_ed448_are_in_both_back_ends() {
        for algorithm in Algorithm::ALL {
            let expected = *algorithm != Algorithm::Ed448 || cfg!(feature = "system-openssl");
            assert_eq!(algorithm.available(), expected, "{}", algorithm.name());
        }
    }
}
