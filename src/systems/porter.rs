//! Porter: tokens of users, of programs and of agents, all under one HMAC
//! secret, most of which never expire; and beside them the tokens of a single
//! sign-on, under keys of its own.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::derived::{Derived, Secrets};
use super::{System, members, wrong};
use crate::codec::document::{Object, said};
use crate::error::Result;

const ALGORITHMS: [&str; 3] = ["HS256", "HS384", "HS512"];

/// The realm of revocations, and of API tokens that are revoked by their token_id.
const REALM: &str = "porter";

/// The rule about users' tokens, and the switch that a project turns it on with.
const RULE: &str = "reject_user_jwt_tokens";

/// What the sub_kind of a program's token is. Whatever else it says, a token is
/// a user's.
const PROGRAMS: [&str; 2] = ["api", "porter-agent"];

/// Users whose older tokens the original refuses, and when it began to.
const REISSUED: [&str; 2] = ["3140", "9378"];
const REISSUED_AT: i64 = 1_705_448_100;

/// Claims that tell what a token is, for audits.
const REPORT: [&str; 6] = ["iss", "sub_kind", "sub", "token_id", "iby", "project_id"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Porter {
    #[serde(rename = "name")]
    _name: String,
    /// Whether the switch refuses API tokens that aren't stored, too: they act
    /// as the user who made them.
    #[serde(default)]
    strict: bool,
    /// The single sign-on's tokens, in key sets after the secret's.
    #[serde(default)]
    foreign: Vec<Object<Foreign>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Foreign {
    issuer: String,
    #[serde(default, deserialize_with = "said")]
    audience: Option<Option<Value>>,
    #[serde(default = "second")]
    keys: usize,
}

fn second() -> usize {
    1
}

impl System for Porter {
    fn check(&self) -> Result<()> {
        let mut foreign = self.foreign.iter().enumerate();
        foreign.try_for_each(|(index, foreign)| foreign.0.check(index))
    }

    fn verifier(&self) -> Result<Map<String, Value>> {
        let own = self.own();
        let mut options = members(json!({ "report": REPORT }));
        if self.foreign.is_empty() {
            options.extend(own);
            return Ok(options);
        }
        let foreign = self.foreign.iter().map(|foreign| foreign.0.entry());
        let trust: Vec<_> = std::iter::once(own.into()).chain(foreign).collect();
        options.insert("trust".into(), trust.into());
        Ok(options)
    }

    fn minter(&self) -> Result<Map<String, Value>> {
        let digits = json!({ "type": "digits" });
        let absent = json!({ "present": false });
        let text = json!({ "type": "string" });
        Ok(members(json!({
            "cases": [
                {
                    "when": { "sub_kind": "user" },
                    "check": { "sub": digits, "iby": digits, "project_id": 0, "secret": "", "token_id": "" },
                },
                {
                    "when": { "sub_kind": "api" },
                    "check": { "sub": "api", "iby": digits, "secret": text, "token_id": text },
                },
                {
                    "when": { "sub_kind": "porter-agent" },
                    "check": { "sub": "api", "iby": absent, "secret": absent, "token_id": text },
                },
            ],
            "lifetime": null,
            "algorithm": "HS256",
            "id": null,
            "iat": "text",
            "check": { "project_id": { "type": "number" } },
            "order": ["iat", "iby", "project_id", "secret", "sub", "sub_kind", "token_id"],
            "spelling": "html",
        })))
    }

    fn bearer(&self) -> Result<Map<String, Value>> {
        let issuers: Vec<_> = self
            .foreign
            .iter()
            .map(|foreign| &foreign.0.issuer)
            .collect();
        let mut kinds = Vec::new();
        if !issuers.is_empty() {
            kinds.push(json!({ "kind": "sso-token", "when": { "iss": issuers } }));
        }
        let by_user = json!({ "not": PROGRAMS });
        kinds.extend([
            json!({ "kind": "user-token", "when": { "sub_kind": by_user, "token_id": unstored() } }),
            json!({ "kind": "legacy-api-token", "when": { "sub_kind": "api", "token_id": unstored() } }),
            json!({ "kind": "agent-token", "when": { "sub_kind": "porter-agent" } }),
            json!({ "kind": "api-token", "when": {} }),
        ]);
        Ok(members(json!({
            "order": ["jwt", "session"],
            "session": "cookie",
            "kinds": kinds,
        })))
    }

    fn derive(&self, secrets: Secrets<'_>) -> Result<Derived> {
        secrets.hmac(&ALGORITHMS)
    }
}

/// What the token_id of a token that isn't stored is: absent, empty, or no text.
fn unstored() -> Value {
    json!(["", { "not": { "type": "string" } }])
}

impl Porter {
    /// What the secret's own tokens must be.
    fn own(&self) -> Map<String, Value> {
        let mut user = members(json!({ "token_id": unstored() }));
        if !self.strict {
            user.insert("sub_kind".into(), json!({ "not": PROGRAMS }));
        }
        let reissued: Vec<_> = REISSUED
            .into_iter()
            .flat_map(|sub| [json!(sub), json!(sub.parse::<i64>().ok())])
            .collect();
        members(json!({
            "issuer": null,
            "audience": null,
            "algorithms": ALGORITHMS,
            "require": ["iat", "project_id"],
            "iat": "text",
            "exp": "inclusive",
            "claims": {
                "project_id": { "type": "digits" },
                "iby": [{ "type": "digits" }, { "present": false }],
            },
            "deny": [
                { "name": "reissued_tokens", "when": { "sub": reissued, "iat": { "below": REISSUED_AT } } },
                { "name": RULE, "when": user, "switch": RULE },
            ],
            "realm": REALM,
        }))
    }
}

impl Foreign {
    fn check(&self, index: usize) -> Result<()> {
        let wrong = |name: &str, message| Err(wrong(&format!("foreign[{index}].{name}"), message));
        if self.issuer.is_empty() {
            return wrong("issuer", "an empty string was given (an unset variable?)");
        }
        if self.audience.is_none() {
            return wrong(
                "audience",
                "say which audiences are accepted: a string, a list, or null to waive the check",
            );
        }
        if self.keys == 0 {
            return wrong(
                "keys",
                "the first key set is the secret's: the single sign-on has one of its own",
            );
        }
        Ok(())
    }

    /// What the tokens of this issuer must be.
    fn entry(&self) -> Value {
        json!({
            "issuer": self.issuer,
            "audience": self.audience.as_ref().and_then(Option::as_ref),
            "keys": self.keys,
            "algorithms": ["RS256"],
        })
    }
}
