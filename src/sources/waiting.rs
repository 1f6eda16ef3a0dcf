//! Callers that wait for a fetch to end.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::error::{Error, ErrorKind, Result};

/// The most callers that wait for one source at a time.
const MOST: usize = 1024;

/// One process's callers. What they wait for is told by the condition they give.
#[derive(Default)]
pub(super) struct Waiting {
    lock: Mutex<()>,
    ended: Condvar,
    callers: AtomicUsize,
}

impl Waiting {
    /// Wakes everybody, to look at their conditions again.
    pub(super) fn wake(&self) {
        // Taken and let go: who has looked and not yet slept is waited for.
        drop(self.lock.lock().unwrap_or_else(PoisonError::into_inner));
        self.ended.notify_all();
    }

    /// Waits until `holds`, or fails with `timeout`.
    pub(super) fn wait(&self, limit: Duration, mut holds: impl FnMut() -> bool) -> Result<()> {
        let _caller = Caller::new(&self.callers)?;
        let lock = self.lock.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self
            .ended
            .wait_timeout_while(lock, limit, |()| !holds())
            .unwrap_or_else(PoisonError::into_inner);
        if waited.1.timed_out() {
            return Err(Error::new(
                ErrorKind::Timeout,
                "what was waited for didn't come in time",
            ));
        }
        Ok(())
    }
}

/// A caller who is counted.
struct Caller<'a>(&'a AtomicUsize);

impl<'a> Caller<'a> {
    fn new(callers: &'a AtomicUsize) -> Result<Self> {
        let before = callers.fetch_add(1, Ordering::Relaxed);
        let caller = Self(callers);
        if before >= MOST {
            return Err(Error::new(
                ErrorKind::Timeout,
                "too many callers wait for it already",
            ));
        }
        Ok(caller)
    }
}

impl Drop for Caller<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
