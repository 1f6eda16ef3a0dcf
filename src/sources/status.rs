//! What verification asks a source that follows a Token Status List.

use std::sync::atomic::Ordering;

use super::source::{NEVER, Source};
use crate::clock;
use crate::error::Result;
use crate::policy::StatusList;

impl StatusList for Source {
    fn uri(&self) -> &str {
        self.list.as_ref().map_or("", |list| &list.uri)
    }

    fn check(&self, index: u64, now: i64) -> Result<()> {
        self.watch_or_tell();
        let fetched = self.fetched.load(Ordering::Acquire);
        let Some(list) = self.list.as_ref().filter(|_| fetched != NEVER) else {
            return Err(self.unavailable(None));
        };
        if self.options.pace.is_stale(fetched, clock::uptime()) {
            return Err(self.stale(clock::uptime()));
        }
        list.check(index, now)
    }
}
