//! A source: a live key set, what is known of its origin, and who waits for it.

use std::fmt;
use std::hash::RandomState;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use once_cell::race::OnceBox;
use parking_lot::Mutex;

use super::answer::Knowledge;
use super::https::Https;
use super::machine::Machine;
use super::options::SourceOptions;
use super::report::Counters;
use super::waiting::Waiting;
use super::{refresher, state};
use crate::clock;
use crate::error::{Error, ErrorKind, Result};
use crate::events::Events;
use crate::fork::{self, PerFork};
use crate::keys::{KeySet, Ring};

/// No good answer yet.
pub(super) const NEVER: i64 = i64::MIN;

/// A key set that is kept fresh. Any number of threads may share it.
pub struct Source {
    pub(super) options: SourceOptions,
    /// Made for the first fetch: it holds a copy of the platform's certificates.
    https: OnceBox<Https>,
    pub(super) ring: Arc<Ring>,
    /// The moment of the last good answer.
    pub(super) fetched: AtomicI64,
    /// How many fetches have ended.
    pub(super) settled: AtomicU64,
    /// The process whose refresher keeps this fresh: its epoch and one.
    watched: AtomicU64,
    pub(super) hasher: RandomState,
    /// Locked inside the gate of forks only, and never for long.
    pub(super) inner: Mutex<Inner>,
    pub(super) waiting: PerFork<Waiting>,
    pub(super) events: Events,
    this: Weak<Self>,
}

/// What changes, but for the keys.
pub(super) struct Inner {
    pub(super) machine: Machine,
    pub(super) knowledge: Knowledge,
    pub(super) counters: Counters,
    pub(super) last_error: Option<String>,
    /// Whether its going stale has been told.
    pub(super) told: bool,
}

impl Source {
    /// Opens a source. `state`, unless empty, is what [`Self::export`] once
    /// wrote: keys to begin with, where they are still fresh enough.
    ///
    /// A file is read at once, and must be good. A URL is fetched by the
    /// process's refresher, or where the option `refresh` is false by the host.
    pub fn open(options: SourceOptions, state: &str) -> Result<Arc<Self>> {
        let now = clock::uptime();
        let source = Arc::new_cyclic(|this| Self {
            https: OnceBox::new(),
            ring: Arc::new(Ring::new(KeySet::none())),
            fetched: AtomicI64::new(NEVER),
            settled: AtomicU64::new(0),
            watched: AtomicU64::new(0),
            hasher: RandomState::new(),
            inner: Mutex::new(Inner {
                machine: Machine::new(options.pace, now),
                knowledge: Knowledge::default(),
                counters: Counters::default(),
                last_error: None,
                told: false,
            }),
            waiting: PerFork::new(),
            events: Events::default(),
            this: Weak::clone(this),
            options,
        });
        let said = &source.options.https;
        if !source.options.is_file()
            && (source.options.refresh || said.ca.is_some() || said.proxy.is_some())
        {
            // What is wrong with them is best said at once.
            source.https()?;
        }
        if !state.is_empty() {
            state::seed(&source, state, now)?;
        }
        if source.options.is_file() && !source.has_keys() {
            source.refresh()?;
        }
        source.watch();
        Ok(source)
    }

    /// Sees to it that this process's refresher looks after the source.
    pub(super) fn watch(&self) {
        let here = fork::epoch() + 1;
        if !self.options.refresh || self.watched.load(Ordering::Relaxed) == here {
            return;
        }
        let Some(this) = self.this.upgrade() else {
            return;
        };
        if self.watched.swap(here, Ordering::Relaxed) == here {
            return;
        }
        {
            let _gate = fork::inside();
            // A parent's fetch is none of ours.
            self.inner.lock().machine.abandon();
        }
        if let Err(error) = refresher::watch(&this) {
            self.watched.store(0, Ordering::Relaxed);
            self.events
                .add("no-refresher", [("message", error.message().into())]);
        }
    }

    /// The client.
    pub(super) fn https(&self) -> Result<&Https> {
        let make = || Https::new(&self.options.https).map(Box::new);
        self.https.get_or_try_init(make)
    }

    pub(super) fn has_keys(&self) -> bool {
        self.fetched.load(Ordering::Acquire) != NEVER
    }

    /// Waits until there are keys, for at most `limit`.
    ///
    /// `timeout`, also where too many wait already; `keys-unavailable`, with the
    /// reason, where a fetch has failed meanwhile or before.
    pub fn wait(&self, limit: Duration) -> Result<()> {
        self.watch();
        let waited = self.waiting()?.1.wait(limit, || self.has_keys());
        waited.map_err(|late| {
            let failing = {
                let _gate = fork::inside();
                self.inner.lock().machine.is_failing()
            };
            if failing {
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
        let last = {
            let _gate = fork::inside();
            self.inner.lock().last_error.clone()
        };
        let error = Error::new(
            ErrorKind::KeysUnavailable,
            match last {
                Some(last) => format!("the keys couldn't be had: {last}"),
                None => "the keys haven't been fetched yet".into(),
            },
        );
        match settled {
            Some(settled) => error.awaiting(settled),
            None => error,
        }
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
