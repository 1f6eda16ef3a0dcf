//! How a rule is written into two words.
//!
//! Times are kept as 32 bits of seconds. What lies beyond, from the year 2106
//! on, is kept as "ever", and a cut-off before 1970 as the second before it:
//! both err on the side of refusing.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::revocation::rule::{EVER, Span};

/// Words of a slot.
pub(super) const WORDS: usize = 2;

/// The tag of a slot that no mark has.
pub(super) const FREE: u64 = 0;

/// The time that stands for [`EVER`].
const NEVER_ENDS: u32 = u32::MAX;
/// The end of a rule that was taken back: before every time.
const RESTORED: u32 = 0;

/// First [`FREE`], or what the mark is known by here: written last, read first.
/// Then cut-off and end in one, so that nobody sees those of two rules mixed.
#[derive(Clone, Copy)]
pub(super) struct Slot<'t>(&'t [AtomicU64; WORDS]);

impl<'t> Slot<'t> {
    pub(super) fn new(words: &'t [AtomicU64; WORDS]) -> Self {
        Self(words)
    }

    pub(super) fn tag(self) -> u64 {
        let [tag, _] = self.0;
        tag.load(Ordering::Acquire)
    }

    fn times(self) -> u64 {
        let [_, times] = self.0;
        times.load(Ordering::Acquire)
    }

    pub(super) fn span(self) -> Span {
        let times = self.times();
        Span {
            cut: read((times >> 32) as u32),
            end: read(times as u32),
        }
    }

    pub(super) fn is_restored(self) -> bool {
        self.times() as u32 == RESTORED
    }

    pub(super) fn change(self, span: Span) {
        // An end before 1970 is one all the same: it must not read as taken back.
        self.put(u64::from(written(span.cut)) << 32 | u64::from(written(span.end.max(0))));
    }

    pub(super) fn restore(self) {
        self.put(RESTORED.into());
    }

    fn put(self, times: u64) {
        let [_, place] = self.0;
        place.store(times, Ordering::Release);
    }

    fn name(self, tag: u64) {
        let [place, _] = self.0;
        place.store(tag, Ordering::Release);
    }

    /// Writes a rule into a slot that is free.
    pub(super) fn fill(self, tag: u64, span: Span) {
        self.change(span);
        self.name(tag);
    }

    /// Writes what `from` holds into this slot, which is free.
    pub(super) fn copy(self, from: Slot<'_>) {
        self.put(from.times());
        self.name(from.tag());
    }

    pub(super) fn vacate(self) {
        self.name(FREE);
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
        let words = || [AtomicU64::new(0), AtomicU64::new(0)];
        for (time, kept) in [
            (EVER, EVER),
            (0, 0),
            (1_700_000_000, 1_700_000_000),
            (i64::from(u32::MAX) - 2, i64::from(u32::MAX) - 2),
            (i64::from(u32::MAX) - 1, EVER),
            (1 << 50, EVER),
        ] {
            let words = words();
            let slot = Slot::new(&words);
            let span = |time| Span {
                cut: time,
                end: time,
            };
            slot.fill(7, span(time));
            assert_eq!(slot.span(), span(kept), "{time}");
            assert!(!slot.is_restored());
        }
        let words = words();
        let slot = Slot::new(&words);
        slot.fill(7, Span { cut: -9, end: -9 });
        assert_eq!(slot.span(), Span { cut: -1, end: 0 });
        slot.restore();
        assert!(slot.is_restored() && slot.span().has_ended(0));
    }
}
