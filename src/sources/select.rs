//! What verification asks a source: a key, or why there is none.

use std::hash::BuildHasher;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::machine::Verdict;
use super::refresher;
use super::source::{NEVER, Source};
use crate::clock;
use crate::error::{Error, ErrorKind, Result};
use crate::keys::{KeyRef, Select, Wanted};

impl Select for Source {
    fn select(&self, wanted: &Wanted<'_>) -> Result<KeyRef> {
        self.watch_or_tell();
        // In this order, the opposite of a fetch's: what ends meanwhile is seen
        // whole, or is waited for.
        let now = clock::uptime();
        let (settled, generation) = (self.settled(), self.ring.generation());
        let fetched = self.fetched.load(Ordering::Acquire);
        if fetched == NEVER {
            return Err(self.unavailable(Some(settled)));
        }
        if self.options.pace.is_stale(fetched, now) {
            return Err(self.stale(now));
        }
        match (self.ring.select(wanted), wanted.kid) {
            (Err(unknown), Some(kid)) if unknown.kind() == ErrorKind::UnknownKey => {
                self.stranger(kid, wanted, generation, unknown)
            }
            (selected, _) => selected,
        }
    }

    fn generation(&self) -> u64 {
        self.ring.generation()
    }

    fn wait(&self, settled: u64, limit: Duration) -> Result<()> {
        self.wait_settled(settled, limit)?;
        if self.has_keys() {
            return Ok(());
        }
        Err(self.unavailable(None))
    }
}

impl Source {
    /// What a token is told whose kid wasn't in the set of `generation`.
    fn stranger(
        &self,
        kid: &str,
        wanted: &Wanted<'_>,
        generation: u64,
        unknown: Error,
    ) -> Result<KeyRef> {
        let hash = self.hasher.hash_one(kid);
        let (now, mut inner) = (clock::uptime(), self.inner());
        // Now no fetch can end: one that just has may have brought the key.
        if self.ring.generation() != generation
            && let Ok(key) = self.ring.select(wanted)
        {
            return Ok(key);
        }
        let verdict = inner.machine.stranger(hash, now);
        inner.counters.unknown += 1;
        inner.counters.asked += u64::from(verdict == Verdict::Asks);
        let (settled, is_due) = (self.settled(), inner.machine.next() <= now);
        drop(inner);
        match verdict {
            Verdict::Unknown => Err(unknown),
            Verdict::Asks | Verdict::Pending => {
                self.wake_if(is_due);
                Err(Error::new(
                    ErrorKind::KeyPending,
                    "no key has the token's kid yet, and a fetch that could bring it is due",
                )
                .awaiting(settled))
            }
        }
    }

    /// What every token is told while the keys, or the list, are too old.
    pub(super) fn stale(&self, now: i64) -> Error {
        let is_due = self.inner().machine.next() <= now;
        self.tell_stale(now);
        self.wake_if(is_due);
        match self.list {
            None => Error::new(
                ErrorKind::KeysUnavailable,
                "the keys haven't been confirmed for longer than the option stale allows",
            ),
            Some(_) => Error::new(
                ErrorKind::RevocationsStale,
                "the status list hasn't been confirmed for longer than the option stale allows",
            ),
        }
    }

    /// Wakes the refresher for what is due; it may have slept too long, with the
    /// machine.
    fn wake_if(&self, is_due: bool) {
        if is_due && self.options.refresh {
            refresher::wake();
        }
    }
}
