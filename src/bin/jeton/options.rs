//! `jeton options`: what a verifier's options come to.

use clap::{Args, Subcommand};
use jeton::VerifierOptions;

use crate::args::OptionsArg;
use crate::json;
use crate::output::{self, Outcome};

/// Shows what options come to
#[derive(Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Options {
    #[command(subcommand)]
    command: OptionsCommand,
}

#[derive(Subcommand)]
enum OptionsCommand {
    Show(Show),
}

/// Reads a verifier's options strictly and prints them with all defaults said
///
/// What is printed is what is checked, and can be used as options again.
#[derive(Args)]
#[command(after_long_help = r#"Examples:
  $ jeton options show --options verify.json

  A misspelt field is named, and the one that was meant:
  $ jeton options show --options '{"issuer":null,"audiance":"api"}' || true"#)]
struct Show {
    #[command(flatten)]
    options: OptionsArg,
}

impl Options {
    pub(crate) fn run(&self) -> Outcome {
        match &self.command {
            OptionsCommand::Show(show) => {
                let options = VerifierOptions::read(&show.options.read()?)?;
                output::line(&json::pretty(&options.to_json()))
            }
        }
    }
}
