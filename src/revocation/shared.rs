//! A log that several processes share, and the thread that follows it.
//!
//! A change is in force here before it is appended, and stays so when that
//! fails. What others append is in force here once the follower has read it.
//! The connection, its lock and the follower belong to one process: a forked
//! child makes its own on first use, and reads on from where its parent was.

use std::collections::VecDeque;
use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use serde_json::{Map, Value, json};

use super::bell::Bell;
use super::freshness::Freshness;
use super::log::{Change, Heard, Log, News, Open, Position, Readable, Reader, Stamp, Wait};
use super::state::State;
use crate::clock;
use crate::crypto;
use crate::error::{Error, ErrorKind, Result};
use crate::events::Events;
use crate::fork::{self, PerFork};
use crate::thread;

/// How long the follower waits after a failure: at first, and at most.
const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// How often in a row a follower is told of no more than this process itself has
/// appended, before it listens less often: each time costs the server as much as
/// an append, and by then most of it is known.
const ALONE: u32 = 16;
const ALONE_PAUSE: Duration = Duration::from_millis(2);

pub(super) struct Shared {
    /// Where it is, without secrets.
    location: String,
    freshness: Freshness,
    open: Box<dyn Open>,
    connection: PerFork<Mutex<Option<Box<dyn Log>>>>,
    follower: PerFork<Follower>,
    /// Whoever reads or appends has it.
    turn: PerFork<Mutex<()>>,
    /// Written by whoever has the turn.
    position: Mutex<Position>,
    /// What this process appended, and its follower hasn't read yet.
    unseen: Mutex<VecDeque<Stamp>>,
    /// How often this process has appended since its follower last looked.
    appended: AtomicUsize,
    failing: AtomicBool,
    is_stale: AtomicBool,
    failures: AtomicU64,
    last_error: Mutex<Option<String>>,
    pub(super) events: Arc<Events>,
}

/// Rings when dropped, so that of two that were started at once the one too
/// many goes.
struct Follower(Arc<Bell>);

impl Drop for Follower {
    fn drop(&mut self) {
        self.0.ring();
    }
}

impl Shared {
    /// Opens the log and reads all of it into `state`, then follows it. One
    /// that has lost something is opened too, to be made whole; it vouches for
    /// no token until then.
    pub(super) fn open(
        location: String,
        stale: Option<Duration>,
        open: Box<dyn Open>,
        state: &Arc<State>,
    ) -> Result<Arc<Self>> {
        let shared = Arc::new(Self {
            location,
            freshness: Freshness::new(stale),
            open,
            connection: PerFork::new(),
            follower: PerFork::new(),
            turn: PerFork::new(),
            position: Mutex::new(Position::default()),
            unseen: Mutex::default(),
            appended: AtomicUsize::new(0),
            failing: AtomicBool::new(false),
            is_stale: AtomicBool::new(false),
            failures: AtomicU64::new(0),
            last_error: Mutex::new(None),
            events: Arc::default(),
        });
        match shared.catch_up(state) {
            Err(error) if error.kind() == ErrorKind::RevocationsStale => {}
            outcome => outcome?,
        }
        shared.follow(state);
        Ok(shared)
    }

    /// Fails where what is known here is too old to be trusted. Asked on every
    /// verify: the clock and a few atomics, and in a forked child the first
    /// time a thread to start.
    pub(super) fn check_fresh(self: &Arc<Self>, state: &Arc<State>) -> Result<()> {
        if !self.follower.is_made() {
            self.follow(state);
        }
        self.freshness.check()
    }

    /// Runs `work` on this process's connection.
    fn with_log<T>(&self, work: impl FnOnce(&mut dyn Log) -> Result<T>) -> Result<T> {
        let connection = self.connection.get_or_make(|| Ok(Mutex::new(None)))?;
        let mut slot = connection.1.lock();
        let log = match &mut *slot {
            Some(log) => log,
            empty => empty.insert(self.open.open()?),
        };
        work(log.as_mut())
    }

