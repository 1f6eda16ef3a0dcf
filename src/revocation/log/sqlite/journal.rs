//! A store in a file that keeps what a log on a server holds, so that it can be
//! appended again where the server has lost it.
//!
//! It is a store like any other, which the command lists and exports, with a
//! note of how far the server's log is in it. The processes of a machine may
//! share it: what one has written already, another leaves.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, params};

use super::{Place, Sqlite, Sync, rows};
use crate::error::Result;
use crate::revocation::log::{Change, News, Position};

const TABLE: &str = "
CREATE TABLE IF NOT EXISTS followed (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    identity TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    millis INTEGER NOT NULL,
    number INTEGER NOT NULL
);
";

pub(in crate::revocation::log) struct Journal(Sqlite);

impl Journal {
    pub(in crate::revocation::log) fn open(path: &Path, timeout: Duration) -> Result<Self> {
        let mut sqlite = Place::new(path, timeout).connect()?;
        sqlite.writing(Sync::Full, |connection| connection.execute_batch(TABLE))?;
        Ok(Self(sqlite))
    }

    /// Adds what this process has appended to the server's log.
    pub(in crate::revocation::log) fn append(
        &mut self,
        changes: &[Change],
        now: i64,
    ) -> Result<()> {
        self.0.append_rows(changes, now)
    }

    /// How far the server's log is in it, and the number of its last change.
    pub(in crate::revocation::log) fn position(&mut self) -> Result<(Position, i64)> {
        self.0.reading(|connection| {
            Ok((
                followed(connection)?.unwrap_or_default(),
                rows::store(connection)?.sequence,
            ))
        })
    }

    /// Takes over what the server's log says, from `from` on and, where all of
    /// it is there, up to `to`; nothing if another process has done so meanwhile.
    pub(in crate::revocation::log) fn take(
        &mut self,
        news: &[News],
        from: &Position,
        to: Option<&Position>,
        now: i64,
    ) -> Result<bool> {
        self.0.writing(Sync::Full, |connection| {
            if followed(connection)?.unwrap_or_default() != *from {
                return Ok(false);
            }
            for one in news {
                match one {
                    News::Is(entry) => rows::put(connection, entry)?,
                    News::Change(change) => {
                        rows::append(connection, std::slice::from_ref(change), now)?;
                    }
                    News::Reset | News::Complete | News::At(_) | News::Upto(_) => {}
                }
            }
            // What was taken back needs no memory.
            rows::drop_restored(connection, 2 * news.len())?;
            if let Some(to) = to {
                connection
                    .prepare_cached("INSERT OR REPLACE INTO followed VALUES (1, ?1, ?2, ?3, ?4)")?
                    .execute(params![
                        to.identity,
                        to.sequence,
                        whole(to.stamp.0),
                        whole(to.stamp.1)
                    ])?;
            }
            Ok(true)
        })
    }

    /// Drops what wasn't written since the change numbered `number`.
    pub(in crate::revocation::log) fn drop_up_to(&mut self, number: i64) -> Result<()> {
        self.0.writing(Sync::Full, |connection| {
            rows::keep_sequence(connection, number)?;
            connection
                .execute("DELETE FROM rule WHERE number <= ?1", [number])
                .map(drop)
        })
    }

    /// Hands over, piece by piece, what it holds and hasn't been written since
    /// the change numbered `number`; all of it where there is no such number.
    pub(in crate::revocation::log) fn tell(
        &mut self,
        number: Option<i64>,
        each: &mut dyn FnMut(&[Change]) -> Result<()>,
    ) -> Result<()> {
        let last = number.unwrap_or(i64::MAX);
        let mut after = 0;
        loop {
            let piece = self
                .0
                .reading(|connection| rows::rules_after(connection, after, super::PIECE))?;
            let Some((end, _)) = piece.last() else { break };
            after = *end;
            let changes: Vec<Change> = piece
                .into_iter()
                .filter(|(number, _)| *number <= last)
                .filter_map(|(_, news)| match news {
                    News::Is(entry) => Some(Change::Revoke(entry)),
                    // What isn't there needs no taking back.
                    _ => None,
                })
                .collect();
            each(&changes)?;
            if after >= last {
                break;
            }
        }
        if number.is_none() {
            let switches = self
                .0
                .reading(|connection| rows::switches_after(connection, 0))?;
            let switches = switches.into_iter().filter_map(|news| match news {
                News::Change(change) => Some(change),
                _ => None,
            });
            each(&switches.collect::<Vec<_>>())?;
        }
        Ok(())
    }
}

fn followed(connection: &Connection) -> rusqlite::Result<Option<Position>> {
    connection
        .prepare_cached("SELECT identity, sequence, millis, number FROM followed")?
        .query_row([], |row| {
            Ok(Position {
                identity: row.get(0)?,
                sequence: row.get(1)?,
                stamp: (
                    row.get::<_, i64>(2)?.unsigned_abs(),
                    row.get::<_, i64>(3)?.unsigned_abs(),
                ),
            })
        })
        .optional()
}

fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
