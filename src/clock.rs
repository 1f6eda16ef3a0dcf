//! The time: the caller's where one is given, else the system clock.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use nix::sys::time::TimeSpec;
use nix::time::ClockId;

/// Seconds since 1970 by the system clock; 0 before then.
#[must_use]
pub(crate) fn now() -> i64 {
    now_in_milliseconds() / 1000
}

/// Milliseconds since 1970 by the system clock; 0 before then.
#[must_use]
pub(crate) fn now_in_milliseconds() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| {
            i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
        })
}

/// Milliseconds since some moment before this process began; never set back,
/// and, where the system can tell, going on while the machine sleeps.
#[must_use]
pub(crate) fn uptime() -> i64 {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    const CLOCK: ClockId = ClockId::CLOCK_BOOTTIME;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    const CLOCK: ClockId = ClockId::CLOCK_MONOTONIC;
    let now = Duration::from(CLOCK.now().unwrap_or(TimeSpec::new(0, 0)));
    i64::try_from(now.as_millis()).unwrap_or(i64::MAX)
}

/// `given`, or the system clock where it is 0.
#[must_use]
pub(crate) fn at(given: i64) -> i64 {
    if given == 0 { now() } else { given }
}
