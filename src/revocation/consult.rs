//! What verify asks of the store.

use super::Revocations;
use super::rule::{Value, is_safe};
use crate::codec::json::Raw;
use crate::error::Result;
use crate::policy::{Consult, Facts};

impl Consult for Revocations {
    fn prepare(&self, facts: &Facts<'_>) {
        if !self.is_empty() {
            for name in self.names().iter() {
                claimed(facts, name, |value| {
                    self.prefetch(facts.realm, name, value);
                });
            }
        }
    }

    fn refuses(&self, facts: &Facts<'_>, now: i64) -> Result<bool> {
        self.check_fresh()?;
        if self.is_empty() {
            return Ok(false);
        }
        let revoked = |name: &str| {
            let hit = |value: Value<&str>| self.hit(facts.realm, name, value, facts.issued, now);
            claimed(facts, name, hit).unwrap_or(false)
        };
        Ok(self.names().iter().any(|name| revoked(name))
            || self.key_hit(facts.realm, facts.kid, facts.thumbprint, facts.issued, now))
    }

    fn is_on(&self, scope: &str, name: &str) -> bool {
        self.switch_is_on(scope, name)
    }

    fn first_use(&self, id: &str, end: i64, now: i64) -> Result<bool> {
        self.remember(id, end, now)
    }
}

/// Hands the value of the claim `name` to `ask`, if it is one that a rule can name.
fn claimed<T>(facts: &Facts<'_>, name: &str, ask: impl FnOnce(Value<&str>) -> T) -> Option<T> {
    let claim = facts.claim(name)?;
    match claim.string() {
        Some(text) => Some(ask(Value::Text(&*text))),
        None => whole(claim).map(|integer| ask(Value::Integer(integer))),
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
