//! A file, beside bare rows in another with the same settings: a row is on the
//! disk before its insertion returns.

use std::path::Path;
use std::time::Instant;

use rusqlite::{Connection, params};
use tempfile::TempDir;

use crate::{FAR, Filler, NOW, REALM, compare, id};

pub(crate) fn measure(rounds: usize, count: u32) {
    let folder = TempDir::new().unwrap();
    let mut filler = Filler::new(&format!("sqlite:{}", folder.path().join("ours").display()));
    let mut bare = Bare::new(&folder.path().join("bare"));
    // Each waits for the disk, which is slower than a server is.
    let few = count / 20;
    compare("sqlite:, one after the other", rounds, || {
        (filler.one_by_one(few), bare.rows(few, 1))
    });
    compare("sqlite:, 1000 at a time", rounds, || {
        (filler.by_thousands(count), bare.rows(count, 1000))
    });
}

struct Bare {
    connection: Connection,
    number: u32,
}

impl Bare {
    fn new(path: &Path) -> Self {
        let connection = Connection::open(path).unwrap();
        let mode: String = connection
            .pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))
            .unwrap();
        assert_eq!(mode, "wal");
        connection
            .pragma_update(None, "synchronous", "FULL")
            .unwrap();
        connection
            .execute_batch(
                "CREATE TABLE bare (realm TEXT, name TEXT, value TEXT, end INTEGER, at INTEGER)",
            )
            .unwrap();
        Self {
            connection,
            number: 0,
        }
    }

    /// Rows a second, with so many in a transaction.
    fn rows(&mut self, count: u32, together: u32) -> f64 {
        let began = Instant::now();
        for _ in 0..count / together {
            let transaction = self.connection.transaction().unwrap();
            for _ in 0..together {
                self.number += 1;
                transaction
                    .prepare_cached("INSERT INTO bare VALUES (?1, ?2, ?3, ?4, ?5)")
                    .unwrap()
                    .execute(params![REALM, "jti", id(self.number), FAR, NOW])
                    .unwrap();
            }
            transaction.commit().unwrap();
        }
        f64::from(count) / began.elapsed().as_secs_f64()
    }
}
