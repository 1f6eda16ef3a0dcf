//! One key, bound to one algorithm.
//!
//! The binding is the type's: an RSA key carries its padding and hash, so that
//! no call can pass it others.

use std::fmt;
use std::sync::Arc;

use super::options::Defaults;
use super::{Reading, refused, thumbprint};
use crate::crypto::{
    Algorithm, Asymmetric, EcKey, EdKey, Family, Hash, Named, Padding, RsaKey, Secret,
};
use crate::error::{Error, ErrorKind, Result};

/// A key for exactly one algorithm. Immutable; secrets are wiped when dropped.
pub struct Key {
    algorithm: Algorithm,
    name: Named,
    kid: Option<Box<str>>,
    audience: Option<Box<str>>,
    thumbprint: Box<str>,
    material: Material,
    signs: bool,
    weak: bool,
    times: Times,
}

/// When a key's JWK says that it was issued, begins and ends: its members
/// `iat`, `nbf` and `exp`, in whole seconds since 1970.
///
/// A key signs from `nbf` on and is published, and verifies, until `exp`. That
/// it begins later doesn't keep it from verifying: who verifies may have a
/// clock that is late, and nothing was signed with it before its time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// `iat`.
    pub issued: Option<i64>,
    /// `nbf`.
    pub not_before: Option<i64>,
    /// `exp`.
    pub expires: Option<i64>,
}

impl Times {
    /// Whether `expires` has come.
    #[must_use]
    pub fn ended(&self, now: i64) -> bool {
        self.expires.is_some_and(|end| end <= now)
    }

    /// Whether `not_before` is yet to come.
    #[must_use]
    pub fn pending(&self, now: i64) -> bool {
        self.not_before.is_some_and(|begin| begin > now)
    }

    /// Whether a key may sign now.
    #[must_use]
    pub fn in_force(&self, now: i64) -> bool {
        !self.pending(now) && !self.ended(now)
    }
}

/// The key proper, with all that its algorithm leaves open.
pub(super) enum Material {
    Hmac(Secret),
    Rsa(Padding, Hash, RsaKey),
    Ecdsa(Hash, EcKey),
    Eddsa(EdKey),
}

/// What a key carries beside its material.
#[derive(Default)]
pub(super) struct Label {
    pub(super) kid: Option<Box<str>>,
    /// The one audience that it is for.
    pub(super) audience: Option<Box<str>>,
    /// Whether it may sign, if it is private.
    pub(super) signs: bool,
    pub(super) weak: bool,
    pub(super) times: Times,
}

impl Key {
    /// `name` and `material` are the algorithm's, as the callers see to.
    pub(super) fn new(
        algorithm: Algorithm,
        name: Named,
        material: Material,
        label: Label,
    ) -> Result<Self> {
        Ok(Self {
            algorithm,
            name,
            kid: label.kid,
            audience: label.audience,
            thumbprint: thumbprint::of(&material)?,
            signs: label.signs && material.is_private(),
            material,
            weak: label.weak,
            times: label.times,
        })
    }

