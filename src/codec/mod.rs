//! The text of a token: base64url, strict JSON, the compact serialization.
//! Knows no keys and no claims.

pub(crate) mod base64url;
pub(crate) mod json;
