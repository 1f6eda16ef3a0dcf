//! The options of a source.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use super::machine::{LONGEST_PAUSE, Pace, SECOND};
use super::message::Asks;
use super::origin::Origin;
use crate::codec::document::{Object, given, read, said};
use crate::error::{Error, ErrorKind, Result};
use crate::keys::KeyOptions;

/// How often a file is looked at.
const LOOK: i64 = SECOND;

/// After how many times its time a fetch counts as lost. It ends within its
/// time by itself; a host's own client may have its own notion of it.
const PATIENCE: u32 = 2;

/// Where a key set comes from, and how it is kept fresh.
#[derive(Clone, Debug)]
pub struct SourceOptions {
    pub(super) origin: Origin,
    pub(super) keys: KeyOptions,
    pub(super) pace: Pace,
    pub(super) refresh: bool,
    pub(super) most: usize,
    pub(super) asks: Asks,
    pub(super) https: HttpsOptions,
}

/// The bounds of one exchange.
#[derive(Clone)]
#[cfg_attr(not(feature = "https"), allow(dead_code))]
pub(super) struct HttpsOptions {
    /// For all of it, from the name's look-up to the last byte.
    pub(super) timeout: Duration,
    /// The longest body.
    pub(super) bytes: usize,
    /// A PEM file with the certificates to trust, in place of the platform's.
    pub(super) ca: Option<PathBuf>,
    pub(super) proxy: Option<String>,
    /// Whether addresses that aren't public may be asked.
    pub(super) private: bool,
}

