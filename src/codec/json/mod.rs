//! Strict JSON: what RFC 8259 allows, in UTF-8, without repeated member names
//! at any depth, without lone surrogates or numbers beyond a double's range,
//! within a depth.
//!
//! Our own scanner and not a general parser, since a verdict needs no tree:
//! one pass checks the text and notes where the outermost members stand, and
//! nothing is allocated for texts of ordinary size. What is read later is read
//! from the checked text ([`Raw`]).

mod members;
mod number;
mod raw;
mod respell;
mod scan;

use std::borrow::Cow;

pub(crate) use members::{Member, Members};
pub(crate) use raw::{EscapedStrings, Kind, Raw, escaped_strings};
pub(crate) use respell::respell;
pub(crate) use scan::{Fault, TOO_DEEP, check};

use crate::error::{Error, ErrorKind, Result};

/// How deep documents other than tokens may nest: options, keys, rules.
pub(crate) const DOCUMENT_DEPTH: usize = 32;

/// Reads a whole document into serde_json's tree once the strict check has passed.
///
/// Fails with [`ErrorKind::Malformed`] and the line and column of the fault.
pub(crate) fn parse(text: &[u8], depth: usize) -> Result<serde_json::Value> {
    checked(text, depth)?;
    serde_json::from_slice(text)
        .map_err(|error| Error::new(ErrorKind::Malformed, error.to_string()))
}

/// The strict check alone, for a document that a person wrote: the error names the place.
pub(crate) fn checked(text: &[u8], depth: usize) -> Result<&str> {
    check(text, depth, &mut Members::new()).map_err(|fault| located(text, fault))
}

/// [`checked`], for a document that must be an object.
pub(crate) fn checked_members<'t>(
    text: &'t [u8],
    depth: usize,
    members: &mut Members,
) -> Result<&'t str> {
    let text = check(text, depth, members).map_err(|fault| located(text, fault))?;
    match Raw::checked(text).kind() {
        Kind::Object => Ok(text),
        Kind::Text | Kind::Number | Kind::Boolean | Kind::Null | Kind::Array => Err(Error::new(
            ErrorKind::Malformed,
            "a JSON object was expected",
        )),
    }
}

/// How a name or string is written, between its quotes.
pub(crate) fn escape(meant: &str) -> Cow<'_, str> {
    if !members::has_escape(meant) {
        return meant.into();
    }
    let quoted = serde_json::Value::from(meant).to_string();
    let written = quoted.get(1..quoted.len() - 1).unwrap_or_default();
    written.to_owned().into()
}

/// What a name or string of a checked text means.
pub(crate) fn unescape(written: &str) -> Cow<'_, str> {
    if members::has_escape(written) {
        raw::unescaped(written).collect::<String>().into()
    } else {
        written.into()
    }
}

/// The fault as an error with its line and column.
fn located(text: &[u8], fault: Fault) -> Error {
    let before = text.get(..fault.at).unwrap_or(text);
    let line = memchr::memchr_iter(b'\n', before).count() + 1;
    let column = before.len() - memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1) + 1;
    let name = fault
        .name(text)
        .map_or_else(String::new, |name| format!(" ({name:?})"));
    Error::new(
        ErrorKind::Malformed,
        format!("{}{name} at line {line} column {column}", fault.what),
    )
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
