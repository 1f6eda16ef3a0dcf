//! Commands whose names are kept for a later version.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::output::{self, Outcome};

/// Shows how a source of keys is (not in this version)
#[derive(Args)]
pub(crate) struct Source {
    #[command(subcommand)]
    command: SourceCommand,
}

#[derive(Subcommand)]
enum SourceCommand {
    /// Shows a source's state (not in this version)
    Status(Later),
}

/// Takes any arguments, since none of them has a meaning yet.
#[derive(Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Later {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    _rest: Vec<OsString>,
}

impl Later {
    pub(crate) fn run(&self, command: &str) -> Outcome {
        output::note(format_args!("{command}: not in this version"));
        Ok(ExitCode::from(2))
    }
}

impl Source {
    pub(crate) fn run(&self) -> Outcome {
        match &self.command {
            SourceCommand::Status(later) => later.run("source status"),
        }
    }
}
