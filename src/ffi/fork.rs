//! Forks: a child of a process with many threads has only one of them, and
//! whatever the others were in the middle of.
//!
//! Verifying takes no lock, and rings are swapped in one step, so a child can go on at once.
//! Only the revocations' writers lock; no fork happens while one of them is at
//! work, so a child never finds a lock held by a thread that it doesn't have,
//! nor an entry half written.

use std::cell::RefCell;
use std::sync::{Once, RwLockWriteGuard};

use crate::revocation::gate;

thread_local! {
    /// Held by the thread that forks, from before the fork to after it.
    static HELD: RefCell<Option<RwLockWriteGuard<'static, ()>>> = const { RefCell::new(None) };
}

static REGISTER: Once = Once::new();

/// Registers the handlers, once in a process: before the first store is opened.
pub(super) fn prepare() {
    REGISTER.call_once(|| {
        // SAFETY: the handlers are functions that live as long as the library,
        // which is never unloaded once it has registered them.
        unsafe { libc::pthread_atfork(Some(before), Some(after), Some(after)) };
    });
}

extern "C" fn before() {
    HELD.with(|held| held.replace(Some(gate::forking())));
}

extern "C" fn after() {
    HELD.with(|held| held.replace(None));
}
