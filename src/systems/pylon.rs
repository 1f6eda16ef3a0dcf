//! Pylon: HS256 under one secret that its services share, and an issuer that
//! must be pinned, since whoever else has the secret could sign for it.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::derived::{Derived, Secrets};
use super::{System, members, wrong};
use crate::codec::document::said;
use crate::error::{Error, ErrorKind, Result};

/// The real names of the claims: namespaced, as they stand in tokens.
const TENANT: &str = "https://pylonsync.com/tenant";
const ROLES: &str = "https://pylonsync.com/roles";
/// The JSON pointer to the first role.
const FIRST_ROLE: &str = "/https:~1~1pylonsync.com~1roles/0";

/// The iss of tokens that are minted where no issuer is configured.
const UNCONFIGURED: &str = "pylon";
/// Seconds that a token lives unless the option `lifetime` says so.
const LIFETIME: i64 = 3600;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pylon {
    #[serde(rename = "name")]
    _name: String,
    /// The iss; null: it isn't configured, and no token is verified.
    #[serde(default, deserialize_with = "said")]
    issuer: Option<Option<String>>,
}

impl System for Pylon {
    fn check(&self) -> Result<()> {
        match &self.issuer {
            Some(Some(issuer)) if issuer.is_empty() => Err(wrong(
                "issuer",
                "an empty string was given (an unset variable?); null says that there is none",
            )),
            Some(_) => Ok(()),
            None => Err(wrong(
                "issuer",
                "say the issuer, or null where none is configured",
            )),
        }
    }

    fn verifier(&self) -> Result<Map<String, Value>> {
        let Some(issuer) = self.issuer() else {
            return Err(Error::new(
                ErrorKind::Misconfigured,
                "options.system.issuer: no token is verified without an issuer to pin: whoever else has the secret could sign in anybody",
            ));
        };
        Ok(members(json!({
            "issuer": [issuer],
            "audience": null,
            "algorithms": ["HS256"],
            "require": ["exp"],
            "iat": null,
            "claims": { "sub": { "type": "string" }, "exp": { "type": "digits" } },
        })))
    }

    fn minter(&self) -> Result<Map<String, Value>> {
        let issuer = self.issuer().unwrap_or(UNCONFIGURED);
        let absent = json!({ "present": false });
        Ok(members(json!({
            "cases": [
                { "when": { ROLES: absent }, "issuer": issuer },
                // No roles at all is said by leaving the claim out.
                { "when": {}, "issuer": issuer, "check": { FIRST_ROLE: { "type": "string" } } },
            ],
            "lifetime": LIFETIME,
            "algorithm": "HS256",
            "id": null,
            "check": {
                "sub": { "type": "string" },
                TENANT: [{ "type": "string" }, absent],
                ROLES: [{ "type": "array" }, absent],
            },
            "order": ["exp", ROLES, TENANT, "iat", "iss", "sub"],
            "spelling": "least",
        })))
    }

    fn bearer(&self) -> Result<Map<String, Value>> {
        let jwt = match self.issuer() {
            Some(_) => json!(true),
            None => json!("misconfigured"),
        };
        Ok(members(json!({
            "order": ["admin", "prefixes", "jwt", "session"],
            "prefixes": [{ "prefix": "pk.", "kind": "api-key", "shape": "key_{32}.{43}" }],
            "jwt": jwt,
        })))
    }

    fn derive(&self, secrets: Secrets<'_>) -> Result<Derived> {
        secrets.hmac(&["HS256"])
    }
}

impl Pylon {
    fn issuer(&self) -> Option<&str> {
        self.issuer.as_ref()?.as_deref()
    }
}
