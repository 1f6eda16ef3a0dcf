//! What this process said of late: it stands here, whatever a shared log still
//! tells that was said before, until the log has told it back.

use std::collections::HashMap;

use super::log::Stamp;
use super::mark::Mark;
use super::rule::Span;

/// In place of a stamp: it isn't in the log, or not yet.
const NOWHERE: Stamp = (u64::MAX, u64::MAX);

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    Revoked(Span),
    Restored,
}

#[derive(Default)]
pub(super) struct Own {
    words: HashMap<Mark, (Word, Stamp)>,
    switches: HashMap<(Box<str>, Box<str>), Stamp>,
}

impl Own {
    /// Something has just been said, and is about to be appended.
    pub(super) fn say(&mut self, mark: Mark, word: Word) {
        self.words.insert(mark, (word, NOWHERE));
    }

    pub(super) fn switch(&mut self, scope: &str, name: &str) {
        let switch = (scope.into(), name.into());
        self.switches.insert(switch, NOWHERE);
    }

    /// It is in the log at `stamp`; nowhere means that the log tells nothing
    /// older from here on.
    pub(super) fn is_appended(&mut self, mark: Mark, stamp: Option<Stamp>) {
        match (self.words.get_mut(&mark), stamp) {
            (Some(kept), Some(stamp)) => kept.1 = stamp,
            (Some(_), None) => _ = self.words.remove(&mark),
            (None, _) => {}
        }
    }

    /// The same of a switch, which the next word of anybody decides where it
    /// couldn't be appended.
    pub(super) fn is_switched(&mut self, scope: &str, name: &str, stamp: Option<Stamp>) {
        let switch = (scope.into(), name.into());
        match stamp {
            Some(stamp) => _ = self.switches.insert(switch, stamp),
            None => _ = self.switches.remove(&switch),
        }
    }

    /// What stands against a word about `mark` that the log has at `stamp`.
    pub(super) fn against(&mut self, mark: Mark, stamp: Stamp) -> Option<Word> {
        let (word, own) = self.words.get(&mark).copied()?;
        if own > stamp {
            return Some(word);
        }
        self.words.remove(&mark);
        None
    }

    /// Whether a switch stands as it was set here.
    pub(super) fn holds_switch(&self, scope: &str, name: &str, stamp: Stamp) -> bool {
        if self.switches.is_empty() {
            return false;
        }
        let own = self.switches.get(&(scope.into(), name.into()));
        own.is_some_and(|own| *own > stamp)
    }

    /// The log has told everything up to `stamp`.
    pub(super) fn is_told(&mut self, stamp: Stamp) {
        self.words.retain(|_, (_, own)| *own > stamp);
        self.switches.retain(|_, own| *own > stamp);
    }

    /// A rule couldn't be taken back in the log: its next word about it counts,
    /// since a revocation by others must not be missed.
    pub(super) fn is_not_restored(&mut self, mark: Mark) {
        if let Some((Word::Restored, _)) = self.words.get(&mark) {
            self.words.remove(&mark);
        }
    }

    /// Whether what is on its way gets into the log, a child of this process
    /// doesn't come to know: what was revoked stands there, the rest doesn't.
    pub(super) fn is_inherited(&mut self) {
        self.words
            .retain(|_, (word, stamp)| *word != Word::Restored || *stamp != NOWHERE);
        self.switches.retain(|_, stamp| *stamp != NOWHERE);
    }

    /// Forgets what isn't in the log and has ended.
    pub(super) fn tidy(&mut self, now: i64) {
        self.words.retain(|_, (word, _)| match word {
            Word::Revoked(span) => !span.has_ended(now),
            Word::Restored => true,
        });
    }

    /// What was revoked here, and not told back.
    pub(super) fn revoked(&self) -> impl Iterator<Item = (Mark, Span)> {
        self.words
            .iter()
            .filter_map(|(mark, (word, _))| match word {
                Word::Revoked(span) => Some((*mark, *span)),
                Word::Restored => None,
            })
    }
}
