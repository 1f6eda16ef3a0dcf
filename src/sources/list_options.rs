//! The options of a source that follows a Token Status List.

use std::path::PathBuf;

use serde::Deserialize;

use super::options::{self, Fields, SourceOptions, check_url, fault, within};
use crate::codec::document::{Object, given, read, said};
use crate::error::{Error, ErrorKind, Result};

/// A list of eight million tokens of one bit each, unless more is said.
const UNPACKED: usize = 1 << 20;
const MOST_UNPACKED: u64 = 1 << 26;

/// Which list is followed, whose it is, and how it is kept fresh.
#[derive(Clone, Debug)]
pub struct ListOptions {
    pub(super) source: SourceOptions,
    pub(super) issuer: Option<String>,
    pub(super) uri: String,
    pub(super) unpacked: usize,
    pub(super) accept: Vec<u8>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListFields {
    #[serde(default, deserialize_with = "given")]
    url: Option<String>,
    #[serde(default, deserialize_with = "given")]
    file: Option<PathBuf>,
    uri: String,
    #[serde(default, deserialize_with = "said")]
    issuer: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    accept: Option<Vec<Status>>,
    #[serde(default = "options::minimum")]
    minimum: u64,
    #[serde(default = "options::maximum")]
    maximum: u64,
    #[serde(default, deserialize_with = "said")]
    stale: Option<Option<u64>>,
    #[serde(default = "options::timeout")]
    timeout: u64,
    #[serde(default)]
    limits: Object<Limits>,
    #[serde(default)]
    ca: Option<PathBuf>,
    #[serde(default)]
    proxy: Option<String>,
    #[serde(default)]
    private: bool,
    #[serde(default = "options::refresh")]
    refresh: bool,
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Limits {
    bytes: usize,
    unpacked: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: options::Limits::default().bytes,
            unpacked: UNPACKED,
        }
    }
}

/// A status that may be let pass: what is revoked for good is not among them.
#[derive(Clone, Deserialize)]
#[serde(untagged, expecting = "\"suspended\" or a number from 3 to 255")]
enum Status {
    Named(Named),
    Number(u8),
}

#[derive(Clone, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Named {
    Suspended,
}

impl ListOptions {
    /// Reads the options document.
    pub fn read(text: &[u8]) -> Result<Self> {
        read::<ListFields>("options", text)?.check()
    }
}

impl ListFields {
    fn check(self) -> Result<ListOptions> {
        let unsaid = "say the iss of the list's token, or null where it has none or any will do";
        let issuer = self.issuer.ok_or_else(|| fault("issuer", unsaid))?;
        if issuer.as_deref() == Some("") {
            return Err(fault("issuer", "must not be empty"));
        }
        check_url("uri", &self.uri)?;
        let url = match (self.url, &self.file) {
            (Some(_), Some(_)) => {
                return Err(Error::new(
                    ErrorKind::Options,
                    "options: say \"url\" or \"file\", or neither",
                ));
            }
            (None, None) => Some(self.uri.clone()),
            (url, _) => url,
        };
        let Limits { bytes, unpacked } = self.limits.0;
        within("limits.unpacked", unpacked as u64, 1, MOST_UNPACKED)?;
        let accept = self.accept.unwrap_or_default().into_iter();
        let accept = accept.map(|status| match status {
            Status::Named(Named::Suspended) => Ok(2),
            Status::Number(number @ 3..) => Ok(number),
            Status::Number(_) => Err(fault("accept", "holds \"suspended\" and numbers from 3 on")),
        });
        let source = Fields {
            url,
            file: self.file,
            minimum: self.minimum,
            maximum: self.maximum,
            stale: self.stale,
            timeout: self.timeout,
            limits: Object(options::Limits::of(bytes)),
            ca: self.ca,
            proxy: self.proxy,
            private: self.private,
            refresh: self.refresh,
            ..Fields::default()
        };
        Ok(ListOptions {
            accept: accept.collect::<Result<_>>()?,
            source: source.check()?.of_list(),
            issuer,
            uri: self.uri,
            unpacked,
        })
    }
}
