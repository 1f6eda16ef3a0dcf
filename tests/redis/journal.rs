//! Stores with a journal beside them, from which a server gets back what it lost.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jeton::{ErrorKind, Revocations};
use serde_json::json;
use tempfile::TempDir;

use crate::server::Server;
use crate::store::{
    Gate, is_revoked, list, now, open, opened, revoke, soon, soon_tells, status, target,
};

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn journal(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

fn with(server: &Server, journal: &Path) -> Arc<Revocations> {
    let options = json!({"stale": 2, "timeout": 5, "journal": journal}).to_string();
    Arc::new(opened(&server.location(), &options).unwrap())
}

/// What the journal holds, as the command would show it.
fn held(journal: &Path) -> Vec<String> {
    let location = format!("sqlite:{}", journal.display());
    let journal = opened(&location, r#"{"stale": null}"#).unwrap();
    let entries = list(&journal)["entries"].as_array().unwrap().clone();
    let ids = entries
        .iter()
        .map(|entry| entry["value"].as_str().unwrap().to_owned());
    let mut ids: Vec<_> = ids.collect();
    ids.sort();
    ids
}

#[test]
fn a_journal_has_what_this_process_appends_at_once_and_what_others_do_soon() {
    let server = Server::new();
    let folder = Folder::new();
    let journal = folder.journal("journal.db");
    let other = open(&server.location());
    revoke(&other, "before");
    let store = with(&server, &journal);
    revoke(&store, "own");
    assert!(held(&journal).contains(&"own".to_owned()));
    revoke(&other, "theirs");
    soon("all is there", || {
        held(&journal) == ["before", "own", "theirs"]
    });
    other.restore(&target("before"), now()).unwrap();
    soon("and goes with it", || held(&journal) == ["own", "theirs"]);
    // What it missed while nobody kept it is made up for.
    drop(store);
    revoke(&other, "between");
    other.restore(&target("theirs"), now()).unwrap();
    let _store = with(&server, &journal);
    soon("it is made up for", || held(&journal) == ["between", "own"]);
}

#[test]
fn a_server_that_lost_everything_gets_it_back_from_a_journal() {
    let server = Server::new();
    let folder = Folder::new();
    let store = with(&server, &folder.journal("journal.db"));
    let plain = Arc::new(opened(&server.location(), r#"{"stale": 1, "timeout": 5}"#).unwrap());
    let gate = Gate::new(&plain);
    for id in 0..2500 {
        revoke(&plain, &id.to_string());
    }
    plain.switch("p", "strict", true).unwrap();
    plain.restore(&target("7"), now()).unwrap();
    soon("the journal has it", || {
        let held = held(&folder.journal("journal.db"));
        held.len() == 2499 && !held.contains(&"7".to_owned())
    });
    revoke(&store, "last");
    server.ask::<()>(&["FLUSHALL"]);
    soon_tells(&store, "reappended");
    soon("the others go on", || {
        status(&plain)["lost"] == false && gate.is_open()
    });
    let late = open(&server.location());
    assert!((0..2500).all(|id| id == 7 || is_revoked(&late, &id.to_string())));
    assert!(is_revoked(&late, "last") && late.is_on("p", "strict").unwrap());
    assert!(!is_revoked(&late, "7"));
    revoke(&plain, "after");
    soon("and are heard", || {
        is_revoked(&store, "after") && is_revoked(&late, "after")
    });
}

#[test]
fn a_process_that_starts_after_the_loss_brings_it_back_from_its_journal() {
    let server = Server::new();
    let folder = Folder::new();
    let journal = folder.journal("journal.db");
    let store = with(&server, &journal);
    revoke(&store, "1");
    soon("the journal knows which store it is of", || {
        let file = rusqlite::Connection::open(&journal).unwrap();
        let known = file.query_row("SELECT identity FROM followed", [], |row| row.get(0));
        known.is_ok_and(|identity: String| !identity.is_empty())
    });
    drop(store);
    server.ask::<()>(&["FLUSHALL"]);
    // Nobody who is there now knows of anything.
    let again = with(&server, &journal);
    soon_tells(&again, "reappended");
    soon("it is back", || is_revoked(&again, "1"));
    assert!(is_revoked(&open(&server.location()), "1"));
}

#[test]
fn what_only_one_of_two_journals_has_comes_back_too() {
    let mut server = Server::with(&["--dbfilename", "old.rdb"]);
    let folder = Folder::new();
    let (one, other) = (
        with(&server, &folder.journal("one.db")),
        with(&server, &folder.journal("other.db")),
    );
    revoke(&one, "1");
    soon("both have it", || {
        ["one.db", "other.db"]
            .iter()
            .all(|name| held(&folder.journal(name)) == ["1"])
    });
    server.ask::<()>(&["SAVE"]);
    revoke(&one, "of-one");
    revoke(&other, "of-other");
    server.kill();
    server.start();
    for id in ["1", "of-one", "of-other"] {
        soon(id, || {
            opened(&server.location(), r#"{"stale": null}"#).is_ok_and(|late| is_revoked(&late, id))
        });
    }
    soon("all is well", || {
        status(&one)["lost"] == false && status(&other)["lost"] == false
    });
}

#[test]
fn a_journal_that_cannot_be_written_fails_the_change_and_says_which_half_it_is_in() {
    let server = Server::new();
    let folder = Folder::new();
    let journal = folder.journal("missing/journal.db");
    let store = with(&server, &journal);
    let rule = crate::store::jti("1");
    let error = store.revoke(&rule, now()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Storage);
    assert!(
        error
            .message()
            .contains("the log has it, but not the journal"),
        "{error}"
    );
    soon_tells(&store, "journal-failed");
    assert!(is_revoked(&open(&server.location()), "1"));
}

#[test]
fn an_empty_journal_makes_nothing_whole() {
    let server = Server::new();
    let folder = Folder::new();
    let knew = Arc::new(opened(&server.location(), r#"{"stale": 1}"#).unwrap());
    revoke(&knew, "1");
    server.ask::<()>(&["FLUSHALL"]);
    soon_tells(&knew, "lost");
    let store = with(&server, &folder.journal("journal.db"));
    std::thread::sleep(std::time::Duration::from_millis(2500));
    assert_eq!(
        store.refresh().unwrap_err().kind(),
        ErrorKind::RevocationsStale
    );
    assert!(Gate::new(&store).is_stale());
}
