//! The one thread that looks after all sources of a process.
//!
//! It starts with the first source that is to be kept fresh, goes with the
//! last, and a forked child starts its own on first use. It reads files itself;
//! each fetch over https has a thread for as long as it takes, so that an issuer
//! who stalls holds up no other.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use super::fetch::{Fetch, Settled};
use super::source::Source;
use crate::clock;
use crate::error::Result;
use crate::fork::PerFork;
use crate::thread;

static REFRESHER: PerFork<Refresher> = PerFork::new();

/// How long it sleeps at most, so that a clock that stood still (a suspended
/// machine) is noticed.
const LONGEST_SLEEP: i64 = 60_000;

/// The most fetches over https at a time.
const MOST_FETCHES: usize = 32;

#[derive(Default)]
struct Refresher {
    work: Mutex<Work>,
    woken: Condvar,
}

#[derive(Default)]
struct Work {
    sources: Vec<Weak<Source>>,
    is_running: bool,
    /// Whether something has changed since the thread last looked.
    news: bool,
    /// How many fetches have a thread.
    fetches: usize,
}

/// Keeps `source` fresh from now on, in this process.
pub(super) fn watch(source: &Weak<Source>) -> Result<()> {
    let refresher = REFRESHER.get_or_make(|| Ok(Refresher::default()))?;
    let mut work = refresher.1.lock();
    if !work.is_running {
        let own = Arc::clone(&refresher);
        thread::start("jeton-refresh", move || own.1.run(&own))?;
        work.is_running = true;
    }
    work.sources.push(Weak::clone(source));
    work.news = true;
    refresher.1.woken.notify_one();
    Ok(())
}

/// Makes the thread look again: a fetch is wanted, or a source is gone.
pub(super) fn wake() {
    if let Some(refresher) = REFRESHER.get() {
        refresher.1.wake();
    }
}

impl Refresher {
    fn lock(&self) -> MutexGuard<'_, Work> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wake(&self) {
        self.lock().news = true;
        self.woken.notify_one();
    }

    fn run(&self, own: &Arc<(u64, Self)>) {
        loop {
            let sources = {
                let mut work = self.lock();
                work.news = false;
                work.sources.retain(|source| source.strong_count() > 0);
                if work.sources.is_empty() {
                    work.is_running = false;
                    return;
                }
                // Where there are too few threads for all, each comes first in turn.
                work.sources.rotate_left(1);
                work.sources.clone()
            };
            let mut next = i64::MAX;
            for source in sources {
                // A bug in one source must not leave the others without keys.
                let attended = catch_unwind(AssertUnwindSafe(|| attend(own, &source)));
                next = next.min(attended.unwrap_or(i64::MAX));
            }
            let sleep = next.saturating_sub(clock::uptime()).clamp(0, LONGEST_SLEEP);
            let work = self.lock();
            let limit = Duration::from_millis(sleep.unsigned_abs());
            // Whatever ends the sleep, the next round looks at everything.
            drop(
                self.woken
                    .wait_timeout_while(work, limit, |work| !work.news),
            );
        }
    }
}

/// Sees to the fetch that is due, if one is. Returns the moment of the next.
fn attend(own: &Arc<(u64, Refresher)>, source: &Weak<Source>) -> i64 {
    let Some(here) = source.upgrade() else {
        return i64::MAX;
    };
    let is_file = here.options.is_file();
    if !is_file && own.1.lock().fetches >= MOST_FETCHES {
        // The end of any of them is news.
        return i64::MAX;
    }
    if let Some(fetch) = here.claim_fetch() {
        if is_file {
            // Its failure is in the status and the events.
            fetch.make(|ticket, step| here.settle(ticket, step));
        } else {
            start(own, source, fetch, &here);
        }
    }
    here.next()
}

/// Makes `fetch` in a thread of its own.
fn start(own: &Arc<(u64, Refresher)>, source: &Weak<Source>, fetch: Fetch, here: &Source) {
    let (slot, source) = (Slot::new(own), Weak::clone(source));
    let ticket = fetch.ticket;
    let started = thread::start("jeton-fetch", move || {
        let _slot = slot;
        fetch.make(|ticket, step| match source.upgrade() {
            Some(source) => source.settle(ticket, step),
            None => Settled::Late,
        });
    });
    if let Err(error) = started {
        here.settle(ticket, Err(error));
    }
}

/// A fetch that is counted as long as it has a thread.
struct Slot(Arc<(u64, Refresher)>);

impl Slot {
    fn new(refresher: &Arc<(u64, Refresher)>) -> Self {
        refresher.1.lock().fetches += 1;
        Self(Arc::clone(refresher))
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.0.1.lock().fetches -= 1;
        self.0.1.wake();
    }
}
