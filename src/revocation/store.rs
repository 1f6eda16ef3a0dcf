//! The store: what one process knows, and the log that it may share with others.
//!
//! The time is always the caller's: a rule ends by the clock of whoever asks.

use std::sync::Arc;

use serde_json::{Map, json};

use super::document;
use super::log::Change;
use super::options::Place;
use super::rule::{Entry, Rule, Subject, Value, check_switch, to_json};
use super::shared::Shared;
use super::state::{Live, State};
use super::switches::{self, settings};
use crate::clock;
use crate::error::Result;

/// Revocations and switches, shared by any number of threads and verifiers.
pub struct Revocations {
    pub(super) state: Arc<State>,
    shared: Option<Arc<Shared>>,
}

impl Revocations {
    /// Opens the store at `location` with an options document; empty text is
    /// an empty document. A shared log is read to its end first.
    ///
    /// `unsupported` where this build lacks the log that `location` names,
    /// `revocations-unavailable` where it can't be read.
    pub fn open(location: &str, options: &str) -> Result<Self> {
        match Place::read(location, options)? {
            Place::Memory { names, log } => Ok(Self {
                state: Arc::new(State::new(names, log)),
                shared: None,
            }),
            Place::Shared { names, stale, open } => {
                let state = Arc::new(State::shared(names));
                let shared = Shared::open(location.to_owned(), stale, open, &state)?;
                Ok(Self {
                    state,
                    shared: Some(shared),
                })
            }
        }
    }

    /// Applies the rule document `rule` and returns the entry as it now stands,
    /// with the cut-off: a token that must pass is issued after it.
    ///
    /// From the return on, every verification in the process knows it, and so
    /// does a shared log; `storage` where only the former is so.
    pub fn revoke(&self, rule: &str, now: i64) -> Result<Entry> {
        self.add(document::rule(rule, now)?, now)
    }

    /// [`Self::revoke`] for a rule that is already one.
    pub fn add(&self, rule: Rule, now: i64) -> Result<Entry> {
        rule.check(now)?;
        let Some(shared) = &self.shared else {
            return self.state.revoke(&rule, now);
        };
        let entry = Entry {
            rule: rule.clone(),
            at: now,
        };
        let stands = self.state.revoke(&rule, now)?;
        shared.append(&self.state, &[Change::Revoke(entry)], false, now)?;
        Ok(stands)
    }

    /// Takes back the rule for the realm and the claim and value, or key, that
    /// `target` names; whether one was in force.
    pub fn restore(&self, target: &str, now: i64) -> Result<bool> {
        let (realm, subject) = document::target(target)?;
        let was = self.state.restore(&realm, subject.as_ref(), now);
        if let Some(shared) = &self.shared {
            let change = Change::Restore { realm, subject };
            shared.append(&self.state, &[change], false, now)?;
        }
        Ok(was)
    }

    /// Turns a switch on or off for one scope.
    pub fn switch(&self, scope: &str, name: &str, on: bool) -> Result<()> {
        check_switch(scope, name)?;
        self.state.switch(scope, name, on);
        let Some(shared) = &self.shared else {
            return Ok(());
        };
        let change = Change::Switch {
            scope: scope.into(),
            name: name.into(),
            on,
        };
        shared.append(&self.state, &[change], false, clock::now())
    }

    /// What is in force at `now`, and every switch, as JSON.
    ///
    /// `misconfigured` where no log is kept; so are export and import.
    pub fn list_json(&self, now: i64) -> Result<String> {
        let live = self.live(now)?;
        document::list(&live.entries, &settings(&live.switches))
    }

    /// What is in force at `now`, and every switch, as the document that
    /// [`Self::import_json`] reads.
    pub fn export_json(&self, now: i64) -> Result<String> {
        let live = self.live(now)?;
        document::export(&live.entries, &settings(&live.switches))
    }

    /// The entries in force at `now`.
    pub(super) fn entries(&self, now: i64) -> Result<Vec<Entry>> {
        Ok(self.live(now)?.entries)
    }

    fn live(&self, now: i64) -> Result<Live> {
        let Some(shared) = &self.shared else {
            return self.state.live(now);
        };
        let readable = shared.read(now)?;
        let mut switches = switches::Map::new();
        for (scope, name, on) in readable.switches {
            switches.entry(scope).or_default().insert(name, on);
        }
        Ok(Live {
            entries: readable.entries,
            switches: Arc::new(switches),
        })
    }

    /// Adds the entries and switches of an export, all or none, and says how
    /// many entries were still in force.
    ///
    /// An import never lets through what is refused already: an entry is joined
    /// to the one in place, and a switch that is on stays on.
    pub fn import_json(&self, document: &str, now: i64) -> Result<usize> {
        let mut import = document::import(document)?;
        import
            .entries
            .retain(|entry| !entry.rule.span().has_ended(now));
        let count = import.entries.len();
        let changes = match &self.shared {
            Some(_) => import.changes(),
            None => {
                self.state.need_log()?;
                Vec::new()
            }
        };
        self.state.import(import.entries, &import.switches, now)?;
        if let Some(shared) = &self.shared {
            shared.append(&self.state, &changes, true, now)?;
        }
        Ok(count)
    }

