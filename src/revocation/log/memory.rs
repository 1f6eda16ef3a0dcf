//! The log of `memory:`: the entries of one process, gone with it.

use std::collections::HashMap;
use std::collections::hash_map;

use crate::revocation::mark::Mark;
use crate::revocation::rule::{Entry, Rule, Subject};

/// Below this many entries it isn't worth looking for those that have ended.
const FEW: usize = 1024;

pub(in crate::revocation) struct Log {
    entries: HashMap<Mark, Kept>,
    /// How many entries were ever added: the next one's place in the order.
    added: u64,
    /// At how many entries to look for those that have ended; twice what the
    /// last look left, so that looking costs nothing to speak of.
    crowded: usize,
}

struct Kept {
    entry: Entry,
    place: u64,
}

impl Log {
    pub(in crate::revocation) fn new() -> Self {
        Self {
            entries: HashMap::new(),
            added: 0,
            crowded: FEW,
        }
    }

    /// Adds `entry`, joined to the one already there: the earlier `at` stays,
    /// and a note only gives way to another.
    pub(in crate::revocation) fn record(&mut self, mark: Mark, entry: Entry, now: i64) -> Entry {
        if self.entries.len() >= self.crowded {
            self.compact(now);
        }
        let place = self.added;
        match self.entries.entry(mark) {
            hash_map::Entry::Occupied(mut held) if !held.get().entry.rule.span().has_ended(now) => {
                let older = &mut held.get_mut().entry;
                let span = entry.rule.span().joined_to(older.rule.span(), now);
                older.rule.set_span(span);
                older.at = older.at.min(entry.at);
                if entry.rule.note.is_some() {
                    older.rule.note = entry.rule.note;
                }
                older.clone()
            }
            slot => {
                self.added += 1;
                let kept = Kept { entry, place };
                slot.insert_entry(kept).get().entry.clone()
            }
        }
    }

    pub(in crate::revocation) fn remove(&mut self, mark: Mark) {
        self.entries.remove(&mark);
    }

    /// Drops what has ended by `now`.
    pub(in crate::revocation) fn compact(&mut self, now: i64) {
        self.entries
            .retain(|_, kept| !kept.entry.rule.span().has_ended(now));
        self.crowded = (self.entries.len() * 2).max(FEW);
        if self.entries.capacity() / 4 > self.crowded {
            self.entries.shrink_to(self.crowded);
        }
    }

    /// What is in force at `now`, by `at` and then as it came.
    pub(in crate::revocation) fn live(&self, now: i64) -> Vec<&Entry> {
        let mut live: Vec<&Kept> = self
            .entries
            .values()
            .filter(|kept| !kept.entry.rule.span().has_ended(now))
            .collect();
        live.sort_unstable_by_key(|kept| (kept.entry.at, kept.place));
        live.into_iter().map(|kept| &kept.entry).collect()
    }

    /// What each rule is about and when it ends, in no order.
    pub(in crate::revocation) fn targets(&self) -> impl Iterator<Item = (Subject<&str>, i64)> {
        self.entries.values().map(|kept| {
            let rule: &Rule = &kept.entry.rule;
            (rule.subject.as_ref(), rule.span().end)
        })
    }
}
