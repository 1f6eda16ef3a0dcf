//! `sqlite:PATH`: a log that the processes of one machine share.
//!
//! A table of what stands, one row a rule, numbered anew with each change: a
//! reader asks for the numbers above the last that it knows, and a new process
//! reads them all. Rules taken back leave a row until the next compaction, which
//! notes how far it went, so that whoever hadn't read so far starts anew.
//!
//! Write-ahead log with full sync: what was acknowledged survives the process
//! and the machine's power. Used proofs, which come with each request and are
//! worth remembering for seconds, survive the process only. SQLite's own locks
//! are taken inside the gate of forks only, and so briefly: waiting for other
//! processes happens outside.

#[cfg(feature = "redis")]
mod journal;
mod rows;
mod schema;

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, TransactionBehavior};
use serde_json::{Map, Value};

#[cfg(feature = "redis")]
pub(super) use self::journal::Journal;
use super::{Change, Heard, Log, News, Open, Position, Readable, Reader, Stamp, Wait};
use crate::error::{Error, ErrorKind, Result};
use crate::events::Events;
use crate::fork;
use crate::revocation::bell::Bell;

/// How often a follower looks whether another process has written: a look is
/// a read of shared memory.
const LOOK: Duration = Duration::from_millis(10);

/// How many rows are read or dropped at a time, which is how long a fork waits.
const PIECE: usize = 1000;

/// After how many changes some room is made.
const SWEEP: usize = 64;

/// Rules that ended longer ago than this, in seconds, make room without being
/// asked: no clock that is to be trusted goes wrong by more.
const LONG_AGO: i64 = 86_400;

/// The file, and how long to wait for other processes.
#[derive(Clone)]
pub(in crate::revocation) struct Place {
    path: PathBuf,
    timeout: Duration,
    /// Whether the file has been there. From then on it is never made: an empty
    /// one in its place would be a store that has forgotten everything.
    found: Arc<AtomicBool>,
}

impl Place {
    pub(in crate::revocation) fn new(path: impl Into<PathBuf>, timeout: Duration) -> Self {
        Self {
            path: path.into(),
            timeout,
            found: Arc::default(),
        }
    }

    fn connect(&self) -> Result<Sqlite> {
        let mut sqlite = Sqlite {
            place: self.clone(),
            connection: None,
            file: None,
            version: None,
            sync: Sync::Full,
            written: 0,
            swept: 0,
        };
        let may_make = !self.found.load(Ordering::Relaxed);
        if !may_make && identity_of(&self.path).is_none() {
            return Err(Error::new(
                ErrorKind::RevocationsUnavailable,
                format!(
                    "sqlite:{}: the file is gone; put it back, or open the store again to begin \
                     an empty one",
                    self.path.display()
                ),
            ));
        }
        sqlite.connection = Some({
            let _gate = fork::inside();
            schema::open(&self.path, may_make).map_err(|error| self.unavailable(&error))?
        });
        sqlite
            .patiently(schema::prepare)
            .map_err(|error| self.unavailable(&error))?
            .map_err(|reason| {
                Error::new(
                    ErrorKind::RevocationsUnavailable,
                    format!("sqlite:{}: {reason}", self.path.display()),
                )
            })?;
        sqlite.file = identity_of(&self.path);
        self.found.store(true, Ordering::Relaxed);
        Ok(sqlite)
    }

    fn unavailable(&self, error: &rusqlite::Error) -> Error {
        self.error(ErrorKind::RevocationsUnavailable, error)
    }

    fn error(&self, kind: ErrorKind, error: &rusqlite::Error) -> Error {
        let path = self.path.display();
        let seconds = self.timeout.as_secs();
        let reason = match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                format!(
                    "another process has locked it for longer than {seconds} s (option timeout)"
                )
            }
            Some(ErrorCode::ReadOnly) => "it is read-only for this process".into(),
            Some(ErrorCode::DiskFull) => "the disk is full".into(),
            Some(ErrorCode::DatabaseCorrupt) => {
                "the file is damaged; restore it, or import an export into a new one".into()
            }
            Some(ErrorCode::NotADatabase) => "the file isn't an SQLite database".into(),
            Some(ErrorCode::CannotOpen) => {
                "it can't be opened: its folder must be there, and this process must be \
                 allowed to write in it"
                    .into()
            }
            Some(ErrorCode::SystemIoFailure) => "reading or writing the file failed".into(),
            Some(code) => format!("SQLite failed ({code:?})"),
            None => "SQLite failed".into(),
        };
        Error::new(kind, format!("sqlite:{path}: {reason}"))
    }
}

