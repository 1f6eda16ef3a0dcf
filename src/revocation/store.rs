//! The store: one log, its index, the names in use and the switches.
//!
//! Writers take turns, inside the gate; verification reads atomics only. The
//! time is always the caller's: a rule ends by the clock of whoever asks.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use arc_swap::{ArcSwap, Guard};
use parking_lot::Mutex;
use serde::Serialize;

use super::document;
use super::gate;
use super::index::{Index, Pen};
use super::log::memory::Log;
use super::mark::Marker;
use super::names::Names;
use super::options::{Options, check_location};
use super::rule::{Entry, Rule, Subject, Value, check_switch, to_json};
use super::switches::{Switches, settings};
use crate::error::{Error, ErrorKind, Result};

/// Revocations and switches, shared by any number of threads and verifiers.
pub struct Revocations {
    marker: Marker,
    index: Index,
    names: ArcSwap<Vec<Box<str>>>,
    /// When the last rule about a key ends: before that, keys are looked up.
    keys_end: AtomicI64,
    switches: Switches,
    ledger: Mutex<Ledger>,
}

/// What writers share. Locked only inside the gate.
struct Ledger {
    pen: Pen,
    names: Names,
    log: Option<Log>,
}

impl Ledger {
    fn log(&self) -> Result<&Log> {
        self.log.as_ref().ok_or_else(without_log)
    }
}

fn without_log() -> Error {
    Error::new(
        ErrorKind::Misconfigured,
        "no log is kept (option log), so there are no readable entries",
    )
}

impl Revocations {
    /// Opens the store at `location` with an options document; empty text is
    /// an empty document.
    ///
    /// `unsupported` where this build lacks the log that `location` names.
    pub fn open(location: &str, options: &str) -> Result<Self> {
        check_location(location)?;
        let options = Options::read(options)?;
        Ok(Self {
            marker: Marker::new(),
            index: Index::new(),
            names: ArcSwap::default(),
            keys_end: AtomicI64::new(i64::MIN),
            switches: Switches::new(),
            ledger: Mutex::new(Ledger {
                pen: Pen::new(),
                names: Names::new(options.names),
                log: options.log.then(Log::new),
            }),
        })
    }

    /// Applies the rule document `rule` and returns the entry as it now stands,
    /// with the cut-off: a token that must pass is issued after it.
    ///
    /// From the return on, every verification in the process knows it.
    pub fn revoke(&self, rule: &str, now: i64) -> Result<Entry> {
        self.add(document::rule(rule, now)?, now)
    }

    /// [`Self::revoke`] for a rule that is already one.
    pub fn add(&self, rule: Rule, now: i64) -> Result<Entry> {
        rule.check(now)?;
        let _gate = gate::writing();
        let ledger = &mut *self.ledger.lock();
        ledger
            .names
            .admit(std::iter::once(rule.subject.as_ref()), now)?;
        Ok(self.record(ledger, Entry { rule, at: now }, now))
    }

    /// Records an entry that is within its limits and whose name is admitted.
    fn record(&self, ledger: &mut Ledger, mut entry: Entry, now: i64) -> Entry {
        let subject = entry.rule.subject.as_ref();
        let mark = self.marker.mark(&entry.rule.realm, subject);
        let span = entry.rule.span();
        let joined = self.index.record(&mut ledger.pen, mark, span, now);
        let renamed = ledger.names.note(subject, joined.end, now);
        self.publish(&ledger.names, renamed);
        match &mut ledger.log {
            Some(log) => log.record(mark, entry, now),
            None => {
                entry.rule.set_span(joined);
                entry
            }
        }
    }

    fn publish(&self, names: &Names, renamed: bool) {
        self.keys_end.store(names.keys_end(), Ordering::Release);
        if renamed {
            self.names.store(Arc::new(names.snapshot()));
        }
    }

    /// Takes back the rule for the realm and the claim and value, or key, that
    /// `target` names; whether one was in force.
    pub fn restore(&self, target: &str, now: i64) -> Result<bool> {
        let (realm, subject) = document::target(target)?;
        let mark = self.marker.mark(&realm, subject.as_ref());
        let _gate = gate::writing();
        let ledger = &mut *self.ledger.lock();
        if let Some(log) = &mut ledger.log {
            log.remove(mark);
        }
        Ok(self.index.remove(&mut ledger.pen, mark, now))
    }

