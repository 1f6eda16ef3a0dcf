//! `jeton sign` and `jeton verify-signature`: a compact JWS over any payload.

use std::ffi::OsString;

use clap::Args;
use jeton::{ErrorKind, JwsOptions};

use crate::args::OptionsArg;
use crate::input::{self, What};
use crate::key_args::{self, KeyArgs};
use crate::output::{self, Failure, Outcome};
use crate::verify;

const PAYLOAD: What = What {
    name: "the payload",
    kind: ErrorKind::Misuse,
    limit: input::DOCUMENT,
};

/// Signs any bytes into a compact JWS and prints it
///
/// For payloads that aren't claims; tokens that grant something are made by
/// `jeton mint`.
#[derive(Args)]
#[command(
    after_long_help = r#"Options: "algorithm" and "kid" choose the key, "type" is the header's typ.

Examples:
  A file:
  $ jeton sign --keys keys.json message.txt > message.jws

  Standard input, with a type of your own:
  $ echo hello | jeton sign --keys keys.json --options '{"type":"greeting"}'"#
)]
pub(crate) struct Sign {
    #[command(flatten)]
    keys: KeyArgs,

    #[command(flatten)]
    options: OptionsArg,

    /// The payload's file, or `-` for standard input; signed byte for byte
    #[arg(value_name = "FILE", default_value = "-")]
    payload: String,
}

/// Checks a signature only, and writes the payload's bytes to standard output
///
/// No claim is looked at, no expiry, issuer or audience: tokens that grant
/// something are for `jeton verify`.
#[derive(Args)]
#[command(
    after_long_help = r#"Options: "algorithms" allowed, "type" expected as the header's typ, "limits".

Exit status: as of `jeton verify`.

Examples:
  From standard input:
  $ jeton verify-signature --keys public.json - < message.jws

  With ES256 only:
  $ jeton verify-signature --keys public.json \
      --options '{"algorithms":["ES256"]}' - < message.jws"#
)]
pub(crate) struct VerifySignature {
    #[command(flatten)]
    keys: KeyArgs,

    #[command(flatten)]
    options: OptionsArg,

    /// The JWS, or `-` for standard input
    token: OsString,
}

impl Sign {
    pub(crate) fn run(&self) -> Outcome {
        let document = self.options.read()?;
        let options = JwsOptions::read(&document)?;
        let ring = self.keys.ring(&document)?;
        key_args::note_skipped(&ring.load());
        let payload = input::file(PAYLOAD, &self.payload)?;
        let token = jeton::sign(&ring, &payload, &options).map_err(Failure::Making)?;
        output::line(&token)
    }
}

impl VerifySignature {
    pub(crate) fn run(&self) -> Outcome {
        let document = self.options.read()?;
        let options = JwsOptions::read(&document)?;
        let ring = self.keys.ring(&document)?;
        let token = input::token(&self.token)?;
        let payload = jeton::verify_signature(&*ring, &token, &options)
            .map_err(|error| verify::explained(error, std::slice::from_ref(&ring)))?;
        output::write(&payload)
    }
}