    /// Drops what has ended by `now`, and says how many rules that were.
    ///
    /// Only memory is won: a rule that has ended refuses nothing.
    pub fn compact(&self, now: i64) -> Result<usize> {
        if let Some(shared) = &self.shared {
            shared.compact(now)?;
        }
        Ok(self.state.compact(now))
    }

    /// Brings this process up to date with a shared log: what any process had
    /// acknowledged before the call is in force on return.
    pub fn refresh(&self) -> Result<()> {
        match &self.shared {
            Some(shared) => shared.catch_up(&self.state),
            None => Ok(()),
        }
    }

    /// Takes what has happened to a shared log since the last call, as a JSON
    /// array; see the header.
    #[must_use]
    pub fn events_json(&self) -> String {
        match &self.shared {
            Some(shared) => shared.events.drain(),
            None => "[]".into(),
        }
    }

    /// How the store is, as JSON: where, how many rules in force and ended,
    /// how many switches, which claims are looked up, how a shared log is.
    pub fn status_json(&self, now: i64) -> Result<String> {
        let mut status = match &self.shared {
            Some(shared) => shared.describe(),
            None => {
                let mut status = Map::new();
                status.insert("location".into(), "memory:".into());
                status.insert("log".into(), self.state.need_log().is_ok().into());
                status
            }
        };
        let tally = self.state.tally(now);
        status.insert("entries".into(), tally.live.into());
        status.insert("expired".into(), tally.ended.into());
        let switches = self.state.switches().snapshot();
        status.insert("switches".into(), settings(&switches).len().into());
        status.insert("names".into(), json!(*self.names()));
        to_json(&status)
    }

    /// Whether no rule at all is held, which costs next to nothing to know.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.state.index().is_empty()
    }

    /// The claims to look up.
    #[must_use]
    pub fn names(&self) -> Arc<[Box<str>]> {
        Arc::clone(self.state.index().rules().names())
    }

    /// Whether a token of `realm` with this value of `claim`, issued at `issued`
    /// (the whole seconds of its iat, if that is a number), is revoked at `now`.
    #[must_use]
    pub fn hit(
        &self,
        realm: &str,
        claim: &str,
        value: Value<&str>,
        issued: Option<i64>,
        now: i64,
    ) -> bool {
        let subject = Subject::Claim { name: claim, value };
        self.state.covers(realm, subject, issued, now)
    }

    /// Whether the key that verified a token of `realm`, by its own kid or its
    /// thumbprint, is revoked at `now`.
    #[must_use]
    pub fn key_hit(
        &self,
        realm: &str,
        kid: Option<&str>,
        thumbprint: &str,
        issued: Option<i64>,
        now: i64,
    ) -> bool {
        // Rules about keys are rare: mostly there is none, and nothing to hash.
        self.state.has_keys(now)
            && kid
                .into_iter()
                .chain(std::iter::once(thumbprint))
                .any(|key| self.state.covers(realm, Subject::Key(key), issued, now))
    }

    /// Whether a switch is on; one that nobody set is off. It is read where
    /// verify reads it, in memory, and is stale when verify would be.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Options`] for a scope or a name that no switch can have;
    /// [`ErrorKind::RevocationsStale`] where a shared log hasn't been read for
    /// too long.
    ///
    /// [`ErrorKind::Options`]: crate::ErrorKind::Options
    /// [`ErrorKind::RevocationsStale`]: crate::ErrorKind::RevocationsStale
    pub fn is_on(&self, scope: &str, name: &str) -> Result<bool> {
        check_switch(scope, name)?;
        self.check_fresh()?;
        Ok(self.state.switches().is_on(scope, name))
    }

    /// Remembers until `end` that `id`, a proof, was used; whether this is the
    /// first time. Of the threads, and of the processes that share a log, one
    /// alone is told so.
    ///
    /// `storage` or `revocations-unavailable` where a shared log can't be asked.
    pub fn remember(&self, id: &str, end: i64, now: i64) -> Result<bool> {
        match &self.shared {
            None => Ok(self.state.remember(id, end, now)),
            Some(shared) => shared.remember(id, end, now),
        }
    }

    /// Fails where a shared log hasn't been read for too long.
    pub(super) fn check_fresh(&self) -> Result<()> {
        match &self.shared {
            Some(shared) => shared.check_fresh(&self.state),
            None => Ok(()),
        }
    }
}

impl Drop for Revocations {
    fn drop(&mut self) {
        if let Some(shared) = &self.shared {
            shared.end();
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests;