impl fmt::Debug for HttpsOptions {
    /// Without the proxy's URL, which may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpsOptions")
            .field("timeout", &self.timeout)
            .field("bytes", &self.bytes)
            .field("ca", &self.ca)
            .field("private", &self.private)
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fields {
    #[serde(default, deserialize_with = "given")]
    pub(super) url: Option<String>,
    #[serde(default, deserialize_with = "given")]
    pub(super) file: Option<PathBuf>,
    #[serde(default, deserialize_with = "given")]
    pub(super) issuer: Option<String>,
    #[serde(default)]
    pub(super) algorithm: Option<String>,
    #[serde(default = "minimum")]
    pub(super) minimum: u64,
    #[serde(default = "maximum")]
    pub(super) maximum: u64,
    #[serde(default = "cooldown")]
    pub(super) cooldown: u64,
    #[serde(default = "budget")]
    pub(super) budget: u32,
    #[serde(default, deserialize_with = "said")]
    pub(super) stale: Option<Option<u64>>,
    #[serde(default = "timeout")]
    pub(super) timeout: u64,
    #[serde(default)]
    pub(super) limits: Object<Limits>,
    #[serde(default)]
    pub(super) ca: Option<PathBuf>,
    #[serde(default)]
    pub(super) proxy: Option<String>,
    #[serde(default)]
    pub(super) private: bool,
    #[serde(default = "refresh")]
    pub(super) refresh: bool,
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Limits {
    pub(super) bytes: usize,
    keys: usize,
}

impl Limits {
    /// The limits of a document that isn't of keys.
    pub(super) fn of(bytes: usize) -> Self {
        Self {
            bytes,
            ..Self::default()
        }
    }
}

impl Default for Fields {
    /// What a document has that says nothing.
    fn default() -> Self {
        Self {
            url: None,
            file: None,
            issuer: None,
            algorithm: None,
            minimum: minimum(),
            maximum: maximum(),
            cooldown: cooldown(),
            budget: budget(),
            stale: None,
            timeout: timeout(),
            limits: Object::default(),
            ca: None,
            proxy: None,
            private: false,
            refresh: refresh(),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 1 << 20,
            keys: 100,
        }
    }
}

pub(super) fn minimum() -> u64 {
    60
}
pub(super) fn maximum() -> u64 {
    3600
}
fn cooldown() -> u64 {
    30
}
fn budget() -> u32 {
    120
}
pub(super) fn timeout() -> u64 {
    5
}
pub(super) fn refresh() -> bool {
    true
}

/// The longest time that an option may say: a year.
const YEAR: u64 = 31_536_000;

impl SourceOptions {
    /// Reads the options document.
    pub fn read(text: &[u8]) -> Result<Self> {
        read::<Fields>("options", text)?.check()
    }

    /// The same for a status list in place of keys.
    pub(super) fn of_list(self) -> Self {
        Self {
            asks: Asks::List,
            ..self
        }
    }

    /// Whether it comes from a file.
    pub(super) fn is_file(&self) -> bool {
        matches!(self.origin, Origin::File(_))
    }
}

impl Fields {
    pub(super) fn check(self) -> Result<SourceOptions> {
        let stale = self.stale.ok_or_else(|| {
            fault(
                "stale",
                "say for how many seconds keys may be used when no fetch succeeds, or null for as long as it takes",
            )
        })?;
        within("minimum", self.minimum, 1, YEAR)?;
        within("maximum", self.maximum, self.minimum, YEAR)?;
        within("cooldown", self.cooldown, 1, YEAR)?;
        within("budget", self.budget.into(), 0, 3600)?;
        within("timeout", self.timeout, 1, 60)?;
        if let Some(stale) = stale {
            within("stale", stale, 1, YEAR)?;
        }
        within("limits.bytes", self.limits.0.bytes as u64, 1024, 1 << 20)?;
        within("limits.keys", self.limits.0.keys as u64, 1, 10_000)?;
        let keys = KeyOptions {
            algorithm: self.algorithm.clone(),
            ..KeyOptions::default()
        };
        keys.validate()?;
        if let Some(proxy) = &self.proxy
            && !proxy.starts_with("http://")
        {
            return Err(fault("proxy", "must begin with http://"));
        }
        let origin = self.origin()?;
        if let (Origin::File(_), true) = (
            &origin,
            self.ca.is_some() || self.proxy.is_some() || self.private,
        ) {
            return Err(fault(
                "file",
                "\"ca\", \"proxy\" and \"private\" are for a url",
            ));
        }
        Ok(SourceOptions {
            pace: self.pace(&origin, stale),
            origin,
            keys,
            refresh: self.refresh,
            most: self.limits.0.keys,
            asks: Asks::Keys,
            https: HttpsOptions {
                timeout: Duration::from_secs(self.timeout),
                bytes: self.limits.0.bytes,
                ca: self.ca,
                proxy: self.proxy,
                private: self.private,
            },
        })
    }

    fn origin(&self) -> Result<Origin> {
        match (&self.url, &self.file, &self.issuer) {
            (Some(url), None, None) => {
                check_url("url", url)?;
                Ok(Origin::Url(url.clone()))
            }
            (None, Some(file), None) if file.as_os_str().is_empty() => {
                Err(fault("file", "must not be empty"))
            }
            (None, Some(file), None) => Ok(Origin::File(file.clone())),
            (None, None, Some(issuer)) => {
                check_url("issuer", issuer)?;
                if issuer.contains('?') {
                    return Err(fault("issuer", "must have no query (RFC 8414 section 2)"));
                }
                Ok(Origin::Issuer(issuer.clone()))
            }
            _ => Err(Error::new(
                ErrorKind::Options,
                "options: say one of \"url\", \"file\" and \"issuer\"",
            )),
        }
    }

    /// The pace. A file costs next to nothing to look at: it has one of its own.
    fn pace(&self, origin: &Origin, stale: Option<u64>) -> Pace {
        let ms = |seconds: u64| i64::try_from(seconds).unwrap_or(i64::MAX / SECOND) * SECOND;
        let stale = stale.map(ms);
        let patience = ms(self.timeout) * i64::from(PATIENCE);
        match origin {
            Origin::File(_) => Pace {
                minimum: LOOK,
                maximum: LOOK,
                cooldown: LOOK,
                budget: None,
                stale,
                pause: LOOK,
                patience,
            },
            Origin::Url(_) | Origin::Issuer(_) => Pace {
                minimum: ms(self.minimum),
                maximum: ms(self.maximum),
                cooldown: ms(self.cooldown),
                budget: Some(self.budget),
                stale,
                pause: LONGEST_PAUSE,
                patience,
            },
        }
    }
}

/// Fails unless `url` is https, with a host and without user and fragment.
pub(super) fn check_url(field: &str, url: &str) -> Result<()> {
    let Some(rest) = url.strip_prefix("https://") else {
        return Err(fault(field, "must begin with https://"));
    };
    let host = rest.split(['/', '?']).next().unwrap_or_default();
    if host.is_empty() || host.starts_with(':') {
        return Err(fault(field, "has no host"));
    }
    if host.contains('@') {
        return Err(fault(field, "must not hold a user or a password"));
    }
    if url.contains('#') {
        return Err(fault(field, "must have no fragment"));
    }
    if url.len() > 2048 || !url.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(fault(
            field,
            "must be at most 2048 characters of ASCII; others are percent-encoded",
        ));
    }
    Ok(())
}

pub(super) fn within(field: &str, value: u64, least: u64, most: u64) -> Result<()> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    Err(fault(field, format_args!("must be {least} to {most}")))
}

pub(super) fn fault(field: &str, expected: impl fmt::Display) -> Error {
    Error::new(ErrorKind::Options, format!("options.{field}: {expected}"))
}
