//! Stores that share a file: what one knows, the others come to know.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tempfile::TempDir;

use super::*;

mod room;

/// An end that the system clock, by which followers forget, is long before.
const FAR: i64 = 4_000_000_000;

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("revocations.db")
    }

    fn open(&self) -> Revocations {
        opened(&self.file(), r#"{"stale": null}"#).unwrap()
    }
}

fn opened(path: &Path, options: &str) -> Result<Revocations> {
    Revocations::open(&format!("sqlite:{}", path.display()), options)
}

/// Waits until `holds`; the limit is only there so that a failing test ends.
#[track_caller]
fn soon(what: &str, mut holds: impl FnMut() -> bool) {
    let limit = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < limit, "{what}");
        thread::sleep(Duration::from_millis(1));
    }
}

fn events(store: &Revocations) -> Vec<String> {
    let events: serde_json::Value = serde_json::from_str(&store.events_json()).unwrap();
    let names = events.as_array().unwrap().iter();
    names
        .map(|event| event["event"].as_str().unwrap().to_owned())
        .collect()
}

fn target(id: &str) -> String {
    json!({"realm": A, "claim": "jti", "value": id}).to_string()
}

#[test]
fn what_one_store_revokes_the_other_refuses_and_so_does_one_opened_later() {
    let folder = Folder::new();
    let (one, other) = (folder.open(), folder.open());
    one.revoke(&jti("1"), 5).unwrap();
    assert!(is_revoked(&one, "1", 5));
    soon("the follower sees it", || is_revoked(&other, "1", 5));
    assert!(!is_revoked(&other, "2", 5));
    other.revoke(&jti("2"), 5).unwrap();
    one.refresh().unwrap();
    assert!(is_revoked(&one, "2", 5));
    let late = folder.open();
    assert!(is_revoked(&late, "1", 5) && is_revoked(&late, "2", 5));
    assert_eq!(late.list_json(5).unwrap(), one.list_json(5).unwrap());
}

#[test]
fn rules_about_keys_numbers_and_users_and_switches_come_over_as_they_are() {
    let folder = Folder::new();
    let (one, other) = (folder.open(), folder.open());
    for rule in [
        json!({"realm": A, "key": "k", "until": null}),
        json!({"realm": A, "claim": "n", "value": 7, "until": FAR}),
        json!({"realm": A, "claim": "sub", "value": "ada", "until": null, "note": "left"}),
    ] {
        one.revoke(&rule.to_string(), 5).unwrap();
    }
    one.switch("p1", "strict", true).unwrap();
    other.refresh().unwrap();
    assert!(other.key_hit(A, Some("k"), "t", None, 5));
    assert!(other.hit(A, "n", Value::Integer(7), None, FAR - 1));
    assert!(!other.hit(A, "n", Value::Integer(7), None, FAR));
    assert!(!other.hit(A, "n", Value::Text("7"), None, 5));
    assert!(other.hit(A, "sub", Value::Text("ada"), Some(5), 5));
    assert!(!other.hit(A, "sub", Value::Text("ada"), Some(6), 6));
    assert!(other.is_on("p1", "strict").unwrap());
    assert_eq!(other.names().len(), 2);
    let list: serde_json::Value = serde_json::from_str(&other.list_json(5).unwrap()).unwrap();
    assert_eq!(list["entries"][2]["note"], "left");
    assert_eq!(list["entries"][1]["value"], 7);
    other.switch("p1", "strict", false).unwrap();
    one.refresh().unwrap();
    assert!(!one.is_on("p1", "strict").unwrap());
}

#[test]
fn a_rule_taken_back_is_taken_back_everywhere_and_can_be_made_again_narrower() {
    let folder = Folder::new();
    let (one, other) = (folder.open(), folder.open());
    one.revoke(&jti("1"), 5).unwrap();
    other.refresh().unwrap();
    assert!(other.restore(&target("1"), 5).unwrap());
    one.refresh().unwrap();
    assert!(!is_revoked(&one, "1", 5));
    assert!(!one.restore(&target("1"), 5).unwrap());

    let narrow = json!({"realm": A, "claim": "jti", "value": "1", "before": 3, "until": FAR});
    one.revoke(&narrow.to_string(), 5).unwrap();
    other.refresh().unwrap();
    assert!(
        is_revoked(&other, "1", FAR - 1),
        "issued at 0, before the cut-off"
    );
    assert!(!other.hit(A, "jti", Value::Text("1"), Some(4), 8));
    assert!(
        !is_revoked(&other, "1", FAR),
        "the end isn't the old rule's"
    );
}

