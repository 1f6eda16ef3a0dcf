//! `redis://` and `rediss://`: a log that many machines share, on a server of
//! Redis or Valkey.
//!
//! Two keys make a store. The log is a stream: an append is one entry, which
//! every process reads. The table is a hash of what stands: a script carries
//! entries of the log over, some at a time, and trims the log behind. Whoever
//! begins reads the table and then the log from where the table was; scripts
//! are atomic, so none of it depends on a process that stays alive. Used proofs
//! are keys of their own beside it.
//!
//! A server can lose what it acknowledged: restarted without a file, emptied,
//! replaced by a replica that was behind. A reader notices, since the store has
//! an identity and the last entry that it read must be in the log, and marks the
//! store as lost. It is so until an import, or a journal, has made it whole; it
//! gets another identity then, and readers join what it holds to what they know.

mod append;
mod change;
mod follow;
#[cfg(feature = "sqlite")]
mod keeper;
mod line;
mod place;
mod reach;
mod read;
mod status;
mod used;
mod value;

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use redis::{Cmd, Value};
use serde_json::Map;

pub(in crate::revocation) use place::{Secret, Settings};

use self::line::{Fault, Line};
use self::place::Store;
use self::read::Looked;
use super::{Change, Log, News, Open, Position, Readable, Reader, Stamp, Wait, memory};
use crate::crypto;
use crate::error::{Error, ErrorKind, Result};
use crate::events::Events;
use crate::revocation::mark::Marker;
use crate::revocation::shared::spread;
use crate::revocation::switches;

/// How long to leave a server alone that couldn't be reached: at first, and at most.
const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

pub(in crate::revocation) struct Place(Arc<Store>);

impl Place {
    /// What `scheme` and the `rest` of the location, and the options, say.
    pub(in crate::revocation) fn new(scheme: &str, rest: &str, settings: Settings) -> Result<Self> {
        Ok(Self(Arc::new(Store::new(scheme, rest, settings)?)))
    }
}

impl Open for Place {
    fn open(&self) -> Result<Box<dyn Log>> {
        // Connected when it is needed, as it is whenever it has been lost.
        Ok(Box::new(Redis::new(&self.0)))
    }

    fn waiter(&self, events: &Arc<Events>) -> Box<dyn Wait> {
        Box::new(follow::Follower::new(&self.0, events))
    }
}

/// A connection that is made, and made again, when it is needed.
struct Redis {
    store: Arc<Store>,
    line: Option<Line>,
    was_connected: bool,
    /// Why there is no connection, and until when none is tried.
    refused: Option<(Fault, Instant)>,
    pause: Duration,
    looked: Looked,
    /// Whether the last look found that something is lost.
    is_lost: bool,
    #[cfg(feature = "sqlite")]
    journal: Option<super::sqlite::Journal>,
}

impl Redis {
    fn new(store: &Arc<Store>) -> Self {
        Self {
            store: Arc::clone(store),
            line: None,
            was_connected: false,
            refused: None,
            pause: SHORTEST_PAUSE,
            looked: None,
            is_lost: false,
            #[cfg(feature = "sqlite")]
            journal: None,
        }
    }

    /// Sees to it that there is a connection.
    fn connected(&mut self) -> Result<&mut Line, Fault> {
        if self.line.is_none() {
            if let Some((fault, until)) = &self.refused
                && Instant::now() < *until
            {
                return Err(fault.clone());
            }
            match reach::reach(&self.store) {
                Ok(line) => {
                    self.line = Some(line);
                    self.refused = None;
                    self.pause = SHORTEST_PAUSE;
                    if self.was_connected {
                        self.store.reconnects.fetch_add(1, Ordering::Relaxed);
                    }
                    self.was_connected = true;
                }
                Err(fault) => {
                    let until = Instant::now() + spread(self.pause);
                    self.refused = Some((fault.clone(), until));
                    self.pause = (self.pause * 2).min(LONGEST_PAUSE);
                    return Err(fault);
                }
            }
        }
        self.line.as_mut().ok_or(Fault::Odd)
    }

    fn hang_up(&mut self) {
        self.line = None;
    }

    /// How long until it is worth trying again.
    fn pause(&self) -> Duration {
        match &self.refused {
            Some((_, until)) => until.saturating_duration_since(Instant::now()),
            None => Duration::ZERO,
        }
        .max(Duration::from_millis(1))
    }

    fn on_line<T>(
        &mut self,
        work: impl FnOnce(&mut Line, &Store) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let store = Arc::clone(&self.store);
        let outcome = work(self.connected()?, &store);
        if outcome.as_ref().is_err_and(Fault::is_final) {
            self.hang_up();
        }
        outcome
    }

    fn reading<T>(
        &mut self,
        work: impl FnOnce(&mut Line, &Store) -> Result<T, Fault>,
    ) -> Result<T> {
        let outcome = self.on_line(work);
        outcome.map_err(|fault| self.unavailable(&fault))
    }

    /// Runs a script, with what `arguments` adds.
    fn run(&mut self, text: &str, arguments: impl FnOnce(&mut Cmd)) -> Result<Value, Fault> {
        let mut script = reach::script(&self.store, text);
        arguments(&mut script);
        self.on_line(|line, _| line.ask(&script))
    }

