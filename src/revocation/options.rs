//! Where revocations are kept, and the options of the store.

use serde::Deserialize;

use super::rule::fault;
use crate::codec::document::read;
use crate::error::{Error, ErrorKind, Result};

const MOST_NAMES: usize = 64;

/// Options of `memory:`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Options {
    #[serde(default = "default_names")]
    pub(super) names: usize,
    #[serde(default = "default_log")]
    pub(super) log: bool,
    /// Said for a log that others write to; memory is never stale, so that any
    /// value will do.
    #[serde(default, rename = "stale")]
    _stale: Option<u64>,
}

fn default_names() -> usize {
    16
}

fn default_log() -> bool {
    true
}

impl Options {
    /// Reads `text`; empty text is an empty document.
    pub(super) fn read(text: &str) -> Result<Self> {
        let text = if text.is_empty() { "{}" } else { text };
        let options: Self = read("options", text.as_bytes())?;
        if !(1..=MOST_NAMES).contains(&options.names) {
            let expected = format!("must be 1 to {MOST_NAMES}: each is looked up in every token");
            return Err(fault("names", expected));
        }
        Ok(options)
    }
}

/// Fails unless `location` is one that this build can open.
pub(super) fn check_location(location: &str) -> Result<()> {
    let scheme = location.split_once(':').map(|(scheme, _)| scheme);
    match (location, scheme) {
        ("memory:", _) => Ok(()),
        (_, Some(scheme @ ("sqlite" | "redis" | "rediss"))) => Err(Error::new(
            ErrorKind::Unsupported,
            format!("{scheme}: revocations aren't yet available in this version; use memory:"),
        )),
        (_, _) => Err(fault("location", "must be memory:")),
    }
}