#[test]
fn two_rules_for_one_value_become_the_wider_wherever_they_were_made() {
    let folder = Folder::new();
    let (one, other) = (folder.open(), folder.open());
    let rule = |before, until| {
        json!({"realm": A, "claim": "sub", "value": "ada", "before": before, "until": until})
            .to_string()
    };
    one.revoke(&rule(10, FAR + 50), 5).unwrap();
    other.revoke(&rule(20, FAR), 6).unwrap();
    for store in [&one, &other] {
        store.refresh().unwrap();
        assert!(store.hit(A, "sub", Value::Text("ada"), Some(20), FAR + 49));
        assert!(!store.hit(A, "sub", Value::Text("ada"), Some(21), FAR + 49));
        assert!(!store.hit(A, "sub", Value::Text("ada"), Some(20), FAR + 50));
    }
    let list: serde_json::Value = serde_json::from_str(&one.list_json(7).unwrap()).unwrap();
    assert_eq!(list["entries"][0]["at"], 5);
    assert_eq!(list["entries"].as_array().unwrap().len(), 1);
}

#[test]
fn an_export_goes_from_memory_into_a_file_and_back() {
    let folder = Folder::new();
    let before = memory();
    before.revoke(&jti("1"), 5).unwrap();
    before.switch("p1", "strict", true).unwrap();
    let export = before.export_json(6).unwrap();
    let store = folder.open();
    assert_eq!(store.import_json(&export, 6).unwrap(), 1);
    assert_eq!(store.export_json(6).unwrap(), export);
    let late = folder.open();
    assert!(is_revoked(&late, "1", 6) && late.is_on("p1", "strict").unwrap());
    let after = memory();
    after.import_json(&late.export_json(6).unwrap(), 6).unwrap();
    assert_eq!(after.export_json(6).unwrap(), export);
}

#[test]
fn a_file_is_made_for_its_owner_alone() {
    let folder = Folder::new();
    let store = folder.open();
    store.revoke(&jti("1"), 5).unwrap();
    for name in ["", "-wal", "-shm"] {
        let path = format!("{}{name}", folder.file().display());
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{path}");
    }
}

