//! The time: the caller's where one is given, else the system clock.

use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds since 1970 by the system clock; 0 before then.
#[must_use]
pub(crate) fn now() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| {
            i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
        })
}

/// `given`, or the system clock where it is 0.
#[must_use]
pub(crate) fn at(given: i64) -> i64 {
    if given == 0 { now() } else { given }
}
