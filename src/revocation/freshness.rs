//! How old what a process knows of a shared log is, and whether that will do.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::error::{Error, ErrorKind, Result};

/// In place of a time: nothing has been read yet.
const NEVER: u64 = u64::MAX;

pub(super) struct Freshness {
    /// How old it may be; `None`: however old, once there is anything.
    pub(super) stale: Option<Duration>,
    base: Instant,
    /// Milliseconds from `base` to the last look that reached the end.
    fresh: AtomicU64,
    /// Whether the log has lost something that was read from it.
    is_lost: AtomicBool,
}

impl Freshness {
    pub(super) fn new(stale: Option<Duration>) -> Self {
        Self {
            stale,
            base: Instant::now(),
            fresh: AtomicU64::new(NEVER),
            is_lost: AtomicBool::new(false),
        }
    }

    /// Fails where what is known is too old to be trusted. Asked on every
    /// verify: the clock and an atomic.
    pub(super) fn check(&self) -> Result<()> {
        let fresh = self.fresh.load(Ordering::Acquire);
        if fresh != NEVER && self.stale.is_none_or(|stale| self.since(fresh) <= stale) {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::RevocationsStale,
            if self.is_lost.load(Ordering::Relaxed) {
                "the store has lost revocations that were known; import an export of them"
            } else {
                "the revocations haven't been brought up to date for longer than the option stale allows"
            },
        ))
    }

    pub(super) fn is_stale(&self) -> bool {
        let stale = self.stale;
        stale.is_some_and(|stale| self.age().is_none_or(|age| age > stale))
    }

    /// How long ago the last look was; `None` where there was none yet.
    pub(super) fn age(&self) -> Option<Duration> {
        let fresh = self.fresh.load(Ordering::Acquire);
        (fresh != NEVER).then(|| self.since(fresh))
    }

    fn since(&self, fresh: u64) -> Duration {
        let fresh = Duration::from_millis(fresh);
        self.base.elapsed().saturating_sub(fresh)
    }

    /// The moment at which a look begins, for [`Self::reached`].
    pub(super) fn moment(&self) -> Duration {
        self.base.elapsed()
    }

    /// Notes that a look which began at `moment` has reached the end.
    pub(super) fn reached(&self, moment: Duration) {
        let moment = u64::try_from(moment.as_millis()).unwrap_or(NEVER - 1);
        // Two at once may come in either order.
        let later = |before| (before == NEVER || before < moment).then_some(moment);
        let _ = self
            .fresh
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, later);
        self.is_lost.store(false, Ordering::Relaxed);
    }

    /// Notes that the log has lost something; whether that is news.
    pub(super) fn lost(&self) -> bool {
        !self.is_lost.swap(true, Ordering::Relaxed)
    }
}
