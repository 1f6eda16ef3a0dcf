//! Writing: a change is an entry of the log, and acknowledged once it is there.

use std::collections::VecDeque;
use std::thread;
use std::time::{Duration, Instant};

use redis::{Value, cmd};

use super::line::Fault;
use super::{Redis, change, fresh_identity, value};
use crate::error::{Error, ErrorKind, Result};
use crate::revocation::log::{Change, News, Position, Reader, Stamp};

/// The most changes that stand or fall together: an entry holds them all.
const MOST: usize = 1000;
/// How many entries are sent before their answers are read.
const WINDOW: usize = 16;

/// Where an entry is, whose answer was lost.
enum Found {
    At(Stamp),
    Nowhere,
    Unknown,
}

/// What came of an attempt.
enum Attempt {
    Done(Stamp),
    /// There is no log to append to.
    NoLog,
    /// It wasn't sent.
    Unsent(Fault),
    /// It may or may not be in the log.
    Unanswered(Fault),
    Refused(Fault),
}

impl Redis {
    pub(super) fn append_all(
        &mut self,
        changes: &[Change],
        now: i64,
        known: &Position,
    ) -> Result<Option<Stamp>> {
        let pieces: Vec<&[Change]> = changes.chunks(MOST).collect();
        let mut stamp = None;
        for group in pieces.chunks(WINDOW) {
            stamp = self.append_patiently(group, now, known)?;
        }
        Ok(stamp)
    }

    /// Appends a few entries, and waits for a connection while the options allow.
    fn append_patiently(
        &mut self,
        group: &[&[Change]],
        now: i64,
        known: &Position,
    ) -> Result<Option<Stamp>> {
        let limit = Instant::now() + self.store.settings.patience;
        let packed = self.packed(group, now)?;
        loop {
            let (fault, is_unsure) = match self.attempt(&packed, group.len()) {
                Attempt::Done(stamp) => return Ok(Some(stamp)),
                Attempt::NoLog if known.identity.is_empty() => {
                    self.begin()?;
                    continue;
                }
                Attempt::NoLog => return Err(self.lost()),
                Attempt::Refused(fault) => return Err(self.error(ErrorKind::Storage, &fault)),
                Attempt::Unsent(fault) => (fault, false),
                Attempt::Unanswered(fault) => (fault, true),
            };
            if is_unsure {
                let found = match group {
                    [changes] if Instant::now() < limit => self.find(changes, known, limit)?,
                    _ => Found::Unknown,
                };
                match found {
                    Found::At(stamp) => return Ok(Some(stamp)),
                    Found::Nowhere => {}
                    Found::Unknown => {
                        let error = self.error(ErrorKind::Storage, &fault);
                        let words = error.message();
                        let words = format!("{words}; the change may be in the log or not");
                        return Err(Error::new(ErrorKind::Storage, words));
                    }
                }
            } else if Instant::now() >= limit {
                return Err(self.error(ErrorKind::Storage, &fault));
            }
            let left = limit.saturating_duration_since(Instant::now());
            thread::sleep(self.pause().min(left));
        }
    }

    /// The commands that append a few entries.
    fn packed(&self, group: &[&[Change]], now: i64) -> Result<Vec<u8>> {
        let mut packed = Vec::new();
        for changes in group {
            let mut add = cmd("XADD");
            add.arg(&self.store.log).arg("NOMKSTREAM").arg("*");
            add.arg(change::AT).arg(now);
            for change in *changes {
                let (about, stands) = change::texts(change)?;
                add.arg(about).arg(stands);
            }
            add.write_packed_command(&mut packed);
        }
        Ok(packed)
    }

