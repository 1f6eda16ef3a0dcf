//! What verification asks: open-addressed tables of atomics, looked up without
//! a lock.
//!
//! One writer at a time (whoever holds the [`Pen`]) and any number of readers.
//! A slot belongs to one mark for as long as its table lives: removal only ends
//! it, and growth copies what is still in force into a new table and swaps that
//! in, one shard at a time. So a reader who has found a mark can't be handed
//! another one's times, and never waits.
//!
//! A slot is 16 bytes, four to a cache line, and tables are at least four fifths
//! full: a rule costs less than 20 bytes. Of a mark's 128 bits the low half
//! stands in the slot and a part of the high half chooses the shard, so that two
//! rules are taken for one with a probability of 2^-72 a pair.

mod bucket;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arc_swap::ArcSwap;

use self::bucket::{BUCKET, Bucket, Slot};
use super::mark::Mark;
use super::rule::Span;

const SHARD_BITS: u32 = 8;
const SHARDS: usize = 1 << SHARD_BITS;

/// After how many added rules one more shard is looked through for ended ones.
const ROUND: usize = 1024;

/// The right to write, and what only a writer needs. It lies inside the store's
/// lock.
pub(super) struct Pen {
    /// How many slots of each shard are taken.
    taken: [usize; SHARDS],
    /// How many rules were added, which says when to look through which shard.
    added: usize,
}

impl Pen {
    pub(super) fn new() -> Self {
        Self {
            taken: [0; SHARDS],
            added: 0,
        }
    }
}

pub(super) struct Index {
    shards: Box<[ArcSwap<Table>]>,
    /// Rules not taken back nor dropped, so that an empty index costs one load.
    count: AtomicUsize,
}

/// Any number of buckets. A mark stands in the bucket that it belongs to, or in
/// the next that had room.
struct Table {
    buckets: Box<[Bucket]>,
}

enum Place<'a> {
    Taken(&'a Slot),
    Free(&'a Slot),
    Full,
}

impl Table {
    /// A table in which `rules` take four fifths of the room, and a few more fit.
    fn for_rules(rules: usize) -> Self {
        let slots = match rules {
            0 => 0,
            few => few + few * 11 / 50 + 1,
        };
        Self {
            buckets: (0..slots.div_ceil(BUCKET))
                .map(|_| Bucket::default())
                .collect(),
        }
    }

    fn home(&self, tag: u64) -> usize {
        // A multiplication spreads 64 bits over any number of buckets.
        ((u128::from(tag) * self.buckets.len() as u128) >> 64) as usize
    }

    fn place(&self, tag: u64) -> Place<'_> {
        let (before, from) = self.buckets.split_at(self.home(tag));
        for bucket in from.iter().chain(before) {
            for slot in bucket.slots() {
                match slot.tag() {
                    bucket::FREE => return Place::Free(slot),
                    taken if taken == tag => return Place::Taken(slot),
                    _ => {}
                }
            }
        }
        Place::Full
    }

    fn find(&self, mark: Mark) -> Option<&Slot> {
        match self.place(mark.tag()) {
            Place::Taken(slot) => Some(slot),
            Place::Free(_) | Place::Full => None,
        }
    }

    fn taken(&self) -> impl Iterator<Item = &Slot> {
        let slots = self.buckets.iter().flat_map(Bucket::slots);
        slots.filter(|slot| slot.tag() != bucket::FREE)
    }

    fn has_room(&self, taken: usize) -> bool {
        (taken + 1) * 25 <= self.buckets.len() * BUCKET * 23
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
        // One for all, so that a store without rules costs next to nothing.
        let empty = Arc::new(Table::for_rules(0));
        Self {
            shards: (0..SHARDS)
                .map(|_| ArcSwap::new(Arc::clone(&empty)))
                .collect(),
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

    /// Asks for the memory in which the rule for `mark` would stand.
    pub(super) fn prefetch(&self, mark: Mark) {
        if let Some(home) = self.shards.get(shard(mark)) {
            let table = home.load();
            if let Some(bucket) = table.buckets.get(table.home(mark.tag())) {
                crate::prefetch::read(bucket);
            }
        }
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
            if slot.is_restored() {
                self.count.fetch_add(1, Ordering::Release);
            }
            let made = make(Some(slot.span()));
            slot.change(made);
            return made;
        }
        let made = make(None);
        if !table.has_room(*taken) {
            *taken = self.rebuild(home, now).kept;
            table = home.load_full();
        }
        if let Place::Free(slot) = table.place(mark.tag()) {
            slot.fill(mark.tag(), made);
            *taken += 1;
            self.count.fetch_add(1, Ordering::Release);
        }
        pen.added = pen.added.wrapping_add(1);
        if pen.added.is_multiple_of(ROUND) {
            self.tidy(pen, pen.added / ROUND % SHARDS, now);
        }
        made
    }

    /// Gives back the room of one shard, where half of it has ended.
    fn tidy(&self, pen: &mut Pen, number: usize, now: i64) {
        if let (Some(home), Some(taken)) = (self.shards.get(number), pen.taken.get_mut(number)) {
            let table = home.load();
            let ended = table.taken().filter(|slot| slot.span().has_ended(now));
            if ended.count() * 2 > *taken {
                *taken = self.rebuild(home, now).kept;
            }
        }
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
        if slot.is_restored() {
            return false;
        }
        let span = slot.span();
        slot.restore();
        self.count.fetch_sub(1, Ordering::Release);
        !span.has_ended(now)
    }

    /// Drops what has ended by `now`, and says how many rules that were.
    pub(super) fn compact(&self, pen: &mut Pen, now: i64) -> usize {
        let mut dropped = 0;
        for (home, taken) in self.shards.iter().zip(&mut pen.taken) {
            let stale = home.load().taken().any(|slot| slot.span().has_ended(now));
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
            for slot in home.load().taken() {
                if !slot.span().has_ended(now) {
                    tally.live += 1;
                } else if !slot.is_restored() {
                    tally.ended += 1;
                }
            }
        }
        tally
    }

    /// Swaps in a table of what is in force at `now`, with room for more.
    fn rebuild(&self, home: &ArcSwap<Table>, now: i64) -> Rebuilt {
        let old = home.load_full();
        let live = |slot: &&Slot| !slot.span().has_ended(now);
        let kept = old.taken().filter(live).count();
        let ended = |slot: &&Slot| !live(slot) && !slot.is_restored();
        let dropped = old.taken().filter(ended).count();

        let table = Table::for_rules(kept + 1);
        for slot in old.taken().filter(live) {
            if let Place::Free(free) = table.place(slot.tag()) {
                free.fill(slot.tag(), slot.span());
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

fn shard(mark: Mark) -> usize {
    (mark.high >> (u64::BITS - SHARD_BITS)) as usize
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod figures;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests;
