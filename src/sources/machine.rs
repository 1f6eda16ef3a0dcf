//! When a fetch is due, and what its outcome changes. No I/O, no clock, no lock:
//! moments are milliseconds that the caller hands in, so that tests own them.
//!
//! Two kinds of fetches are kept apart. The timer's come ahead of the answer's
//! expiry, or after a failure's pause. A token's come when a kid isn't in the
//! set: at most one per cooldown, within an hourly budget. Neither takes from
//! the other, so that made-up kids delay no refresh and flood no issuer.
//!
//! A fetch has a ticket. One that takes too long counts as lost, another may
//! begin, and what the first still brings is told by its ticket and left alone:
//! it is older than what the second brings.

use super::budget::Budget;
use super::strangers::Strangers;

pub(super) const SECOND: i64 = 1000;

/// How long after a failure the next attempt comes: at first, and mostly at most.
const SHORTEST_PAUSE: i64 = SECOND;
pub(super) const LONGEST_PAUSE: i64 = 60 * SECOND;

/// How many cooldowns a kid that stays unknown is kept from asking at most: who
/// guesses the next key's kid, and asks for it beforehand, delays it no longer.
const LONGEST_SILENCE: i64 = 8;

/// The bounds, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// The shortest and the longest life of an answer.
    pub(super) minimum: i64,
    pub(super) maximum: i64,
    /// Between two fetches that tokens caused.
    pub(super) cooldown: i64,
    /// How many fetches tokens may cause in an hour; `None`: as many as there are cooldowns.
    pub(super) budget: Option<u32>,
    /// How old the last good answer may be; `None`: however old.
    pub(super) stale: Option<i64>,
    /// How long after a failure the next attempt comes at most.
    pub(super) pause: i64,
    /// How long a fetch may be under way before it counts as lost.
    pub(super) patience: i64,
}

impl Pace {
    /// From when on an answer that came at `fetched` is too old: it may be
    /// exactly as old as the bound.
    pub(super) fn stale_from(&self, fetched: i64) -> Option<i64> {
        Some(fetched.saturating_add(self.stale?).saturating_add(1))
    }

    pub(super) fn is_stale(&self, fetched: i64, now: i64) -> bool {
        self.stale_from(fetched).is_some_and(|from| from <= now)
    }
}

/// A random number of thousandths, from 0 to 1000.
pub(super) type Jitter = u32;

/// Which fetch it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ticket(u64);

/// The fetch under way.
struct Flight {
    ticket: Ticket,
    /// When it counts as lost.
    lost: i64,
}

/// What a kid that isn't in the set is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It has asked for a fetch that could bring it.
    Asks,
    /// Such a fetch is due or under way.
    Pending,
    /// It isn't there.
    Unknown,
}

pub(super) struct Machine {
    pace: Pace,
    /// When the last good answer came.
    fetched: Option<i64>,
    /// When the timer's next fetch is due.
    due: i64,
    flight: Option<Flight>,
    /// How many fetches have begun.
    begun: u64,
    /// Whether a token has asked for a fetch that hasn't begun.
    wanted: bool,
    /// When a token last asked for a fetch.
    asked: Option<i64>,
    /// What tokens may ask for, where that is bounded by more than the cooldown.
    budget: Option<Budget>,
    strangers: Strangers,
    /// How many fetches in a row have failed.
    failures: u32,
}

impl Machine {
    /// A machine without an answer; its first fetch is due at `now`.
    pub(super) fn new(pace: Pace, now: i64) -> Self {
        Self {
            pace,
            fetched: None,
            due: now,
            flight: None,
            begun: 0,
            wanted: false,
            asked: None,
            budget: pace.budget.map(Budget::new),
            strangers: Strangers::new(),
            failures: 0,
        }
    }

    pub(super) fn fetched(&self) -> Option<i64> {
        self.fetched
    }

    /// Whether the last fetch failed.
    pub(super) fn is_failing(&self) -> bool {
        self.failures > 0
    }

    /// Whether a token has asked for a fetch that hasn't begun.
    #[cfg(test)]
    pub(super) fn is_wanted(&self) -> bool {
        self.wanted
    }

    /// When the last good answer becomes too old.
    pub(super) fn stale_from(&self) -> Option<i64> {
        self.pace.stale_from(self.fetched?)
    }

    pub(super) fn is_stale(&self, now: i64) -> bool {
        self.stale_from().is_some_and(|from| from <= now)
    }

    /// The moment at which something is to be done: now, if that is past.
    pub(super) fn next(&self) -> i64 {
        match &self.flight {
            Some(flight) => flight.lost,
            None if self.wanted => i64::MIN,
            None => self.due,
        }
    }

