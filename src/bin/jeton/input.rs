//! What a command reads: files, standard input, the environment, tokens.
//!
//! Everything is read up to a limit, and standard input once: two flags that
//! both say `-` would share it out between them unnoticed.

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};
use std::sync::atomic::{AtomicBool, Ordering};

use jeton::{Error, ErrorKind, Result};
use zeroize::Zeroizing;

/// The longest document of keys, options or claims, and the longest payload.
pub(crate) const DOCUMENT: usize = 1 << 20;
/// The longest export of revocations.
pub(crate) const EXPORT: usize = 1 << 28;
/// The longest token that any options accept, a newline after it, and a byte
/// more that shows a longer one.
const TOKEN: usize = (1 << 20) + 2;

/// Bytes that may be a secret.
pub(crate) type Bytes = Zeroizing<Vec<u8>>;

/// What is read, for messages and for the kind of error.
#[derive(Clone, Copy)]
pub(crate) struct What {
    pub(crate) name: &'static str,
    pub(crate) kind: ErrorKind,
    pub(crate) limit: usize,
}

/// A document of options.
pub(crate) const OPTIONS: What = What {
    name: "the options",
    kind: ErrorKind::Options,
    limit: DOCUMENT,
};

/// Standard input, whole, or the first `limit` bytes of it.
fn stdin(name: &str, limit: usize) -> Result<Bytes> {
    take_stdin(name)?;
    gather(io::stdin().lock(), limit)
        .map_err(|error| Error::new(ErrorKind::Misuse, format!("standard input: {error}")).at(name))
}

/// Fails where another flag has taken standard input already.
pub(crate) fn take_stdin(name: &str) -> Result<()> {
    static TAKEN: AtomicBool = AtomicBool::new(false);
    if TAKEN.swap(true, Ordering::Relaxed) {
        return Err(Error::new(
            ErrorKind::Misuse,
            format!("{name}: only one thing can come from standard input"),
        ));
    }
    Ok(())
}

/// Reads the file `name`, or standard input where it is `-`.
pub(crate) fn file(what: What, name: &str) -> Result<Bytes> {
    if name == "-" {
        return within(what, name, stdin(what.name, what.limit + 1)?);
    }
    let file = File::open(name).map_err(|error| unreadable(what, name, &error))?;
    opened(what, name, &file)
}

/// Reads the file `name`, which is open already.
pub(crate) fn opened(what: What, name: &str, file: &File) -> Result<Bytes> {
    let bytes = gather(file, what.limit + 1).map_err(|error| unreadable(what, name, &error))?;
    within(what, name, bytes)
}

/// The error for a file that can't be read.
pub(crate) fn unreadable(what: What, name: &str, error: &io::Error) -> Error {
    let message = format!("{}: {}: {error}", what.name, shown(name));
    Error::new(what.kind, message)
}

/// `bytes`, unless they are more than the limit.
fn within(what: What, name: &str, bytes: Bytes) -> Result<Bytes> {
    if bytes.len() > what.limit {
        let message = format!(
            "{}: {} is longer than {} MiB",
            what.name,
            shown(name),
            what.limit >> 20
        );
        return Err(Error::new(what.kind, message));
    }
    Ok(bytes)
}

/// A JSON document that stands on the command line itself, or in a file.
pub(crate) fn document(what: What, given: &str) -> Result<Bytes> {
    if given.trim_start().starts_with('{') {
        Ok(Zeroizing::new(given.as_bytes().to_vec()))
    } else {
        file(what, given)
    }
}

/// The bytes of a token: `given`, or standard input where it is `-`, one
/// newline at its end aside.
pub(crate) fn token(given: &OsStr) -> Result<Vec<u8>> {
    if given != "-" {
        return Ok(given.as_encoded_bytes().to_vec());
    }
    let mut bytes = stdin("the token", TOKEN)?;
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
    }
    Ok(std::mem::take(&mut *bytes))
}

/// A secret from the environment.
pub(crate) fn environment(name: &str) -> Result<Bytes> {
    let value = std::env::var_os(name).ok_or_else(|| {
        Error::new(
            ErrorKind::Key,
            format!("the secret: there is no environment variable {name:?}"),
        )
    })?;
    Ok(Zeroizing::new(value.into_encoded_bytes()))
}

/// At most `limit` bytes of `source`.
fn gather(source: impl Read, limit: usize) -> io::Result<Bytes> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(limit.min(1 << 16)));
    source.take(limit as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The name of a file, unless it looks like a token in the wrong place.
fn shown(name: &str) -> String {
    match name {
        "-" => "standard input".into(),
        _ if name.starts_with("eyJ") || name.len() > 200 => "the file given".into(),
        _ => format!("{name:?}"),
    }
}
