//! A source: a live key set, what is known of its origin, and who waits for it.

use std::fmt;
use std::hash::RandomState;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, RwLockReadGuard, Weak};
use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};

use super::answer::Knowledge;
use super::https::{self, Https};
use super::list::Following;
use super::list_options::ListOptions;
use super::machine::{Machine, Ticket};
use super::message::Request;
use super::options::SourceOptions;
use super::origin::Origin;
use super::report::Counters;
use super::waiting::Waiting;
use super::{refresher, state};
use crate::clock;
use crate::error::{Error, ErrorKind, Result};
use crate::events::Events;
use crate::fork::{self, PerFork};
use crate::keys::{KeySet, Ring, Select};

/// No good answer yet.
pub(super) const NEVER: i64 = i64::MIN;

/// A key set that is kept fresh. Any number of threads may share it.
pub struct Source {
    pub(super) options: SourceOptions,
    /// The certificates of the option `ca`, read once: a child may have no way
    /// to the file any more.
    ca: Option<Vec<u8>>,
    /// Made for the first fetch, and by each process for itself: TLS has locks
    /// of its own.
    https: PerFork<Https>,
    /// Without keys where it follows a status list.
    pub(super) ring: Arc<Ring>,
    pub(super) list: Option<Following>,
    /// The moment of the last good answer.
    pub(super) fetched: AtomicI64,
    /// How many fetches have ended. Raised after `fetched`, and with `inner`
    /// locked.
    pub(super) settled: AtomicU64,
    /// The process whose refresher keeps this fresh: its epoch and one.
    watched: AtomicU64,
    pub(super) hasher: RandomState,
    inner: Mutex<Inner>,
    pub(super) waiting: PerFork<Waiting>,
    pub(super) events: Events,
    pub(super) this: Weak<Self>,
}

/// What changes, but for the keys; those change while this is locked.
pub(super) struct Inner {
    pub(super) machine: Machine,
    pub(super) knowledge: Knowledge,
    /// What a host has claimed, and what it is to claim next where a fetch has
    /// a further step.
    pub(super) claimed: Option<(Ticket, Request)>,
    pub(super) next: Option<Request>,
    pub(super) counters: Counters,
    pub(super) last_error: Option<String>,
    /// Whether its going stale has been told, and that there is no refresher.
    pub(super) told_stale: bool,
    told_alone: bool,
    /// The process whose fetch is under way.
    epoch: u64,
}

/// What changes, locked inside the gate of forks: never for long, and not to be
/// nested with anything that comes to the gate.
pub(super) struct Locked<'a> {
    // Dropped in this order.
    inner: MutexGuard<'a, Inner>,
    _gate: RwLockReadGuard<'static, ()>,
}

impl Deref for Locked<'_> {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.inner
    }
}

impl DerefMut for Locked<'_> {
    fn deref_mut(&mut self) -> &mut Inner {
        &mut self.inner
    }
}

impl Source {
    /// Opens a source. `state`, unless empty, is what [`Self::export`] once
    /// wrote: keys to begin with, where they are still fresh enough.
    ///
    /// A file is read at once, and must be good. A URL is fetched by the
    /// process's refresher, or where the option `refresh` is false by the host.
    pub fn open(options: SourceOptions, state: &str) -> Result<Arc<Self>> {
        Self::opened(options, None, state)
    }

    /// Opens a source that follows a Token Status List, whose token `keys` verify.
    pub fn open_list(options: ListOptions, keys: Arc<dyn Select>) -> Result<Arc<Self>> {
        let list = Following::new(&options, keys)?;
        Self::opened(options.source, Some(list), "")
    }

    fn opened(options: SourceOptions, list: Option<Following>, state: &str) -> Result<Arc<Self>> {
        let now = clock::uptime();
        let ca = https::certificates(&options.https)?;
        let source = Arc::new_cyclic(|this| Self {
            ca,
            https: PerFork::new(),
            ring: Arc::new(Ring::new(KeySet::none())),
            list,
            fetched: AtomicI64::new(NEVER),
            settled: AtomicU64::new(0),
            watched: AtomicU64::new(0),
            hasher: RandomState::new(),
            inner: Mutex::new(Inner {
                machine: Machine::new(options.pace, now),
                knowledge: Knowledge::default(),
                claimed: None,
                next: None,
                counters: Counters::default(),
                last_error: None,
                told_stale: false,
                told_alone: false,
                epoch: fork::epoch(),
            }),
            waiting: PerFork::new(),
            events: Events::default(),
            this: Weak::clone(this),
            options,
        });
        source.check_client()?;
        if !state.is_empty() {
            state::seed(&source, state, now)?;
        }
        if source.options.is_file() && !source.has_keys() {
            source.refresh()?;
        }
        source.watch()?;
        Ok(source)
    }

