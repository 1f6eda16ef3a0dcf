//! The text of a token: base64url, strict JSON, the compact serialization.
//! Knows no keys and no claims.

pub(crate) mod base64url;
pub(crate) mod compact;
pub(crate) mod document;
pub(crate) mod duration;
pub(crate) mod json;
pub(crate) mod numeric_date;
pub(crate) mod uri;
