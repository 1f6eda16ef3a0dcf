//! `jeton mint`: claims become a token.

use clap::Args;
use jeton::{Call, ErrorKind, Minter, MinterOptions};

use crate::args::{NowArg, OptionsArg};
use crate::input::{self, What};
use crate::key_args::{self, KeyArgs};
use crate::output::{self, Failure, Outcome};

const CLAIMS: What = What {
    name: "the claims",
    kind: ErrorKind::Options,
    limit: input::DOCUMENT,
};

/// Makes a token and prints it
///
/// It is signed with the newest private key that fits, whose nbf has come and
/// whose exp hasn't. The options say the issuer, the audience and the lifetime,
/// and with them decide on iss, aud, iat, exp and jti; the claims are yours.
#[derive(Args)]
#[command(after_long_help = r#"Options of a minter:
  issuer, audience  what iss and aud are
  lifetime          seconds until it expires; must be said, null for never
  algorithm, kid    which key signs
  type              the header's typ ("JWT"); null for none
  id                "uuid" for a random jti (the default), or null for none
  claims            claims of every token
  override          claims that --claims may replace
  order             the order of the claims

Examples:
  A token that lives for ten minutes:
  $ jeton mint --keys keys.json --claims '{"sub":"ada","role":"admin"}' \
      --options '{"issuer":"https://issuer.example","lifetime":600}'

  The same with options from a file and claims from standard input:
  $ echo '{"sub":"ada"}' |
      jeton mint --keys keys.json --options mint.json --claims -

  With an HMAC secret from the environment:
  $ jeton mint --secret-env SECRET --algorithm HS256 --options mint.json"#)]
pub(crate) struct Mint {
    #[command(flatten)]
    keys: KeyArgs,

    #[command(flatten)]
    options: OptionsArg,

    /// The claims: a JSON object, a file that holds one, or `-` for standard input
    #[arg(long, value_name = "JSON|FILE|-", default_value = "{}")]
    claims: String,

    #[command(flatten)]
    now: NowArg,
}

impl Mint {
    pub(crate) fn run(&self) -> Outcome {
        let document = self.options.read()?;
        let options = MinterOptions::read(&document)?;
        let ring = self.keys.ring(&document)?;
        key_args::note_skipped(&ring.load());
        let minter = Minter::new(ring, options).map_err(Failure::Making)?;
        let claims = input::document(CLAIMS, &self.claims)?;
        let call = Call::at(self.now.seconds());
        let token = minter.mint(&claims, &call).map_err(Failure::Making)?;
        output::line(&token)
    }
}
