//! A cache line of slots, and how a rule is written into 16 bytes.
//!
//! Times are kept as 32 bits of seconds. What lies beyond, from the year 2106
//! on, is kept as "ever", and a cut-off before 1970 as the second before it:
//! both err on the side of refusing.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::revocation::rule::{EVER, Span};

/// Slots of a bucket.
pub(super) const BUCKET: usize = 4;

/// The tag of a slot that no mark has taken.
pub(super) const FREE: u64 = 0;

/// The time that stands for [`EVER`].
const NEVER_ENDS: u32 = u32::MAX;
/// The end of a rule that was taken back: before every time.
const RESTORED: u32 = 0;

/// As long as a cache line, so that a look-up mostly costs one.
#[derive(Default)]
#[repr(align(64))]
pub(super) struct Bucket([Slot; BUCKET]);

impl Bucket {
    pub(super) fn slots(&self) -> &[Slot] {
        &self.0
    }
}

#[derive(Default)]
pub(super) struct Slot {
    /// [`FREE`], or what the mark is known by here; written last, read first.
    tag: AtomicU64,
    /// Cut-off and end in one, so that nobody sees those of two rules mixed.
    times: AtomicU64,
}

impl Slot {
    pub(super) fn tag(&self) -> u64 {
        self.tag.load(Ordering::Acquire)
    }

    pub(super) fn span(&self) -> Span {
        let times = self.times.load(Ordering::Acquire);
        Span {
            cut: read((times >> 32) as u32),
            end: read(times as u32),
        }
    }

    pub(super) fn is_restored(&self) -> bool {
        self.times.load(Ordering::Acquire) as u32 == RESTORED
    }

    pub(super) fn change(&self, span: Span) {
        // An end before 1970 is one all the same: it must not read as taken back.
        let times = u64::from(written(span.cut)) << 32 | u64::from(written(span.end.max(0)));
        self.times.store(times, Ordering::Release);
    }

    pub(super) fn restore(&self) {
        self.times.store(RESTORED.into(), Ordering::Release);
    }

    pub(super) fn fill(&self, tag: u64, span: Span) {
        self.change(span);
        self.tag.store(tag, Ordering::Release);
    }
}

/// Seconds since the one before 1970; 0 for that and all before it.
fn written(time: i64) -> u32 {
    let shifted = time.saturating_add(1).max(0);
    u32::try_from(shifted).unwrap_or(NEVER_ENDS)
}

fn read(time: u32) -> i64 {
    match time {
        NEVER_ENDS => EVER,
        seconds => i64::from(seconds) - 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_exact_until_2106_and_err_towards_refusing_beyond() {
        for (time, kept) in [
            (EVER, EVER),
            (0, 0),
            (1_700_000_000, 1_700_000_000),
            (i64::from(u32::MAX) - 2, i64::from(u32::MAX) - 2),
            (i64::from(u32::MAX) - 1, EVER),
            (1 << 50, EVER),
        ] {
            let slot = Slot::default();
            let span = |time| Span {
                cut: time,
                end: time,
            };
            slot.fill(7, span(time));
            assert_eq!(slot.span(), span(kept), "{time}");
            assert!(!slot.is_restored());
        }
        let slot = Slot::default();
        slot.fill(7, Span { cut: -9, end: -9 });
        assert_eq!(slot.span(), Span { cut: -1, end: 0 });
        slot.restore();
        assert!(slot.is_restored() && slot.span().has_ended(0));
    }

    #[test]
    fn a_bucket_is_a_cache_line() {
        assert_eq!(size_of::<Bucket>(), 64);
    }
}
