//! Wakes a follower: there is something to do, or it is time to go.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Rung once and for all: a follower that hears it ends.
#[derive(Default)]
pub(super) struct Bell {
    state: Mutex<State>,
    heard: Condvar,
}

#[derive(Default)]
struct State {
    rung: bool,
    wake: Option<Box<dyn Fn() + Send>>,
}

impl Bell {
    pub(super) fn ring(&self) {
        let mut state = self.lock();
        state.rung = true;
        if let Some(wake) = state.wake.take() {
            wake();
        }
        drop(state);
        self.heard.notify_all();
    }

    /// Waits for it, for at most `patience`; whether it has rung.
    pub(super) fn wait(&self, patience: Duration) -> bool {
        let waited = self
            .heard
            .wait_timeout_while(self.lock(), patience, |state| !state.rung);
        waited.unwrap_or_else(PoisonError::into_inner).0.rung
    }

    pub(super) fn has_rung(&self) -> bool {
        self.lock().rung
    }

    /// Calls `wake` when it rings, or at once if it has, in place of what was
    /// to be called before: for a follower that waits elsewhere.
    #[cfg(feature = "redis")]
    pub(super) fn on_ring(&self, wake: impl Fn() + Send + 'static) {
        let mut state = self.lock();
        if state.rung {
            wake();
        } else {
            state.wake = Some(Box::new(wake));
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