impl Open for Place {
    fn open(&self) -> Result<Box<dyn Log>> {
        Ok(Box::new(self.connect()?))
    }

    fn waiter(&self, _events: &Arc<Events>) -> Box<dyn Wait> {
        Box::new(Poll)
    }
}

struct Poll;

impl Wait for Poll {
    fn wait(&mut self, _position: &Position, bell: &Bell) -> Result<Heard> {
        bell.wait(LOOK);
        Ok(Heard::Look)
    }
}

struct Sqlite {
    place: Place,
    /// Always there, but while it is being closed.
    connection: Option<Connection>,
    /// Which file it is, since another may take its name.
    file: Option<(u64, u64)>,
    /// SQLite's number of changes by others, as of the last look.
    version: Option<i64>,
    /// What a transaction waits for just now.
    sync: Sync,
    /// How many changes this connection has written since it last made room, and
    /// the row where it stopped.
    written: usize,
    swept: i64,
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        let _gate = fork::inside();
        drop(self.connection.take());
    }
}

/// What a transaction waits for before it is done.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sync {
    /// The disk.
    Full,
    /// Nothing: the processes see it, and only a loss of power undoes it.
    Normal,
}

impl Sync {
    fn name(self) -> &'static str {
        match self {
            Self::Full => "FULL",
            Self::Normal => "NORMAL",
        }
    }
}

fn identity_of(path: &Path) -> Option<(u64, u64)> {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.dev(), metadata.ino()))
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
    )
}

impl Sqlite {
    /// Makes one attempt inside the gate, and more while other processes are
    /// in the way, until the timeout.
    fn patiently<T>(
        &mut self,
        mut attempt: impl FnMut(&mut Connection) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        let began = Instant::now();
        let mut pause = Duration::from_millis(1);
        loop {
            let outcome = {
                let _gate = fork::inside();
                match &mut self.connection {
                    Some(connection) => attempt(connection),
                    None => Err(rusqlite::Error::InvalidQuery),
                }
            };
            match outcome {
                Err(error) if is_busy(&error) && began.elapsed() < self.place.timeout => {
                    thread::sleep(pause);
                    pause = (pause * 2).min(Duration::from_millis(20));
                }
                outcome => return outcome,
            }
        }
    }

    /// Sees to it that the connection is to the file that has the name now. One
    /// that is gone has no identity; one that took its name has another.
    fn follow_name(&mut self) -> Result<()> {
        if identity_of(&self.place.path) != self.file {
            *self = self.place.connect()?;
        }
        Ok(())
    }

    fn reading<T>(
        &mut self,
        attempt: impl FnMut(&mut Connection) -> rusqlite::Result<T>,
    ) -> Result<T> {
        let outcome = self.patiently(attempt);
        outcome.map_err(|error| self.place.unavailable(&error))
    }

