//! What verify asks of the store.

use smallvec::SmallVec;

use super::Revocations;
use super::index::Rules;
use super::mark::Mark;
use super::rule::{Subject, Value, is_safe};
use crate::codec::json::Raw;
use crate::error::Result;
use crate::policy::{Ahead, Consult, Facts};

impl Revocations {
    /// Calls `each` with what every claim that rules name is known by.
    fn marks(&self, rules: &Rules, facts: &Facts<'_>, mut each: impl FnMut(Mark)) {
        for name in rules.names().iter() {
            if let Some(claim) = facts.claim(name) {
                claimed(claim, |value| {
                    let name: &str = name;
                    let subject = Subject::Claim { name, value };
                    each(self.state.mark(facts.realm, subject));
                });
            }
        }
    }
}

impl Consult for Revocations {
    fn prepare(&self, facts: &Facts<'_>) -> Ahead {
        if self.is_empty() {
            return Ahead::default();
        }
        let rules = self.state.index().rules();
        let mut marks = SmallVec::new();
        self.marks(&rules, facts, |mark| {
            rules.prefetch(mark);
            marks.push(mark.into());
        });
        Ahead(Some(marks))
    }

    fn refuses(&self, facts: &Facts<'_>, ahead: &Ahead, now: i64) -> Result<bool> {
        self.check_fresh()?;
        if self.is_empty() {
            return Ok(false);
        }
        let rules = self.state.index().rules();
        let covers = |mark| {
            let span = rules.get(mark);
            span.is_some_and(|span| span.covers(facts.issued, now))
        };
        let revoked = match &ahead.0 {
            // Of a name that came into use since, no rule is older than this call.
            Some(marks) => marks.iter().any(|mark| covers(Mark::from(*mark))),
            None => {
                let mut revoked = false;
                self.marks(&rules, facts, |mark| revoked = revoked || covers(mark));
                revoked
            }
        };
        Ok(revoked || self.key_hit(facts.realm, facts.kid, facts.thumbprint, facts.issued, now))
    }

    fn is_on(&self, scope: &str, name: &str) -> bool {
        self.state.switches().is_on(scope, name)
    }

    fn first_use(&self, id: &str, end: i64, now: i64) -> Result<bool> {
        self.remember(id, end, now)
    }
}

/// Hands the value of a claim to `ask`, if it is one that a rule can name.
fn claimed(claim: Raw<'_>, ask: impl FnOnce(Value<&str>)) {
    match claim.string() {
        Some(text) => ask(Value::Text(&*text)),
        None => _ = whole(claim).map(|integer| ask(Value::Integer(integer))),
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
