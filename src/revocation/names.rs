//! Which claims are looked up: the names that rules use, few by decree, since
//! every verification looks each of them up.
//!
//! A name is in use until the last of its rules ends. Rules that are taken back
//! don't shorten that before the next compaction, so that taking one back need
//! not count the others.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::rule::{Subject, fault};
use crate::error::Result;

pub(super) struct Names {
    limit: usize,
    used: Vec<Name>,
    /// When the last rule about a key ends.
    keys_end: i64,
}

struct Name {
    text: Box<str>,
    end: i64,
}

impl Names {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            used: Vec::new(),
            keys_end: i64::MIN,
        }
    }

    /// Fails where the names of `wanted` would be too many beside those in use at `now`.
    pub(super) fn admit<'a>(
        &self,
        wanted: impl Iterator<Item = Subject<&'a str>>,
        now: i64,
    ) -> Result<()> {
        let new = wanted.filter_map(|subject| match subject {
            Subject::Claim { name, .. } => Some(name),
            Subject::Key(_) => None,
        });
        let used = self.used.iter().filter(|name| name.end > now);
        let all: BTreeSet<&str> = used.map(|name| &*name.text).chain(new).collect();
        if all.len() > self.limit {
            let limit = self.limit;
            return Err(fault(
                "claim",
                format_args!(
                    "rules would use more than {limit} different claims; \
                     restore and compact those not needed, or raise the option names"
                ),
            ));
        }
        Ok(())
    }

    /// Notes an admitted subject; whether the names in use are others now.
    pub(super) fn note(&mut self, subject: Subject<&str>, end: i64, now: i64) -> bool {
        let text = match subject {
            Subject::Claim { name, .. } => name,
            Subject::Key(_) => {
                self.keys_end = self.keys_end.max(end);
                return false;
            }
        };
        if let Some(name) = self.used.iter_mut().find(|name| &*name.text == text) {
            name.end = name.end.max(end);
            return false;
        }
        self.used.retain(|name| name.end > now);
        let text = text.into();
        self.used.push(Name { text, end });
        true
    }

    /// Drops what isn't in use at `now`.
    pub(super) fn compact(&mut self, now: i64) {
        self.used.retain(|name| name.end > now);
    }

    /// Starts anew from `rules`, which are all there are.
    pub(super) fn recount<'a>(
        &mut self,
        rules: impl Iterator<Item = (Subject<&'a str>, i64)>,
        now: i64,
    ) {
        for name in &mut self.used {
            name.end = i64::MIN;
        }
        self.keys_end = i64::MIN;
        for (subject, end) in rules {
            self.note(subject, end, now);
        }
        self.compact(now);
    }

    /// Takes over what `other` has in use at `now`.
    pub(super) fn join(&mut self, other: &Self, now: i64) {
        for name in other.used.iter().filter(|name| name.end > now) {
            match self.used.iter_mut().find(|held| held.text == name.text) {
                Some(held) => held.end = held.end.max(name.end),
                None => self.used.push(Name {
                    text: name.text.clone(),
                    end: name.end,
                }),
            }
        }
        self.keys_end = self.keys_end.max(other.keys_end);
    }

    pub(super) fn limit(&self) -> usize {
        self.limit
    }

    pub(super) fn keys_end(&self) -> i64 {
        self.keys_end
    }

    pub(super) fn all(&self) -> Arc<[Box<str>]> {
        self.used.iter().map(|name| name.text.clone()).collect()
    }
}