    /// Appends by `work` all that the store should hold, and says then that it
    /// is whole.
    fn make_whole<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.begin()?;
        let done = work(self)?;
        let identity = fresh_identity()?;
        let mended = self.run(include_str!("lua/mend.lua"), |script| {
            script.arg(identity);
        });
        match mended {
            Ok(_) => Ok(done),
            Err(fault) => Err(self.error(ErrorKind::Storage, &fault)),
        }
    }

    /// Reads on to the end, and remembers whether anything is lost.
    fn look(&mut self, reader: &mut Reader<'_>) -> Result<()> {
        let mut looked = self.looked.take();
        let outcome = self.read_on(reader, &mut looked);
        self.looked = looked;
        let is_lost = |error: &Error| error.kind() == ErrorKind::RevocationsStale;
        match &outcome {
            Ok(()) => self.is_lost = false,
            Err(error) => self.is_lost |= is_lost(error),
        }
        outcome
    }

    fn unavailable(&self, fault: &Fault) -> Error {
        self.error(ErrorKind::RevocationsUnavailable, fault)
    }

    fn error(&self, kind: ErrorKind, fault: &Fault) -> Error {
        Error::new(
            kind,
            format!("{}: {}", self.store, status::explained(fault)),
        )
    }

    /// The error of a change to a store that has lost something.
    fn lost(&self) -> Error {
        Error::new(
            ErrorKind::Storage,
            format!(
                "{}: the server has lost revocations that were known; import an export of them first",
                self.store
            ),
        )
    }

    #[cfg(feature = "sqlite")]
    fn keep_in_journal(&mut self, changes: &[Change], now: i64) -> Result<()> {
        let Some(path) = self.store.settings.journal.clone() else {
            return Ok(());
        };
        let timeout = self.store.settings.timeout;
        let outcome = match &mut self.journal {
            Some(journal) => Ok(journal),
            none => super::sqlite::Journal::open(&path, timeout).map(|made| none.insert(made)),
        };
        outcome
            .and_then(|journal| journal.append(changes, now))
            .map_err(|error| {
                let words = format!("the log has it, but not the journal: {}", error.message());
                Error::new(ErrorKind::Storage, words)
            })
    }

    #[cfg(not(feature = "sqlite"))]
    fn keep_in_journal(&mut self, _changes: &[Change], _now: i64) -> Result<()> {
        Ok(())
    }
}

impl Log for Redis {
    fn append(&mut self, changes: &[Change], now: i64, known: &Position) -> Result<Option<Stamp>> {
        if self.is_lost {
            return Err(self.lost());
        }
        self.append_all(changes, now, known)
    }

    fn import(&mut self, changes: &[Change], now: i64, known: &Position) -> Result<Option<Stamp>> {
        self.make_whole(|log| log.append_all(changes, now, known))
    }

    fn confirm(&mut self, changes: &[Change], now: i64) -> Result<()> {
        self.wait_for_replicas()?;
        self.keep_in_journal(changes, now)
    }

    fn remember(&mut self, id: &str, end: i64, now: i64) -> Result<bool> {
        self.remember_on_server(id, end, now)
    }

    fn catch_up(&mut self, reader: &mut Reader<'_>) -> Result<()> {
        self.look(reader)
    }

    fn read(&mut self, now: i64) -> Result<Readable> {
        let marker = Marker::new();
        let mut log = memory::Log::new();
        let mut switches = switches::Map::new();
        self.read_on(
            &mut Reader {
                position: &mut Position::default(),
                unseen: &mut VecDeque::new(),
                take: &mut |news| {
                    for one in news {
                        match one {
                            News::Reset => {
                                log = memory::Log::new();
                                switches.clear();
                            }
                            News::Is(entry) | News::Change(Change::Revoke(entry)) => {
                                let rule = &entry.rule;
                                let mark = marker.mark(&rule.realm, rule.subject.as_ref());
                                log.record(mark, entry, now);
                            }
                            News::Change(Change::Restore { realm, subject }) => {
                                log.remove(marker.mark(&realm, subject.as_ref()));
                            }
                            News::Change(Change::Switch { scope, name, on }) => {
                                switches.entry(scope).or_default().insert(name, on);
                            }
                            News::Complete | News::At(_) | News::Upto(_) => {}
                        }
                    }
                },
            },
            &mut None,
        )?;
        let mut entries: Vec<_> = log.live(now).into_iter().cloned().collect();
        // The table has no order; every process shows the same.
        entries.sort_by_cached_key(|entry| {
            let change = Change::Revoke(entry.clone());
            (entry.at, change::texts(&change).unwrap_or_default())
        });
        let switches = switches.into_iter().flat_map(|(scope, names)| {
            let names = names.into_iter();
            names.map(move |(name, on)| (scope.clone(), name, on))
        });
        Ok(Readable {
            entries,
            switches: switches.collect(),
        })
    }

    fn compact(&mut self, now: i64) -> Result<()> {
        self.tidy(now)
            .map_err(|fault| self.error(ErrorKind::Storage, &fault))
    }

    fn describe(&mut self, position: &Position) -> Map<String, serde_json::Value> {
        self.status(position)
    }
}

/// An identity that no store has.
fn fresh_identity() -> Result<String> {
    let mut bytes = [0; 16];
    crypto::random(&mut bytes)?;
    Ok(format!("{:032x}", u128::from_ne_bytes(bytes)))
}
