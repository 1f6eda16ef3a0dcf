//! Reading: where a reader stands towards the store, the table for those who
//! begin, and the log for those who go on.

use std::mem;
use std::sync::atomic::Ordering;
use std::time::Duration;

use redis::{Value, cmd};

use super::line::{Fault, Line};
use super::place::Store;
use super::{Redis, change, value};
use crate::error::{Error, ErrorKind, Result};
use crate::revocation::log::{Change, News, Position, Reader, Stamp};

/// How many entries of the log, or rules of the table, are read at a time.
pub(super) const PIECE: usize = 100;
const ROWS: usize = 500;
/// How often reading the table is begun anew, where the log doesn't reach back
/// any more once it has been read.
const MOST_TRIES: usize = 5;
/// The form of the table and the log.
const VERSION: &str = "1";

/// What the table says about the store.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Condition {
    /// Begun by somebody who knew of nothing before.
    New,
    /// Somebody has read what isn't there any more.
    Lost,
    /// An export or a journal made it complete.
    Whole,
}

/// One look at a store that is there.
pub(super) struct Seen {
    pub(super) identity: String,
    pub(super) condition: Condition,
    /// Up to where the table holds what the log does, and how many changes that are.
    folded: Stamp,
    count: i64,
    /// The oldest entry that the log still has.
    first: Option<Stamp>,
    /// The entries from the reader's position on, with that one.
    entries: Vec<value::Entry>,
}

enum Look {
    Nothing,
    /// One of the two keys is gone, and with it whatever only it held.
    Torn,
    Seen(Seen),
}

/// How a reader stands towards a store.
#[derive(PartialEq, Eq)]
enum Standing {
    /// The log goes on from where it is.
    Same,
    /// It has read nothing yet, or the log doesn't reach back to it.
    Anew,
    /// The store took the place of the one that it knows, and is whole.
    Another,
    /// The store lacks what it has read, or what others have.
    Lost,
}

impl Seen {
    fn standing(&self, at: &Position, looked: Option<Stamp>) -> Standing {
        if at.identity != self.identity {
            return match self.condition {
                Condition::Lost => Standing::Lost,
                Condition::New | Condition::Whole if at.identity.is_empty() => Standing::Anew,
                Condition::Whole => Standing::Another,
                Condition::New => Standing::Lost,
            };
        }
        if self.condition == Condition::Lost {
            return Standing::Lost;
        }
        if at.stamp == Stamp::default() {
            return Standing::Same;
        }
        let reaches = |stamp| self.first.is_some_and(|first| first <= stamp);
        if self.entries.first().map(|entry| entry.stamp) == Some(at.stamp) {
            // What it was told of since it last looked may have had gaps.
            return match looked {
                Some(looked) if !reaches(looked) => Standing::Anew,
                Some(_) | None => Standing::Same,
            };
        }
        let behind = match self.first {
            Some(first) => at.stamp < first,
            None => at.stamp <= self.folded,
        };
        if behind {
            Standing::Anew
        } else {
            Standing::Lost
        }
    }
}

/// Looks at the store and at the log from `from` on. The commands aren't one
/// transaction, which a server refuses when its memory is full: what is behind
/// the table may be a little newer.
fn look(line: &mut Line, store: &Store, from: Stamp) -> Result<Look, Fault> {
    let mut head = cmd("HMGET");
    head.arg(&store.table)
        .arg(&["version", "identity", "state", "folded", "count"]);
    let mut exists = cmd("EXISTS");
    exists.arg(&store.log);
    let mut entries = cmd("XRANGE");
    entries.arg(&store.log).arg(value::id(from)).arg("+");
    entries.arg("COUNT").arg(PIECE + 1);
    // After them, so that what was trimmed in between isn't taken for lost.
    let mut first = cmd("XRANGE");
    first.arg(&store.log).arg("-").arg("+").arg("COUNT").arg(1);
    let [role, head, exists, entries, first] =
        line.ask_all([&cmd("ROLE"), &head, &exists, &entries, &first])?;

    let role = value::array(role)?.into_iter().next().ok_or(Fault::Odd)?;
    if value::bytes(&role)? != b"master" {
        return Err(Fault::Gone("the server is a replica now".into()));
    }
    let has_log = value::number(&exists)? > 0;
    let head: Vec<_> = value::array(head)?
        .into_iter()
        .map(value::maybe)
        .collect::<Result<_, _>>()?;
    let Ok(
        [
            Some(version),
            Some(identity),
            Some(state),
            Some(folded),
            Some(count),
        ],
    ) = <[_; 5]>::try_from(head)
    else {
        return Ok(if has_log { Look::Torn } else { Look::Nothing });
    };
    if version != VERSION {
        return Err(Fault::Gone(format!(
            "the store is of version {version}, and this build reads version {VERSION} only"
        )));
    }
    if !has_log {
        return Ok(Look::Torn);
    }
    let first = value::entries(first)?;
    Ok(Look::Seen(Seen {
        identity,
        condition: match state.as_str() {
            "new" => Condition::New,
            "lost" => Condition::Lost,
            "whole" => Condition::Whole,
            _ => return Err(Fault::Odd),
        },
        folded: value::stamp(folded.as_bytes())?,
        count: count.parse().map_err(|_| Fault::Odd)?,
        first: first.first().map(|entry| entry.stamp),
        entries: value::entries(entries)?,
    }))
}

/// The news of one entry of the log.
pub(super) fn news(entry: &value::Entry) -> Result<Vec<News>, Fault> {
    let pairs = entry.fields.chunks_exact(2);
    let changes = pairs.filter_map(|pair| match pair {
        [about, stands] => change::read(about, stands).transpose(),
        _ => None,
    });
    changes.map(|change| change.map(News::Change)).collect()
}

