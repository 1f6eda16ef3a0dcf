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
        let is_first = self
            .index
            .rules()
            .get(mark)
            .is_none_or(|span| span.has_ended(now));
        if is_first {
            self.index.set(pen, mark, Span { cut: EVER, end }, now);
        }
        is_first
    }

    /// Gives back the room of what has ended by `now`. The caller stands inside
    /// the gate.
    pub(super) fn forget(&self, now: i64) {
        self.index.compact(&mut self.pen.lock(), now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::revocation::mark::Marker;
    use crate::revocation::rule::Subject;

    #[test]
    fn what_has_ended_makes_room() {
        let (used, marker) = (Used::new(), Marker::new());
        for number in 0..100_000 {
            let mark = marker.mark("", Subject::Key(&number.to_string()));
            let now = number / 500;
            assert!(used.remember(mark, now + 2, now));
        }
        let held = || {
            let tally = used.index.tally(&used.pen.lock(), 199);
            (tally.live, tally.ended)
        };
        let (live, ended) = held();
        assert_eq!(live, 1000);
        assert!(ended < 20_000, "{ended} that have ended still take room");
        used.forget(199);
        assert_eq!(held(), (1000, 0));
    }
}