    /// What is wrong with the options of a client is best said at once.
    fn check_client(&self) -> Result<()> {
        let said = &self.options.https;
        let (Origin::Url(url) | Origin::Issuer(url)) = &self.options.origin else {
            return Ok(());
        };
        if self.options.refresh || said.ca.is_some() || said.proxy.is_some() {
            self.https()?
                .1
                .check(self.options.origin.describe().0, url)?;
        }
        Ok(())
    }

    /// What changes. In a forked child a fetch that its parent had under way is
    /// none of its own.
    pub(super) fn inner(&self) -> Locked<'_> {
        let gate = fork::inside();
        let mut inner = self.inner.lock();
        if inner.epoch != fork::epoch() {
            inner.epoch = fork::epoch();
            inner.machine.abandon();
            inner.claimed = None;
            inner.next = None;
        }
        Locked { inner, _gate: gate }
    }

    /// Sees to it that this process's refresher looks after the source.
    pub(super) fn watch(&self) -> Result<()> {
        let here = fork::epoch() + 1;
        if !self.options.refresh || self.watched.load(Ordering::Relaxed) == here {
            return Ok(());
        }
        if self.watched.swap(here, Ordering::Relaxed) == here {
            return Ok(());
        }
        let watched = refresher::watch(&self.this);
        if watched.is_err() {
            self.watched.store(0, Ordering::Relaxed);
        }
        watched
    }

    /// As [`Self::watch`], for callers who have another answer to give: that
    /// there is no refresher is an event, once.
    pub(super) fn watch_or_tell(&self) {
        let Err(error) = self.watch() else {
            return;
        };
        if !std::mem::replace(&mut self.inner().told_alone, true) {
            self.events
                .add("no-refresher", [("message", error.message().into())]);
        }
    }

    /// The client.
    pub(super) fn https(&self) -> Result<Arc<(u64, Https)>> {
        let make = || Https::new(&self.options.https, self.ca.as_deref());
        self.https.get_or_make(make)
    }

    pub(super) fn has_keys(&self) -> bool {
        self.fetched.load(Ordering::Acquire) != NEVER
    }

    fn has_fresh_keys(&self) -> bool {
        let now = clock::uptime();
        let fetched = self.fetched.load(Ordering::Acquire);
        fetched != NEVER && !self.options.pace.is_stale(fetched, now)
    }

    /// Waits until there are keys that may be used, for at most `limit`.
    ///
    /// `timeout`, also where too many wait already; `keys-unavailable`, with the
    /// reason, where a fetch has failed meanwhile or before.
    pub fn wait(&self, limit: Duration) -> Result<()> {
        self.watch_or_tell();
        let waited = self.waiting()?.1.wait(limit, || self.has_fresh_keys());
        waited.map_err(|late| {
            if self.inner().machine.is_failing() {
                self.unavailable(None)
            } else {
                late
            }
        })
    }

    /// Waits until more fetches have ended than `settled`.
    pub(super) fn wait_settled(&self, settled: u64, limit: Duration) -> Result<()> {
        self.waiting()?
            .1
            .wait(limit, || self.settled.load(Ordering::Acquire) != settled)
    }

    fn waiting(&self) -> Result<Arc<(u64, Waiting)>> {
        self.waiting.get_or_make(|| Ok(Waiting::default()))
    }

    /// Takes what has happened since the last call, as a JSON array.
    pub fn events_json(&self) -> String {
        self.events.drain()
    }

    /// The live set.
    #[must_use]
    pub fn ring(&self) -> &Arc<Ring> {
        &self.ring
    }

    pub(super) fn unavailable(&self, settled: Option<u64>) -> Error {
        let last = self.inner().last_error.clone();
        let error = Error::new(
            ErrorKind::KeysUnavailable,
            match (last, &self.list) {
                (Some(last), None) => format!("the keys couldn't be had: {last}"),
                (None, None) => "the keys haven't been fetched yet".into(),
                (Some(last), Some(_)) => format!("the status list couldn't be had: {last}"),
                (None, Some(_)) => "the status list hasn't been fetched yet".into(),
            },
        );
        let error = self.told(error);
        match settled {
            Some(settled) => error.awaiting(settled),
            None => error,
        }
    }

    /// The error as one of what the source is for: that something couldn't be
    /// had is another status of keys than of a status list.
    pub(super) fn told(&self, error: Error) -> Error {
        if self.list.is_some() && error.kind() == ErrorKind::KeysUnavailable {
            return error.into_kind(ErrorKind::RevocationsUnavailable);
        }
        error
    }

    /// Whether it follows a status list; else it has keys.
    #[must_use]
    pub fn is_list(&self) -> bool {
        self.list.is_some()
    }

    /// What a host that fetches is to accept, where that isn't keys.
    #[must_use]
    pub fn accepts(&self) -> Option<&'static str> {
        self.is_list().then(|| self.options.asks.accept())
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        refresher::wake();
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Source").field(&self.options.origin).finish()
    }
}