/// A reader's memory of its last look: what it is told of between two looks may
/// have gaps, where the log was trimmed in between.
pub(super) type Looked = Option<Stamp>;

impl Redis {
    /// Reads on to the end. Fails with `revocations-stale` where the store has
    /// lost something, and marks it then for those who couldn't know.
    pub(super) fn read_on(&mut self, reader: &mut Reader<'_>, looked: &mut Looked) -> Result<()> {
        let mut at = reader.position.clone();
        let mut building = false;
        let (mut tries, mut was_torn) = (0, false);
        loop {
            let seen = self.reading(|line, store| look(line, store, at.stamp))?;
            let seen = match seen {
                Look::Seen(seen) => seen,
                // Nobody has written yet.
                Look::Nothing if at.identity.is_empty() => return Ok(()),
                // Somebody may just be about to begin it.
                Look::Torn if !was_torn => {
                    was_torn = true;
                    continue;
                }
                Look::Nothing | Look::Torn => return Err(self.lose(&at)),
            };
            let standing = seen.standing(&at, mem::take(looked));
            if standing == Standing::Lost {
                return Err(self.lose(&at));
            }
            if standing != Standing::Same {
                tries += 1;
                if tries > MOST_TRIES {
                    let words = "the store changes faster than it can be read";
                    return Err(self.unavailable(&Fault::Gone(words.into())));
                }
                if building {
                    // What was read isn't the store's any more.
                    at = reader.position.clone();
                    building = false;
                    continue;
                }
                // What was known of another store stays in force.
                let joins = standing == Standing::Another;
                if !joins {
                    (reader.take)(vec![News::Reset]);
                    building = true;
                }
                at = self.read_table(&seen, joins, reader)?;
                let unseen = |own: &Stamp| !joins && *own > seen.folded;
                reader.unseen.retain(unseen);
                continue;
            }
            let full = seen.entries.len() > PIECE;
            self.take_entries(&seen.entries, &mut at, reader)?;
            if !building {
                *reader.position = at.clone();
                (reader.take)(vec![News::Upto(at.clone())]);
            }
            if !full {
                self.store.folded.store(seen.count, Ordering::Relaxed);
                break;
            }
        }
        if !reader.unseen.is_empty() {
            // It was acknowledged, and isn't in the log.
            return Err(self.lose(&at));
        }
        if building {
            (reader.take)(vec![News::Complete, News::Upto(at.clone())]);
        }
        *looked = Some(at.stamp);
        *reader.position = at;
        Ok(())
    }

    /// Hands over the changes of `entries` that lie behind `at`, and moves it there.
    fn take_entries(
        &self,
        entries: &[value::Entry],
        at: &mut Position,
        reader: &mut Reader<'_>,
    ) -> Result<()> {
        let mut all = Vec::new();
        let known = at.stamp;
        for entry in entries.iter().filter(|entry| entry.stamp > known) {
            let news = news(entry).map_err(|fault| self.unavailable(&fault))?;
            at.sequence += i64::try_from(news.len()).unwrap_or_default();
            at.stamp = entry.stamp;
            if reader.unseen.front() == Some(&entry.stamp) {
                reader.unseen.pop_front();
            }
            all.push(News::At(entry.stamp));
            all.extend(news);
        }
        if !all.is_empty() {
            (reader.take)(all);
        }
        Ok(())
    }

    /// Hands over the table, which may change meanwhile; returns the position
    /// in the log from which on all such changes are.
    fn read_table(
        &mut self,
        seen: &Seen,
        joins: bool,
        reader: &mut Reader<'_>,
    ) -> Result<Position> {
        (reader.take)(vec![News::At(seen.folded)]);
        self.reading(|line, store| {
            let ask = |line: &mut Line, cursor: &[u8]| {
                let mut scan = cmd("HSCAN");
                scan.arg(&store.table).arg(cursor).arg("COUNT").arg(ROWS);
                line.send(&scan.get_packed_command(), Duration::ZERO)
            };
            ask(line, b"0")?;
            loop {
                let (cursor, rows) = value::pair(line.receive()?)?;
                let cursor = value::bytes(&cursor)?;
                let is_last = cursor == b"0";
                if !is_last {
                    // The server looks for the next while these are read.
                    ask(line, cursor)?;
                }
                (reader.take)(table_news(value::array(rows)?, joins)?);
                if is_last {
                    return Ok(());
                }
            }
        })?;
        Ok(Position {
            identity: seen.identity.clone(),
            sequence: seen.count,
            stamp: seen.folded,
        })
    }

    /// Marks the store, as far as this user may; the error that says so.
    fn lose(&mut self, at: &Position) -> Error {
        if !at.identity.is_empty()
            && let Ok(fresh) = super::fresh_identity()
        {
            // One that can't be marked is lost all the same.
            let _ = self.run(include_str!("lua/lose.lua"), |script| {
                script.arg(&at.identity).arg(fresh);
            });
        }
        Error::new(
            ErrorKind::RevocationsStale,
            format!(
                "{}: the server has lost revocations that were known; import an export of them \
                 (an empty one if nothing is missed), or start a process with a journal",
                self.store
            ),
        )
    }
}

fn table_news(rows: Vec<Value>, joins: bool) -> Result<Vec<News>, Fault> {
    let mut all = Vec::with_capacity(rows.len() / 2);
    for pair in rows.chunks_exact(2) {
        let [about, stands] = pair else { continue };
        match change::read(about, stands)? {
            Some(Change::Revoke(entry)) if !joins => all.push(News::Is(entry)),
            Some(change) => all.push(News::Change(change)),
            None => {}
        }
    }
    Ok(all)
}
