//! A fetch from its claim to its consequences, whoever makes it.
//!
//! While bytes are on their way nobody holds the source: it may be freed
//! meanwhile, and a process that forks then leaves none behind in its child.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::answer::{Answer, Content, Failure, Learnt, Reading};
use super::file::{self, Identity};
use super::https::Https;
use super::machine::{Jitter, SECOND, Ticket};
use super::message::Request;
use super::origin::Origin;
use super::report::{self, Event};
use super::source::{Inner, Source};
use crate::clock;
use crate::crypto;
use crate::error::{Error, ErrorKind, Result};

/// The longest message that is kept of a failure: some of it is the server's.
const LONGEST_MESSAGE: usize = 512;

/// A fetch that was claimed, and all that it needs.
pub(super) struct Fetch {
    pub(super) ticket: Ticket,
    deadline: Instant,
    errand: Errand,
}

enum Errand {
    File {
        path: PathBuf,
        most: usize,
        known: Option<Identity>,
    },
    Https {
        client: Result<Arc<(u64, Https)>>,
        request: Request,
    },
}

/// What has come of a step of a fetch.
pub(super) enum Settled {
    /// Another request is to be made.
    Next(Request),
    Ended(Result<()>),
    /// Nobody awaits it any more: it took so long that it counted as lost.
    Late,
}

impl Fetch {
    /// Makes it, step by step, and ends as the last step did.
    pub(super) fn make(mut self, settle: impl Fn(Ticket, Result<Answer>) -> Settled) -> Settled {
        loop {
            // A bug, here or in a crate, must not leave the keys to grow old.
            let step = catch_unwind(AssertUnwindSafe(|| self.step()));
            let step = step.unwrap_or_else(|_| {
                Err(Error::new(
                    ErrorKind::Internal,
                    "the fetch panicked; please report it",
                ))
            });
            match (settle(self.ticket, step), &mut self.errand) {
                (Settled::Next(next), Errand::Https { request, .. }) => *request = next,
                (ended, _) => return ended,
            }
        }
    }

    fn step(&self) -> Result<Answer> {
        match &self.errand {
            Errand::File { path, most, known } => {
                file::read(path, *most, known.as_ref()).map(Answer::File)
            }
            Errand::Https { client, request } => {
                let client = client.as_ref().map_err(Clone::clone)?;
                let response = client.1.get(request, self.deadline)?;
                Ok(Answer::Https(request.clone(), response))
            }
        }
    }
}

impl Source {
    /// Fetches now, in the calling thread, after a fetch that is under way.
    pub fn refresh(&self) -> Result<()> {
        loop {
            let now = clock::uptime();
            let (ticket, settled, lost) = {
                let mut inner = self.inner();
                let ticket = inner.machine.claim_now(now);
                (ticket, self.settled(), inner.machine.next())
            };
            let Some(ticket) = ticket else {
                let limit = Duration::from_millis((lost - now).unsigned_abs());
                match self.wait_settled(settled, limit) {
                    Err(error) if clock::uptime() < lost => return Err(error),
                    Ok(()) | Err(_) => continue,
                }
            };
            match self
                .fetch(ticket)
                .make(|ticket, step| self.settle(ticket, step))
            {
                Settled::Ended(ended) => return ended,
                Settled::Late | Settled::Next(_) => {}
            }
        }
    }

    /// The fetch that is due, if one is.
    pub(super) fn claim_fetch(&self) -> Option<Fetch> {
        let ticket = self.inner().machine.claim(clock::uptime())?;
        Some(self.fetch(ticket))
    }

    fn fetch(&self, ticket: Ticket) -> Fetch {
        let deadline = Instant::now() + self.options.https.timeout;
        let errand = match &self.options.origin {
            Origin::File(path) => Errand::File {
                path: path.clone(),
                most: self.options.https.bytes,
                known: self.inner().knowledge.identity.clone(),
            },
            Origin::Url(_) | Origin::Issuer(_) => Errand::Https {
                client: self.https(),
                request: self.request(),
            },
        };
        Fetch {
            ticket,
            deadline,
            errand,
        }
    }

    pub(super) fn request(&self) -> Request {
        let inner = self.inner();
        inner.knowledge.request(&self.options, clock::uptime())
    }

