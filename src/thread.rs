//! Threads of jeton's own, of which a host should notice nothing.

use std::thread;

use nix::sys::signal::{SigSet, SigmaskHow};

use crate::error::{Error, ErrorKind, Result};

/// Starts a thread called `name` (15 characters at most) that takes none of the
/// host's signals and doesn't keep the process alive.
pub(crate) fn start(name: &str, work: impl FnOnce() + Send + 'static) -> Result<()> {
    // Inherited by the thread from its first instruction on.
    let before = SigSet::all().thread_swap_mask(SigmaskHow::SIG_BLOCK);
    let started = thread::Builder::new().name(name.into()).spawn(work);
    if let Ok(before) = before {
        // What could be set can be set back.
        let _ = before.thread_set_mask();
    }
    started.map(drop).map_err(|error| {
        Error::new(
            ErrorKind::Internal,
            format!("no thread could be started: {}", error.kind()),
        )
    })
}