#[test]
fn what_cannot_be_a_store_is_refused_with_the_reason() {
    let folder = Folder::new();
    let path = folder.0.path();
    fs::write(
        path.join("text"),
        "not a database, but long enough to look at".repeat(50),
    )
    .unwrap();
    fs::write(path.join("empty"), "").unwrap();
    let other = Connection::open(path.join("other")).unwrap();
    other.execute_batch("CREATE TABLE mine (a)").unwrap();
    opened(&path.join("newer"), r#"{"stale": 1}"#).unwrap();
    let newer = Connection::open(path.join("newer")).unwrap();
    newer.pragma_update(None, "user_version", 2).unwrap();
    for (name, reason) in [
        ("text", "isn't an SQLite database"),
        ("other", "another program's"),
        ("newer", "version 2"),
        ("missing/file", "its folder must be there"),
        ("", "can't be opened"),
    ] {
        let error = opened(&path.join(name), r#"{"stale": null}"#)
            .err()
            .unwrap();
        assert_eq!(error.kind(), ErrorKind::RevocationsUnavailable, "{name}");
        assert!(error.message().contains(reason), "{name}: {error}");
    }
    // An empty file is a new database.
    opened(&path.join("empty"), r#"{"stale": null}"#).unwrap();
}

#[test]
fn options_of_a_file_are_strict() {
    let folder = Folder::new();
    for (options, place) in [
        ("", "say after how many seconds"),
        (r#"{"stale": 0}"#, "stale"),
        (r#"{"stale": null, "log": false}"#, "log"),
        (r#"{"stale": null, "timeout": 0}"#, "timeout"),
        (r#"{"stale": null, "timeout": 61}"#, "timeout"),
    ] {
        assert_options(opened(&folder.file(), options), place);
    }
    assert_options(
        Revocations::open("sqlite:", r#"{"stale": null}"#),
        "location",
    );
    assert!(!folder.file().exists(), "a refused store leaves no file");
}

#[test]
fn a_write_that_another_process_blocks_is_in_force_here_and_says_that_the_log_lacks_it() {
    let folder = Folder::new();
    let store = opened(&folder.file(), r#"{"stale": null, "timeout": 1}"#).unwrap();
    let blocker = Connection::open(folder.file()).unwrap();
    blocker.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = store.revoke(&jti("1"), 5).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Storage);
    assert!(
        error.message().contains("locked it for longer than 1 s"),
        "{error}"
    );
    assert!(
        error.message().contains("in force in this process"),
        "{error}"
    );
    assert!(is_revoked(&store, "1", 5));
    assert!(events(&store).contains(&"append-failed".to_owned()));
    blocker.execute_batch("COMMIT").unwrap();

    // It stays so whatever the log says, and goes with the rule's own restoring.
    let other = folder.open();
    assert!(!is_revoked(&other, "1", 5));
    assert!(!other.restore(&target("1"), 5).unwrap());
    store.refresh().unwrap();
    assert!(is_revoked(&store, "1", 5));
    assert!(store.restore(&target("1"), 5).unwrap());
    store.refresh().unwrap();
    assert!(!is_revoked(&store, "1", 5));
    store.revoke(&jti("1"), 5).unwrap();
    other.refresh().unwrap();
    assert!(is_revoked(&other, "1", 5));
}

#[test]
fn a_rule_that_could_not_be_taken_back_gives_way_to_the_next_revocation() {
    let folder = Folder::new();
    let store = opened(&folder.file(), r#"{"stale": null, "timeout": 1}"#).unwrap();
    let other = folder.open();
    store.revoke(&jti("1"), 5).unwrap();
    let blocker = Connection::open(folder.file()).unwrap();
    blocker.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = store.restore(&target("1"), 5).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Storage);
    assert!(!is_revoked(&store, "1", 5), "it is in force here");
    blocker.execute_batch("COMMIT").unwrap();
    other.revoke(&jti("1"), 5).unwrap();
    store.refresh().unwrap();
    assert!(is_revoked(&store, "1", 5));
}

#[test]
fn a_damaged_file_leaves_what_was_known_in_force_and_says_so() {
    let folder = Folder::new();
    let store = folder.open();
    store.revoke(&jti("1"), 5).unwrap();
    store.refresh().unwrap();
    // Everything into the file itself, then everything but its first page
    // damaged, and then a change by somebody, so that it is read again.
    store.compact(5).unwrap();
    let mut bytes = fs::read(folder.file()).unwrap();
    bytes[4096..].fill(0x55);
    fs::write(folder.file(), bytes).unwrap();
    let database = Connection::open(folder.file()).unwrap();
    database.execute_batch("PRAGMA user_version = 1").unwrap();
    let error = store.refresh().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RevocationsUnavailable);
    assert!(error.message().contains("the file is damaged"), "{error}");
    let error = store.revoke(&jti("2"), 5).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Storage);
    assert!(is_revoked(&store, "2", 5), "in force here all the same");
    assert!(is_revoked(&store, "1", 5));
    let status: serde_json::Value = serde_json::from_str(&store.status_json(5).unwrap()).unwrap();
    assert!(status["last_error"].is_string(), "{status}");
}

#[test]
fn a_file_that_is_replaced_is_read_anew() {
    let folder = Folder::new();
    let store = folder.open();
    store.revoke(&jti("old"), 5).unwrap();
    let elsewhere = folder.0.path().join("new.db");
    {
        let new = opened(&elsewhere, r#"{"stale": null}"#).unwrap();
        new.revoke(&jti("new"), 5).unwrap();
    }
    let database = Connection::open(&elsewhere).unwrap();
    // Its follower may be in the middle of its last look.
    soon("nobody else has it open", || {
        database
            .execute_batch("PRAGMA journal_mode = DELETE")
            .is_ok()
    });
    drop(database);
    for name in ["-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{name}", folder.file().display()));
    }
    fs::rename(&elsewhere, folder.file()).unwrap();
    soon("the new file is followed", || is_revoked(&store, "new", 5));
    assert!(!is_revoked(&store, "old", 5));
}

#[test]
fn a_file_that_is_gone_is_missed_and_never_made_anew() {
    let folder = Folder::new();
    let store = folder.open();
    store.revoke(&jti("1"), 5).unwrap();
    let away = folder.0.path().join("away");
    fs::create_dir(&away).unwrap();
    let names = ["", "-wal", "-shm"].map(|end| format!("revocations.db{end}"));
    let moved = |from: &Path, to: &Path| {
        for name in &names {
            fs::rename(from.join(name), to.join(name)).unwrap();
        }
    };
    moved(folder.0.path(), &away);
    let error = store.refresh().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RevocationsUnavailable);
    assert!(error.message().contains("the file is gone"), "{error}");
    let error = store.revoke(&jti("2"), 5).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Storage);
    assert!(error.message().contains("the file is gone"), "{error}");
    assert!(is_revoked(&store, "1", 5) && is_revoked(&store, "2", 5));
    assert!(!folder.file().exists());

    moved(&away, folder.0.path());
    store.refresh().unwrap();
    store.revoke(&jti("3"), 5).unwrap();
    let other = folder.open();
    assert!(is_revoked(&other, "1", 5) && is_revoked(&other, "3", 5));
}

#[test]
fn a_store_without_news_for_longer_than_stale_refuses_to_judge_and_recovers() {
    let folder = Folder::new();
    let store = opened(&folder.file(), r#"{"stale": 1, "timeout": 1}"#).unwrap();
    store.revoke(&jti("1"), 5).unwrap();
    store.check_fresh().unwrap();
    let away = folder.0.path().join("away");
    fs::create_dir(&away).unwrap();
    for name in ["", "-wal", "-shm"] {
        let path = format!("{}{name}", folder.file().display());
        fs::rename(&path, away.join(format!("revocations.db{name}"))).unwrap();
    }
    fs::create_dir(folder.file()).unwrap();
    soon("it becomes stale", || store.check_fresh().is_err());
    let error = store.check_fresh().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RevocationsStale);
    assert!(is_revoked(&store, "1", 5), "what was known stays");
    soon("it says so", || {
        events(&store).contains(&"stale".to_owned())
    });

    fs::remove_dir(folder.file()).unwrap();
    for name in ["", "-wal", "-shm"] {
        let path = format!("{}{name}", folder.file().display());
        fs::rename(away.join(format!("revocations.db{name}")), &path).unwrap();
    }
    soon("it is trusted again", || store.check_fresh().is_ok());
    soon("and says so", || {
        events(&store).contains(&"recovered".to_owned())
    });
}

#[test]
fn the_follower_ends_with_its_store() {
    let folder = Folder::new();
    let followers = || {
        let tasks = fs::read_dir("/proc/self/task").unwrap();
        let names =
            tasks.filter_map(|task| fs::read_to_string(task.ok()?.path().join("comm")).ok());
        names.filter(|name| name.trim() == "jeton-follow").count()
    };
    let store = folder.open();
    // It names itself, once it runs.
    soon("a thread follows", || followers() >= 1);
    let bell = store
        .shared
        .as_ref()
        .map(std::sync::Arc::downgrade)
        .unwrap();
    drop(store);
    soon("nothing of it is left", || bell.strong_count() == 0);
}

#[test]
fn many_threads_of_several_stores_lose_nothing() {
    let folder = Folder::new();
    let stores: Vec<_> = (0..3).map(|_| folder.open()).collect();
    thread::scope(|scope| {
        for (number, store) in stores.iter().enumerate() {
            for part in 0..2 {
                scope.spawn(move || {
                    for id in 0..40 {
                        store
                            .revoke(&jti(&format!("{number}-{part}-{id}")), 5)
                            .unwrap();
                    }
                });
            }
        }
    });
    for store in &stores {
        store.refresh().unwrap();
        for number in 0..3 {
            for part in 0..2 {
                for id in 0..40 {
                    assert!(is_revoked(store, &format!("{number}-{part}-{id}"), 5));
                }
            }
        }
        assert!(!is_revoked(store, "0-0-40", 5));
    }
}
