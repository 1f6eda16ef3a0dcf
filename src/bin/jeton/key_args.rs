//! The flags that say which keys.

use std::sync::Arc;

use clap::Args;
use jeton::{Derived, Error, ErrorKind, KeyOptions, KeySet, Result, Ring, Select, system_of};
use zeroize::Zeroizing;

use crate::input::{self, What};
use crate::output;
use crate::source;

/// A document of keys.
pub(crate) const KEYS: What = What {
    name: "the keys",
    kind: ErrorKind::Key,
    limit: input::DOCUMENT,
};

/// A file that holds a secret; no secret is longer than 64 KiB.
const SECRET: What = What {
    name: "the secret",
    kind: ErrorKind::Key,
    limit: input::DOCUMENT,
};

/// Which keys.
#[derive(Args)]
pub(crate) struct KeyArgs {
    /// Keys: a JWK, a JWK Set, PEM or DER, the https URL of a JWK Set, or `-`
    /// for standard input. Where the options have "trust", say it once for each
    /// set, in their order
    #[arg(long, value_name = "FILE|URL|-")]
    keys: Vec<String>,

    #[command(flatten)]
    reading: ReadArgs,

    #[command(flatten)]
    secrets: SecretArgs,
}

/// Which secret.
#[derive(Args)]
pub(crate) struct SecretArgs {
    /// The environment variable that holds a secret: for HMAC, with --algorithm,
    /// or of the options' system
    #[arg(long, value_name = "NAME", conflicts_with = "secret_file")]
    secret_env: Option<String>,

    /// The file that holds it, as raw bytes; one newline at its end is left out
    #[arg(long, value_name = "FILE")]
    secret_file: Option<String>,

    /// The environment variable that holds the system's secret that is being
    /// rotated out
    #[arg(long, value_name = "NAME")]
    old_secret_env: Option<String>,
}

/// How keys are read.
#[derive(Args)]
pub(crate) struct ReadArgs {
    /// The algorithm of keys that name none, such as RS256
    #[arg(long = "algorithm", value_name = "ALG")]
    pub(crate) algorithm: Option<String>,

    /// How a URL is fetched, as JSON or a file of it: "ca" (a PEM file of whom
    /// to trust), "timeout", "private", "proxy", …
    #[arg(long, value_name = "FILE|JSON")]
    pub(crate) source: Option<String>,
}

impl ReadArgs {
    fn options(&self) -> KeyOptions {
        KeyOptions {
            algorithm: self.algorithm.clone(),
            ..KeyOptions::default()
        }
    }

    /// The keys that `name` says, fetched once where it is a URL.
    pub(crate) fn read(&self, name: &str) -> Result<Arc<Ring>> {
        if source::is_url(name) {
            return source::fetched(name, self).map(|source| Arc::clone(source.ring()));
        }
        let document = input::file(KEYS, name)?;
        KeySet::from_document(&document, &self.options())
            .map(|set| Arc::new(Ring::new(set)))
            .map_err(|error| error.at(KEYS.name))
    }
}

/// Key sets, in the order in which options number them.
#[derive(Default)]
pub(crate) struct KeySets {
    /// As a verifier takes them.
    pub(crate) selectors: Vec<Arc<dyn Select>>,
    /// Those that were read as they stand.
    pub(crate) rings: Vec<Arc<Ring>>,
}

impl KeySets {
    fn push(&mut self, ring: Arc<Ring>) {
        self.selectors.push(Arc::clone(&ring) as Arc<dyn Select>);
        self.rings.push(ring);
    }
}

impl KeyArgs {
    /// Whether any were named.
    pub(crate) fn are_given(&self) -> bool {
        !self.keys.is_empty() || self.secrets.are_given()
    }

    /// The key sets for these options, one at least.
    pub(crate) fn sets(&self, options: &[u8]) -> Result<KeySets> {
        self.each(options, |name, sets| {
            sets.push(self.reading.read(name)?);
            Ok(())
        })
    }

    /// The key sets for a run that goes on: those of a URL are kept fresh.
    pub(crate) fn live(&self, options: &[u8]) -> Result<KeySets> {
        self.each(options, |name, sets| {
            if source::is_url(name) {
                let source = source::live(name, &self.reading)?;
                sets.selectors.push(source as Arc<dyn Select>);
            } else {
                sets.push(self.reading.read(name)?);
            }
            Ok(())
        })
    }

