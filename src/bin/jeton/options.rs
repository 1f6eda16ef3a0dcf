//! `jeton options`: what options come to.

use clap::{Args, Subcommand, ValueEnum};
use jeton::{Bearer, MinterOptions, VerifierOptions};

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

/// Reads options strictly and prints what they come to
///
/// A system is printed as the ordinary options that it stands for. Those of a
/// verifier come with all defaults said: what is printed is what is checked.
/// It can be used as options again.
#[derive(Args)]
#[command(after_long_help = r#"Examples:
  $ jeton options show --options verify.json

  What a system's verifiers and minters do:
  $ jeton options show \
      --options '{"system":{"name":"pylon","issuer":"https://app.example"}}'
  $ jeton options show --for minter --options '{"system":{"name":"porter"}}'

  A misspelt field is named, and the one that was meant:
  $ jeton options show --options '{"issuer":null,"audiance":"api"}' || true"#)]
struct Show {
    #[command(flatten)]
    options: OptionsArg,

    /// What the options are for
    #[arg(long = "for", value_name = "WHAT", default_value = "verifier")]
    purpose: Purpose,
}

#[derive(Clone, Copy, ValueEnum)]
enum Purpose {
    Verifier,
    Minter,
    Bearer,
}

impl Options {
    pub(crate) fn run(&self) -> Outcome {
        match &self.command {
            OptionsCommand::Show(show) => show.run(),
        }
    }
}

impl Show {
    fn run(&self) -> Outcome {
        let document = self.options.read()?;
        let shown = match self.purpose {
            Purpose::Verifier => VerifierOptions::read(&document)?.to_json(),
            Purpose::Minter => MinterOptions::expand(&document)?,
            Purpose::Bearer => Bearer::expand(&document)?,
        };
        output::line(&json::pretty(&shown))
    }
}