    /// Begins the fetch that is due, if one is and none is under way: the caller
    /// sees to it, and says [`Self::good`] or [`Self::failed`].
    pub(super) fn claim(&mut self, now: i64) -> Option<Ticket> {
        self.is_due(now).then(|| self.claim_now(now)).flatten()
    }

    /// Whether there is something to fetch: what a lost fetch was for still is.
    fn is_due(&self, now: i64) -> bool {
        self.wanted || self.due <= now || self.flight.is_some()
    }

    /// As [`Self::claim`], whether one is due or not.
    pub(super) fn claim_now(&mut self, now: i64) -> Option<Ticket> {
        if self.is_flying(now) {
            return None;
        }
        self.wanted = false;
        self.begun += 1;
        let ticket = Ticket(self.begun);
        self.flight = Some(Flight {
            ticket,
            lost: now.saturating_add(self.pace.patience),
        });
        Some(ticket)
    }

    fn is_flying(&self, now: i64) -> bool {
        self.flight.as_ref().is_some_and(|flight| now < flight.lost)
    }

    /// Whether the fetch of this ticket is the one that an answer is expected of.
    pub(super) fn awaits(&self, ticket: Ticket) -> bool {
        self.flight
            .as_ref()
            .is_some_and(|flight| flight.ticket == ticket)
    }

    /// A step of the fetch is done and the next is due at once.
    pub(super) fn go_on(&mut self, now: i64) {
        self.flight = None;
        self.due = self.due.min(now);
    }

    /// Forgets the fetch under way, whoever was at it being gone; what it was
    /// for is due.
    pub(super) fn abandon(&mut self) {
        self.wanted |= self.flight.take().is_some();
    }

    /// A good answer came, to be used for `life` milliseconds.
    pub(super) fn good(&mut self, now: i64, life: i64, jitter: Jitter) {
        self.flight = None;
        self.failures = 0;
        self.fetched = Some(now);
        self.due = now.saturating_add(ahead(self.bounded(life), jitter));
    }

    /// An answer that came at `fetched`, some time ago.
    pub(super) fn seed(&mut self, fetched: i64, life: i64, jitter: Jitter) {
        self.fetched = Some(fetched);
        self.due = fetched.saturating_add(ahead(self.bounded(life), jitter));
    }

    fn bounded(&self, life: i64) -> i64 {
        let life = life.clamp(self.pace.minimum, self.pace.maximum);
        self.pace.stale.map_or(life, |stale| life.min(stale))
    }

    /// The fetch failed; `pause` is what the server asked for, if it did.
    pub(super) fn failed(&mut self, now: i64, pause: Option<i64>, jitter: Jitter) {
        self.flight = None;
        let doubled = SHORTEST_PAUSE << self.failures.min(6);
        self.failures = self.failures.saturating_add(1);
        let backed_off = spread(doubled.min(self.pace.pause), jitter);
        let pause = pause.unwrap_or(0).min(self.pace.maximum).max(backed_off);
        let again = now.saturating_add(pause);
        // A refresh that was due later stays due then at the latest.
        self.due = if self.due > now {
            self.due.min(again)
        } else {
            again
        };
    }

    /// Judges a kid that isn't in the set, by its hash.
    pub(super) fn stranger(&mut self, hash: u64, now: i64) -> Verdict {
        // While the issuer can't be asked nobody knows which kids it has.
        if self.is_due(now) || self.is_failing() {
            return Verdict::Pending;
        }
        let cooled = self
            .asked
            .is_none_or(|asked| now - asked >= self.pace.cooldown);
        if !cooled || !self.strangers.may_ask(hash, now) || !self.spend(now) {
            return Verdict::Unknown;
        }
        let longest = self.pace.cooldown.saturating_mul(LONGEST_SILENCE);
        self.strangers
            .has_asked(hash, now, self.pace.cooldown, longest);
        self.asked = Some(now);
        self.wanted = true;
        Verdict::Asks
    }

    /// Takes a fetch from the budget.
    fn spend(&mut self, now: i64) -> bool {
        self.budget.as_mut().is_none_or(|budget| budget.spend(now))
    }
}

/// When to refresh an answer of this life: at eight tenths of it, or up to one
/// tenth earlier, so that many processes don't come at once.
fn ahead(life: i64, jitter: Jitter) -> i64 {
    life / 10 * 8 - life / 10 * i64::from(jitter) / 1000
}

/// A pause, shortened by up to half of it.
fn spread(pause: i64, jitter: Jitter) -> i64 {
    pause - pause / 2 * i64::from(jitter) / 1000
}
