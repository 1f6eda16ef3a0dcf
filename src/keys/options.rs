//! What the caller says about keys that don't say it themselves.

use serde::Deserialize;

use crate::codec::document;
use crate::crypto::{Algorithm, Named};
use crate::error::{Error, ErrorKind, Result};

/// The longest `kid` of a key, in bytes.
pub(super) const LONGEST_KID: usize = 256;

/// The options of a key document or a secret.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KeyOptions {
    /// The algorithm of keys that name none: RSA keys without `alg`, PEM, secrets.
    pub algorithm: Option<String>,
    /// The `kid` of keys that have none.
    pub kid: Option<String>,
    /// Takes an HMAC secret shorter than its hash; the key then reports itself as weak.
    pub weak: bool,
}

/// The options of a new key.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenerateOptions {
    /// What the key is for, such as `ES256`.
    pub algorithm: String,
    /// Its kid; the thumbprint by default.
    #[serde(default)]
    pub kid: Option<String>,
    /// The size of an RSA modulus, or of an HMAC secret.
    #[serde(default)]
    pub bits: Option<u32>,
}

impl GenerateOptions {
    /// Reads the options document.
    pub fn read(text: &[u8]) -> Result<Self> {
        document::read("options", text)
    }

    /// The algorithm that is named.
    pub(super) fn named(&self) -> Result<Named> {
        named(&self.algorithm)
    }
}

/// Options whose names are known to be good.
pub(super) struct Defaults {
    pub(super) algorithm: Option<Named>,
    pub(super) kid: Option<Box<str>>,
    pub(super) weak: bool,
}

impl KeyOptions {
    /// Reads the options document.
    pub fn read(text: &[u8]) -> Result<Self> {
        document::read("options", text)
    }

    /// Fails as reading keys under these options would.
    pub(crate) fn validate(&self) -> Result<()> {
        self.check().map(drop)
    }

    /// Checks the algorithm's name and the kid.
    pub(super) fn check(&self) -> Result<Defaults> {
        let algorithm = self.algorithm.as_deref().map(named).transpose()?;
        let kid = self.kid.as_deref();
        if let Some(problem) = kid.and_then(kid_problem) {
            return Err(Error::new(ErrorKind::Options, problem).at("kid"));
        }
        Ok(Defaults {
            algorithm,
            kid: kid.map(Into::into),
            weak: self.weak,
        })
    }
}

/// What is wrong with `kid`, if anything is.
pub(super) fn kid_problem(kid: &str) -> Option<&'static str> {
    if kid.is_empty() {
        Some("must not be empty; leave it out instead")
    } else if kid.len() > LONGEST_KID {
        Some("must be at most 256 bytes long")
    } else {
        None
    }
}

fn named(name: &str) -> Result<Named> {
    let named = Algorithm::from_name(name).ok_or_else(|| {
        let known: Vec<_> = Algorithm::ALL.iter().map(|known| known.name()).collect();
        Error::new(
            ErrorKind::Options,
            format!("algorithm: must be EdDSA or one of {}", known.join(", ")),
        )
    })?;
    available(named)
}

/// `named`, or an error if this build's back end has no such algorithm.
pub(super) fn available(named: Named) -> Result<Named> {
    let mut fitting = Algorithm::ALL.iter().filter(|one| named.fits(**one));
    if fitting.any(|algorithm| algorithm.available()) {
        return Ok(named);
    }
    Err(Error::new(
        ErrorKind::Unsupported,
        format!("this build's crypto library has no {}", named.name()),
    ))
}
