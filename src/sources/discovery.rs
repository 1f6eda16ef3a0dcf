//! From an issuer to the URL of its keys (OpenID Connect Discovery 1.0, RFC 8414).

use serde_json::Value;

use super::options::check_url;
use crate::codec::json;
use crate::error::{Error, ErrorKind, Result};

/// Which of the two well-known places is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// `ISSUER/.well-known/openid-configuration`.
    OpenId,
    /// `/.well-known/oauth-authorization-server` before the issuer's path
    /// (RFC 8414 section 3), where the other isn't there.
    OAuth,
}

/// The URL of the issuer's metadata.
pub(super) fn metadata_url(issuer: &str, place: Place) -> String {
    let issuer = issuer.strip_suffix('/').unwrap_or(issuer);
    match place {
        Place::OpenId => format!("{issuer}/.well-known/openid-configuration"),
        Place::OAuth => {
            let after_scheme = issuer.strip_prefix("https://").unwrap_or(issuer);
            let (host, path) = match after_scheme.split_once('/') {
                Some((host, path)) => (host, format!("/{path}")),
                None => (after_scheme, String::new()),
            };
            format!("https://{host}/.well-known/oauth-authorization-server{path}")
        }
    }
}

/// The `jwks_uri` of the issuer's metadata, which must be this very issuer's.
pub(super) fn keys_url(issuer: &str, body: &[u8]) -> Result<String> {
    let refused = |message: String| Error::new(ErrorKind::KeysUnavailable, message);
    let metadata = json::parse(body, json::DOCUMENT_DEPTH)
        .map_err(|error| refused(format!("the issuer's metadata: {}", error.message())))?;
    match metadata.get("issuer").and_then(Value::as_str) {
        Some(named) if named == issuer => {}
        Some(_) => {
            return Err(refused(
                "the issuer's metadata is another issuer's: its \"issuer\" must equal the option to the letter".into(),
            ));
        }
        None => return Err(refused("the issuer's metadata has no \"issuer\"".into())),
    }
    let url = metadata
        .get("jwks_uri")
        .and_then(Value::as_str)
        .ok_or_else(|| refused("the issuer's metadata has no \"jwks_uri\"".into()))?;
    check_url("jwks_uri", url)
        .map_err(|error| refused(format!("the issuer's metadata: {}", error.message())))?;
    Ok(url.to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_has_two_well_known_places() {
        for (issuer, open_id, oauth) in [
            (
                "https://a.test",
                "https://a.test/.well-known/openid-configuration",
                "https://a.test/.well-known/oauth-authorization-server",
            ),
            (
                "https://a.test:8443/tenant/1",
                "https://a.test:8443/tenant/1/.well-known/openid-configuration",
                "https://a.test:8443/.well-known/oauth-authorization-server/tenant/1",
            ),
            (
                "https://a.test/",
                "https://a.test/.well-known/openid-configuration",
                "https://a.test/.well-known/oauth-authorization-server",
            ),
        ] {
            assert_eq!(metadata_url(issuer, Place::OpenId), open_id);
            assert_eq!(metadata_url(issuer, Place::OAuth), oauth);
        }
    }

    #[test]
    fn metadata_counts_for_the_issuer_that_it_names_and_no_other() {
        let issuer = "https://a.test";
        let good = br#"{"issuer": "https://a.test", "jwks_uri": "https://keys.test/jwks"}"#;
        assert_eq!(keys_url(issuer, good).unwrap(), "https://keys.test/jwks");
        for (body, reason) in [
            (&br#"{"issuer": "https://a.test/", "jwks_uri": "https://k.test"}"#[..], "another issuer's"),
            (br#"{"issuer": "https://b.test", "jwks_uri": "https://k.test"}"#, "another issuer's"),
            (br#"{"issuer": ["https://a.test"], "jwks_uri": "https://k.test"}"#, "no \"issuer\""),
            (br#"{"issuer": "https://a.test"}"#, "no \"jwks_uri\""),
            (br#"{"issuer": "https://a.test", "jwks_uri": "http://k.test"}"#, "https://"),
            (br#"{"issuer": "https://a.test", "issuer": "https://b.test", "jwks_uri": "https://k.test"}"#, "metadata"),
            (b"<html>", "metadata"),
            (b"[]", "no \"issuer\""),
        ] {
            let error = keys_url(issuer, body).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::KeysUnavailable);
            assert!(error.message().contains(reason), "{error}");
        }
    }
}
