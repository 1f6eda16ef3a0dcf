//! The flags that several commands share.

use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use jeton::{Call, Error, ErrorKind, KeyOptions, KeySet, Result, Revocations, Ring, Select};
use zeroize::Zeroizing;

use crate::input::{self, What};
use crate::output::{self, Outcome};

/// A document of keys.
const KEYS: What = What {
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
    /// Keys: a JWK, a JWK Set, PEM or DER, or `-` for standard input. Where
    /// the options have "trust", say it once for each set, in their order
    #[arg(long, value_name = "FILE|URL|-", conflicts_with_all = ["secret_env", "secret_file"])]
    keys: Vec<String>,

    #[command(flatten)]
    algorithm: AlgorithmArg,

    /// The environment variable that holds an HMAC secret; needs --algorithm
    #[arg(long, value_name = "NAME", conflicts_with = "secret_file")]
    secret_env: Option<String>,

    /// The file that holds an HMAC secret, as raw bytes; one newline at its
    /// end is left out. Needs --algorithm
    #[arg(long, value_name = "FILE")]
    secret_file: Option<String>,
}

/// The algorithm of what names none.
#[derive(Args)]
pub(crate) struct AlgorithmArg {
    /// The algorithm of keys that name none, such as RS256
    #[arg(long = "algorithm", value_name = "ALG")]
    name: Option<String>,
}

impl AlgorithmArg {
    fn options(&self) -> KeyOptions {
        KeyOptions {
            algorithm: self.name.clone(),
            ..KeyOptions::default()
        }
    }

    /// The key document that `name` says.
    pub(crate) fn read(&self, name: &str) -> Result<KeySet> {
        let scheme = name.split_once("://").map(|(scheme, _)| scheme);
        if scheme.is_some_and(|scheme| {
            scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http")
        }) {
            return Err(Error::new(
                ErrorKind::Unsupported,
                "keys from a URL aren't in this version; save them to a file",
            ));
        }
        let document = input::file(KEYS, name)?;
        KeySet::from_document(&document, &self.options()).map_err(|error| error.at(KEYS.name))
    }
}

impl KeyArgs {
    /// The key sets, in the order in which they are given; one at least.
    pub(crate) fn rings(&self) -> Result<Vec<Arc<Ring>>> {
        let sets = match self.secret()? {
            Some(secret) => {
                vec![KeySet::from_secret(&secret, &self.algorithm.options())?]
            }
            None => self
                .keys
                .iter()
                .map(|name| self.algorithm.read(name))
                .collect::<Result<_>>()?,
        };
        if sets.is_empty() {
            return Err(Error::new(
                ErrorKind::Misuse,
                "no keys: say --keys, or --secret-env or --secret-file for an HMAC secret",
            ));
        }
        Ok(sets
            .into_iter()
            .map(|set| Arc::new(Ring::new(set)))
            .collect())
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

/// The options document.
#[derive(Args)]
pub(crate) struct OptionsArg {
    /// The options, as JSON or the name of a file that holds it
    #[arg(long, value_name = "FILE|JSON")]
    options: Option<String>,
}

impl OptionsArg {
    /// The document; where none is given the empty one, which says itself
    /// what it lacks.
    pub(crate) fn read(&self) -> Result<Zeroizing<Vec<u8>>> {
        match &self.options {
            Some(given) => input::document(input::OPTIONS, given),
            None => Ok(Zeroizing::new(b"{}".to_vec())),
        }
    }
}

/// The time.
#[derive(Args)]
pub(crate) struct NowArg {
    /// The time to take for now, in seconds since 1970
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(i64).range(1..1 << 53))]
    now: Option<i64>,
}

impl NowArg {
    /// Seconds since 1970: those given, or the clock's.
    pub(crate) fn seconds(&self) -> i64 {
        self.now
            .unwrap_or_else(|| jiff::Timestamp::now().as_second())
    }
}

/// What a call says along with a token.
#[derive(Args)]
pub(crate) struct CallArgs {
    #[command(flatten)]
    pub(crate) now: NowArg,

    /// The scope that switches are looked up in: a project, a tenant
    #[arg(
        long,
        value_name = "NAME",
        default_value = "",
        hide_default_value = true
    )]
    scope: String,
}

impl CallArgs {
    pub(crate) fn call(&self) -> Call<'_> {
        Call {
            now: self.now.seconds(),
            scope: Some(&self.scope),
            ..Call::default()
        }
    }
}

/// Where revocations are kept.
#[derive(Args)]
pub(crate) struct StoreArg {
    /// Where the revocations are kept: sqlite:PATH, or memory: to try things out
    #[arg(long = "revocations", value_name = "LOCATION")]
    location: String,
}

impl StoreArg {
    /// Opens the store.
    pub(crate) fn open(&self) -> Result<Revocations> {
        open(&self.location)
    }

    /// Ends a command that is done with the store, and says so where nothing
    /// of what it did will last.
    pub(crate) fn done(&self) -> Outcome {
        if self.location == "memory:" {
            output::note("memory: lives in this process only, and ends with it");
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Opens the store at `location`.
pub(crate) fn open(location: &str) -> Result<Revocations> {
    // A shared store is read to its end here, so that it can't be stale below.
    let options = if location == "memory:" {
        ""
    } else {
        r#"{"stale": null}"#
    };
    Revocations::open(location, options).map_err(|error| error.at("--revocations"))
}
