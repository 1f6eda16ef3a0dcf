//! What one process knows: the index that verification asks, the names in use,
//! the switches. Logs, where several processes share one, are kept in step by
//! whoever calls this.
//!
//! Writers take turns, inside the gate of forks; verification reads atomics only.

mod told;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use once_cell::race::OnceBox;
use parking_lot::Mutex;

use super::index::{Index, Pen, Tally};
use super::log::Stamp;
use super::log::memory;
use super::mark::{Mark, Marker};
use super::names::Names;
use super::own::{Own, Word};
use super::rule::{Entry, Rule, Span, Subject};
use super::switches::{Map, Switches};
use super::used::Used;
use crate::error::{Error, ErrorKind, Result};
use crate::fork;

pub(super) struct State {
    marker: Marker,
    index: Arc<Index>,
    /// When the last rule about a key ends: before that, keys are looked up.
    keys_end: AtomicI64,
    switches: Switches,
    /// Made with the first proof: most stores never see one.
    used: OnceBox<Used>,
    ledger: Mutex<Ledger>,
}

/// What writers share. Locked only inside the gate.
struct Ledger {
    tables: Tables,
    /// What a log that is read anew is collected in, until it takes the place
    /// of `tables` as a whole.
    building: Option<(Tables, Map)>,
    log: Option<memory::Log>,
    /// Where there is a shared log: what it hasn't told back, and where what it
    /// tells just now was appended.
    own: Option<Own>,
    told: Stamp,
    /// Of which process that is.
    epoch: u64,
}

/// The rules, as a writer sees them.
struct Tables {
    index: Arc<Index>,
    pen: Pen,
    names: Names,
}

impl Tables {
    fn new(names: usize) -> Self {
        Self {
            index: Arc::new(Index::new()),
            pen: Pen::new(),
            names: Names::new(names),
        }
    }

    /// Adds a rule, joined to the one there; and whether the names in use are others now.
    fn record(&mut self, mark: Mark, subject: Subject<&str>, span: Span, now: i64) -> (Span, bool) {
        let joined = self.index.record(&mut self.pen, mark, span, now);
        (joined, self.names.note(subject, joined.end, now))
    }

    /// Puts a rule in the place of whatever is there.
    fn set(&mut self, mark: Mark, subject: Subject<&str>, span: Span, now: i64) -> bool {
        self.index.set(&mut self.pen, mark, span, now);
        self.names.note(subject, span.end, now)
    }
}

fn without_log() -> Error {
    Error::new(
        ErrorKind::Misconfigured,
        "no log is kept (option log), so there are no readable entries",
    )
}

/// The readable entries in force, and the switches.
pub(super) struct Live {
    pub(super) entries: Vec<Entry>,
    pub(super) switches: Arc<Map>,
}

impl State {
    /// With at most `names` claims looked up; with a log of its own where `log` says so.
    pub(super) fn new(names: usize, log: bool) -> Self {
        Self::with(names, log.then(memory::Log::new), None)
    }

    /// One that is kept in step with a shared log.
    pub(super) fn shared(names: usize) -> Self {
        Self::with(names, None, Some(Own::default()))
    }

    fn with(names: usize, log: Option<memory::Log>, own: Option<Own>) -> Self {
        let tables = Tables::new(names);
        Self {
            marker: Marker::new(),
            index: Arc::clone(&tables.index),
            keys_end: AtomicI64::new(i64::MIN),
            switches: Switches::new(),
            used: OnceBox::new(),
            ledger: Mutex::new(Ledger {
                tables,
                building: None,
                log,
                own,
                told: Stamp::default(),
                epoch: fork::epoch(),
            }),
        }
    }

    /// Applies a rule, and returns the entry as it now stands.
    pub(super) fn revoke(&self, rule: &Rule, now: i64) -> Result<Entry> {
        let _gate = fork::inside();
        let ledger = &mut *self.ledger.lock();
        let names = &ledger.tables.names;
        names.admit(std::iter::once(rule.subject.as_ref()), now)?;
        let rule = rule.clone();
        Ok(self.record(ledger, Entry { rule, at: now }, now))
    }

    /// Records an entry that is within its limits and whose name is admitted.
    fn record(&self, ledger: &mut Ledger, mut entry: Entry, now: i64) -> Entry {
        let subject = entry.rule.subject.as_ref();
        let mark = self.marker.mark(&entry.rule.realm, subject);
        let span = entry.rule.span();
        if let Some((building, _)) = &mut ledger.building {
            building.record(mark, subject, span, now);
        }
        let (joined, renamed) = ledger.tables.record(mark, subject, span, now);
        self.publish(&mut ledger.tables, renamed);
        if let Some(own) = &mut ledger.own {
            own.say(mark, Word::Revoked(span));
        }
        match &mut ledger.log {
            Some(log) => log.record(mark, entry, now),
            None => {
                entry.rule.set_span(joined);
                entry
            }
        }
    }

