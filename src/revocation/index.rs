//! What verification asks: tables of atomics, looked up without a lock.
//!
//! One writer at a time (whoever holds the [`Pen`]) and any number of readers,
//! who never wait. Removal only ends a rule, and growth copies what is still in
//! force into a new table and swaps that in, one shard at a time.
//!
//! A slot is 16 bytes, and tables are at least 86 % full: a rule costs less than
//! 20 bytes. Of a mark's 128 bits the low half stands in the slot and a part of
//! the high half chooses the shard, so that two rules are taken for one with a
//! probability of 2^-68 a pair.

mod slot;
mod table;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arc_swap::{ArcSwap, Guard};

use self::slot::Slot;
use self::table::Table;
use super::mark::Mark;
use super::rule::Span;

const SHARD_BITS: u32 = 4;
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
    /// The last table that was replaced, so that it isn't for a reader who was at
    /// it to give back its memory.
    retired: Option<Arc<Table>>,
}

impl Pen {
    pub(super) fn new() -> Self {
        Self {
            taken: [0; SHARDS],
            added: 0,
            retired: None,
        }
    }
}

pub(super) struct Index {
    current: ArcSwap<Rules>,
    /// Rules not taken back nor dropped, so that an empty index costs one load.
    count: AtomicUsize,
}

/// What readers see: one of it for all that they ask about a token.
#[derive(Clone)]
pub(super) struct Rules {
    shards: Box<[Arc<Table>]>,
    /// The claims that rules name.
    names: Arc<[Box<str>]>,
}

impl Rules {
    pub(super) fn names(&self) -> &Arc<[Box<str>]> {
        &self.names
    }

    /// The rule for `mark`, ended or not.
    pub(super) fn get(&self, mark: Mark) -> Option<Span> {
        self.shards.get(shard(mark))?.get(mark.tag())
    }

    /// Asks for the memory in which the rule for `mark` would stand.
    pub(super) fn prefetch(&self, mark: Mark) {
        if let Some(table) = self.shards.get(shard(mark)) {
            table.prefetch(mark.tag());
        }
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
        let rules = Rules {
            shards: (0..SHARDS).map(|_| Arc::clone(&empty)).collect(),
            names: Arc::default(),
        };
        Self {
            current: ArcSwap::from_pointee(rules),
            count: AtomicUsize::new(0),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count.load(Ordering::Acquire) == 0
    }

    /// The rules as they are now, to which some may yet come. No lock, no
    /// allocation.
    pub(super) fn rules(&self) -> Guard<Arc<Rules>> {
        self.current.load()
    }

    pub(super) fn set_names(&self, _pen: &mut Pen, names: Arc<[Box<str>]>) {
        let rules = Rules::clone(&self.current.load());
        self.current.store(Arc::new(Rules { names, ..rules }));
    }

    /// Takes over what `other` has, which nobody writes to any more.
    pub(super) fn replace(&self, other: &Self) {
        self.current.store(other.current.load_full());
        let count = other.count.load(Ordering::Acquire);
        self.count.store(count, Ordering::Release);
    }

    fn table(&self, number: usize) -> Option<Arc<Table>> {
        self.current.load().shards.get(number).cloned()
    }

    fn set_table(&self, number: usize, table: &Arc<Table>) {
        let mut rules = Rules::clone(&self.current.load());
        if let Some(place) = rules.shards.get_mut(number) {
            *place = Arc::clone(table);
        }
        self.current.store(Arc::new(rules));
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
        let (Some(mut table), Some(taken)) = (self.table(number), pen.taken.get_mut(number)) else {
            return make(None);
        };
        if let Some(slot) = table.find(mark.tag()) {
            if slot.is_restored() {
                self.count.fetch_add(1, Ordering::Release);
            }
            let made = make(Some(slot.span()));
            slot.change(made);
            return made;
        }
        let made = make(None);
        let mut room = 0;
        while !table.has_room(*taken) || !table.insert(mark.tag(), made) {
            let rebuilt = self.rebuild(&mut pen.retired, number, &table, now, room);
            (table, *taken) = (rebuilt.table, rebuilt.kept);
            // Should marks happen to crowd in few homes, more homes part them.
            room = table.room() + 1;
        }
        *taken += 1;
        self.count.fetch_add(1, Ordering::Release);
        pen.added = pen.added.wrapping_add(1);
        if pen.added.is_multiple_of(ROUND) {
            pen.retired = None;
            self.tidy(pen, pen.added / ROUND % SHARDS, now);
        }
        made
    }

    /// Gives back the room of one shard, where half of it has ended.
    fn tidy(&self, pen: &mut Pen, number: usize, now: i64) {
        if let (Some(table), Some(taken)) = (self.table(number), pen.taken.get_mut(number)) {
            let ended = table.taken().filter(|slot| slot.span().has_ended(now));
            if ended.count() * 2 > *taken {
                *taken = self.rebuild(&mut pen.retired, number, &table, now, 0).kept;
            }
        }
    }

    /// Takes a rule back; whether one was in force.
    pub(super) fn remove(&self, _pen: &mut Pen, mark: Mark, now: i64) -> bool {
        let Some(table) = self.table(shard(mark)) else {
            return false;
        };
        let Some(slot) = table.find(mark.tag()) else {
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
        let rules = self.current.load_full();
        for ((number, table), taken) in rules.shards.iter().enumerate().zip(&mut pen.taken) {
            if table.taken().any(|slot| slot.span().has_ended(now)) {
                let rebuilt = self.rebuild(&mut pen.retired, number, table, now, 0);
                *taken = rebuilt.kept;
                dropped += rebuilt.dropped;
            }
        }
        pen.retired = None;
        dropped
    }

    pub(super) fn tally(&self, _pen: &Pen, now: i64) -> Tally {
        let mut tally = Tally::default();
        for table in &self.rules().shards {
            for slot in table.taken() {
                if !slot.span().has_ended(now) {
                    tally.live += 1;
                } else if !slot.is_restored() {
                    tally.ended += 1;
                }
            }
        }
        tally
    }

    /// Swaps in a table of what is in force at `now`, with room for more, and
    /// for no fewer than `room` rules.
    fn rebuild(
        &self,
        retired: &mut Option<Arc<Table>>,
        number: usize,
        old: &Arc<Table>,
        now: i64,
        room: usize,
    ) -> Rebuilt {
        *retired = None;
        let live = |slot: &Slot<'_>| !slot.span().has_ended(now);
        let kept = old.taken().filter(live).count();
        let ended = |slot: &Slot<'_>| !live(slot) && !slot.is_restored();
        let dropped = old.taken().filter(ended).count();

        let mut room = room.max(kept + 1);
        let table = loop {
            let table = Table::for_rules(room);
            let mut rules = old.taken().filter(live);
            if rules.all(|slot| table.insert(slot.tag(), slot.span())) {
                break Arc::new(table);
            }
            room = table.room() + 1;
        };
        self.set_table(number, &table);
        *retired = Some(Arc::clone(old));
        self.count.fetch_sub(dropped, Ordering::Release);
        Rebuilt {
            table,
            kept,
            dropped,
        }
    }
}

struct Rebuilt {
    table: Arc<Table>,
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
