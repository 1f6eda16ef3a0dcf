//! The one thread that fetches, for all sources of a process.
//!
//! It starts with the first source that is to be kept fresh, goes with the
//! last, and a forked child starts its own on first use. Sources are fetched
//! one after the other: each fetch has its time limit.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use super::source::Source;
use crate::clock;
use crate::error::Result;
use crate::fork::PerFork;
use crate::thread;

static REFRESHER: PerFork<Refresher> = PerFork::new();

/// How long it sleeps at most, so that a clock that stood still (a suspended
/// machine) is noticed.
const LONGEST_SLEEP: i64 = 60_000;

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
}

/// Keeps `source` fresh from now on, in this process.
pub(super) fn watch(source: &Arc<Source>) -> Result<()> {
    let refresher = REFRESHER.get_or_make(|| Ok(Refresher::default()))?;
    let mut work = refresher.1.lock();
    if !work.is_running {
        let own = Arc::clone(&refresher);
        thread::start("jeton-refresh", move || own.1.run())?;
        work.is_running = true;
    }
    work.sources.push(Arc::downgrade(source));
    work.news = true;
    refresher.1.woken.notify_one();
    Ok(())
}

/// Makes the thread look again: a fetch is wanted, or a source is gone.
pub(super) fn wake() {
    if let Some(refresher) = REFRESHER.get() {
        refresher.1.lock().news = true;
        refresher.1.woken.notify_one();
    }
}

impl Refresher {
    fn lock(&self) -> MutexGuard<'_, Work> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self) {
        loop {
            let sources: Vec<Arc<Source>> = {
                let mut work = self.lock();
                work.news = false;
                work.sources.retain(|source| source.strong_count() > 0);
                if work.sources.is_empty() {
                    work.is_running = false;
                    return;
                }
                work.sources.iter().filter_map(Weak::upgrade).collect()
            };
            let mut next = i64::MAX;
            for source in sources {
                // A bug in one source must not leave the others without keys.
                let attended = catch_unwind(AssertUnwindSafe(|| source.attend()));
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
