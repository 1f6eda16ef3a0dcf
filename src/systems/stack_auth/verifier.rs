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
        "deny": rules(system),
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
        "aud": text, // published keys aren't held to their audiences
        "refresh_token_id": [text, null, absent],
        "refreshTokenId": [text, null, absent],
        "is_anonymous": { "type": "boolean" },
        "is_restricted": [{ "type": "boolean" }, null, absent],
        "restricted_reason": [{ "type": "object" }, null, absent],
        "/restricted_reason/type": [super::REASONS, absent],
    })
}

/// What must not be said together. A user whose restriction isn't said is
/// restricted if anonymous, and an anonymous user's reason needn't be said: so
/// it was before those claims came.
fn rules(system: &StackAuth) -> Vec<Value> {
    let rule = |name: &str, when: Value| json!({ "name": name, "when": when });
    let is = json!(true);
    let is_not = json!({ "not": true });
    let absent = json!({ "present": false });
    let a_reason = json!({ "type": "object" });
    let no_reason = json!({ "not": a_reason });
    let (restricted, anonymous) = (Kind::Restricted.suffix(), Kind::Anonymous.suffix());
    let ends = |suffix: &str| json!({ "ends": suffix });
    let ends_not = |suffix: &str| json!({ "not": ends(suffix) });
    let mut rules = Vec::new();
    for (kind, name) in [
        (Kind::Restricted, "restricted_not_allowed"),
        (Kind::Anonymous, "anonymous_not_allowed"),
    ] {
        if !system.allow.contains(&kind) {
            rules.push(rule(name, json!({ "aud": ends(kind.suffix()) })));
        }
    }
    rules.extend([
        rule(
            "branch_is_main",
            // By its pointer, too, since a claim that isn't there is not "main" either.
            json!({ "branch_id": { "not": ["main", null] }, "/branch_id": { "present": true } }),
        ),
        rule(
            "branch_is_main",
            json!({ "branch_id": { "not": "main" }, "branchId": { "not": "main" } }),
        ),
        rule(
            "anonymous_is_restricted",
            json!({ "is_anonymous": is, "is_restricted": false }),
        ),
        rule(
            "restricted_has_a_reason",
            json!({ "is_anonymous": is_not, "is_restricted": is, "restricted_reason": no_reason }),
        ),
        rule(
            "reason_is_of_a_restricted",
            json!({ "is_anonymous": is_not, "is_restricted": is_not, "restricted_reason": a_reason }),
        ),
        rule(
            "reason_has_a_type",
            json!({ "restricted_reason": a_reason, "/restricted_reason/type": absent }),
        ),
        rule(
            "anonymous_audience",
            json!({ "is_anonymous": is_not, "aud": ends(anonymous) }),
        ),
        rule(
            "anonymous_audience",
            json!({ "is_anonymous": is, "aud": ends_not(anonymous) }),
        ),
        rule(
            "restricted_audience",
            json!({ "is_restricted": is_not, "aud": ends(restricted) }),
        ),
        rule(
            "restricted_audience",
            json!({ "is_anonymous": is_not, "is_restricted": is, "aud": ends_not(restricted) }),
        ),
    ]);
    rules
}
