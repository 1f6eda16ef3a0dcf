//! A live set of keys: replaced as a whole, read without a lock.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::{ArcSwap, Guard};

use super::select::{KeyRef, Select, Wanted};
use super::set::{KeySet, lost};
use crate::crypto::Named;
use crate::error::Result;

/// The set of keys that is in force. A fixed set is a ring that nobody replaces.
pub struct Ring {
    set: ArcSwap<KeySet>,
    generation: AtomicU64,
}

impl Ring {
    /// A ring with `set` in force.
    #[must_use]
    pub fn new(set: KeySet) -> Self {
        Self {
            set: ArcSwap::from_pointee(set),
            generation: AtomicU64::new(0),
        }
    }

    /// The set in force; a short look, since it may hold up a replaced set's end.
    pub fn load(&self) -> Guard<Arc<KeySet>> {
        self.set.load()
    }

    /// Puts `set` in force. Calls under way finish with the set they have begun with.
    pub fn replace(&self, set: KeySet) {
        self.set.store(Arc::new(set));
        // After the set: who has read this number sees the set that belongs to
        // it, or a newer one.
        self.generation.fetch_add(1, Ordering::Release);
    }

    /// The private key to sign with: see [`KeySet::signing`].
    pub fn signing(&self, algorithm: Option<Named>, kid: Option<&str>, now: i64) -> Result<KeyRef> {
        let set = self.load();
        let index = set.find_signing(algorithm, kid, None, now)?;
        KeyRef::live(set, index).ok_or_else(lost)
    }

    /// As [`Self::signing`], for tokens of one audience: keys that are each for
    /// one sign for no other.
    pub(crate) fn signing_for(
        &self,
        audience: Option<&str>,
        algorithm: Option<Named>,
        kid: Option<&str>,
        now: i64,
    ) -> Result<KeyRef> {
        let set = self.load();
        let index = set.find_signing(algorithm, kid, audience, now)?;
        KeyRef::live(set, index).ok_or_else(lost)
    }
}

impl Select for Ring {
    fn select(&self, wanted: &Wanted<'_>) -> Result<KeyRef> {
        let set = self.load();
        let index = set.find(wanted)?;
        KeyRef::live(set, index).ok_or_else(lost)
    }

    fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }
}

impl fmt::Debug for Ring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Ring").field(&*self.load()).finish()
    }
}
