//! Forks: a child of a process with many threads has only one of them, and
//! whatever the others were in the middle of.
//!
//! Verifying takes no lock, and rings are swapped in one step, so a child can go on at once.
//! Only writers lock, and AWS-LC where it draws random numbers; no fork happens
//! while one of them is at work, so a child never finds a lock held by a thread
//! that it doesn't have, nor an entry half written. Connections and threads are made anew in it, on first use.

use std::cell::Cell;
use std::mem::ManuallyDrop;
use std::sync::RwLockWriteGuard;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::fork;

thread_local! {
    /// Held by the thread that forks, from before the fork to after it. With
    /// nothing to drop, so that a thread can fork as it ends, when what has a
    /// destructor is gone.
    static HELD: Cell<Option<ManuallyDrop<RwLockWriteGuard<'static, ()>>>> =
        const { Cell::new(None) };
}

static REGISTERED: AtomicBool = AtomicBool::new(false);

/// Registers the handlers, before anything stands in the gate for the first time.
///
/// Threads that come here together may each register them, which does no harm;
/// a `Once` would, to a child that was forked while it was running.
pub(super) fn prepare() {
    if !REGISTERED.load(Ordering::Acquire) {
        // SAFETY: the handlers are functions that live as long as the library,
        // which is never unloaded once it has registered them.
        unsafe { libc::pthread_atfork(Some(before), Some(after), Some(after_in_child)) };
        REGISTERED.store(true, Ordering::Release);
    }
}

extern "C" fn before() {
    HELD.with(|held| {
        let gate = held.take();
        held.set(Some(
            gate.unwrap_or_else(|| ManuallyDrop::new(fork::forking())),
        ));
    });
}

extern "C" fn after() {
    drop(HELD.take().map(ManuallyDrop::into_inner));
}

extern "C" fn after_in_child() {
    fork::is_child();
    after();
}
