//! What one process knows: the index that verification asks, the names in use,
//! the switches. Logs, where several processes share one, are kept in step by
//! whoever calls this.
//!
//! Writers take turns, inside the gate of forks; verification reads atomics only.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use arc_swap::{ArcSwap, Guard};
use once_cell::race::OnceBox;
use parking_lot::{Mutex, MutexGuard};

use super::index::{Index, Pen, Tally};
use super::log::memory;
use super::log::{Change, News};
use super::mark::{Mark, Marker};
use super::names::Names;
use super::rule::{Entry, Rule, Span, Subject};
use super::switches::{Map, Switches};
use super::used::Used;
use crate::error::{Error, ErrorKind, Result};
use crate::fork;

pub(super) struct State {
    marker: Marker,
    index: ArcSwap<Index>,
    names: ArcSwap<Vec<Box<str>>>,
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
    /// What this process did and could not append: it stays in force here,
    /// whatever the log says.
    unsent: HashMap<Mark, Unsent>,
}

#[derive(Clone, Copy)]
enum Unsent {
    Revoked(Span),
    Restored,
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
        let tables = Tables::new(names);
        Self {
            marker: Marker::new(),
            index: ArcSwap::new(Arc::clone(&tables.index)),
            names: ArcSwap::default(),
            keys_end: AtomicI64::new(i64::MIN),
            switches: Switches::new(),
            used: OnceBox::new(),
            ledger: Mutex::new(Ledger {
                tables,
                building: None,
                log: log.then(memory::Log::new),
                unsent: HashMap::new(),
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
        self.publish(&ledger.tables.names, renamed);
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
        self.publish(&tables.names, true);
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

    /// Notes that a change, in force here, isn't in the log.
    pub(super) fn keep_unsent(&self, change: &Change, now: i64) {
        let (mark, unsent) = match change {
            Change::Revoke(entry) => {
                let rule = &entry.rule;
                let mark = self.marker.mark(&rule.realm, rule.subject.as_ref());
                (mark, Unsent::Revoked(rule.span()))
            }
            Change::Restore { realm, subject } => {
                (self.marker.mark(realm, subject.as_ref()), Unsent::Restored)
            }
            // The next change of it, by anybody, counts.
            Change::Switch { .. } => return,
        };
        let _gate = fork::inside();
        let ledger = &mut *self.ledger.lock();
        ledger.unsent.retain(|_, kept| match kept {
            Unsent::Revoked(span) => !span.has_ended(now),
            Unsent::Restored => true,
        });
        ledger.unsent.insert(mark, unsent);
    }

    /// Forgets that a change of the same rule was kept back: the log has a newer one.
    pub(super) fn is_sent(&self, change: &Change) {
        let (realm, subject) = match change {
            Change::Revoke(entry) => (&entry.rule.realm, &entry.rule.subject),
            Change::Restore { realm, subject } => (realm, subject),
            Change::Switch { .. } => return,
        };
        let mark = self.marker.mark(realm, subject.as_ref());
        let _gate = fork::inside();
        self.ledger.lock().unsent.remove(&mark);
    }

    /// Applies what a shared log says, in its order.
    pub(super) fn apply(&self, news: Vec<News>, now: i64) {
        let _gate = fork::inside();
        let mut guard = self.ledger.lock();
        for one in news {
            let ledger = &mut *guard;
            match one {
                News::Reset => {
                    let names = Names::new(ledger.tables.names.limit());
                    let mut tables = Tables::new(0);
                    tables.names = names;
                    ledger.building = Some((tables, Map::new()));
                }
                News::Complete => self.complete(&mut guard, now),
                News::Is(entry) => {
                    let subject = entry.rule.subject.as_ref();
                    let mark = self.marker.mark(&entry.rule.realm, subject);
                    let span = entry.rule.span();
                    let unsent = ledger.unsent.get(&mark).copied();
                    let tables = match &mut ledger.building {
                        Some((building, _)) => building,
                        None => &mut ledger.tables,
                    };
                    let renamed = match unsent {
                        None => tables.set(mark, subject, span, now),
                        Some(Unsent::Revoked(kept)) => {
                            let joined = kept.joined_to(span, now);
                            tables.set(mark, subject, joined, now)
                        }
                        Some(Unsent::Restored) => false,
                    };
                    if ledger.building.is_none() {
                        self.publish(&ledger.tables.names, renamed);
                    }
                }
                News::Change(Change::Revoke(entry)) => {
                    let subject = entry.rule.subject.as_ref();
                    let mark = self.marker.mark(&entry.rule.realm, subject);
                    if matches!(ledger.unsent.get(&mark), Some(Unsent::Restored)) {
                        continue;
                    }
                    let span = entry.rule.span();
                    match &mut ledger.building {
                        Some((building, _)) => _ = building.record(mark, subject, span, now),
                        None => {
                            let (_, renamed) = ledger.tables.record(mark, subject, span, now);
                            self.publish(&ledger.tables.names, renamed);
                        }
                    }
                }
                News::Change(Change::Restore { realm, subject }) => {
                    let mark = self.marker.mark(&realm, subject.as_ref());
                    let tables = match &mut ledger.building {
                        Some((building, _)) => building,
                        None => &mut ledger.tables,
                    };
                    match ledger.unsent.get(&mark) {
                        Some(Unsent::Revoked(kept)) => {
                            tables.set(mark, subject.as_ref(), *kept, now);
                        }
                        Some(Unsent::Restored) | None => {
                            tables.index.remove(&mut tables.pen, mark, now);
                        }
                    }
                }
                News::Change(Change::Switch { scope, name, on }) => match &mut ledger.building {
                    Some((_, switches)) => {
                        switches.entry(scope).or_default().insert(name, on);
                    }
                    None => self.switches.set(&scope, &name, on),
                },
            }
        }
    }

    /// Puts what was read anew in force, with what this process alone knows.
    fn complete(&self, ledger: &mut MutexGuard<'_, Ledger>, now: i64) {
        let ledger = &mut **ledger;
        let Some((mut tables, switches)) = ledger.building.take() else {
            return;
        };
        for (mark, unsent) in &ledger.unsent {
            if let Unsent::Revoked(span) = unsent {
                tables.index.record(&mut tables.pen, *mark, *span, now);
            }
        }
        // The names of what is unsent, and of what nobody has compacted yet.
        tables.names.join(&ledger.tables.names, now);
        ledger.tables = tables;
        self.publish(&ledger.tables.names, true);
        self.index.store(Arc::clone(&ledger.tables.index));
        self.switches.replace(switches);
    }

    /// Whether no rule at all is held, which costs two loads to know.
    pub(super) fn is_empty(&self) -> bool {
        self.index.load().is_empty()
    }

    /// The claims to look up. No lock, no allocation.
    pub(super) fn names(&self) -> Guard<Arc<Vec<Box<str>>>> {
        self.names.load()
    }

    /// Whether a rule about a key may be in force.
    pub(super) fn has_keys(&self, now: i64) -> bool {
        self.keys_end.load(Ordering::Acquire) > now
    }

    /// Asks for the memory that [`Self::covers`] will read.
    pub(super) fn prefetch(&self, realm: &str, subject: Subject<&str>) {
        self.index.load().prefetch(self.marker.mark(realm, subject));
    }

    /// Whether a rule about `subject` refuses what was issued at `issued`.
    pub(super) fn covers(
        &self,
        realm: &str,
        subject: Subject<&str>,
        issued: Option<i64>,
        now: i64,
    ) -> bool {
        let mark = self.marker.mark(realm, subject);
        let span = self.index.load().get(mark);
        span.is_some_and(|span| span.covers(issued, now))
    }

    pub(super) fn switches(&self) -> &Switches {
        &self.switches
    }
}
