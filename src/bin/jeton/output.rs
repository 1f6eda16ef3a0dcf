//! Where results and failures go, and the exit status.
//!
//! A failure is one JSON object on standard error, the same for a refused
//! token as for a broken options file, so that a program reads all of them
//! alike. Only clap's own messages about flags are plain text.

use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

use jeton::{Error, ErrorKind};
use serde_json::Value;

/// The status of a shell command that ended because nobody read its output
/// any more (128 and SIGPIPE). Not 0: not all that was asked for has been done.
const NOBODY_READS: u8 = 141;

/// Why a command ended before it was done.
pub(crate) enum Failure {
    /// It failed as the error says, which alone decides on the exit status.
    Error(Error),
    /// There was no token to judge, so whatever went wrong isn't its fault: a
    /// kid that no key has is here a matter of options.
    Making(Error),
    /// Whoever read the output is gone.
    NobodyReads,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

impl Failure {
    /// A write to standard output that failed.
    pub(crate) fn writing(error: &io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::NobodyReads;
        }
        let message = format!("standard output can't be written: {error}");
        Self::Error(Error::new(ErrorKind::Storage, message))
    }
}

/// What a command comes to.
pub(crate) type Outcome<T = ExitCode> = std::result::Result<T, Failure>;

/// Writes a result to standard output.
pub(crate) fn write(result: &[u8]) -> Outcome {
    let mut out = io::stdout().lock();
    out.write_all(result)
        .and_then(|()| out.flush())
        .map_err(|error| Failure::writing(&error))?;
    Ok(ExitCode::SUCCESS)
}

/// Writes a result and a newline.
pub(crate) fn line(result: &str) -> Outcome {
    write(result.as_bytes())?;
    write(b"\n")
}

/// Tells whoever watches something that isn't a failure.
pub(crate) fn note(text: impl Display) {
    // Nobody is told of a standard error that is closed.
    let _ = writeln!(io::stderr(), "jeton: {text}");
}

/// Reports a failure and turns the outcome into the exit status.
pub(crate) fn finish(outcome: Outcome) -> ExitCode {
    match outcome {
        Ok(code) => code,
        Err(Failure::NobodyReads) => ExitCode::from(NOBODY_READS),
        Err(Failure::Error(error)) => fail(&error, status(error.kind())),
        Err(Failure::Making(error)) => fail(&error, status(error.kind()).max(2)),
    }
}

fn fail(error: &Error, status: u8) -> ExitCode {
    let _ = writeln!(io::stderr(), "{}", failure_json(error));
    ExitCode::from(status)
}

/// 1 for a token that is refused, 2 for usage, options and keys, 3 for what is
/// unavailable now and may be had later.
pub(crate) fn status(kind: ErrorKind) -> u8 {
    match kind {
        ErrorKind::Malformed
        | ErrorKind::Encrypted
        | ErrorKind::TooLarge
        | ErrorKind::Algorithm
        | ErrorKind::Critical
        | ErrorKind::Type
        | ErrorKind::Signature
        | ErrorKind::Missing
        | ErrorKind::Issuer
        | ErrorKind::Audience
        | ErrorKind::Early
        | ErrorKind::Expired
        | ErrorKind::Lifetime
        | ErrorKind::TooOld
        | ErrorKind::Claim
        | ErrorKind::Denied
        | ErrorKind::Revoked
        | ErrorKind::UnknownKey => 1,
        ErrorKind::Misuse
        | ErrorKind::Options
        | ErrorKind::Misconfigured
        | ErrorKind::Unsupported
        | ErrorKind::Internal
        | ErrorKind::Key
        | ErrorKind::WeakKey
        | ErrorKind::Signer => 2,
        ErrorKind::KeyPending
        | ErrorKind::KeysUnavailable
        | ErrorKind::RevocationsUnavailable
        | ErrorKind::RevocationsStale
        | ErrorKind::Storage
        | ErrorKind::Timeout => 3,
    }
}

/// An error as a JSON object on one line.
pub(crate) fn failure_json(error: &Error) -> String {
    let mut object = format!(
        "{{\"status\":{},\"message\":{}",
        Value::from(error.kind().name()),
        Value::from(error.message())
    );
    if let Some(claim) = error.claim() {
        object.push_str(&format!(",\"claim\":{}", Value::from(claim)));
    }
    if let Some(claims) = error.claims() {
        object.push_str(&format!(",\"claims\":{}", on_one_line(claims)));
    }
    object.push('}');
    object
}

/// JSON without line breaks: in checked JSON they stand between tokens only.
pub(crate) fn on_one_line(json: &str) -> String {
    json.replace(['\n', '\r'], " ")
}
