//! A log that several processes share, and the thread that follows it.
//!
//! A change is in force here before it is appended, and stays so when that
//! fails. What others append is in force here once the follower has read it.
//! The connection, its lock and the follower belong to one process: a forked
//! child makes its own on first use, and reads on from where its parent was.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use serde_json::{Map, Value, json};

use super::bell::Bell;
use super::log::{Change, Log, Open, Position, Readable};
use super::state::State;
use crate::clock;
use crate::error::{Error, ErrorKind, Result};
use crate::events::Events;
use crate::fork::{self, PerFork};
use crate::thread;

/// How long the follower waits after a failure: at first, and at most.
const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

pub(super) struct Shared {
    /// Where it is, without secrets.
    location: String,
    stale: Option<Duration>,
    open: Box<dyn Open>,
    connection: PerFork<Mutex<Option<Box<dyn Log>>>>,
    follower: PerFork<Follower>,
    /// Written by whoever has the connection's lock.
    position: Mutex<Position>,
    base: Instant,
    /// Milliseconds from `base` to the last time that the end was reached.
    fresh: AtomicU64,
    failing: AtomicBool,
    is_stale: AtomicBool,
    failures: AtomicU64,
    last_error: Mutex<Option<String>>,
    pub(super) events: Events,
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
    /// Opens the log and reads all of it into `state`, then follows it.
    pub(super) fn open(
        location: String,
        stale: Option<Duration>,
        open: Box<dyn Open>,
        state: &Arc<State>,
    ) -> Result<Arc<Self>> {
        let shared = Arc::new(Self {
            location,
            stale,
            open,
            connection: PerFork::new(),
            follower: PerFork::new(),
            position: Mutex::new(Position::default()),
            base: Instant::now(),
            fresh: AtomicU64::new(0),
            failing: AtomicBool::new(false),
            is_stale: AtomicBool::new(false),
            failures: AtomicU64::new(0),
            last_error: Mutex::new(None),
            events: Events::default(),
        });
        shared.catch_up(state)?;
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
        let Some(stale) = self.stale else {
            return Ok(());
        };
        if self.age() <= stale {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::RevocationsStale,
            "the revocations haven't been brought up to date for longer than the option stale allows",
        ))
    }

    fn age(&self) -> Duration {
        let fresh = Duration::from_millis(self.fresh.load(Ordering::Acquire));
        self.base.elapsed().saturating_sub(fresh)
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

    /// Applies `changes` here by `apply`, then appends them.
    pub(super) fn append<T>(
        &self,
        state: &State,
        changes: &[Change],
        now: i64,
        apply: impl Fn() -> Result<T>,
    ) -> Result<T> {
        // In force at once, and once more when nobody reads the log meanwhile:
        // an older word of it may have come in between.
        apply()?;
        let mut applied = None;
        let outcome = self.with_log(|log| {
            applied = Some(apply()?);
            log.append(changes, now)
        });
        if let Err(error) = outcome {
            for change in changes {
                state.keep_unsent(change, now);
            }
            self.failed("append-failed", &error);
            let kind = match error.kind() {
                ErrorKind::RevocationsUnavailable => ErrorKind::Storage,
                kind => kind,
            };
            return Err(Error::new(
                kind,
                format!(
                    "{}; it is in force in this process, but not in the log, so no other \
                     process knows of it",
                    error.message()
                ),
            ));
        }
        for change in changes {
            state.is_sent(change);
        }
        applied.ok_or_else(|| Error::new(ErrorKind::Internal, "a change was not applied"))
    }

    /// Reads the log to its end.
    pub(super) fn catch_up(&self, state: &State) -> Result<()> {
        let outcome = self.with_log(|log| {
            // Before the look, so that what is younger than this isn't promised.
            let looked = self.base.elapsed();
            let mut position = self.position();
            log.catch_up(&mut position, &mut |news| state.apply(news, clock::now()))?;
            {
                let _gate = fork::inside();
                *self.position.lock() = position;
            }
            let looked = u64::try_from(looked.as_millis()).unwrap_or(u64::MAX);
            self.fresh.fetch_max(looked, Ordering::Release);
            Ok(())
        });
        match &outcome {
            Ok(()) => {
                if self.failing.swap(false, Ordering::Relaxed) {
                    self.events.add("recovered", []);
                }
                self.is_stale.store(false, Ordering::Relaxed);
            }
            Err(error) => {
                if !self.failing.swap(true, Ordering::Relaxed) {
                    self.failed("connection-lost", error);
                }
            }
        }
        outcome
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
        members.insert("age".into(), self.age().as_secs().into());
        members.insert(
            "stale".into(),
            json!(self.stale.map(|stale| stale.as_secs())),
        );
        members.insert(
            "failures".into(),
            self.failures.load(Ordering::Relaxed).into(),
        );
        let last_error = {
            let _gate = fork::inside();
            self.last_error.lock().clone()
        };
        members.insert("last_error".into(), json!(last_error));
        match self.with_log(|log| Ok(log.describe())) {
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
        let mut waiter = self.open.waiter();
        let mut pause = SHORTEST_PAUSE;
        while !bell.has_rung() {
            if self.catch_up(state).is_ok() {
                pause = SHORTEST_PAUSE;
                waiter.wait(bell);
            } else {
                self.tell_when_stale();
                bell.wait(pause);
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }

    fn tell_when_stale(&self) {
        let past = self.stale.is_some_and(|stale| self.age() > stale);
        if past && !self.is_stale.swap(true, Ordering::Relaxed) {
            self.events
                .add("stale", [("age", self.age().as_secs().into())]);
        }
    }

    /// Ends the follower; it may still finish what it is at.
    pub(super) fn end(&self) {
        if let Some(follower) = self.follower.get() {
            follower.1.0.ring();
        }
    }
}