    /// One transaction, all or nothing.
    fn writing<T>(
        &mut self,
        sync: Sync,
        mut work: impl FnMut(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T> {
        let mut set = self.sync;
        let outcome = self.patiently(|connection| {
            if set != sync {
                connection.pragma_update(None, "synchronous", sync.name())?;
                set = sync;
            }
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let done = work(&transaction)?;
            transaction.commit()?;
            Ok(done)
        });
        self.sync = set;
        outcome.map_err(|error| self.place.error(ErrorKind::Storage, &error))
    }

    /// Writes changes, and now and then makes room by dropping what ended long
    /// ago: twice as many rows are looked at as were written.
    fn append_rows(&mut self, changes: &[Change], now: i64) -> Result<()> {
        let (written, from) = (self.written + changes.len(), self.swept);
        let swept = self.writing(Sync::Full, |connection| {
            rows::append(connection, changes, now)?;
            if written < SWEEP {
                return Ok(None);
            }
            let before = now.saturating_sub(LONG_AGO);
            let last = rows::sweep(connection, from, 2 * written, before)?;
            Ok(Some(last.unwrap_or(0)))
        })?;
        self.written = if swept.is_some() { 0 } else { written };
        self.swept = swept.unwrap_or(from);
        Ok(())
    }

    /// Reads on in one snapshot, in pieces that are handed over outside the gate.
    fn read_on(&mut self, reader: &mut Reader<'_>) -> Result<()> {
        let Reader { position, take, .. } = reader;
        let store = self.reading(|connection| {
            connection.execute_batch("BEGIN")?;
            rows::store(connection)
        })?;
        let anew = store.identity != position.identity
            || store.floor > position.sequence
            || store.sequence < position.sequence;
        let mut after = if anew { 0 } else { position.sequence };
        if anew {
            take(vec![News::Reset]);
        }
        let mut last = 0;
        loop {
            let piece = self.reading(|connection| rows::rules_after(connection, after, PIECE))?;
            let Some(number) = piece.last().map(|(number, _)| *number) else {
                break;
            };
            last = number;
            after = number;
            take(piece.into_iter().map(|(_, news)| news).collect());
        }
        let known = if anew { 0 } else { position.sequence };
        take(self.reading(|connection| rows::switches_after(connection, known))?);
        if anew {
            take(vec![News::Complete]);
        }
        **position = Position {
            identity: store.identity,
            sequence: store.sequence.max(last),
            ..Position::default()
        };
        Ok(())
    }
}

impl Log for Sqlite {
    fn append(&mut self, changes: &[Change], now: i64, _: &Position) -> Result<Option<Stamp>> {
        self.follow_name()
            .map_err(|error| error.into_kind(ErrorKind::Storage))?;
        self.append_rows(changes, now)?;
        // The connection's owner reads on it, too, and after this.
        Ok(None)
    }

    fn remember(&mut self, id: &str, end: i64, now: i64) -> Result<bool> {
        self.follow_name()
            .map_err(|error| error.into_kind(ErrorKind::Storage))?;
        self.writing(Sync::Normal, |connection| {
            rows::remember(connection, id, end, now)
        })
    }

    fn catch_up(&mut self, reader: &mut Reader<'_>) -> Result<()> {
        self.follow_name()?;
        let version = self.reading(|connection| {
            connection.pragma_query_value(None, "data_version", |row| row.get(0))
        })?;
        if self.version == Some(version) {
            return Ok(());
        }
        let outcome = self.read_on(reader);
        let ended = self.reading(|connection| connection.execute_batch("COMMIT"));
        outcome?;
        ended?;
        self.version = Some(version);
        Ok(())
    }

    fn read(&mut self, now: i64) -> Result<Readable> {
        self.reading(|connection| {
            let transaction = connection.transaction()?;
            rows::in_force(&transaction, now)
        })
    }

    fn compact(&mut self, now: i64) -> Result<()> {
        let full = Sync::Full;
        while self.writing(full, |connection| rows::drop_restored(connection, PIECE))? == PIECE {}
        while self.writing(full, |connection| rows::forget(connection, now, PIECE))? == PIECE {}
        let mut looked_at = Some(0);
        while let Some(number) = looked_at {
            looked_at = self.writing(full, |connection| {
                rows::sweep(connection, number, PIECE, now)
            })?;
        }
        // Room is given back where nobody reads just then; if not, the next time.
        let _ = self.patiently(|connection| {
            connection.execute_batch("PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE);")
        });
        Ok(())
    }

    fn describe(&mut self, _position: &Position) -> Map<String, Value> {
        let mut members = Map::new();
        let size = |path: &Path| fs::metadata(path).map_or(0, |metadata| metadata.len());
        members.insert("bytes".into(), size(&self.place.path).into());
        let rows = self.reading(|connection| rows::count(connection));
        members.insert("rows".into(), rows.ok().into());
        members.insert("durable".into(), true.into());
        members
    }
}
