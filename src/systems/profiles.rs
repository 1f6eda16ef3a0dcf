//! Kinds of tokens that standards define, each of which refuses the others:
//! access tokens (RFC 9068), ID tokens (OpenID Connect Core 1.0) and logout
//! tokens (OpenID Connect Back-Channel Logout 1.0).

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{System, all_said, members};
use crate::error::Result;

/// The member of `events` that makes a token a logout token.
const LOGOUT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// The JSON pointer to it.
const LOGOUT_EVENT: &str = "/events/http:~1~1schemas.openid.net~1event~1backchannel-logout";

/// `at+jwt`: an access token for a resource server.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AccessToken {
    #[serde(rename = "name")]
    _name: String,
    issuer: String,
    /// The resource server's own name.
    audience: String,
}

impl System for AccessToken {
    fn check(&self) -> Result<()> {
        all_said(&[("issuer", &self.issuer), ("audience", &self.audience)])
    }

    fn verifier(&self) -> Result<Map<String, Value>> {
        let text = json!({ "type": "string" });
        Ok(members(json!({
            "issuer": [self.issuer],
            "audience": [self.audience],
            "type": "at+jwt",
            "require": ["exp", "iat", "sub", "client_id", "jti"],
            "claims": { "sub": text, "client_id": text, "jti": text },
        })))
    }

    fn minter(&self) -> Result<Map<String, Value>> {
        let text = json!({ "type": "string" });
        Ok(members(json!({
            "issuer": self.issuer,
            "audience": self.audience,
            "type": "at+jwt",
            "check": { "sub": text, "client_id": text },
        })))
    }
}

/// `id_token`: who has signed in, for the client that asked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IdToken {
    #[serde(rename = "name")]
    _name: String,
    issuer: String,
    /// The client's id.
    client: String,
}

impl System for IdToken {
    fn check(&self) -> Result<()> {
        all_said(&[("issuer", &self.issuer), ("client", &self.client)])
    }

    fn verifier(&self) -> Result<Map<String, Value>> {
        let absent = json!({ "present": false });
        Ok(members(json!({
            "issuer": [self.issuer],
            "audience": [self.client],
            // It has no type of its own: what has one is another kind of token.
            "type": ["JWT", null],
            "require": ["exp", "iat", "sub"],
            "claims": { "sub": { "type": "string" }, "azp": [self.client, absent] },
            "deny": [
                // Section 3.1.3.7: a token for several says which asked for it.
                { "name": "several_audiences_and_no_azp", "when": { "/aud/1": { "present": true }, "azp": absent } },
                { "name": "no_id_token", "when": { "events": { "present": true } } },
            ],
        })))
    }

    fn minter(&self) -> Result<Map<String, Value>> {
        Ok(members(json!({
            "issuer": self.issuer,
            "audience": self.client,
            "id": null,
            "check": { "sub": { "type": "string" }, "events": { "present": false } },
        })))
    }
}

/// `logout+jwt`: a session that has ended.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LogoutToken {
    #[serde(rename = "name")]
    _name: String,
    issuer: String,
    /// The client's id.
    client: String,
    /// Whether tokens without a type are taken, as providers made them before
    /// there was one.
    #[serde(default)]
    untyped: bool,
}

impl System for LogoutToken {
    fn check(&self) -> Result<()> {
        all_said(&[("issuer", &self.issuer), ("client", &self.client)])
    }

    fn verifier(&self) -> Result<Map<String, Value>> {
        let absent = json!({ "present": false });
        let types = match self.untyped {
            false => json!("logout+jwt"),
            true => json!(["logout+jwt", "JWT", null]),
        };
        Ok(members(json!({
            "issuer": [self.issuer],
            "audience": [self.client],
            "type": types,
            "require": ["exp", "iat", "jti", "events"],
            "claims": { LOGOUT_EVENT: { "type": "object" }, "nonce": absent },
            "deny": [{ "name": "nobody_is_named", "when": { "sub": absent, "sid": absent } }],
        })))
    }

    fn minter(&self) -> Result<Map<String, Value>> {
        let text = json!({ "type": "string" });
        let who = |claim: &str| json!({ "when": { claim: text }, "issuer": self.issuer, "audience": self.client });
        Ok(members(json!({
            "cases": [who("sid"), who("sub")],
            "type": "logout+jwt",
            "claims": { "events": { LOGOUT: {} } },
            "check": { "nonce": { "present": false } },
        })))
    }
}