    /// Draws the consequences of a step of the fetch of this ticket.
    pub(super) fn settle(&self, ticket: Ticket, step: Result<Answer>) -> Settled {
        let now = clock::uptime();
        let jitter = jitter();
        let known = self.inner().knowledge.clone();
        // Outside the lock: a large set takes its time.
        let learnt = step
            .map_err(|error| (error, None))
            .and_then(|answer| known.learn(answer, &self.reading(), now))
            .map_err(|(error, pause)| (shortened(self.told(error)), pause));
        let (is_new, mut events) = match &learnt {
            Ok(Learnt::Content {
                content: Some(Content::Keys(set)),
                ..
            }) => report::changes(&self.ring.load(), set),
            Ok(Learnt::Content { .. } | Learnt::Next(..)) | Err(_) => (false, Vec::new()),
        };
        let ended = {
            let mut inner = self.inner();
            if !inner.machine.awaits(ticket) {
                return Settled::Late;
            }
            let ended = match learnt {
                Ok(Learnt::Next(knowledge, request)) => {
                    inner.knowledge = knowledge;
                    return Settled::Next(request);
                }
                Ok(Learnt::Content {
                    content,
                    knowledge,
                    mut life,
                }) => {
                    if content.is_some() || !self.options.is_file() {
                        inner.counters.fetches += 1;
                    }
                    let mut list = None;
                    match content {
                        Some(Content::Keys(set)) => {
                            inner.counters.skipped += set.skipped().len() as u64;
                            if is_new {
                                self.ring.replace(set);
                            }
                        }
                        Some(Content::List(new)) => list = Some(new),
                        None => {}
                    }
                    if let Some(following) = &self.list {
                        life = following.replace(list, life, clock::now());
                    }
                    inner.knowledge = knowledge;
                    events.extend(inner.succeeds(now, life, jitter));
                    self.fetched.store(now, Ordering::Release);
                    Ok(())
                }
                Err(failure) => {
                    events.extend(inner.fails(&failure, now, jitter));
                    Err(failure.0)
                }
            };
            self.settled.fetch_add(1, Ordering::Release);
            ended
        };
        for (event, details) in events {
            self.events.add(event, details);
        }
        if let Some(waiting) = self.waiting.get() {
            waiting.1.wake();
        }
        Settled::Ended(ended)
    }

    /// How an answer is read: nothing is still good of a list that has ended.
    fn reading(&self) -> Reading<'_> {
        let list = self.list.as_ref();
        Reading {
            options: &self.options,
            list,
            has_content: self.has_keys()
                && list.is_none_or(|list| list.current(clock::now()).is_some()),
        }
    }

    pub(super) fn settled(&self) -> u64 {
        self.settled.load(Ordering::Acquire)
    }
}

impl Inner {
    fn succeeds(&mut self, now: i64, life: i64, jitter: Jitter) -> Option<Event> {
        let has_failed = self.machine.is_failing();
        self.machine.good(now, life, jitter);
        self.last_error = None;
        self.told_stale = false;
        has_failed.then(|| ("recovered", vec![]))
    }

    /// A failure that goes on is told once.
    fn fails(&mut self, (error, pause): &Failure, now: i64, jitter: Jitter) -> Option<Event> {
        self.counters.fetches += 1;
        self.counters.failures += 1;
        self.knowledge.forget_place();
        let pause = pause.map(|pause| pause.saturating_mul(SECOND));
        self.machine.failed(now, pause, jitter);
        let is_known = self.last_error.as_deref() == Some(error.message());
        (!is_known).then(|| {
            self.last_error = Some(error.message().to_owned());
            ("fetch-failed", vec![("message", error.message().into())])
        })
    }
}

/// The error with a message that may be kept.
fn shortened(error: Error) -> Error {
    match error.message().char_indices().nth(LONGEST_MESSAGE) {
        Some((end, _)) => {
            let message = error.message().get(..end).unwrap_or_default();
            Error::new(error.kind(), format!("{message}…"))
        }
        None => error,
    }
}

/// A random number of thousandths.
pub(super) fn jitter() -> Jitter {
    let mut bytes = [0; 4];
    match crypto::random(&mut bytes) {
        Ok(()) => u32::from_le_bytes(bytes) % 1001,
        Err(_) => 0,
    }
}
