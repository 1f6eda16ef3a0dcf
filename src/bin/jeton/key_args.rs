//! The flags that say which keys.

use std::sync::Arc;

use clap::Args;
use jeton::{Error, ErrorKind, KeyOptions, KeySet, Result, Ring, Select};
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
    #[arg(long, value_name = "FILE|URL|-", conflicts_with_all = ["secret_env", "secret_file"])]
    keys: Vec<String>,

    #[command(flatten)]
    reading: ReadArgs,

    /// The environment variable that holds an HMAC secret; needs --algorithm
    #[arg(long, value_name = "NAME", conflicts_with = "secret_file")]
    secret_env: Option<String>,

    /// The file that holds an HMAC secret, as raw bytes; one newline at its
    /// end is left out. Needs --algorithm
    #[arg(long, value_name = "FILE")]
    secret_file: Option<String>,
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

impl KeyArgs {
    /// The key sets, in the order in which they are given; one at least.
    pub(crate) fn rings(&self) -> Result<Vec<Arc<Ring>>> {
        self.each(|name| self.reading.read(name), |ring| ring)
    }

    /// The key sets for a run that goes on: those of a URL are kept fresh.
    pub(crate) fn live(&self) -> Result<Vec<Arc<dyn Select>>> {
        self.each(
            |name| match source::is_url(name) {
                true => Ok(source::live(name, &self.reading)? as Arc<dyn Select>),
                false => Ok(self.reading.read(name)? as Arc<dyn Select>),
            },
            |ring| ring as Arc<dyn Select>,
        )
    }

    fn each<T>(
        &self,
        read: impl Fn(&str) -> Result<T>,
        own: impl Fn(Arc<Ring>) -> T,
    ) -> Result<Vec<T>> {
        if let Some(secret) = self.secret()? {
            let set = KeySet::from_secret(&secret, &self.reading.options())?;
            return Ok(vec![own(Arc::new(Ring::new(set)))]);
        }
        if self.keys.is_empty() {
            return Err(Error::new(
                ErrorKind::Misuse,
                "no keys: say --keys, or --secret-env or --secret-file for an HMAC secret",
            ));
        }
        self.keys.iter().map(|name| read(name)).collect()
    }

    /// The one key set, where a command takes no more.
    pub(crate) fn ring(&self) -> Result<Arc<Ring>> {
        let mut rings = self.rings()?.into_iter();
        match (rings.next(), rings.next()) {
            (Some(ring), None) => Ok(ring),
            _ => Err(Error::new(
                ErrorKind::Misuse,
                "this command takes --keys only once",
            )),
        }
    }

    fn secret(&self) -> Result<Option<Zeroizing<Vec<u8>>>> {
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

/// The sets as a verifier takes them.
pub(crate) fn selectors(rings: &[Arc<Ring>]) -> Vec<Arc<dyn Select>> {
    rings
        .iter()
        .map(|ring| Arc::clone(ring) as Arc<dyn Select>)
        .collect()
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
