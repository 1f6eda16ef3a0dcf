//! What verification asks: open-addressed tables of atomics, looked up without
//! a lock.
//!
//! One writer at a time (whoever holds the [`Pen`]) and any number of readers.
//! A slot belongs to one mark for as long as its table lives: removal only ends
//! it, and growth copies what is still in force into a new table and swaps that
//! in. So a reader who has found a mark can't be handed another one's times.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering};

use arc_swap::ArcSwap;

use super::mark::Mark;
use super::rule::Span;

const SHARD_BITS: u32 = 6;
const SHARDS: usize = 1 << SHARD_BITS;
const SMALLEST: usize = 8;

/// The end of a slot whose rule was taken back: before every time.
const RESTORED: i64 = i64::MIN;

/// The right to write, and what only a writer needs: how many slots of each
/// shard are taken. It lies inside the store's lock.
pub(super) struct Pen {
    taken: [usize; SHARDS],
}

impl Pen {
    pub(super) fn new() -> Self {
        Self { taken: [0; SHARDS] }
    }
}

pub(super) struct Index {
    shards: [ArcSwap<Table>; SHARDS],
    /// Rules not taken back nor dropped, so that an empty index costs one load.
    count: AtomicUsize,
}

/// Slots, a power of two of them or none; at least a quarter are free.
struct Table {
    slots: Box<[Slot]>,
}

#[derive(Default)]
struct Slot {
    /// 0 while the slot is free; written last, read first.
    high: AtomicU64,
    low: AtomicU64,
    cut: AtomicI64,
    end: AtomicI64,
}

impl Slot {
    /// The times of one rule, never of two mixed: a writer ends the old rule
    /// before it changes the cut-off, so an end that is the same before and
    /// after belongs to the cut-off read in between.
    fn span(&self) -> Span {
        let mut end = self.end.load(Ordering::Acquire);
        loop {
            let cut = self.cut.load(Ordering::Acquire);
            let again = self.end.load(Ordering::Acquire);
            if again == end {
                return Span { cut, end };
            }
            end = again;
        }
    }

    /// Changes the times of a rule, which holds throughout: a reader between the
    /// two writes sees the new cut-off with the old end.
    fn change(&self, span: Span) {
        self.cut.store(span.cut, Ordering::Release);
        self.end.store(span.end, Ordering::Release);
    }

    /// Puts a rule in the place of one that has ended.
    fn replace(&self, span: Span) {
        self.end.store(RESTORED, Ordering::Release);
        self.change(span);
    }

    fn fill(&self, mark: Mark, span: Span) {
        self.low.store(mark.low, Ordering::Relaxed);
        self.change(span);
        self.high.store(mark.high, Ordering::Release);
    }
}

enum Place<'a> {
    Taken(&'a Slot),
    Free(&'a Slot),
    Full,
}

impl Table {
    fn new(capacity: usize) -> Self {
        Self {
            slots: (0..capacity).map(|_| Slot::default()).collect(),
        }
    }

    fn place(&self, mark: Mark) -> Place<'_> {
        let mask = self.slots.len().wrapping_sub(1);
        // Truncated on 32 bits, where the lowest bits are all that matters anyway.
        let home = mark.high as usize;
        for step in 0..self.slots.len() {
            let Some(slot) = self.slots.get(home.wrapping_add(step) & mask) else {
                break;
            };
            let high = slot.high.load(Ordering::Acquire);
            if high == 0 {
                return Place::Free(slot);
            }
            if high == mark.high && slot.low.load(Ordering::Relaxed) == mark.low {
                return Place::Taken(slot);
            }
        }
        Place::Full
    }

    fn find(&self, mark: Mark) -> Option<&Slot> {
        match self.place(mark) {
            Place::Taken(slot) => Some(slot),
            Place::Free(_) | Place::Full => None,
        }
    }

    fn taken(&self) -> impl Iterator<Item = (Mark, Span)> {
        self.slots.iter().filter_map(|slot| {
            let high = slot.high.load(Ordering::Acquire);
            let low = slot.low.load(Ordering::Relaxed);
            (high != 0).then(|| (Mark { high, low }, slot.span()))
        })
    }

    fn has_room(&self, taken: usize) -> bool {
        (taken + 1) * 4 <= self.slots.len() * 3
    }
}

/// How many rules are in force, and how many have ended but still take room.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) live: usize,
    pub(super) ended: usize,
}

