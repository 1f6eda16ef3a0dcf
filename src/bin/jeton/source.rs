//! Keys from a URL, and `jeton source`: how such a source is.

use std::sync::Arc;

use clap::{Args, Subcommand};
use jeton::{Error, ErrorKind, Result, SourceOptions};
use serde_json::{Map, Value};

use crate::input;
use crate::json;
use crate::key_args::ReadArgs;
use crate::output::{self, Outcome};

/// Shows how a source of keys is
#[derive(Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Source {
    #[command(subcommand)]
    command: SourceCommand,
}

#[derive(Subcommand)]
enum SourceCommand {
    Status(Status),
}

/// Fetches a JWK Set and prints what came of it
///
/// Which keys it has and which can't be used and why, when they would be
/// fetched again ("next", in seconds), and counters.
#[derive(Args)]
#[command(after_long_help = r#"Examples:
  jeton source status https://issuer.example/jwks.json

  With an authority of your own, on an address that isn't public:
  jeton source status https://localhost:8443/jwks.json \
      --source '{"ca":"ca.pem","private":true}'

Exit status: 3 where the keys can't be had."#)]
struct Status {
    #[command(flatten)]
    reading: ReadArgs,

    /// The https URL of a JWK Set
    url: String,
}

impl Source {
    pub(crate) fn run(&self) -> Outcome {
        match &self.command {
            SourceCommand::Status(status) => {
                let source = fetched(&status.url, &status.reading)?;
                output::line(&json::pretty(&source.status_json()?))
            }
        }
    }
}

/// Whether `name` says where keys are to be fetched, and not a file.
pub(crate) fn is_url(name: &str) -> bool {
    name.split_once("://").is_some_and(|(scheme, _)| {
        scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http")
    })
}

/// A source over `url` that has been fetched, and will not be again.
pub(crate) fn fetched(url: &str, reading: &ReadArgs) -> Result<Arc<jeton::Source>> {
    let source = jeton::Source::open(options(url, reading, false)?, "")?;
    source.refresh()?;
    Ok(source)
}

/// A source over `url` that has been fetched, and is kept fresh.
pub(crate) fn live(url: &str, reading: &ReadArgs) -> Result<Arc<jeton::Source>> {
    let source = jeton::Source::open(options(url, reading, true)?, "")?;
    source.refresh()?;
    Ok(source)
}

/// The options of `--source`, with what other flags say, and `stale` waived
/// unless said: whoever runs a command sees what it does.
fn options(url: &str, reading: &ReadArgs, refresh: bool) -> Result<SourceOptions> {
    let mut members = Map::new();
    if let Some(source) = &reading.source {
        let document = input::document(input::OPTIONS, source)?;
        // Read strictly where it is whole; here only its members are wanted.
        members = serde_json::from_slice(&document)
            .map_err(|_| Error::new(ErrorKind::Options, "--source: a JSON object was expected"))?;
    }
    members.entry("stale").or_insert(Value::Null);
    for (name, value) in [
        ("url", Some(Value::from(url))),
        ("algorithm", reading.algorithm.as_deref().map(Value::from)),
        ("refresh", Some(refresh.into())),
    ] {
        let Some(value) = value else {
            continue;
        };
        if members.insert(name.into(), value).is_some() {
            return Err(Error::new(
                ErrorKind::Options,
                format!("--source: \"{name}\" is said by another flag"),
            ));
        }
    }
    SourceOptions::read(Value::Object(members).to_string().as_bytes())
        .map_err(|error| error.at("--source"))
}