    /// Appends `changes`, which are in force here already; `imports` where they
    /// are an export's.
    pub(super) fn append(
        &self,
        state: &State,
        changes: &[Change],
        imports: bool,
        now: i64,
    ) -> Result<()> {
        self.appended.fetch_add(1, Ordering::Relaxed);
        let (known, outcome) = self.in_turn(|known| {
            self.with_log(|log| {
                let stamp = if imports {
                    log.import(changes, now, known)?
                } else {
                    log.append(changes, now, known)?
                };
                // Before anything is told that came after it.
                state.are_appended(changes, stamp);
                let _gate = fork::inside();
                self.unseen.lock().extend(stamp);
                Ok(())
            })
        })?;
        let outcome = outcome.and_then(|()| self.with_log(|log| log.confirm(changes, now)));
        if let Err(error) = outcome {
            state.are_unsent(changes, now);
            self.failed("append-failed", &error);
            let kind = match error.kind() {
                ErrorKind::RevocationsUnavailable => ErrorKind::Storage,
                kind => kind,
            };
            return Err(Error::new(
                kind,
                format!(
                    "{}; it is in force in this process, but other processes may not know of it",
                    error.message()
                ),
            ));
        }
        if imports || known.identity.is_empty() {
            // What is new or whole from here on is known to be; if not, the
            // follower says so.
            let _ = self.catch_up(state);
        }
        Ok(())
    }

    /// Reads the log to its end.
    pub(super) fn catch_up(&self, state: &State) -> Result<()> {
        let (_, outcome) = self.in_turn(|position| {
            let outcome = self.with_log(|log| {
                // Before the look, so that what is younger than this isn't promised.
                let moment = self.freshness.moment();
                let mut unseen = {
                    let _gate = fork::inside();
                    mem::take(&mut *self.unseen.lock())
                };
                let outcome = log.catch_up(&mut Reader {
                    position,
                    unseen: &mut unseen,
                    take: &mut |news| state.apply(news, clock::now()),
                });
                let _gate = fork::inside();
                *self.unseen.lock() = unseen;
                outcome.map(|()| moment)
            });
            if outcome.is_err() {
                state.abandon();
            }
            outcome
        })?;
        match outcome {
            Ok(moment) => {
                self.freshness.reached(moment);
                if self.failing.swap(false, Ordering::Relaxed) {
                    self.events.add("recovered", []);
                }
                self.is_stale.store(false, Ordering::Relaxed);
                Ok(())
            }
            Err(error) => {
                self.is_behind(&error);
                Err(error)
            }
        }
    }

    /// Tells, once, why the log can't be read.
    fn is_behind(&self, error: &Error) {
        let was_failing = self.failing.swap(true, Ordering::Relaxed);
        if error.kind() == ErrorKind::RevocationsStale {
            if self.freshness.lost() {
                self.failed("lost", error);
            }
        } else if !was_failing {
            self.failed("connection-lost", error);
        }
    }

    /// Takes what the follower was told while it was at `from`.
    fn hear(&self, state: &State, from: &Position, told: Vec<(Stamp, Vec<News>)>) -> Result<()> {
        self.in_turn(|position| {
            if position.identity != from.identity {
                return;
            }
            let _gate = fork::inside();
            let mut unseen = self.unseen.lock();
            let mut news = Vec::with_capacity(2 * told.len());
            for (stamp, mut one) in told {
                if stamp > position.stamp {
                    if unseen.front() == Some(&stamp) {
                        unseen.pop_front();
                    }
                    position.stamp = stamp;
                    position.sequence += i64::try_from(one.len()).unwrap_or_default();
                    news.push(News::At(stamp));
                    news.append(&mut one);
                }
            }
            drop((unseen, _gate));
            state.apply(news, clock::now());
        })
        .map(drop)
    }

    /// Reads, or appends, while nobody else does: what is told of the log is
    /// applied in its order, and not before its own place is known. Returns
    /// where `work` has left the position, which it may move.
    fn in_turn<T>(&self, work: impl FnOnce(&mut Position) -> T) -> Result<(Position, T)> {
        let turn = self.turn.get_or_make(|| Ok(Mutex::new(())))?;
        let _turn = turn.1.lock();
        let mut position = self.position();
        let done = work(&mut position);
        let _gate = fork::inside();
        self.position.lock().clone_from(&position);
        Ok((position, done))
    }

    /// Remembers until `end` that `id` was used; whether this is the first time.
    pub(super) fn remember(&self, id: &str, end: i64, now: i64) -> Result<bool> {
        let outcome = self.with_log(|log| log.remember(id, end, now));
        outcome.inspect_err(|error| self.failed("append-failed", error))
    }

