//! A set of keys: immutable, indexed by kid.

use std::fmt;
use std::sync::Arc;

use super::key::Key;
use super::options::{GenerateOptions, KeyOptions};
use super::select::Wanted;
use super::{document, export, generate, refused, secret};
use crate::clock;
use crate::crypto::{Algorithm, Named};
use crate::error::{Error, ErrorKind, Result};

/// The most keys that a message tells of.
pub(super) const SHOWN: usize = 5;

/// Keys in the order of their document.
pub struct KeySet {
    keys: Vec<Arc<Key>>,
    /// The indexes of the keys with a kid, sorted by it.
    named: Vec<usize>,
    skipped: Vec<Skipped>,
}

/// A key of a document that isn't in use.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Skipped {
    /// Where in the document it stands, from 0.
    pub index: usize,
    /// Its kid, where it has a short one.
    pub kid: Option<String>,
    /// Why it isn't in use, and the remedy if there is one.
    pub reason: String,
}

impl KeySet {
    /// Reads a JWK, a JWK Set, PEM or DER; which of them, the document shows.
    ///
    /// Fails with [`ErrorKind::Key`] or [`ErrorKind::WeakKey`] for a document
    /// that holds no key, or one that is broken or weak; the message names it.
    /// PEM and DER never yield an HMAC key.
    pub fn from_document(document: &[u8], options: &KeyOptions) -> Result<Self> {
        let (keys, skipped) = document::read(document, &options.check()?)?;
        if keys.is_empty() {
            return Err(refused(nothing_usable(&skipped)));
        }
        Ok(Self::new(keys.into_iter().map(Arc::new).collect(), skipped))
    }

    /// No keys yet.
    pub(crate) fn none() -> Self {
        Self::new(Vec::new(), Vec::new())
    }

    /// Reads the keys of a source: one that can't be used is skipped and not the
    /// set's end. What comes from far away (`remote`) is a JWK Set, of at most
    /// `most` keys, and holds no private key and no secret that counts.
    pub(crate) fn from_source(
        document: &[u8],
        options: &KeyOptions,
        most: usize,
        remote: bool,
    ) -> Result<Self> {
        let (keys, skipped) = document::read_leniently(document, &options.check()?, most, remote)?;
        if keys.is_empty() {
            return Err(refused(nothing_usable(&skipped)));
        }
        Ok(Self::new(keys.into_iter().map(Arc::new).collect(), skipped))
    }

