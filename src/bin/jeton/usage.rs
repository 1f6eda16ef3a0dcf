//! What clap says: help, the version, and flags that it doesn't know.

use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::error::ErrorKind;

/// Values longer than this, tokens above all, aren't repeated in a message.
const LONGEST: usize = 60;

/// Prints what clap has to say and returns the exit status.
pub(crate) fn report(error: &clap::Error) -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    if error.use_stderr() {
        let _ = write!(io::stderr(), "{}", without_values(error, &arguments));
        return ExitCode::from(2);
    }
    let _ = error.print();
    // A script that passes on a token from outside must not take "--help" in
    // the token's place for a good one: help among other flags is no success.
    let alone = arguments
        .iter()
        .all(|argument| is_help(argument) || !argument.as_encoded_bytes().starts_with(b"-"));
    ExitCode::from(if error.kind() == ErrorKind::DisplayVersion || alone {
        0
    } else {
        2
    })
}

fn is_help(argument: &OsString) -> bool {
    argument == "--help" || argument == "-h"
}

/// The message, each long value of the command line in it left out.
fn without_values(error: &clap::Error, arguments: &[OsString]) -> String {
    let mut message = error.render().to_string();
    for argument in arguments {
        let argument = argument.to_string_lossy();
        let value = match argument.split_once('=') {
            Some((flag, value)) if flag.starts_with("--") => value,
            _ => &argument,
        };
        if value.len() > LONGEST {
            message = message.replace(value, "…");
        }
    }
    message
}