    fn position(&self) -> Position {
        let _gate = fork::inside();
        self.position.lock().clone()
    }

    fn failed(&self, event: &str, error: &Error) {
        self.failures.fetch_add(1, Ordering::Relaxed);
        self.events
            .add(event, [("message", error.message().into())]);
        let _gate = fork::inside();
        *self.last_error.lock() = Some(error.message().to_owned());
    }

    pub(super) fn read(&self, now: i64) -> Result<Readable> {
        self.with_log(|log| log.read(now))
    }

    pub(super) fn compact(&self, now: i64) -> Result<()> {
        self.with_log(|log| log.compact(now))
    }

    /// The members of `status` that a shared log has.
    pub(super) fn describe(&self) -> Map<String, Value> {
        let mut members = Map::new();
        members.insert("location".into(), self.location.as_str().into());
        members.insert("sequence".into(), self.position().sequence.into());
        members.insert("age".into(), json!(seconds(self.freshness.age())));
        members.insert("stale".into(), json!(seconds(self.freshness.stale)));
        members.insert(
            "failures".into(),
            self.failures.load(Ordering::Relaxed).into(),
        );
        let last_error = {
            let _gate = fork::inside();
            self.last_error.lock().clone()
        };
        members.insert("last_error".into(), json!(last_error));
        let position = self.position();
        match self.with_log(|log| Ok(log.describe(&position))) {
            Ok(own) => members.extend(own),
            Err(error) => _ = members.insert("error".into(), error.message().into()),
        }
        members
    }

    /// Starts this process's follower, unless there is one.
    fn follow(self: &Arc<Self>, state: &Arc<State>) {
        let made = self.follower.get_or_make(|| {
            let bell = Arc::new(Bell::default());
            let (shared, state) = (Arc::clone(self), Arc::clone(state));
            let heard = Arc::clone(&bell);
            thread::start("jeton-follow", move || shared.run(&state, &heard))?;
            Ok(Follower(bell))
        });
        if let Err(error) = made {
            self.failed("no-follower", &error);
        }
    }

    fn run(&self, state: &State, bell: &Bell) {
        let mut waiter = self.open.waiter(&self.events);
        let mut pause = SHORTEST_PAUSE;
        while !bell.has_rung() {
            let caught_up = self.catch_up(state);
            let outcome = caught_up.and_then(|()| {
                pause = SHORTEST_PAUSE;
                self.listen(waiter.as_mut(), state, bell)
            });
            if let Err(error) = outcome
                && !bell.has_rung()
            {
                self.is_behind(&error);
                self.tell_when_stale();
                bell.wait(spread(pause));
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }

    /// Takes what the waiter hears, until it is time to look.
    fn listen(&self, waiter: &mut dyn Wait, state: &State, bell: &Bell) -> Result<()> {
        let mut alone = 0;
        while !bell.has_rung() {
            let position = self.position();
            let told = match waiter.wait(&position, bell)? {
                Heard::Look => break,
                Heard::Told(told) => told,
            };
            let own = self.appended.swap(0, Ordering::Relaxed);
            alone = if told.len() <= own { alone + 1 } else { 0 };
            self.hear(state, &position, told)?;
            if alone > ALONE {
                bell.wait(ALONE_PAUSE);
            }
        }
        Ok(())
    }

    fn tell_when_stale(&self) {
        if self.freshness.is_stale() && !self.is_stale.swap(true, Ordering::Relaxed) {
            let age = json!(seconds(self.freshness.age()));
            self.events.add("stale", [("age", age)]);
        }
    }

    /// Ends the follower; it may still finish what it is at.
    pub(super) fn end(&self) {
        if let Some(follower) = self.follower.get() {
            follower.1.0.ring();
        }
    }
}

/// `pause`, or up to a quarter less or more: not all processes come back at once.
pub(super) fn spread(pause: Duration) -> Duration {
    let mut bytes = [0];
    // Without randomness it is a quarter less.
    let _ = crypto::random(&mut bytes);
    let [byte] = bytes;
    pause * 3 / 4 + pause * u32::from(byte) / 510
}

fn seconds(duration: Option<Duration>) -> Option<u64> {
    duration.map(|duration| duration.as_secs())
}
