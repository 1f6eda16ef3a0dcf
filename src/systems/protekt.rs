//! Protekt: RS256 under published keys, each token with a jti that a blocklist
//! may name.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{System, all_said, members, wrong};
use crate::codec::document::said;
use crate::error::Result;

/// Seconds that a token lives unless the option `lifetime` says so.
const LIFETIME: i64 = 3600;

/// Claims that a user's metadata can't give.
const RESERVED: [&str; 3] = ["email", "email_verified", "project_id"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Protekt {
    #[serde(rename = "name")]
    _name: String,
    project: String,
    issuer: String,
    /// Which claim names the project.
    #[serde(default)]
    audience: Named,
    /// null: revocations needn't be attached, and a token needs no jti.
    #[serde(default, deserialize_with = "said")]
    blocklist: Option<Option<bool>>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Named {
    /// With the issuer in `iss`, as those who verify by the published keys demand.
    #[default]
    Aud,
    /// As the documented claims have it, among which iss and aud aren't.
    ProjectId,
}

impl System for Protekt {
    fn check(&self) -> Result<()> {
        all_said(&[("project", &self.project), ("issuer", &self.issuer)])?;
        match self.blocklist {
            Some(Some(_)) => Err(wrong(
                "blocklist",
                "only null was expected: verify without a blocklist; else leave it out",
            )),
            Some(None) | None => Ok(()),
        }
    }

    fn verifier(&self) -> Result<Map<String, Value>> {
        let (project, issuer) = (&self.project, &self.issuer);
        let absent = json!({ "present": false });
        let mut claims = members(json!({
            "sub": { "type": "string" },
            "email": [{ "type": "string" }, null, absent],
            "email_verified": [{ "type": "boolean" }, absent],
        }));
        let mut options = match self.audience {
            Named::Aud => {
                claims.insert("project_id".into(), json!([project, absent]));
                members(json!({ "issuer": [issuer], "audience": [project] }))
            }
            Named::ProjectId => {
                claims.insert("project_id".into(), json!(project));
                claims.insert("iss".into(), json!([issuer, absent]));
                let aud = json!([project, { "contains": project }, absent]);
                claims.insert("aud".into(), aud);
                members(json!({ "issuer": null, "audience": null }))
            }
        };
        let blocklist = self.blocklist != Some(None);
        let mut require = vec!["exp", "sub"];
        require.extend(blocklist.then_some("jti"));
        options.extend(members(json!({
            "algorithms": ["RS256"],
            "require": require,
            "claims": claims,
            "realm": issuer,
            "revocable": blocklist,
        })));
        Ok(options)
    }

    fn minter(&self) -> Result<Map<String, Value>> {
        let absent = json!({ "present": false });
        let mut options = match self.audience {
            Named::Aud => members(json!({ "issuer": self.issuer, "audience": self.project })),
            Named::ProjectId => Map::new(),
        };
        options.extend(members(json!({
            "lifetime": LIFETIME,
            "algorithm": "RS256",
            "claims": { "project_id": self.project },
            "check": {
                "sub": { "type": "string" },
                "email": [{ "type": "string" }, null, absent],
                "email_verified": [{ "type": "boolean" }, absent],
            },
            "spread": { "claim": "metadata", "except": RESERVED },
            "order": ["sub", "email", "email_verified", "project_id", "iat", "exp", "jti", "iss", "aud"],
        })));
        Ok(options)
    }

    fn bearer(&self) -> Result<Map<String, Value>> {
        Ok(members(
            json!({ "order": ["jwt", "session"], "session": "cookie" }),
        ))
    }
}
