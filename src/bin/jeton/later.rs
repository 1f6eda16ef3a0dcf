//! Commands whose names are kept for a later version.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Args;

use crate::output::{self, Outcome};

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
