//! What keeps forked children whole: a gate that forks wait at, and values that
//! each process makes for itself.
//!
//! Whoever holds a lock, or is inside code that does (SQLite; AWS-LC, where it
//! signs or draws random numbers), stands inside the gate for the whole of it; a
//! fork waits until the gate is empty and shuts it meanwhile. A child therefore
//! inherits no lock that a vanished thread held.
//! The gate is the standard library's lock, which a child can open: parking_lot
//! keeps its waiting threads in a table of its own, which a child can't trust.
//! Verification doesn't come here, but to remember a proof.

use std::mem;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use arc_swap::ArcSwapOption;

use crate::error::Result;

static GATE: RwLock<()> = RwLock::new(());

/// How many forks lie between this process and the first that loaded jeton.
static EPOCH: AtomicU64 = AtomicU64::new(0);

/// Stands inside the gate until the guard is dropped. Not to be nested: a fork
/// that waits between the two would never end.
pub(crate) fn inside() -> RwLockReadGuard<'static, ()> {
    GATE.read().unwrap_or_else(PoisonError::into_inner)
}

/// Empties and shuts the gate until the guard is dropped: in the parent and in
/// the child, once the fork is done.
pub(crate) fn forking() -> RwLockWriteGuard<'static, ()> {
    GATE.write().unwrap_or_else(PoisonError::into_inner)
}

/// Says that this process is a child; called in it, before anything else.
pub(crate) fn is_child() {
    EPOCH.fetch_add(1, Ordering::Relaxed);
}

/// A number that no ancestor of this process has.
pub(crate) fn epoch() -> u64 {
    EPOCH.load(Ordering::Relaxed)
}

/// A value that a child makes anew. What its parent made stays untouched there:
/// neither used nor dropped, since its locks and connections are the parent's.
pub(crate) struct PerFork<T>(ArcSwapOption<(u64, T)>);

impl<T> PerFork<T> {
    pub(crate) const fn new() -> Self {
        Self(ArcSwapOption::const_empty())
    }

    /// Whether this process has made its value. Lock-free, for paths that many
    /// threads share.
    pub(crate) fn is_made(&self) -> bool {
        self.0.load().as_ref().is_some_and(|made| made.0 == epoch())
    }

    /// The value of this process, if it has one yet.
    pub(crate) fn get(&self) -> Option<Arc<(u64, T)>> {
        self.0.load_full().filter(|made| made.0 == epoch())
    }

    /// The value of this process. Of two threads that make it at once, one is
    /// too late, and drops its own.
    pub(crate) fn get_or_make(&self, make: impl FnOnce() -> Result<T>) -> Result<Arc<(u64, T)>> {
        let found = self.0.load_full();
        if let Some(made) = found.as_ref().filter(|made| made.0 == epoch()) {
            return Ok(Arc::clone(made));
        }
        let made = Arc::new((epoch(), make()?));
        let before = self.0.compare_and_swap(&found, Some(Arc::clone(&made)));
        let ours = match (&*before, &found) {
            (None, None) => true,
            (Some(before), Some(found)) => Arc::ptr_eq(before, found),
            (None, Some(_)) | (Some(_), None) => false,
        };
        if ours {
            // The parent's, if there was one: never dropped.
            mem::forget(found);
            return Ok(made);
        }
        Ok(arc_swap::Guard::into_inner(before)
            .filter(|made| made.0 == epoch())
            .unwrap_or(made))
    }
}

impl<T> Drop for PerFork<T> {
    fn drop(&mut self) {
        if let Some(made) = self.0.swap(None)
            && made.0 != epoch()
        {
            mem::forget(made);
        }
    }
}
