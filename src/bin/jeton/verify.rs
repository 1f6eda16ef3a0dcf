//! `jeton verify`: one token, or one a line.

use std::ffi::OsString;
use std::sync::Arc;

use clap::Args;
use jeton::{Consult, Error, ErrorKind, Ring, Verifier, VerifierOptions, system_of};

use crate::args::{self, CallArgs, OptionsArg, StoreOptionsArg};
use crate::input;
use crate::key_args::{self, KeyArgs};
use crate::lines;
use crate::output::{self, Outcome};

/// Checks a token and prints its claims
///
/// Issuer and audience must be said, or waived by null. The first rule that
/// doesn't hold is the verdict, the signature's before any claim's.
///
/// A script that passes on a token from outside gives it on standard input,
/// with `-`, or after `--`: so it can't be taken for a flag.
#[derive(Args)]
#[command(after_long_help = r#"Options of a verifier:
  issuer, audience  a string, a list, or null to waive the check; must be said
  algorithms        those allowed; by default the keys' own
  leeway            seconds of clock difference forgiven for exp and nbf (0)
  lifetime, age     the longest exp - iat and now - iat, in seconds
  type              the header's typ
  require           claims that must be there (["exp"])
  claims, deny      what claims must be, and must not be
  trust             issuer, audience and keys that belong together
  report            claims that a refusal may show
  limits            bytes of a token (16384), depth (32), kid (256)

Exit status:
  0  the token is good; with --lines: tokens came, and all are
  1  it is refused: one JSON object on standard error, such as
     {"status":"expired","message":"JWT is expired","claim":"exp"}
  2  wrong usage, options or keys
  3  something is unavailable, try again later

Examples:
  A token from standard input:
  $ jeton verify --keys public.json --options verify.json - < token

  One a line, in parallel; the answers are JSON objects, in the same order:
  $ jeton verify --keys public.json --options verify.json --lines < tokens.txt

  With an HMAC secret, at a time that is given:
  $ jeton verify --secret-env SECRET --algorithm HS256 --now 1800000000 \
      --options '{"issuer":"https://issuer.example","audience":null}' \
      -- "$HMAC_TOKEN""#)]
pub(crate) struct Verify {
    #[command(flatten)]
    keys: KeyArgs,

    #[command(flatten)]
    options: OptionsArg,

    #[command(flatten)]
    call: CallArgs,

    /// Where revocations and switches are kept: sqlite:PATH, redis://HOST or
    /// rediss://HOST
    #[arg(long = "revocations", value_name = "LOCATION")]
    location: Option<String>,

    #[command(flatten)]
    store: StoreOptionsArg,

    /// Read tokens from standard input, one a line, and print a JSON object
    /// for each: {"status":"ok","claims":…} or the refusal
    #[arg(long)]
    lines: bool,

    /// The token, or `-` for standard input
    #[arg(required_unless_present = "lines", conflicts_with = "lines")]
    token: Option<OsString>,
}

impl Verify {
    pub(crate) fn run(&self) -> Outcome {
        let document = self.options.read()?;
        let options = VerifierOptions::read(&document)?;
        let longest = options.limits().bytes;
        let open = |location| self.store.open(location);
        let store = self.location.as_deref().map(open).transpose()?;
        let store = match store {
            // A system's own rules may hang on switches. Without a store none is on.
            None if options.is_switched() && system_of(&document)?.is_some() => {
                Some(args::nowhere()?)
            }
            store => store,
        };
        let revocations = store.map(|store| Arc::new(store) as Arc<dyn Consult>);
        let call = self.call.call();
        let Some(token) = &self.token else {
            let keys = self.keys.live(&document)?;
            let verifier = Verifier::new(keys.selectors, revocations, options)?;
            return lines::verify(&verifier, &call, longest);
        };
        let keys = self.keys.sets(&document)?;
        let verifier = Verifier::new(keys.selectors, revocations, options)?;
        let claims = verifier
            .verify(&input::token(token)?, &call)
            .map_err(|error| explained(error, &keys.rings))?;
        output::line(claims.json())
    }
}

/// A refusal for want of a key, with the keys that are there but not in use:
/// one of them may well be the one that is wanted.
pub(crate) fn explained(error: Error, rings: &[Arc<Ring>]) -> Error {
    if !matches!(error.kind(), ErrorKind::UnknownKey | ErrorKind::Algorithm) {
        return error;
    }
    let idle: Vec<_> = rings
        .iter()
        .flat_map(|ring| key_args::skipped(&ring.load()).take(5).collect::<Vec<_>>())
        .collect();
    if idle.is_empty() {
        return error;
    }
    let message = format!("{}; not in use: {}", error.message(), idle.join("; "));
    Error::new(error.kind(), message)
}
