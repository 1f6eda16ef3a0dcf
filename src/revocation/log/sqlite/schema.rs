//! The file: how it is made, and whether it is one of ours.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

/// "jtn" and the kind of file: tells ours from other programs' databases.
const APPLICATION: i32 = 0x6a74_6e01;
const VERSION: i32 = 1;

const TABLES: &str = "
CREATE TABLE store (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    identity TEXT NOT NULL,
    -- The number of a change, the last of those whose rows were dropped at least.
    sequence INTEGER NOT NULL,
    -- Whoever has read less than this misses what was taken back.
    floor INTEGER NOT NULL
);
-- name is empty for a rule about a key; 9223372036854775807 is ever.
CREATE TABLE rule (
    number INTEGER PRIMARY KEY,
    realm TEXT NOT NULL,
    name TEXT NOT NULL,
    value NOT NULL,
    cut INTEGER NOT NULL,
    end INTEGER NOT NULL,
    at INTEGER NOT NULL,
    note TEXT,
    restored INTEGER NOT NULL
);
CREATE UNIQUE INDEX rule_target ON rule (realm, name, value);
CREATE INDEX rule_restored ON rule (number) WHERE restored;
CREATE TABLE switch (
    number INTEGER PRIMARY KEY,
    scope TEXT NOT NULL,
    name TEXT NOT NULL,
    state INTEGER NOT NULL,
    UNIQUE (scope, name)
);
INSERT INTO store VALUES (1, lower(hex(randomblob(16))), 0, 0);
";

/// Used proofs, which a file that was made before them lacks.
const USED: &str = "
CREATE TABLE IF NOT EXISTS used (id TEXT PRIMARY KEY, end INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS used_end ON used (end);
";

/// Opens the file, or makes it, for its owner alone, where there is none.
pub(super) fn open(path: &Path, may_make: bool) -> rusqlite::Result<Connection> {
    if may_make {
        // SQLite would let others read it. What fails here fails below, with a reason.
        let _ = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path);
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    // Waiting is done outside the gate.
    connection.busy_timeout(Duration::ZERO)?;
    Ok(connection)
}

/// Sees to the settings and the tables; the inner error is why the file can't be used.
pub(super) fn prepare(connection: &mut Connection) -> rusqlite::Result<Result<(), String>> {
    let number = |connection: &Connection, name: &str| {
        connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0))
    };
    let is_new = |connection: &Connection| {
        let tables = "SELECT count(*) FROM sqlite_schema";
        connection.query_row(tables, [], |row| Ok(row.get::<_, i64>(0)? == 0))
    };
    if is_new(connection)? {
        connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    } else if number(connection, "application_id")? != APPLICATION {
        return Ok(Err("the file is another program's database".into()));
    }
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "journal_size_limit", 1 << 26)?;
    // A change writes two pages, and to carry them over waits for the disk twice:
    // at every thousandth change or so.
    connection.pragma_update(None, "wal_autocheckpoint", 2000)?;

    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if is_new(&transaction)? {
        transaction.execute_batch(TABLES)?;
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        transaction.pragma_update(None, "user_version", VERSION)?;
    }
    let version = number(&transaction, "user_version")?;
    if version != VERSION {
        return Ok(Err(format!(
            "the file is of version {version}, and this build reads version {VERSION} only"
        )));
    }
    transaction.execute_batch(USED)?;
    transaction.commit()?;
    Ok(Ok(()))
}
