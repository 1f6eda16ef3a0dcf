//! The kids that were asked for and aren't there: a table of a fixed size.
//!
//! A kid that stays unknown may ask again after ever longer. Whoever makes kids
//! up can push others out of the table, which gains nothing: what bounds the
//! fetches is the cooldown and the budget, whatever this remembers.

/// The places; each kid has one, by its hash.
const PLACES: usize = 256;

#[derive(Clone, Copy)]
struct Stranger {
    hash: u64,
    /// The moment from which it may ask again.
    again: i64,
    /// How long it was told to wait the last time.
    pause: i64,
}

pub(super) struct Strangers(Box<[Option<Stranger>]>);

impl Strangers {
    pub(super) fn new() -> Self {
        Self(vec![None; PLACES].into())
    }

    /// Whether the kid of this hash may ask at `now`.
    pub(super) fn may_ask(&self, hash: u64, now: i64) -> bool {
        let place = self.0.get(place(hash)).copied().flatten();
        place.is_none_or(|stranger| stranger.hash != hash || stranger.again <= now)
    }

    /// Notes that it has asked: it may again after `first`, the next time after
    /// twice as long, up to `longest`.
    pub(super) fn has_asked(&mut self, hash: u64, now: i64, first: i64, longest: i64) {
        if let Some(slot) = self.0.get_mut(place(hash)) {
            let pause = match slot {
                Some(known) if known.hash == hash => (known.pause * 2).min(longest),
                _ => first.min(longest),
            };
            *slot = Some(Stranger {
                hash,
                again: now + pause,
                pause,
            });
        }
    }
}

fn place(hash: u64) -> usize {
    usize::try_from(hash % PLACES as u64).unwrap_or(0)
}
