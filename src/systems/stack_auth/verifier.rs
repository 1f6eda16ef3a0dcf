//! What a token must be.

use serde_json::{Map, Value, json};

use super::StackAuth;
use super::audience::Kind;
use crate::error::Result;
use crate::systems::members;

/// The realm of revocations: one, since a user's tokens come with an issuer for
/// each host and for whatever the user is at the time.
const REALM: &str = "stack-auth";

/// What an answer about an expired token tells.
const REPORT: [&str; 4] = ["aud", "sub", "refresh_token_id", "exp"];

pub(super) fn options(system: &StackAuth) -> Result<Map<String, Value>> {
    let kinds = || {
        Kind::ALL
            .into_iter()
            .filter(|kind| *kind == Kind::Normal || system.allow.contains(kind))
    };
    let origins = system.origins()?;
    let under = origins
        .iter()
        .flat_map(|origin| kinds().map(move |kind| format!("{origin}{}", kind.path())));
    let (issuer, audience) = match system.project()? {
        // The keys are each for one audience, and so are the issuers.
        None => (json!({ "under": under.collect::<Vec<_>>() }), Value::Null),
        Some(project) => (
            under.map(|under| format!("{under}{project}")).collect(),
            kinds().map(|kind| kind.audience(project)).collect(),
        ),
    };
    Ok(members(json!({
        "issuer": issuer,
        "audience": audience,
        "algorithms": ["ES256"],
        "require": ["exp"],
        "claims": claims(),
        "deny": rules(),
        "realm": REALM,
        "report": REPORT,
    })))
}

/// The claims that say who the user is, as far as the system looks at them.
fn claims() -> Value {
    let absent = json!({ "present": false });
    let text = json!({ "type": "string" });
    json!({
        "sub": text,
        "refresh_token_id": [text, null, absent],
        "is_anonymous": { "type": "boolean" },
        "is_restricted": [{ "type": "boolean" }, null, absent],
        "restricted_reason": [{ "type": "object" }, null, absent],
        "/restricted_reason/type": [super::REASONS, absent],
    })
}

/// What must not be said together. A user whose restriction isn't said is
/// restricted if anonymous, and an anonymous user's reason needn't be said: so
/// it was before those claims came.
fn rules() -> Value {
    let is_true = json!(true);
    let is_not = json!({ "not": true });
    let reason = json!({ "type": "object" });
    let no_reason = json!({ "not": { "type": "object" } });
    let ends = |kind: Kind| json!({ "ends": kind.suffix() });
    let ends_not = |kind: Kind| json!({ "not": ends(kind) });
    json!([
        {
            "name": "branch_is_main",
            // By its pointer, too, since an absent claim is not "main" either.
            "when": { "branch_id": { "not": ["main", null] }, "/branch_id": { "present": true } },
        },
        { "name": "branch_is_main", "when": { "branch_id": { "not": "main" }, "branchId": { "not": "main" } } },
        { "name": "anonymous_is_restricted", "when": { "is_anonymous": is_true, "is_restricted": false } },
        {
            "name": "restricted_has_a_reason",
            "when": { "is_anonymous": is_not, "is_restricted": is_true, "restricted_reason": no_reason },
        },
        {
            "name": "reason_is_of_a_restricted",
            "when": { "is_anonymous": is_not, "is_restricted": is_not, "restricted_reason": reason },
        },
        {
            "name": "reason_has_a_type",
            "when": { "restricted_reason": reason, "/restricted_reason/type": { "present": false } },
        },
        { "name": "anonymous_audience", "when": { "is_anonymous": is_not, "aud": ends(Kind::Anonymous) } },
        { "name": "anonymous_audience", "when": { "is_anonymous": is_true, "aud": ends_not(Kind::Anonymous) } },
        { "name": "restricted_audience", "when": { "is_restricted": is_not, "aud": ends(Kind::Restricted) } },
        {
            "name": "restricted_audience",
            "when": { "is_anonymous": is_not, "is_restricted": is_true, "aud": ends_not(Kind::Restricted) },
        },
    ])
}
