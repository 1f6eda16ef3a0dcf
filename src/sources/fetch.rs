//! A fetch from its claim to its consequences, whoever makes it.

use std::sync::atomic::Ordering;

use super::answer::{Answer, Learnt};
use super::file;
use super::machine::SECOND;
use super::message::{Request, Response};
use super::origin::Origin;
use super::report::{self, Event};
use super::source::Source;
use crate::clock;
use crate::crypto;
use crate::error::Result;
use crate::fork;
use crate::keys::KeySet;

impl Source {
    /// Fetches now, in the calling thread, after a fetch that is under way.
    pub fn refresh(&self) -> Result<()> {
        let patience = self.options.https.timeout.saturating_mul(2);
        loop {
            let (mine, settled) = {
                let _gate = fork::inside();
                let mut inner = self.inner.lock();
                (
                    inner.machine.claim_now(clock::uptime()),
                    self.settled.load(Ordering::Acquire),
                )
            };
            if mine {
                return self.fetch();
            }
            self.wait_settled(settled, patience)?;
        }
    }

    /// What the refresher does when it comes by: the fetch that is due, if one
    /// is. Returns the moment of the next.
    pub(super) fn attend(&self) -> i64 {
        let mine = {
            let _gate = fork::inside();
            self.inner.lock().machine.claim(clock::uptime())
        };
        if mine {
            // Its failure is in the status and the events.
            let _ = self.fetch();
        }
        let now = clock::uptime();
        let (next, stale) = {
            let _gate = fork::inside();
            let mut inner = self.inner.lock();
            let from = inner.machine.stale_from().filter(|_| !inner.told);
            let stale = from.is_some_and(|from| from <= now);
            inner.told |= stale;
            let from = from.filter(|_| !stale).unwrap_or(i64::MAX);
            (inner.machine.next().min(from), stale)
        };
        if stale {
            self.events.add("stale", []);
        }
        next
    }

    /// Makes the fetch that was claimed, step by step.
    pub(super) fn fetch(&self) -> Result<()> {
        loop {
            let outcome = match &self.options.origin {
                Origin::File(path) => {
                    let known = {
                        let _gate = fork::inside();
                        self.inner.lock().knowledge.identity.clone()
                    };
                    file::read(path, self.options.https.bytes, known.as_ref()).map(Answer::File)
                }
                Origin::Url(_) | Origin::Issuer(_) => self.exchange().map(Answer::Https),
            };
            if let Some(ended) = self.settle(outcome) {
                return ended;
            }
        }
    }

    fn exchange(&self) -> Result<Response> {
        self.https()?.get(&self.request())
    }

    pub(super) fn request(&self) -> Request {
        let _gate = fork::inside();
        self.inner
            .lock()
            .knowledge
            .request(&self.options, clock::uptime())
    }

    /// Draws the consequences of an answer; `None` when the fetch goes on with
    /// another request.
    pub(super) fn settle(&self, outcome: Result<Answer>) -> Option<Result<()>> {
        let now = clock::uptime();
        let known = {
            let _gate = fork::inside();
            self.inner.lock().knowledge.clone()
        };
        // Outside the lock: a large set takes its time.
        let learnt = outcome
            .map_err(|error| (error, None))
            .and_then(|answer| known.learn(answer, &self.options, self.has_keys(), now));
        let jitter = jitter();
        let mut events = Vec::new();
        let ended = {
            let _gate = fork::inside();
            let inner = &mut *self.inner.lock();
            match learnt {
                Ok(Learnt::Metadata(knowledge)) => {
                    inner.knowledge = knowledge;
                    return None;
                }
                Ok(Learnt::Keys {
                    set,
                    knowledge,
                    life,
                }) => {
                    inner.counters.fetches += u64::from(set.is_some() || !self.options.is_file());
                    if let Some(set) = set {
                        inner.counters.skipped += set.skipped().len() as u64;
                        events = self.replace(set);
                    }
                    inner.knowledge = knowledge;
                    if inner.machine.is_failing() {
                        events.push(("recovered", vec![]));
                    }
                    inner.machine.good(now, life, jitter);
                    inner.last_error = None;
                    inner.told = false;
                    self.fetched.store(now, Ordering::Release);
                    Ok(())
                }
                Err((error, pause)) => {
                    inner.counters.fetches += 1;
                    inner.counters.failures += 1;
                    inner.knowledge.forget_place();
                    inner.machine.failed(
                        now,
                        pause.map(|pause| pause.saturating_mul(SECOND)),
                        jitter,
                    );
                    // A failure that goes on is told once.
                    if inner.last_error.as_deref() != Some(error.message()) {
                        inner.last_error = Some(error.message().to_owned());
                        events.push(("fetch-failed", vec![("message", error.message().into())]));
                    }
                    Err(error)
                }
            }
        };
        for (event, details) in events {
            self.events.add(event, details);
        }
        self.settled.fetch_add(1, Ordering::Release);
        if let Some(waiting) = self.waiting.get() {
            waiting.1.wake();
        }
        Some(ended)
    }

    /// Puts `set` in force unless it is the one that is, and says what is new.
    fn replace(&self, set: KeySet) -> Vec<Event> {
        let events = {
            let old = self.ring.load();
            if set.is_same(&old) {
                return Vec::new();
            }
            report::changes(&old, &set)
        };
        self.ring.replace(set);
        events
    }
}

/// A random number of thousandths.
pub(super) fn jitter() -> u32 {
    let mut bytes = [0; 4];
    match crypto::random(&mut bytes) {
        Ok(()) => u32::from_le_bytes(bytes) % 1001,
        Err(_) => 0,
    }
}
