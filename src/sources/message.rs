//! What is asked of a key server, and what it answers.

use super::discovery::Place;
use crate::error::{Error, ErrorKind};

/// A GET for one document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) url: String,
    /// What the answer that is known was labelled with (RFC 9110 section 8.8.3).
    pub(super) etag: Option<String>,
    pub(super) asks: Asks,
}

/// What a request asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asks {
    Keys,
    /// An issuer's metadata, in one of its places.
    Metadata(Place),
    /// A Token Status List.
    List,
}

impl Asks {
    /// The media types that would do.
    pub(super) fn accept(self) -> &'static str {
        match self {
            Self::Keys | Self::Metadata(_) => "application/jwk-set+json, application/json",
            Self::List => "application/statuslist+jwt",
        }
    }
}

#[derive(Debug)]
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) headers: Headers,
    /// Empty unless the status is 200.
    pub(super) body: Vec<u8>,
}

/// The headers that matter here, as they came.
#[derive(Debug, Default)]
pub(super) struct Headers {
    pub(super) cache_control: Option<String>,
    pub(super) age: Option<String>,
    pub(super) etag: Option<String>,
    pub(super) retry_after: Option<String>,
}

impl Headers {
    /// Keeps the header `name` if it matters. Several of `Cache-Control` are one
    /// list (RFC 9110 section 5.3), of others the first counts.
    pub(super) fn keep(&mut self, name: &str, value: &str) {
        let value = value.trim();
        let slot = match name.to_ascii_lowercase().as_str() {
            "cache-control" => {
                let list = self.cache_control.get_or_insert_default();
                list.push_str(if list.is_empty() { "" } else { ", " });
                list.push_str(value);
                return;
            }
            "age" => &mut self.age,
            "etag" => &mut self.etag,
            "retry-after" => &mut self.retry_after,
            _ => return,
        };
        slot.get_or_insert_with(|| value.to_owned());
    }
}

/// What an answer is that is longer than `most` bytes.
pub(super) fn too_long(most: usize) -> Error {
    Error::new(
        ErrorKind::KeysUnavailable,
        format!("the answer is longer than {most} bytes (limits.bytes)"),
    )
}
