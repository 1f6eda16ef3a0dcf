//! What minted tokens are: their claims in the original's order and types, and
//! the issuer, audience and key that go with what the user is.

use serde_json::{Map, Value, json};

use super::StackAuth;
use super::audience::Kind;
use crate::codec::duration;
use crate::error::Result;
use crate::systems::{members, wrong};

/// How long a token lives unless the parameter `lifetime` says so: ten minutes.
const LIFETIME: i64 = 600;

const ORDER: [&str; 18] = [
    "sub",
    "project_id",
    "branch_id",
    "refresh_token_id",
    "role",
    "name",
    "email",
    "email_verified",
    "selected_team_id",
    "signed_up_at",
    "is_anonymous",
    "is_restricted",
    "restricted_reason",
    "requires_totp_mfa",
    "iss",
    "iat",
    "aud",
    "exp",
];

pub(super) fn options(system: &StackAuth) -> Result<Map<String, Value>> {
    let Some(project) = system.project()? else {
        return Err(wrong("project", "a minter is one project's: say its id"));
    };
    let lifetime = match &system.lifetime {
        None => LIFETIME,
        Some(text) => duration::seconds(text).filter(|seconds| *seconds > 0).ok_or_else(|| {
            wrong("lifetime", "a positive duration was expected, as in \"10min\", \"90 seconds\" or \"2 days\"")
        })?,
    };
    let origins = system.origins()?;
    let origin = origins.first().map(String::as_str).unwrap_or_default();
    let case = |kind: Kind, when: Value, check: Value| {
        json!({
            "when": when,
            "issuer": format!("{origin}{}{project}", kind.path()),
            "audience": kind.audience(project),
            "check": check,
        })
    };
    let reason = "/restricted_reason/type";
    Ok(members(json!({
        "cases": [
            case(
                Kind::Anonymous,
                json!({ "is_anonymous": true }),
                json!({ "is_restricted": true, reason: "anonymous" }),
            ),
            case(
                Kind::Restricted,
                json!({ "is_restricted": true }),
                json!({ reason: ["email_not_verified", "restricted_by_administrator"] }),
            ),
            case(Kind::Normal, json!({}), json!({ "restricted_reason": null })),
        ],
        "lifetime": lifetime,
        "algorithm": "ES256",
        "type": null,
        "id": null,
        "claims": { "project_id": project, "branch_id": "main", "role": "authenticated" },
        "check": check(),
        "order": ORDER,
        "spelling": "least",
    })))
}

/// What the claims of a call must be: each there, null where it may be.
fn check() -> Value {
    let text = json!({ "type": "string" });
    let text_or_null = json!([text, null]);
    let boolean = json!({ "type": "boolean" });
    json!({
        "sub": text,
        "refresh_token_id": text,
        "name": text_or_null,
        "email": text_or_null,
        "email_verified": boolean,
        "selected_team_id": text_or_null,
        "signed_up_at": [{ "type": "number" }, { "present": false }],
        "is_anonymous": boolean,
        "is_restricted": boolean,
        "restricted_reason": [{ "type": "object" }, null],
        "requires_totp_mfa": boolean,
    })
}
