//! `jeton verify`: one token, or one a line.

use std::ffi::OsString;
use std::sync::Arc;

use clap::Args;
use jeton::{Consult, Error, ErrorKind, Ring, Verifier, VerifierOptions, system_of};

use crate::args::{self, CallArgs, OptionsArg, StoreOptionsArg};
use crate::input;
use crate::key_args::{self, KeyArgs, KeySets};
use crate::lines;
use crate::output::{self, Outcome};
use crate::request::RequestArgs;

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
  proof             the tokens are DPoP proofs: {"window": seconds}
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
      -- "$HMAC_TOKEN"

  A DPoP proof, for the request that it came with:
  $ jeton verify --options '{"system":{"name":"dpop","replay":false}}' \
      --method POST --uri https://server.example.com/token --now 1562262616 \
      -- "$PROOF""#)]
pub(crate) struct Verify {
    #[command(flatten)]
    keys: KeyArgs,

    #[command(flatten)]
    options: OptionsArg,

    #[command(flatten)]
    call: CallArgs,

    #[command(flatten)]
    request: RequestArgs,

    /// Where revocations, switches and used proofs are kept: sqlite:PATH,
    /// redis://HOST or rediss://HOST
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
        let access_token = self.request.access_token(options.is_of_proofs())?;
        let access_token = access_token.as_ref().map(|token| token.as_str());
        let call = self.request.said(self.call.call(), access_token);
        // Proofs bring their own; keys that are named all the same are an error.
        let has_none = options.is_of_proofs() && !self.keys.are_given();
        let Some(token) = &self.token else {
            let keys = match has_none {
                true => KeySets::default(),
                false => self.keys.live(&document)?,
            };
            let verifier = Verifier::new(keys.selectors, revocations, options)?;
            return lines::verify(&verifier, &call, longest);
        };
        let keys = match has_none {
            true => KeySets::default(),
            false => self.keys.sets(&document)?,
        };
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
