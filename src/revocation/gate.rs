//! Keeps a fork from catching a store half way through a change.
//!
//! Whoever changes a store, or reads its log, stands inside the gate for the
//! whole of it and takes any other lock only there; a fork waits until the gate
//! is empty and shuts it meanwhile. A child therefore inherits no lock that a
//! vanished thread held. The gate is the standard library's lock, which a child
//! can open: parking_lot keeps its waiting threads in a table of its own, which
//! a child can't trust. Verification doesn't come here.

use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

static GATE: RwLock<()> = RwLock::new(());

/// Stands inside the gate until the guard is dropped. Not to be nested: a fork
/// that waits between the two would never end.
pub(crate) fn writing() -> RwLockReadGuard<'static, ()> {
    GATE.read().unwrap_or_else(PoisonError::into_inner)
}

/// Empties and shuts the gate until the guard is dropped: in the parent and in
/// the child, once the fork is done.
pub(crate) fn forking() -> RwLockWriteGuard<'static, ()> {
    GATE.write().unwrap_or_else(PoisonError::into_inner)
}
