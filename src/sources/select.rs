//! What verification asks a source: a key, or why there is none.

use std::hash::BuildHasher;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::machine::Verdict;
use super::refresher;
use super::source::{NEVER, Source};
use crate::clock;
use crate::error::{Error, ErrorKind, Result};
use crate::fork;
use crate::keys::{KeyRef, Select, Wanted};

impl Select for Source {
    fn select(&self, wanted: &Wanted<'_>) -> Result<KeyRef> {
        self.watch();
        let fetched = self.fetched.load(Ordering::Acquire);
        if fetched == NEVER {
            return Err(self.unavailable(Some(self.settled.load(Ordering::Acquire))));
        }
        if let Some(stale) = self.options.pace.stale
            && clock::uptime() - fetched > stale
        {
            return Err(Error::new(
                ErrorKind::KeysUnavailable,
                "the keys haven't been confirmed for longer than the option stale allows",
            ));
        }
        match (self.ring.select(wanted), wanted.kid) {
            (Err(unknown), Some(kid)) if unknown.kind() == ErrorKind::UnknownKey => {
                Err(self.stranger(kid, unknown))
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
    /// What a token is told whose kid isn't in the set.
    fn stranger(&self, kid: &str, unknown: Error) -> Error {
        // Before the verdict: a fetch that ends meanwhile is not waited for.
        let settled = self.settled.load(Ordering::Acquire);
        let hash = self.hasher.hash_one(kid);
        let (verdict, asks) = {
            let _gate = fork::inside();
            let inner = &mut *self.inner.lock();
            inner.counters.unknown += 1;
            let wanted = inner.machine.is_wanted();
            let verdict = inner.machine.stranger(hash, clock::uptime());
            let asks = !wanted && inner.machine.is_wanted();
            inner.counters.asked += u64::from(asks);
            (verdict, asks)
        };
        if asks {
            refresher::wake();
        }
        match verdict {
            Verdict::Unknown => unknown,
            Verdict::Pending => Error::new(
                ErrorKind::KeyPending,
                "no key has the token's kid yet, and a fetch that could bring it is due",
            )
            .awaiting(settled),
        }
    }
}