    fn publish(&self, tables: &mut Tables, renamed: bool) {
        self.keys_end
            .store(tables.names.keys_end(), Ordering::Release);
        if renamed {
            tables.index.set_names(&mut tables.pen, tables.names.all());
        }
    }

    /// Takes a rule back; whether one was in force.
    pub(super) fn restore(&self, realm: &str, subject: Subject<&str>, now: i64) -> bool {
        let mark = self.marker.mark(realm, subject);
        let _gate = fork::inside();
        let ledger = &mut *self.ledger.lock();
        if let Some(log) = &mut ledger.log {
            log.remove(mark);
        }
        if let Some((building, _)) = &mut ledger.building {
            building.index.remove(&mut building.pen, mark, now);
        }
        if let Some(own) = &mut ledger.own {
            own.say(mark, Word::Restored);
        }
        let tables = &mut ledger.tables;
        tables.index.remove(&mut tables.pen, mark, now)
    }

    pub(super) fn switch(&self, scope: &str, name: &str, on: bool) {
        let _gate = fork::inside();
        let mut ledger = self.ledger.lock();
        if let Some((_, switches)) = &mut ledger.building {
            let names = switches.entry(scope.into()).or_default();
            names.insert(name.into(), on);
        }
        if let Some(own) = &mut ledger.own {
            own.switch(scope, name);
        }
        self.switches.set(scope, name, on);
    }

    /// Adds entries and switches, all or none: each entry joined to the one in
    /// place, and a switch that is on stays on.
    pub(super) fn import(&self, entries: Vec<Entry>, switches: &Map, now: i64) -> Result<()> {
        let _gate = fork::inside();
        let ledger = &mut *self.ledger.lock();
        let subjects = entries.iter().map(|entry| entry.rule.subject.as_ref());
        ledger.tables.names.admit(subjects, now)?;
        for entry in entries {
            self.record(ledger, entry, now);
        }
        self.switches.merge(switches);
        Ok(())
    }

    /// Drops what has ended by `now`, and says how many rules that were.
    pub(super) fn compact(&self, now: i64) -> usize {
        let _gate = fork::inside();
        let ledger = &mut *self.ledger.lock();
        let tables = &mut ledger.tables;
        let dropped = tables.index.compact(&mut tables.pen, now);
        if let Some(used) = self.used.get() {
            used.forget(now);
        }
        match &mut ledger.log {
            Some(log) => {
                log.compact(now);
                tables.names.recount(log.targets(), now);
            }
            None => tables.names.compact(now),
        }
        self.publish(tables, true);
        dropped
    }

    /// What is in force at `now`, from this process's own log.
    pub(super) fn live(&self, now: i64) -> Result<Live> {
        let _gate = fork::inside();
        let ledger = self.ledger.lock();
        let log = ledger.log.as_ref().ok_or_else(without_log)?;
        Ok(Live {
            entries: log.live(now).into_iter().cloned().collect(),
            switches: self.switches.snapshot(),
        })
    }

    /// Fails where no log is kept.
    pub(super) fn need_log(&self) -> Result<()> {
        let _gate = fork::inside();
        self.ledger
            .lock()
            .log
            .as_ref()
            .map(drop)
            .ok_or_else(without_log)
    }

    /// Remembers until `end` that `id` was used; whether this is the first time.
    pub(super) fn remember(&self, id: &str, end: i64, now: i64) -> bool {
        let mark = self.marker.mark("", Subject::Key(id));
        let _gate = fork::inside();
        let used = self.used.get_or_init(|| Box::new(Used::new()));
        used.remember(mark, end, now)
    }

    pub(super) fn tally(&self, now: i64) -> Tally {
        let _gate = fork::inside();
        let ledger = self.ledger.lock();
        ledger.tables.index.tally(&ledger.tables.pen, now)
    }

    pub(super) fn index(&self) -> &Index {
        &self.index
    }

    /// What a rule about `subject` is known by in the index.
    pub(super) fn mark(&self, realm: &str, subject: Subject<&str>) -> Mark {
        self.marker.mark(realm, subject)
    }

    /// Whether a rule about a key may be in force.
    pub(super) fn has_keys(&self, now: i64) -> bool {
        self.keys_end.load(Ordering::Acquire) > now
    }

    /// Whether a rule about `subject` refuses what was issued at `issued`.
    pub(super) fn covers(
        &self,
        realm: &str,
        subject: Subject<&str>,
        issued: Option<i64>,
        now: i64,
    ) -> bool {
        let span = self.index.rules().get(self.mark(realm, subject));
        span.is_some_and(|span| span.covers(issued, now))
    }

    pub(super) fn switches(&self) -> &Switches {
        &self.switches
    }
}