    fn attempt(&mut self, packed: &[u8], count: usize) -> Attempt {
        if let Err(fault) = self.connected() {
            return Attempt::Unsent(fault);
        }
        let answers = self.on_line(|line, _| {
            line.send(packed, Duration::ZERO)?;
            let answers = (0..count).map(|_| match line.receive() {
                Err(fault) if !matches!(fault, Fault::Said { .. }) => Err(fault),
                answer => Ok(answer),
            });
            // All of them, whatever they are: the next command's answer comes after.
            answers.collect::<Result<Vec<_>, _>>()
        });
        let answers = match answers {
            Ok(answers) => answers,
            Err(fault) => return Attempt::Unanswered(fault),
        };
        let mut last = None;
        for answer in answers {
            match answer {
                Ok(Value::Nil) => return Attempt::NoLog,
                Ok(id) => last = Some(id),
                Err(fault) if fault.is_final() => {
                    self.hang_up();
                    return Attempt::Unsent(fault);
                }
                Err(fault) => return Attempt::Refused(fault),
            }
        }
        let stamp = last
            .ok_or(Fault::Odd)
            .and_then(|id| value::stamp(value::bytes(&id)?));
        stamp.map_or_else(Attempt::Refused, Attempt::Done)
    }

    /// Begins a store where there is none.
    pub(super) fn begin(&mut self) -> Result<()> {
        let identity = fresh_identity()?;
        let begun = self.run(include_str!("lua/begin.lua"), |script| {
            script.arg(identity);
        });
        begun
            .map(drop)
            .map_err(|fault| self.error(ErrorKind::Storage, &fault))
    }

    /// Looks for an entry whose answer was lost. Another that says the same, and
    /// came meanwhile, does as well.
    fn find(&mut self, changes: &[Change], known: &Position, limit: Instant) -> Result<Found> {
        loop {
            let (mut found, mut is_whole, mut at) = (Found::Nowhere, true, Stamp::default());
            let mut position = known.clone();
            let outcome = self.read_on(
                &mut Reader {
                    position: &mut position,
                    unseen: &mut VecDeque::new(),
                    take: &mut |news| {
                        for (number, one) in news.iter().enumerate() {
                            match one {
                                News::At(stamp) => at = *stamp,
                                News::Reset => is_whole = false,
                                _ => {}
                            }
                            if news.get(number..).is_some_and(|rest| begins(rest, changes)) {
                                found = Found::At(at);
                            }
                        }
                    },
                },
                &mut None,
            );
            match outcome {
                // The log doesn't reach back to where it was.
                Ok(()) if !is_whole || known.identity.is_empty() => return Ok(Found::Unknown),
                Ok(()) => return Ok(found),
                Err(error) if error.kind() == ErrorKind::RevocationsStale => {
                    return Err(error.into_kind(ErrorKind::Storage));
                }
                Err(_) if Instant::now() >= limit => return Ok(Found::Unknown),
                Err(_) => thread::sleep(self.pause()),
            }
        }
    }

    /// Waits until as many replicas as the options say have what was appended.
    pub(super) fn wait_for_replicas(&mut self) -> Result<()> {
        let (wanted, timeout) = (self.store.settings.wait, self.store.settings.timeout);
        if wanted == 0 {
            return Ok(());
        }
        let mut wait = cmd("WAIT");
        wait.arg(wanted).arg(timeout.as_millis() as u64);
        let packed = wait.get_packed_command();
        let have = self.on_line(|line, _| {
            line.send(&packed, timeout)?;
            value::number(&line.receive()?)
        });
        let have = have.map_err(|fault| self.error(ErrorKind::Storage, &fault))?;
        if have >= i64::from(wanted) {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Storage,
            format!(
                "{}: the change is in the log, but after {} s only {have} of {wanted} replicas \
                 have it (option wait)",
                self.store,
                timeout.as_secs()
            ),
        ))
    }
}

/// Whether `news` begin with `changes`, as one entry has them.
fn begins(news: &[News], changes: &[Change]) -> bool {
    let same = |(one, other): (&News, &Change)| matches!(one, News::Change(one) if one == other);
    news.len() >= changes.len() && news.iter().zip(changes).all(same)
}