    fn each(
        &self,
        options: &[u8],
        read: impl Fn(&str, &mut KeySets) -> Result<()>,
    ) -> Result<KeySets> {
        let mut sets = KeySets::default();
        if let Some(derived) = self.derived(options)? {
            sets.selectors.push(derived.select());
        } else if let Some(secret) = self.secrets.secret()? {
            if !self.keys.is_empty() {
                return Err(Error::new(
                    ErrorKind::Misuse,
                    "--keys and a secret: a verifier for both is a matter of a system's options",
                ));
            }
            let set = KeySet::from_secret(&secret, &self.reading.options())?;
            sets.push(Arc::new(Ring::new(set)));
        }
        for name in &self.keys {
            read(name, &mut sets)?;
        }
        if sets.selectors.is_empty() {
            return Err(Error::new(
                ErrorKind::Misuse,
                "no keys: say --keys, or --secret-env or --secret-file for a secret",
            ));
        }
        Ok(sets)
    }

    /// The one key set, where a command takes no more.
    pub(crate) fn ring(&self, options: &[u8]) -> Result<Arc<Ring>> {
        let only_once = || {
            Error::new(
                ErrorKind::Misuse,
                "this command takes one key set: --keys once, or a secret",
            )
        };
        if let Some(derived) = self.derived(options)? {
            let ring = derived.ring().map(Arc::clone);
            return if self.keys.is_empty() {
                ring
            } else {
                Err(only_once())
            };
        }
        let mut rings = self.sets(options)?.rings.into_iter();
        match (rings.next(), rings.next()) {
            (Some(ring), None) => Ok(ring),
            _ => Err(only_once()),
        }
    }

    /// The keys of the options' system, where a secret is given for it.
    fn derived(&self, options: &[u8]) -> Result<Option<Derived>> {
        if !self.secrets.are_given() || system_of(options)?.is_none() {
            return Ok(None);
        }
        if self.reading.algorithm.is_some() {
            return Err(Error::new(
                ErrorKind::Misuse,
                "--algorithm: the system says what its secret is for",
            ));
        }
        self.secrets.derive(options).map(Some)
    }
}

impl SecretArgs {
    fn are_given(&self) -> bool {
        self.secret_env.is_some() || self.secret_file.is_some()
    }

    /// Derives the keys of the options' system.
    pub(crate) fn derive(&self, options: &[u8]) -> Result<Derived> {
        let secret = self.read()?.ok_or_else(|| {
            Error::new(
                ErrorKind::Misuse,
                "no secret: say --secret-env or --secret-file",
            )
        })?;
        let old = self
            .old_secret_env
            .as_deref()
            .map(input::environment)
            .transpose()?
            .unwrap_or_default();
        Derived::read(options, &secret, &old)
    }

    /// A secret for HMAC, which has no older one.
    fn secret(&self) -> Result<Option<Zeroizing<Vec<u8>>>> {
        if self.old_secret_env.is_some() {
            return Err(Error::new(
                ErrorKind::Misuse,
                "--old-secret-env: only a system whose keys are derived has an old secret",
            ));
        }
        self.read()
    }

    fn read(&self) -> Result<Option<Zeroizing<Vec<u8>>>> {
        if let Some(name) = &self.secret_env {
            return input::environment(name).map(Some);
        }
        let Some(name) = &self.secret_file else {
            return Ok(None);
        };
        let mut secret = input::file(SECRET, name)?;
        if secret.last() == Some(&b'\n') {
            secret.pop();
        }
        Ok(Some(secret))
    }
}

/// Tells about the keys of a document that aren't in use.
pub(crate) fn note_skipped(set: &KeySet) {
    for reason in skipped(set) {
        output::note(format_args!("not in use: {reason}"));
    }
}

/// The keys that aren't in use, each with the reason.
pub(crate) fn skipped(set: &KeySet) -> impl Iterator<Item = String> {
    set.skipped().iter().map(|key| match &key.kid {
        Some(kid) => format!("keys[{}] (kid {kid:?}): {}", key.index, key.reason),
        None => format!("keys[{}]: {}", key.index, key.reason),
    })
}