    /// Whether the same keys are in use, under the same names and dates, and
    /// the same skipped.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let mark = |key: &Arc<Key>| {
            (
                key.kid().map(str::to_owned),
                key.algorithm(),
                key.can_sign(),
                key.times(),
            )
        };
        self.keys.len() == other.keys.len()
            && self.skipped == other.skipped
            && self.keys.iter().zip(&other.keys).all(|(one, another)| {
                mark(one) == mark(another) && one.thumbprint() == another.thumbprint()
            })
    }

    /// The HMAC key of a raw secret, for the algorithm that the options name.
    ///
    /// Fails with [`ErrorKind::WeakKey`] for a secret shorter than the hash,
    /// unless the options say `weak`, and with [`ErrorKind::Key`] for one that
    /// is a key file of another kind.
    pub fn from_secret(secret: &[u8], options: &KeyOptions) -> Result<Self> {
        let key = secret::read(secret, options.check()?)?;
        Ok(Self::of(key))
    }

    /// A new private key or secret. `bits` is the size of an RSA modulus (2048,
    /// which is the default, to 4096) or of an HMAC secret (the hash's at least).
    ///
    /// Without a `kid` the key is named by its thumbprint, a secret at random.
    pub fn generate(algorithm: Named, kid: Option<&str>, bits: Option<u32>) -> Result<Self> {
        generate::key(algorithm, kid, bits).map(Self::of)
    }

    /// A set of these keys.
    pub(crate) fn new(keys: Vec<Arc<Key>>, skipped: Vec<Skipped>) -> Self {
        let mut named: Vec<(&str, usize)> = keys
            .iter()
            .enumerate()
            .filter_map(|(index, key)| Some((key.kid()?, index)))
            .collect();
        named.sort_unstable();
        Self {
            named: named.into_iter().map(|(_, index)| index).collect(),
            keys,
            skipped,
        }
    }

    /// Whether some key is for one audience alone.
    pub(crate) fn has_bound(&self) -> bool {
        self.keys.iter().any(|key| key.audience().is_some())
    }

    fn of(key: Key) -> Self {
        Self::new(vec![Arc::new(key)], Vec::new())
    }

    /// The keys, in the order of their document.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &Arc<Key>> {
        self.keys.iter()
    }

    /// How many keys are in use.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether no key is in use.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The keys of the document that aren't in use, and why.
    #[must_use]
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    /// The algorithms of the keys, each once.
    #[must_use]
    pub fn algorithms(&self) -> Vec<Algorithm> {
        let mut algorithms = Vec::new();
        for key in &self.keys {
            if !algorithms.contains(&key.algorithm()) {
                algorithms.push(key.algorithm());
            }
        }
        algorithms
    }

    /// The public keys alone: no private part, no HMAC secret.
    #[must_use]
    pub fn public(&self) -> Self {
        let keys = self.keys.iter().filter_map(|key| key.public());
        Self::new(keys.map(Arc::new).collect(), Vec::new())
    }

    /// The public keys that are to be published at `now`, in seconds since 1970
    /// (0 asks the clock): those whose `exp` hasn't come.
    #[must_use]
    pub fn published(&self, now: i64) -> Self {
        let now = clock::at(now);
        let keys = self.keys.iter().filter(|key| !key.times().ended(now));
        let keys = keys.filter_map(|key| key.public());
        Self::new(keys.map(Arc::new).collect(), Vec::new())
    }

    /// Generates one private key, as an options document says.
    ///
    /// Fails as [`KeySet::generate`] does, and with [`ErrorKind::Options`] for
    /// an unknown algorithm.
    pub fn generate_with(options: &GenerateOptions) -> Result<Self> {
        Self::generate(options.named()?, options.kid.as_deref(), options.bits)
    }

    /// The set described as JSON, without key material: `keys` with kid,
    /// algorithm, thumbprint, private, weak, iat, nbf and exp, and what was
    /// `skipped`, with index, kid and reason.
    pub fn status_json(&self) -> Result<String> {
        export::status(&self.keys, &self.skipped)
    }

    /// The set as a JWK Set. Unless `private` is said it never holds a private
    /// member, and leaves HMAC secrets out.
    pub fn to_json(&self, private: bool) -> Result<String> {
        export::json(&self.keys, private)
    }

    pub(super) fn get(&self, index: usize) -> Option<&Arc<Key>> {
        self.keys.get(index)
    }

    /// The index of the one key that a token may be verified with.
    ///
    /// A kid decides where it is known. Where it isn't, or there is none, the
    /// algorithm decides, but only if exactly one key is for it: nothing is
    /// tried until it fits.
    pub(crate) fn find(&self, wanted: &Wanted<'_>) -> Result<usize> {
        if !self.is_empty() && self.keys.iter().all(|key| !key.is_for(wanted.audience)) {
            return Err(Error::new(
                ErrorKind::UnknownKey,
                "no key is for the token's audience",
            ));
        }
        let Some(kid) = wanted.kid else {
            return self.find_only(
                wanted,
                |_| true,
                |several| match several {
                    0 => Error::new(ErrorKind::Algorithm, "no key is for the token's algorithm"),
                    _ => Error::new(
                        ErrorKind::UnknownKey,
                        format!("the token names no kid, and {several} keys fit"),
                    ),
                },
            );
        };
        let (mut ended, mut mismatch) = (false, None);
        for (index, key) in self.with_kid(kid) {
            if !wanted.algorithm.fits(key.algorithm()) {
                mismatch = Some(Error::new(
                    ErrorKind::Algorithm,
                    "the key of the token's kid is for another algorithm",
                ));
            } else if !key.is_for(wanted.audience) {
                mismatch = Some(Error::new(
                    ErrorKind::UnknownKey,
                    "the key of the token's kid is for another audience",
                ));
            } else if key.times().ended(wanted.now) {
                ended = true;
            } else {
                return Ok(index);
            }
        }
        if ended {
            return Err(past_its_end());
        }
        if let Some(mismatch) = mismatch {
            return Err(mismatch);
        }
        self.find_only(
            wanted,
            |key| key.kid().is_none(),
            |several| {
                let message = match several {
                    0 => "no key has the token's kid",
                    _ => "no key has the token's kid, and several without a kid fit",
                };
                Error::new(ErrorKind::UnknownKey, message)
            },
        )
    }

    /// The keys of one kid.
    pub(super) fn with_kid(&self, kid: &str) -> impl Iterator<Item = (usize, &Key)> {
        let kid_of = |index: &usize| self.get(*index).and_then(|key| key.kid());
        let start = self
            .named
            .partition_point(|index| kid_of(index) < Some(kid));
        self.named
            .iter()
            .skip(start)
            .filter_map(|index| Some((*index, &**self.get(*index)?)))
            .take_while(move |(_, key)| key.kid() == Some(kid))
    }

    /// The only key of those meant that fits, or the error for how many do.
    fn find_only(
        &self,
        wanted: &Wanted<'_>,
        meant: impl Fn(&Key) -> bool,
        error: impl FnOnce(usize) -> Error,
    ) -> Result<usize> {
        let fits = |key: &Key| {
            wanted.algorithm.fits(key.algorithm()) && key.is_for(wanted.audience) && meant(key)
        };
        let ended = |key: &Key| key.times().ended(wanted.now);
        let keys = self.keys.iter().enumerate();
        let mut fitting = keys.filter(|(_, key)| fits(key) && !ended(key));
        match (fitting.next(), fitting.count()) {
            (Some((index, _)), 0) => Ok(index),
            (None, _) if self.keys.iter().any(|key| fits(key)) => Err(past_its_end()),
            (None, _) => Err(error(0)),
            (Some(_), others) => Err(error(1 + others)),
        }
    }
}

fn past_its_end() -> Error {
    Error::new(
        ErrorKind::UnknownKey,
        "the only key that fits the token is past its exp",
    )
}

pub(super) fn lost() -> Error {
    Error::new(ErrorKind::Internal, "a key set lost a key")
}

/// Why a document yields nothing, key by key.
pub(super) fn nothing_usable(skipped: &[Skipped]) -> String {
    let reasons: Vec<_> = skipped
        .iter()
        .take(SHOWN)
        .map(|skipped| match &skipped.kid {
            Some(kid) => format!("key {} (kid {kid:?}): {}", skipped.index, skipped.reason),
            None => format!("key {}: {}", skipped.index, skipped.reason),
        })
        .collect();
    let more = match skipped.len().saturating_sub(reasons.len()) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    format!("no key can be used: {}{more}", reasons.join("; "))
}

impl fmt::Debug for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.keys).finish()
    }
}
