//! What verify asks of the store.

use super::Revocations;
use super::rule::{Value, is_safe};
use crate::codec::json::Raw;
use crate::error::Result;
use crate::policy::{Consult, Facts};

impl Consult for Revocations {
    fn refuses(&self, facts: &Facts<'_>, now: i64) -> Result<bool> {
        self.check_fresh()?;
        if self.is_empty() {
            return Ok(false);
        }
        let revoked = |name: &str| {
            let Some(claim) = facts.claim(name) else {
                return false;
            };
            let hit = |value| self.hit(facts.realm, name, value, facts.issued, now);
            match claim.string() {
                Some(text) => hit(Value::Text(&*text)),
                None => whole(claim).is_some_and(|integer| hit(Value::Integer(integer))),
            }
        };
        Ok(self.names().iter().any(|name| revoked(name))
            || self.key_hit(facts.realm, facts.kid, facts.thumbprint, facts.issued, now))
    }

    fn is_on(&self, scope: &str, name: &str) -> bool {
        self.switch_is_on(scope, name)
    }
}

/// A whole number in any spelling (`7`, `7.0`, `7e0`), as a rule's value is read.
pub(super) fn whole(claim: Raw<'_>) -> Option<i64> {
    claim
        .integer()
        .or_else(|| {
            claim
                .number()
                .filter(|number| number.fract() == 0.0)
                .map(|number| number as i64)
        })
        .filter(|number| is_safe(*number))
}
