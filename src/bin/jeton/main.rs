//! `jeton`, the command: the engine for shells and scripts.
//!
//! It holds no policy of its own: what it accepts and refuses is the crate's
//! doing. Results go to standard output and all else to standard error, and
//! the exit status says whose matter a failure is (see `output`).

mod args;
mod input;
mod inspect;
mod json;
mod key_args;
mod keys;
mod lines;
mod mint;
mod options;
mod output;
mod replace;
mod request;
mod restore;
mod revocations;
mod revoke;
mod rotate;
mod sign;
mod source;
mod status_list;
mod subject;
mod times;
mod usage;
mod verify;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use output::Outcome;

/// Makes, checks and revokes JSON Web Tokens, and keeps their keys.
#[derive(Parser)]
#[command(
    name = "jeton",
    version,
    arg_required_else_help = true,
    max_term_width = 100,
    after_long_help = EXAMPLES
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Keys(keys::Keys),
    Mint(mint::Mint),
    Verify(verify::Verify),
    Inspect(inspect::Inspect),
    Revoke(Box<revoke::Revoke>),
    Restore(restore::Restore),
    Revocations(revocations::Command),
    Sign(sign::Sign),
    VerifySignature(sign::VerifySignature),
    Options(options::Options),
    Source(source::Source),
}

const EXAMPLES: &str = r#"Exit status:
  0  done; for verify: the token is good
  1  the token is refused; one JSON object on standard error says why
  2  wrong usage, options or keys
  3  something is unavailable, try again later

Examples:
  A key pair, a token made with it, and the token's check:
  $ jeton keys generate --algorithm ES256 > keys.json
  $ jeton keys public keys.json > public.json
  $ jeton mint --keys keys.json --options mint.json > token
  $ jeton verify --keys public.json --options verify.json - < token

  where mint.json says who issues it, for whom, and for how many seconds:
  {"issuer": "https://issuer.example", "audience": "api", "lifetime": 600}
  and verify.json says what is expected:
  {"issuer": "https://issuer.example", "audience": "api"}

`jeton COMMAND --help` says more, with examples, about each command."#;

fn main() -> ExitCode {
    match Cli::try_parse() {
        Ok(cli) => output::finish(run(cli.command)),
        Err(error) => usage::report(&error),
    }
}

fn run(command: Command) -> Outcome {
    match command {
        Command::Keys(keys) => keys.run(),
        Command::Mint(mint) => mint.run(),
        Command::Verify(verify) => verify.run(),
        Command::Inspect(inspect) => inspect.run(),
        Command::Revoke(revoke) => revoke.run(),
        Command::Restore(restore) => restore.run(),
        Command::Revocations(revocations) => revocations.run(),
        Command::Sign(sign) => sign.run(),
        Command::VerifySignature(verify) => verify.run(),
        Command::Options(options) => options.run(),
        Command::Source(source) => source.run(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flags_agree_with_each_other() {
        <Cli as clap::CommandFactory>::command().debug_assert();
    }
}
