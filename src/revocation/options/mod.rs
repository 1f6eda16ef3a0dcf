//! Where revocations are kept, and the options of the store.

#[cfg(feature = "redis")]
mod redis;

use std::time::Duration;

use serde::Deserialize;

use super::log::Open;
use super::rule::fault;
use crate::codec::document::{given, read, said};
use crate::error::{Error, ErrorKind, Result};

const MOST_NAMES: usize = 64;
/// The longest time, in seconds, that a write may wait for other processes.
const LONGEST_TIMEOUT: u64 = 60;

/// A store to open.
pub(super) enum Place {
    /// One process's own, with a readable log or without.
    Memory { names: usize, log: bool },
    /// One that processes share.
    Shared {
        names: usize,
        stale: Option<Duration>,
        open: Box<dyn Open>,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MemoryOptions {
    #[serde(default = "default_names")]
    names: usize,
    #[serde(default, deserialize_with = "given")]
    log: Option<bool>,
    /// Any value will do: memory is never stale.
    #[serde(default, rename = "stale")]
    _stale: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SqliteOptions {
    #[serde(default = "default_names")]
    names: usize,
    #[serde(default, deserialize_with = "said")]
    stale: Option<Option<u64>>,
    #[serde(default, deserialize_with = "given")]
    timeout: Option<u64>,
}

fn default_names() -> usize {
    16
}

impl Place {
    /// Reads where the store is and how it is to be kept; empty text is an
    /// empty document.
    pub(super) fn read(location: &str, options: &str) -> Result<Self> {
        let options = if options.is_empty() { "{}" } else { options };
        match location.split_once(':') {
            Some(("memory", "")) => memory(options),
            Some(("sqlite", path)) => sqlite(path, options),
            Some((scheme @ ("redis" | "rediss"), rest)) => open_redis(scheme, rest, options),
            _ => Err(fault(
                "location",
                "must be memory:, sqlite:PATH, redis://HOST or rediss://HOST",
            )),
        }
    }
}

fn memory(options: &str) -> Result<Place> {
    let options: MemoryOptions = read("options", options.as_bytes())?;
    Ok(Place::Memory {
        names: names(options.names)?,
        log: options.log.unwrap_or(true),
    })
}

fn sqlite(path: &str, options: &str) -> Result<Place> {
    if cfg!(not(feature = "sqlite")) {
        return Err(without_sqlite());
    }
    let options: SqliteOptions = read("options", options.as_bytes())?;
    if path.is_empty() || path.contains('\0') {
        return Err(fault(
            "location",
            "say the file, as in sqlite:/var/lib/app/revocations.db",
        ));
    }
    let common = Common::read(options.names, options.stale, options.timeout)?;
    Ok(Place::Shared {
        names: common.names,
        stale: common.stale,
        open: open_sqlite(path, common.timeout)?,
    })
}

/// What all shared stores are told.
struct Common {
    names: usize,
    stale: Option<Duration>,
    timeout: Duration,
}

impl Common {
    fn read(names: usize, stale: Option<Option<u64>>, timeout: Option<u64>) -> Result<Self> {
        Ok(Self {
            names: self::names(names)?,
            stale: self::stale(stale)?,
            timeout: self::timeout(timeout)?,
        })
    }
}

fn names(names: usize) -> Result<usize> {
    if (1..=MOST_NAMES).contains(&names) {
        return Ok(names);
    }
    let expected = format!("must be 1 to {MOST_NAMES}: each is looked up in every token");
    Err(fault("names", expected))
}

/// How old what is known may be; `None`: however old.
fn stale(stale: Option<Option<u64>>) -> Result<Option<Duration>> {
    match stale {
        None => Err(fault(
            "stale",
            "say after how many seconds without news tokens are refused, or null for never",
        )),
        Some(Some(0)) => Err(fault("stale", "must be 1 or more, or null")),
        Some(seconds) => Ok(seconds.map(Duration::from_secs)),
    }
}

fn timeout(timeout: Option<u64>) -> Result<Duration> {
    let timeout = timeout.unwrap_or(5);
    if (1..=LONGEST_TIMEOUT).contains(&timeout) {
        return Ok(Duration::from_secs(timeout));
    }
    let expected = format!("must be 1 to {LONGEST_TIMEOUT} seconds");
    Err(fault("timeout", expected))
}

#[cfg(feature = "sqlite")]
fn open_sqlite(path: &str, timeout: Duration) -> Result<Box<dyn Open>> {
    Ok(Box::new(super::log::sqlite::Place::new(path, timeout)))
}

#[cfg(not(feature = "sqlite"))]
fn open_sqlite(_path: &str, _timeout: Duration) -> Result<Box<dyn Open>> {
    Err(without_sqlite())
}

fn without_sqlite() -> Error {
    Error::new(
        ErrorKind::Unsupported,
        "this build has no SQLite (feature sqlite)",
    )
}

#[cfg(feature = "redis")]
fn open_redis(scheme: &str, rest: &str, options: &str) -> Result<Place> {
    redis::place(scheme, rest, options)
}

#[cfg(not(feature = "redis"))]
fn open_redis(_scheme: &str, _rest: &str, _options: &str) -> Result<Place> {
    Err(Error::new(
        ErrorKind::Unsupported,
        "this build has no Redis (feature redis)",
    ))
}