    /// Binds `key` to the algorithm that it names itself, else to its curve's,
    /// else to the caller's; an RSA key that nobody speaks for is skipped.
    pub(super) fn bind(
        key: Asymmetric,
        stated: Option<Named>,
        defaults: &Defaults,
        label: Label,
    ) -> Result<Reading> {
        let kind = kind(&key);
        let own = match &key {
            Asymmetric::Rsa(_) => None,
            Asymmetric::Ec(key) => Algorithm::on(key.curve()),
            Asymmetric::Ed(key) => Algorithm::on_edwards(key.curve()),
        };
        let default = defaults.algorithm;
        let (algorithm, name) = match (stated, own) {
            // EdDSA is the name to write, unless the key or the caller prefers the curve's.
            (stated, Some(own)) => (own, stated.unwrap_or_else(|| preferred(own, default))),
            (Some(Named::One(stated)), None) => (stated, Named::One(stated)),
            (Some(Named::EdDsa), None) => return Err(mismatch(&kind, Named::EdDsa)),
            (None, None) => match default {
                Some(Named::One(default)) if matches!(default.family(), Family::Rsa(..)) => {
                    (default, Named::One(default))
                }
                Some(_) | None => {
                    return Ok(Reading::Skipped(
                        "an RSA key that names no algorithm; say which with the option \
                         \"algorithm\", such as \"RS256\""
                            .into(),
                    ));
                }
            },
        };
        if !name.fits(algorithm) {
            return Err(mismatch(&kind, name));
        }
        let material = match (algorithm.family(), key) {
            (Family::Rsa(padding, hash), Asymmetric::Rsa(key)) => Material::Rsa(padding, hash, key),
            (Family::Ecdsa(_, hash), Asymmetric::Ec(key)) => Material::Ecdsa(hash, key),
            (Family::Eddsa(_), Asymmetric::Ed(key)) => Material::Eddsa(key),
            (Family::Hmac(_) | Family::Rsa(..) | Family::Ecdsa(..) | Family::Eddsa(_), _) => {
                return Err(mismatch(&kind, name));
            }
        };
        let key = Self::new(algorithm, name, material, label)?;
        Ok(Reading::Key(Box::new(key)))
    }

    /// The one algorithm that the key is for.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The algorithm's name as a token's header should have it: `EdDSA` for
    /// both of its curves, unless the key was read under the curve's own name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name.name()
    }

    pub(super) fn named(&self) -> Named {
        self.name
    }

    /// The `kid`.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// The one audience whose tokens it signs and verifies; none for any.
    #[must_use]
    pub fn audience(&self) -> Option<&str> {
        self.audience.as_deref()
    }

    /// Whether it is for tokens of this audience; a key of one audience is for
    /// none that says another, several, or none.
    pub(super) fn is_for(&self, audience: Option<&str>) -> bool {
        self.audience.is_none() || self.audience.as_deref() == audience
    }

    /// The thumbprint of RFC 7638, with SHA-256, in base64url. That of an HMAC
    /// secret is for its owner only: who has it can test guesses.
    #[must_use]
    pub fn thumbprint(&self) -> &str {
        &self.thumbprint
    }

    /// Whether the private part is there and may sign.
    #[must_use]
    pub fn can_sign(&self) -> bool {
        self.signs
    }

    /// Whether it is an HMAC secret shorter than its hash, taken at the caller's word.
    #[must_use]
    pub fn weak(&self) -> bool {
        self.weak
    }

    /// When its JWK says that it was issued, begins and ends.
    #[must_use]
    pub fn times(&self) -> Times {
        self.times
    }

    /// Whether `signature` is the message's under this key and its algorithm.
    /// Nothing is allocated in a signature that holds, the back end's own
    /// context aside.
    #[must_use]
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.material {
            Material::Hmac(secret) => secret.verify(message, signature),
            Material::Rsa(padding, hash, key) => key.verify(*padding, *hash, message, signature),
            Material::Ecdsa(hash, key) => key.verify(*hash, message, signature),
            Material::Eddsa(key) => key.verify(message, signature),
        }
    }

    /// The message's signature, as a token's third part holds it.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        if !self.signs {
            return Err(Error::new(
                ErrorKind::Key,
                "the key can't sign: it has no private part, or its key_ops don't say \"sign\"",
            ));
        }
        match &self.material {
            Material::Hmac(secret) => secret.sign(message),
            Material::Rsa(padding, hash, key) => key.sign(*padding, *hash, message),
            Material::Ecdsa(hash, key) => key.sign(*hash, message),
            Material::Eddsa(key) => key.sign(message),
        }
    }

    /// `signature` as a token holds it, if it is the message's: an ECDSA one may
    /// be in DER. Which of the two it is, the key tells, and not its first bytes.
    pub(super) fn accept(&self, message: &[u8], signature: Vec<u8>) -> Option<Vec<u8>> {
        if self.verify(message, &signature) {
            return Some(signature);
        }
        let signature = match &self.material {
            Material::Ecdsa(_, key) => key.halves_of_der(&signature)?,
            Material::Hmac(_) | Material::Rsa(..) | Material::Eddsa(_) => return None,
        };
        self.verify(message, &signature).then_some(signature)
    }

    /// The key without its private part; none for an HMAC secret.
    #[must_use]
    pub fn public(&self) -> Option<Self> {
        let material = match &self.material {
            Material::Hmac(_) => return None,
            Material::Rsa(padding, hash, key) => Material::Rsa(*padding, *hash, key.public()),
            Material::Ecdsa(hash, key) => Material::Ecdsa(*hash, key.public()),
            Material::Eddsa(key) => Material::Eddsa(key.public()),
        };
        Some(Self {
            algorithm: self.algorithm,
            name: self.name,
            kid: self.kid.clone(),
            audience: self.audience.clone(),
            thumbprint: self.thumbprint.clone(),
            material,
            signs: false,
            weak: self.weak,
            times: self.times,
        })
    }

    /// The key with its thumbprint for a kid, unless it has one.
    pub(super) fn named_by_thumbprint(mut self) -> Self {
        self.kid.get_or_insert_with(|| self.thumbprint.clone());
        self
    }

    /// The key without its kid.
    pub(super) fn nameless(mut self) -> Self {
        self.kid = None;
        self
    }

    /// The key with these dates in place of its own.
    pub(super) fn dated(mut self, times: Times) -> Self {
        self.times = times;
        self
    }

    /// Whether the private part is there, whether it may sign or not.
    pub(super) fn is_private(&self) -> bool {
        self.material.is_private()
    }

    pub(super) fn material(&self) -> &Material {
        &self.material
    }

    /// Whether a token's kid and algorithm would name both.
    pub(super) fn is_twin_of(&self, other: &Self) -> bool {
        self.kid.is_some() && self.kid == other.kid && self.algorithm == other.algorithm
    }

    /// Whether both are the same key for the same algorithm, private or not.
    pub(super) fn same(&self, other: &Self) -> bool {
        self.algorithm == other.algorithm && self.thumbprint == other.thumbprint
    }
}