impl Index {
    pub(super) fn new() -> Self {
        Self {
            shards: std::array::from_fn(|_| ArcSwap::from_pointee(Table::new(0))),
            count: AtomicUsize::new(0),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count.load(Ordering::Acquire) == 0
    }

    /// The rule for `mark`, ended or not.
    pub(super) fn get(&self, mark: Mark) -> Option<Span> {
        let table = self.shards.get(shard(mark))?.load();
        table.find(mark).map(Slot::span)
    }

    /// Adds a rule, joined to the one already there, and returns what came of it.
    pub(super) fn record(&self, pen: &mut Pen, mark: Mark, span: Span, now: i64) -> Span {
        self.write(pen, mark, now, |older| {
            older.map_or(span, |older| span.joined_to(older, now))
        })
    }

    /// Puts a rule in the place of the one that may be there.
    pub(super) fn set(&self, pen: &mut Pen, mark: Mark, span: Span, now: i64) {
        self.write(pen, mark, now, |_| span);
    }

    /// Writes the rule that `make` makes of the one already there.
    fn write(
        &self,
        pen: &mut Pen,
        mark: Mark,
        now: i64,
        make: impl FnOnce(Option<Span>) -> Span,
    ) -> Span {
        let number = shard(mark);
        let (Some(home), Some(taken)) = (self.shards.get(number), pen.taken.get_mut(number)) else {
            return make(None);
        };
        let mut table = home.load_full();
        if let Some(slot) = table.find(mark) {
            let older = slot.span();
            if older.end == RESTORED {
                self.count.fetch_add(1, Ordering::Release);
            }
            let made = make(Some(older));
            if older.has_ended(now) {
                slot.replace(made);
            } else {
                slot.change(made);
            }
            return made;
        }
        let made = make(None);
        if !table.has_room(*taken) {
            *taken = self.rebuild(home, now).kept;
            table = home.load_full();
        }
        if let Place::Free(slot) = table.place(mark) {
            slot.fill(mark, made);
            *taken += 1;
            self.count.fetch_add(1, Ordering::Release);
        }
        made
    }

    /// Takes a rule back; whether one was in force.
    pub(super) fn remove(&self, _pen: &mut Pen, mark: Mark, now: i64) -> bool {
        let Some(home) = self.shards.get(shard(mark)) else {
            return false;
        };
        let table = home.load();
        let Some(slot) = table.find(mark) else {
            return false;
        };
        let span = slot.span();
        if span.end == RESTORED {
            return false;
        }
        slot.end.store(RESTORED, Ordering::Release);
        self.count.fetch_sub(1, Ordering::Release);
        !span.has_ended(now)
    }

    /// Drops what has ended by `now`, and says how many rules that were.
    pub(super) fn compact(&self, pen: &mut Pen, now: i64) -> usize {
        let mut dropped = 0;
        for (home, taken) in self.shards.iter().zip(&mut pen.taken) {
            let stale = home.load().taken().any(|(_, span)| span.has_ended(now));
            if stale {
                let outcome = self.rebuild(home, now);
                *taken = outcome.kept;
                dropped += outcome.dropped;
            }
        }
        dropped
    }

    pub(super) fn tally(&self, _pen: &Pen, now: i64) -> Tally {
        let mut tally = Tally::default();
        for home in &self.shards {
            for (_, span) in home.load().taken() {
                if !span.has_ended(now) {
                    tally.live += 1;
                } else if span.end != RESTORED {
                    tally.ended += 1;
                }
            }
        }
        tally
    }

    /// Swaps in a table of what is in force at `now`, at most half full even
    /// after one more.
    fn rebuild(&self, home: &ArcSwap<Table>, now: i64) -> Rebuilt {
        let old = home.load_full();
        let kept = old.taken().filter(|(_, span)| !span.has_ended(now)).count();
        let ended = |span: &Span| span.has_ended(now) && span.end != RESTORED;
        let dropped = old.taken().filter(|(_, span)| ended(span)).count();

        let table = Table::new(((kept + 1) * 2).next_power_of_two().max(SMALLEST));
        for (mark, span) in old.taken() {
            if !span.has_ended(now)
                && let Place::Free(slot) = table.place(mark)
            {
                slot.fill(mark, span);
            }
        }
        home.store(Arc::new(table));
        self.count.fetch_sub(dropped, Ordering::Release);
        Rebuilt { kept, dropped }
    }
}

struct Rebuilt {
    kept: usize,
    dropped: usize,
}

/// The highest bits choose the shard, the lowest the slot in it.
fn shard(mark: Mark) -> usize {
    (mark.high >> (u64::BITS - SHARD_BITS)) as usize
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests;
