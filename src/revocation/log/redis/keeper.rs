//! The thread that keeps a journal: it reads the server's log into a file, and
//! appends what the file holds where the server has lost it.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::Redis;
use super::place::Store;
use crate::clock;
use crate::error::{Error, ErrorKind, Result};
use crate::events::Events;
use crate::revocation::bell::Bell;
use crate::revocation::log::sqlite::Journal;
use crate::revocation::log::{News, Position, Reader};
use crate::thread;

/// How often the journal is brought up to date.
const PAUSE: Duration = Duration::from_secs(1);

/// Ends the thread when dropped.
pub(super) struct Keeper(Arc<Bell>);

impl Drop for Keeper {
    fn drop(&mut self) {
        self.0.ring();
    }
}

impl Keeper {
    /// Starts the thread, if a journal is to be kept.
    pub(super) fn start(store: &Arc<Store>, events: &Arc<Events>) -> Option<Self> {
        let path = store.settings.journal.clone()?;
        let bell = Arc::new(Bell::default());
        let heard = Arc::clone(&bell);
        let mut keeping = Keeping {
            redis: Redis::new(store),
            path,
            journal: None,
            events: Arc::clone(events),
            is_failing: false,
        };
        let started = thread::start("jeton-journal", move || {
            while !heard.has_rung() {
                keeping.step();
                heard.wait(PAUSE);
            }
        });
        match started {
            Ok(()) => Some(Self(bell)),
            Err(error) => {
                events.add("journal-failed", [("message", error.message().into())]);
                None
            }
        }
    }
}

struct Keeping {
    redis: Redis,
    path: PathBuf,
    journal: Option<Journal>,
    events: Arc<Events>,
    is_failing: bool,
}

impl Keeping {
    fn step(&mut self) {
        let outcome = self.keep();
        let failed = outcome.as_ref().err();
        // That the server can't be reached is told by the follower.
        let failed = failed.filter(|error| error.kind() == ErrorKind::Storage);
        if let Some(error) = failed
            && !self.is_failing
        {
            self.events
                .add("journal-failed", [("message", error.message().into())]);
        }
        self.is_failing = failed.is_some();
        if outcome.is_err() {
            self.journal = None;
        }
    }

    fn keep(&mut self) -> Result<()> {
        let storage = |error: Error| error.into_kind(ErrorKind::Storage).at("the journal");
        let timeout = self.redis.store.settings.timeout;
        let mut journal = match self.journal.take() {
            Some(journal) => journal,
            None => Journal::open(&self.path, timeout).map_err(storage)?,
        };
        let (from, last) = journal.position().map_err(storage)?;
        let mut reading = Reading {
            journal: &mut journal,
            from: from.clone(),
            news: Vec::new(),
            is_anew: false,
            held: None,
            outcome: Ok(true),
        };
        let mut position = from.clone();
        let outcome = self.redis.look(&mut Reader {
            position: &mut position,
            unseen: &mut VecDeque::new(),
            take: &mut |news| reading.take(news),
        });
        let Reading {
            is_anew,
            held,
            outcome: written,
            ..
        } = reading;
        match outcome {
            // One that never was complete can't make the store so.
            Err(error)
                if error.kind() == ErrorKind::RevocationsStale && !from.identity.is_empty() =>
            {
                self.append_again(&mut journal, None)?;
            }
            Err(error) => return Err(error),
            Ok(()) if !written.map_err(storage)? => {}
            Ok(()) if is_anew => journal.drop_up_to(last).map_err(storage)?,
            Ok(()) => {
                if let Some(held) = held {
                    // Another journal made it whole, or an export: what only
                    // this one has is added.
                    self.append_again(&mut journal, Some(last))?;
                    let now = clock::now();
                    journal
                        .take(&[], &from, Some(&held), now)
                        .map_err(storage)?;
                }
            }
        }
        self.journal = Some(journal);
        Ok(())
    }

    /// Appends what the journal holds; where it is all of it, the store is whole then.
    fn append_again(&mut self, journal: &mut Journal, number: Option<i64>) -> Result<()> {
        let mut count = 0;
        let known = Position::default();
        let mut work = |redis: &mut Redis| {
            journal.tell(number, &mut |changes| {
                count += changes.len();
                redis.append_all(changes, clock::now(), &known).map(drop)
            })
        };
        if number.is_none() {
            self.redis.make_whole(work)?;
        } else {
            work(&mut self.redis)?;
        }
        self.events.add("reappended", [("count", count.into())]);
        Ok(())
    }
}

/// One look of the journal into the log.
struct Reading<'a> {
    journal: &'a mut Journal,
    from: Position,
    news: Vec<News>,
    is_anew: bool,
    /// How far a store has been read that took the place of the one that the
    /// journal followed.
    held: Option<Position>,
    /// Whether all could be written so far; not so where another process did.
    outcome: Result<bool>,
}

impl Reading<'_> {
    fn take(&mut self, news: Vec<News>) {
        let mut upto = None;
        for one in news {
            match one {
                News::Reset => self.is_anew = true,
                News::Upto(position) => upto = Some(position),
                News::At(_) => {}
                one => self.news.push(one),
            }
        }
        let known = &self.from.identity;
        if !self.is_anew && upto.as_ref().is_some_and(|upto| upto.identity != *known) {
            self.held = upto.take();
        }
        let told = std::mem::take(&mut self.news);
        if !matches!(self.outcome, Ok(true))
            || (told.is_empty() && upto.as_ref() == Some(&self.from))
        {
            return;
        }
        let now = clock::now();
        self.outcome = self.journal.take(&told, &self.from, upto.as_ref(), now);
        if let Some(upto) = upto {
            self.from = upto;
        }
    }
}