impl Material {
    /// A secret for HMAC with `algorithm`; its length is judged already.
    pub(super) fn secret(algorithm: Algorithm, bytes: zeroize::Zeroizing<Vec<u8>>) -> Result<Self> {
        match algorithm.family() {
            Family::Hmac(hash) => Secret::new(hash, bytes).map(Self::Hmac),
            Family::Rsa(..) | Family::Ecdsa(..) | Family::Eddsa(_) => {
                Err(mismatch("an HMAC secret", Named::One(algorithm)))
            }
        }
    }

    fn is_private(&self) -> bool {
        match self {
            Self::Hmac(_) => true,
            Self::Rsa(_, _, key) => key.is_private(),
            Self::Ecdsa(_, key) => key.is_private(),
            Self::Eddsa(key) => key.is_private(),
        }
    }
}

/// The name to write for a key without `alg`.
fn preferred(own: Algorithm, default: Option<Named>) -> Named {
    match own.family() {
        Family::Eddsa(_) => default
            .filter(|default| default.fits(own))
            .unwrap_or(Named::EdDsa),
        Family::Hmac(_) | Family::Rsa(..) | Family::Ecdsa(..) => Named::One(own),
    }
}

fn kind(key: &Asymmetric) -> String {
    match key {
        Asymmetric::Rsa(_) => "an RSA key".into(),
        Asymmetric::Ec(key) => format!("an EC key on {}", key.curve().name()),
        Asymmetric::Ed(key) => format!("an {} key", key.curve().name()),
    }
}

pub(super) fn mismatch(kind: &str, name: Named) -> Error {
    refused(format!("{kind} can't be used for {}", name.name()))
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("algorithm", &self.algorithm)
            .field("kid", &self.kid)
            .field("signs", &self.signs)
            .finish_non_exhaustive()
    }
}

/// Any thread may use any key.
const _: fn() = || {
    fn shareable<T: Send + Sync>() {}
    shareable::<Arc<Key>>();
};