    /// Turns a switch on or off for one scope.
    pub fn switch(&self, scope: &str, name: &str, on: bool) -> Result<()> {
        check_switch(scope, name)?;
        let _gate = gate::writing();
        let _ledger = self.ledger.lock();
        self.switches.set(scope, name, on);
        Ok(())
    }

    /// What is in force at `now`, and every switch, as JSON.
    ///
    /// `misconfigured` where no log is kept; so are export and import.
    pub fn list_json(&self, now: i64) -> Result<String> {
        let _gate = gate::writing();
        let ledger = self.ledger.lock();
        let switches = self.switches.snapshot();
        document::list(&ledger.log()?.live(now), &settings(&switches))
    }

    /// What is in force at `now`, and every switch, as the document that
    /// [`Self::import_json`] reads.
    pub fn export_json(&self, now: i64) -> Result<String> {
        let _gate = gate::writing();
        let ledger = self.ledger.lock();
        let switches = self.switches.snapshot();
        document::export(&ledger.log()?.live(now), &settings(&switches))
    }

    /// Adds the entries and switches of an export, all or none, and says how
    /// many entries were still in force.
    ///
    /// An import never lets through what is refused already: an entry is joined
    /// to the one in place, and a switch that is on stays on.
    pub fn import_json(&self, document: &str, now: i64) -> Result<usize> {
        let import = document::import(document)?;
        let mut entries = import.entries;
        entries.retain(|entry| !entry.rule.span().has_ended(now));
        let _gate = gate::writing();
        let ledger = &mut *self.ledger.lock();
        ledger.log()?;
        let subjects = entries.iter().map(|entry| entry.rule.subject.as_ref());
        ledger.names.admit(subjects, now)?;
        let count = entries.len();
        for entry in entries {
            self.record(ledger, entry, now);
        }
        self.switches
            .merge(import.switches.iter().map(|switch| switch.0.setting()));
        Ok(count)
    }

    /// Drops what has ended by `now`, and says how many rules that were.
    ///
    /// Only memory is won: a rule that has ended refuses nothing.
    pub fn compact(&self, now: i64) -> Result<usize> {
        let _gate = gate::writing();
        let ledger = &mut *self.ledger.lock();
        let dropped = self.index.compact(&mut ledger.pen, now);
        match &mut ledger.log {
            Some(log) => {
                log.compact(now);
                ledger.names.recount(log.targets(), now);
            }
            None => ledger.names.compact(now),
        }
        self.publish(&ledger.names, true);
        Ok(dropped)
    }

    /// How the store is, as JSON: where, how many rules in force and ended,
    /// how many switches, which claims are looked up.
    pub fn status_json(&self, now: i64) -> Result<String> {
        #[derive(Serialize)]
        struct Status<'a> {
            location: &'a str,
            log: bool,
            entries: usize,
            expired: usize,
            switches: usize,
            names: &'a [Box<str>],
        }
        let _gate = gate::writing();
        let ledger = self.ledger.lock();
        let tally = self.index.tally(&ledger.pen, now);
        to_json(&Status {
            location: "memory:",
            log: ledger.log.is_some(),
            entries: tally.live,
            expired: tally.ended,
            switches: settings(&self.switches.snapshot()).len(),
            names: &self.names(),
        })
    }

    /// Whether no rule at all is held, which costs one load to know.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.index.is_empty()
    }

    /// The claims to look up. No lock, no allocation.
    #[must_use]
    pub fn names(&self) -> Guard<Arc<Vec<Box<str>>>> {
        self.names.load()
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
        !self.is_empty() && self.covers(realm, subject, issued, now)
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
        self.keys_end.load(Ordering::Acquire) > now
            && kid
                .into_iter()
                .chain(std::iter::once(thumbprint))
                .any(|key| self.covers(realm, Subject::Key(key), issued, now))
    }

    fn covers(&self, realm: &str, subject: Subject<&str>, issued: Option<i64>, now: i64) -> bool {
        let mark = self.marker.mark(realm, subject);
        let span = self.index.get(mark);
        span.is_some_and(|span| span.covers(issued, now))
    }

    /// Whether a switch is on; one that nobody set is off.
    #[must_use]
    pub fn switch_is_on(&self, scope: &str, name: &str) -> bool {
        self.switches.is_on(scope, name)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests;
