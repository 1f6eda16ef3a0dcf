//! Which proofs were used, each until nobody would accept it any more. No rules:
//! nobody looks them up by name, lists or exports them.

use parking_lot::Mutex;

use super::index::{Index, Pen};
use super::mark::Mark;
use super::rule::{EVER, Span};

pub(super) struct Used {
    index: Index,
    pen: Mutex<Pen>,
}

impl Used {
    pub(super) fn new() -> Self {
        Self {
            index: Index::new(),
            pen: Mutex::new(Pen::new()),
        }
    }

    /// Remembers `mark` until `end`; whether it wasn't, at `now`. The caller
    /// stands inside the gate.
    pub(super) fn remember(&self, mark: Mark, end: i64, now: i64) -> bool {
        let pen = &mut *self.pen.lock();
        let is_first = self.index.get(mark).is_none_or(|span| span.has_ended(now));
        if is_first {
            self.index.set(pen, mark, Span { cut: EVER, end }, now);
        }
        is_first
    }
}
