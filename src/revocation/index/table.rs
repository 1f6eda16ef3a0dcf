//! One shard's rules: a cuckoo table, whose marks have two places to be in.
//!
//! Each of a mark's two homes is a cache line of four slots, and the mark stands
//! in one of them, so that a look-up that finds nothing, which is what mostly
//! happens, reads two lines, however full the table is. Where both homes are
//! full, the writer moves rules to their other homes until there is room.
//!
//! A reader may meet a rule on its way. It is copied before it is taken from
//! where it was, and moves are counted in between: who finds nothing, while a
//! rule was moved, looks again. A slot gets another mark only after having none,
//! so that a mark that is the same before and after its times are read has them.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use super::slot::{self, Slot};
use crate::memory::{self, Words};
use crate::revocation::rule::Span;

/// Slots of a home.
pub(super) const HOME: usize = 4;
/// A cache line of words.
const LINE: usize = HOME * slot::WORDS;
/// How many homes are looked at for room before a table counts as full.
const LONGEST_SEARCH: usize = 512;

pub(super) struct Table {
    words: Words,
    /// How many rules were moved.
    moves: AtomicUsize,
}

/// On the search for room: a home, and whose slot's rule would move to it.
struct Step {
    home: usize,
    before: Option<(usize, usize)>,
}

impl Table {
    /// A table in which `rules` take 86 of 100 slots.
    pub(super) fn for_rules(rules: usize) -> Self {
        let homes = (rules * 100).div_ceil(86).div_ceil(HOME);
        Self {
            words: Words::zeroed(homes * LINE),
            moves: AtomicUsize::new(0),
        }
    }

    /// Whether one more fits beside so many that are taken.
    pub(super) fn has_room(&self, taken: usize) -> bool {
        (taken + 1) * 100 <= self.room() * 95
    }

    #[cfg(test)]
    pub(super) fn moved(&self) -> usize {
        self.moves.load(Ordering::Relaxed)
    }

    /// How many slots there are.
    pub(super) fn room(&self) -> usize {
        self.words.len() / slot::WORDS
    }

    /// The two homes of a mark, which may be one.
    fn homes(&self, tag: u64) -> [usize; 2] {
        let homes = (self.words.len() / LINE) as u128;
        // A multiplication spreads 64 bits over any number of homes.
        [tag, tag.rotate_left(u64::BITS / 2)]
            .map(|bits| ((u128::from(bits) * homes) >> u64::BITS) as usize)
    }

    fn line(&self, home: usize) -> Option<&[AtomicU64; LINE]> {
        self.words.as_chunks().0.get(home)
    }

    fn slots(&self, home: usize) -> impl Iterator<Item = Slot<'_>> {
        let line = self.line(home).into_iter();
        line.flat_map(|line| line.as_chunks().0).map(Slot::new)
    }

    /// All slots in which the mark may stand.
    fn places(&self, tag: u64) -> impl Iterator<Item = Slot<'_>> {
        let homes = self.homes(tag).into_iter();
        homes.flat_map(|home| self.slots(home))
    }

    /// Asks for the memory in which the mark would stand.
    pub(super) fn prefetch(&self, tag: u64) {
        for home in self.homes(tag) {
            self.line(home).map(memory::prefetch);
        }
    }

    /// The times of the mark, while a writer may be at work.
    pub(super) fn get(&self, tag: u64) -> Option<Span> {
        loop {
            let moves = self.moves.load(Ordering::Acquire);
            let Some(slot) = self.find(tag) else {
                if self.moves.load(Ordering::Acquire) == moves {
                    return None;
                }
                continue;
            };
            let span = slot.span();
            if slot.tag() == tag {
                return Some(span);
            }
        }
    }

    /// The slot of the mark. Stays so as long as the writer wants it to.
    pub(super) fn find(&self, tag: u64) -> Option<Slot<'_>> {
        self.places(tag).find(|slot| slot.tag() == tag)
    }

    pub(super) fn taken(&self) -> impl Iterator<Item = Slot<'_>> {
        let slots = self.words.as_chunks().0.iter().map(Slot::new);
        slots.filter(|slot| slot.tag() != slot::FREE)
    }

    /// Writes the rule of a mark that has no slot yet; whether there was room.
    pub(super) fn insert(&self, tag: u64, span: Span) -> bool {
        let free = self.make_room(tag);
        if let Some(slot) = free {
            slot.fill(tag, span);
        }
        free.is_some()
    }

    /// A free slot in one of the mark's homes, if need be after moving others.
    fn make_room(&self, tag: u64) -> Option<Slot<'_>> {
        let free = self.places(tag).find(|slot| slot.tag() == slot::FREE);
        if free.is_some() {
            return free;
        }
        let homes = self.homes(tag);
        let mut steps = Vec::from(homes.map(|home| Step { home, before: None }));
        let mut number = 0;
        // The shortest way, on which no home comes twice.
        while let Some(step) = steps.get(number) {
            let home = step.home;
            for (place, slot) in self.slots(home).enumerate() {
                match slot.tag() {
                    slot::FREE => return self.pull(&steps, number, slot),
                    tag if steps.len() < LONGEST_SEARCH => {
                        let [one, other] = self.homes(tag);
                        steps.push(Step {
                            home: if home == one { other } else { one },
                            before: Some((number, place)),
                        });
                    }
                    _ => {}
                }
            }
            number += 1;
        }
        None
    }

    /// Moves one rule after the other along the way that led to `free`, and
    /// returns the slot at its beginning, free now.
    fn pull<'t>(&'t self, steps: &[Step], number: usize, free: Slot<'t>) -> Option<Slot<'t>> {
        let (mut free, mut step) = (free, steps.get(number)?);
        while let Some((number, place)) = step.before {
            step = steps.get(number)?;
            let slot = self.slots(step.home).nth(place)?;
            free.copy(slot);
            self.moves.fetch_add(1, Ordering::Release);
            slot.vacate();
            free = slot;
        }
        Some(free)
    }
}
