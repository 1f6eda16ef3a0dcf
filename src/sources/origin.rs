//! Where a source's keys come from.

use std::path::PathBuf;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// A file that is read again when it has changed.
    File(PathBuf),
    /// A URL that serves a JWK Set.
    Url(String),
    /// An issuer whose metadata names that URL.
    Issuer(String),
}

impl Origin {
    /// The option that says it, and its value.
    pub(super) fn describe(&self) -> (&'static str, String) {
        match self {
            Self::File(path) => ("file", path.display().to_string()),
            Self::Url(url) => ("url", url.clone()),
            Self::Issuer(issuer) => ("issuer", issuer.clone()),
        }
    }
}
