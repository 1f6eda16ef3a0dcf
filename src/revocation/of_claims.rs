//! Rules made of verified claims: revoke this token, end this session.

use serde::Deserialize;

use super::Revocations;
use super::consult::whole;
use super::rule::{Entry, Rule, Subject, Value};
use crate::codec::document::{self, given, said};
use crate::codec::json::Kind;
use crate::error::{Error, ErrorKind, Result};
use crate::policy::Claims;

/// The member of `events` that makes a token a logout token (OpenID Connect
/// Back-Channel Logout 1.0 section 2.4).
const LOGOUT: &str = "http://schemas.openid.net/event/backchannel-logout";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClaimsOptions {
    #[serde(default, deserialize_with = "given")]
    claim: Option<String>,
    #[serde(default, deserialize_with = "said")]
    before: Option<Option<i64>>,
    #[serde(default, deserialize_with = "said")]
    until: Option<Option<i64>>,
    #[serde(default)]
    note: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LogoutOptions {
    #[serde(default, deserialize_with = "said")]
    lifetime: Option<Option<i64>>,
    #[serde(default)]
    note: Option<String>,
}

impl Revocations {
    /// Revokes by a claim of verified claims: `{"claim": "jti"}` by default,
    /// which is this one token. The realm is theirs; the end is their exp with
    /// the verifier's leeway, unless `until` says another. `before` is as in a rule.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Missing`] where the claims lack the claim.
    pub fn revoke_claims(&self, claims: &Claims, options: &[u8], now: i64) -> Result<Entry> {
        let options: ClaimsOptions = document::read("options", options)?;
        let name = options.claim.as_deref().unwrap_or("jti");
        let until = match (options.until, claims.ends()) {
            (Some(said), _) => said,
            // What has expired meanwhile needs no rule; a second is the shortest one.
            (None, Some(end)) => Some(end.max(now.saturating_add(1))),
            (None, None) => {
                return Err(Error::new(
                    ErrorKind::Options,
                    "options.until: the token has no exp, so say the end: seconds, or null for ever",
                ));
            }
        };
        let cut_off = (name == "sub").then_some(now);
        self.add(
            Rule {
                realm: claims.realm().into(),
                subject: subject(claims, name)?,
                before: options.before.unwrap_or(cut_off),
                until,
                note: options.note.map(Into::into),
            },
            now,
        )
    }

    /// Ends the session that a verified logout token names (OpenID Connect
    /// Back-Channel Logout 1.0): by its sid, or where it has none, by its sub
    /// with a cut-off of now. `lifetime` must be said: the most seconds that a
    /// token of the session may still live, or null for ever.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Claim`] for claims that aren't a logout token's.
    pub fn revoke_logout(&self, claims: &Claims, options: &[u8], now: i64) -> Result<Entry> {
        let options: LogoutOptions = document::read("options", options)?;
        let lifetime = options.lifetime.ok_or_else(|| {
            Error::new(
                ErrorKind::Options,
                "options.lifetime: say how many seconds a token of the session may still live, or null for ever",
            )
        })?;
        let event = claims.find("events").and_then(|events| events.get(LOGOUT));
        if event.is_none_or(|event| event.kind() != Kind::Object) {
            return Err(Error::new(
                ErrorKind::Claim,
                "not a logout token: \"events\" lacks the back-channel logout event",
            )
            .with_claim("events"));
        }
        if claims.has("nonce") {
            return Err(
                Error::new(ErrorKind::Claim, "not a logout token: it has a nonce")
                    .with_claim("nonce"),
            );
        }
        let name = if claims.has("sid") { "sid" } else { "sub" };
        self.add(
            Rule {
                realm: claims.realm().into(),
                subject: subject(claims, name)?,
                before: (name == "sub").then_some(now),
                until: lifetime.map(|lifetime| now.saturating_add(lifetime)),
                note: options.note.map(Into::into),
            },
            now,
        )
    }
}

/// The subject of a rule about this claim of `claims`.
fn subject(claims: &Claims, name: &str) -> Result<Subject<Box<str>>> {
    let claim = claims.find(name).ok_or_else(|| {
        Error::new(
            ErrorKind::Missing,
            format!("the claim \"{name}\" is missing"),
        )
        .with_claim(name.to_owned())
    })?;
    let value = match claim.string() {
        Some(text) => Value::Text(text.into()),
        None => Value::Integer(whole(claim).ok_or_else(|| {
            Error::new(ErrorKind::Claim, "a string or a whole number was expected")
                .with_claim(name.to_owned())
        })?),
    };
    Ok(Subject::Claim {
        name: name.into(),
        value,
    })
}
