//! The flags that several commands share, but for those about keys.

use std::process::ExitCode;

use clap::Args;
use jeton::{Call, Error, ErrorKind, Result, Revocations};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::input;
use crate::output::{self, Outcome};

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
    /// Where the revocations are kept: sqlite:PATH, redis://HOST or
    /// rediss://HOST; or memory: to try things out
    #[arg(long = "revocations", value_name = "LOCATION")]
    location: String,

    #[command(flatten)]
    options: StoreOptionsArg,
}

/// How they are kept.
#[derive(Args)]
pub(crate) struct StoreOptionsArg {
    /// The options of the revocations, as JSON or the name of a file that holds
    /// it: a server's user, where its secret is, the certificates to trust
    #[arg(long, value_name = "FILE|JSON", requires = "location")]
    revocations_options: Option<String>,
}

impl StoreArg {
    /// Opens the store.
    pub(crate) fn open(&self) -> Result<Revocations> {
        self.options.open(&self.location)
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

impl StoreOptionsArg {
    /// Opens the store at `location`.
    pub(crate) fn open(&self, location: &str) -> Result<Revocations> {
        let given = match &self.revocations_options {
            Some(given) => input::document(input::OPTIONS, given)?,
            None => Zeroizing::new(b"{}".to_vec()),
        };
        open(location, &given).map_err(|error| error.at("--revocations"))
    }
}

/// A store that ends with this process.
pub(crate) fn nowhere() -> Result<Revocations> {
    Revocations::open("memory:", "")
}

fn open(location: &str, options: &[u8]) -> Result<Revocations> {
    let text = std::str::from_utf8(options)
        .map_err(|_| Error::new(ErrorKind::Options, "the options aren't UTF-8"))?;
    // A shared store is read to its end here, so that it can't be stale below.
    match serde_json::from_str(text) {
        Ok(Value::Object(mut options)) if !options.contains_key("stale") => {
            options.insert("stale".into(), Value::Null);
            Revocations::open(location, &Value::Object(options).to_string())
        }
        // What isn't strict JSON is told so by who reads it.
        _ => Revocations::open(location, text),
    }
}
