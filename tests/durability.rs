//! Processes that share a store in a file, and are killed while they write:
//! whatever was acknowledged is there. JETON_TEST_ROUNDS says how often.

#![cfg(feature = "sqlite")]
#![allow(clippy::unwrap_used, missing_docs)]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use jeton::{Revocations, Value};
use rusqlite::Connection;
use tempfile::TempDir;

const REALM: &str = "https://issuer.example";
/// What makes this program a writer: the store, and a name of its own.
const STORE: &str = "JETON_TEST_STORE";
const NAME: &str = "JETON_TEST_NAME";

fn open(path: &Path) -> Revocations {
    let location = format!("sqlite:{}", path.display());
    Revocations::open(&location, r#"{"stale": null, "timeout": 60}"#).unwrap()
}

fn is_revoked(store: &Revocations, id: &str) -> bool {
    store.hit(REALM, "jti", Value::Text(id), None, 5)
}

/// A process of this very program that revokes until it is killed, and says
/// each id once it has been acknowledged.
fn writer(store: &Path, name: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "write_until_killed", "--ignored", "--nocapture"])
        .env(STORE, store)
        .env(NAME, name)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Not a test: what [`writer`] runs.
#[test]
#[ignore = "runs for ever, as the child process of the other tests"]
fn write_until_killed() {
    let (Some(path), Ok(name)) = (std::env::var_os(STORE), std::env::var(NAME)) else {
        return;
    };
    let store = open(path.as_ref());
    let mut out = std::io::stdout();
    for number in 0.. {
        let id = format!("{name}-{number}");
        let rule = serde_json::json!({
            "realm": REALM, "claim": "jti", "value": id, "until": null,
        });
        store.revoke(&rule.to_string(), 5).unwrap();
        writeln!(out, "revoked {id}").unwrap();
    }
}

/// The ids that a writer's output acknowledges; a torn last line doesn't count.
fn acknowledged(writer: &mut Child) -> Vec<String> {
    let mut ids = Vec::new();
    let mut reader = BufReader::new(writer.stdout.take().unwrap());
    let mut line = String::new();
    while reader.read_line(&mut line).unwrap() > 0 {
        if let Some(id) = line.strip_prefix("revoked ")
            && let Some(id) = id.strip_suffix('\n')
        {
            ids.push(id.to_owned());
        }
        line.clear();
    }
    ids
}

#[test]
fn whatever_was_acknowledged_survives_writers_that_are_killed() {
    let rounds = std::env::var("JETON_TEST_ROUNDS").map_or(5, |rounds| rounds.parse().unwrap());
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("revocations.db");
    let watcher = open(&path);
    let mut all = Vec::new();
    for round in 0..rounds {
        let mut writers: Vec<Child> = (0..4)
            .map(|number| writer(&path, &format!("{round}-{number}")))
            .collect();
        for (number, writer) in (1_u64..).zip(&mut writers) {
            // Different moments of a write, and of opening the store.
            thread::sleep(Duration::from_millis((round * 7 + number * 13) % 60 + 30));
            writer.kill().unwrap();
        }
        for writer in &mut writers {
            all.extend(acknowledged(writer));
            writer.wait().unwrap();
        }
    }
    assert!(
        all.len() > 4 * rounds as usize,
        "{} were acknowledged",
        all.len()
    );
    println!(
        "{} acknowledged in {} killed processes",
        all.len(),
        rounds * 4
    );

    watcher.refresh().unwrap();
    let late = open(&path);
    for id in &all {
        assert!(
            is_revoked(&watcher, id) && is_revoked(&late, id),
            "{id} was lost"
        );
    }
    let database = Connection::open(&path).unwrap();
    let check = database.query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0));
    assert_eq!(check.as_deref(), Ok("ok"));
}

#[test]
fn what_another_process_revokes_is_in_force_here_without_asking() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("revocations.db");
    let store = open(&path);
    let mut writer = writer(&path, "other");
    // The limit is only there so that a failing test ends.
    let limit = Instant::now() + Duration::from_secs(60);
    while !is_revoked(&store, "other-20") {
        assert!(
            Instant::now() < limit,
            "nothing was heard of the other process"
        );
        thread::sleep(Duration::from_millis(1));
    }
    writer.kill().unwrap();
    writer.wait().unwrap();
    assert!(!is_revoked(&store, "another-20"));
}
