//! Servers that have lost what they acknowledged.

use std::sync::Arc;

use jeton::{ErrorKind, Revocations};
use serde_json::json;

use crate::server::Server;
use crate::store::{
    Gate, NEVER_STALE, events, export, is_revoked, jti, now, open, opened, revoke, soon,
    soon_tells, status,
};

const STALE: &str = r#"{"stale": 1, "timeout": 1}"#;

fn shared(server: &Server, options: &str) -> Arc<Revocations> {
    Arc::new(opened(&server.location(), options).unwrap())
}

/// Whoever knew the store, and whoever comes now, refuses to judge until an
/// import makes it whole.
#[track_caller]
fn assert_mended_by_import(server: &Server, knew: &Arc<Revocations>, id: &str) {
    let gate = Gate::new(knew);
    soon_tells(knew, "lost");
    soon("it is stale", || gate.is_stale());
    assert!(is_revoked(knew, id), "what was known stays in force");
    let error = knew.revoke(&jti("meanwhile"), now()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Storage);
    assert!(error.message().contains("import"), "{error}");

    let new = shared(server, NEVER_STALE);
    assert!(Gate::new(&new).is_stale(), "null is no leave to forget");
    let error = new.refresh().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RevocationsStale);
    assert!(error.message().contains("import an export"), "{error}");
    assert_eq!(
        new.list_json(now()).unwrap_err().kind(),
        ErrorKind::RevocationsStale
    );
    assert_eq!(status(&new)["lost"], true);

    new.import_json(&export(&["imported"]), now()).unwrap();
    assert!(Gate::new(&new).is_open());
    soon("the old one goes on", || gate.is_open());
    soon("with what was imported", || is_revoked(knew, "imported"));
    assert!(is_revoked(knew, id), "and with what it knew");
    assert_eq!(status(knew)["lost"], false);
    revoke(knew, "later");
    new.refresh().unwrap();
    assert!(is_revoked(&new, "later"));
    assert!(Gate::new(&shared(server, NEVER_STALE)).is_open());
}

#[test]
fn a_server_that_was_emptied_is_noticed_by_all_and_trusted_again_after_an_import() {
    let server = Server::new();
    let store = shared(&server, STALE);
    revoke(&store, "1");
    server.ask::<()>(&["FLUSHALL"]);
    assert_mended_by_import(&server, &store, "1");
}

#[test]
fn a_server_that_comes_back_without_its_data_is_noticed() {
    let mut server = Server::new();
    let store = shared(&server, STALE);
    revoke(&store, "1");
    server.kill();
    server.start();
    assert_mended_by_import(&server, &store, "1");
}

#[test]
fn a_log_or_a_table_that_is_gone_alone_is_noticed_too() {
    for key in ["{jeton}:log", "{jeton}:table"] {
        let server = Server::new();
        let store = shared(&server, STALE);
        revoke(&store, "1");
        store.refresh().unwrap();
        server.ask::<i64>(&["DEL", key]);
        assert_mended_by_import(&server, &store, "1");
    }
}

#[test]
fn a_server_that_lost_the_last_changes_alone_is_noticed() {
    let mut server = Server::with(&["--dbfilename", "old.rdb"]);
    let store = shared(&server, STALE);
    revoke(&store, "1");
    server.ask::<()>(&["SAVE"]);
    revoke(&store, "2");
    server.kill();
    server.start();
    assert_mended_by_import(&server, &store, "2");
    assert!(
        is_revoked(&open(&server.location()), "1"),
        "what it kept is kept"
    );
}

#[test]
fn changes_that_came_after_lost_ones_dont_hide_the_loss() {
    let mut server = Server::with(&["--dbfilename", "old.rdb"]);
    let store = shared(&server, STALE);
    revoke(&store, "1");
    server.ask::<()>(&["SAVE"]);
    revoke(&store, "2");
    revoke(&store, "3");
    server.kill();
    server.start();
    // A process that never knew of them appends before the other looks.
    let quick = opened(&server.location(), NEVER_STALE).unwrap();
    for id in 0..10 {
        let _ = quick.revoke(&jti(&format!("new-{id}")), now());
    }
    assert_mended_by_import(&server, &store, "3");
}

#[test]
fn who_never_stales_goes_on_with_what_it_knew_and_says_so() {
    let server = Server::new();
    let store = shared(&server, NEVER_STALE);
    let gate = Gate::new(&store);
    revoke(&store, "1");
    server.ask::<()>(&["FLUSHALL"]);
    soon_tells(&store, "lost");
    assert!(gate.is_open());
    assert!(is_revoked(&store, "1"));
    assert_eq!(status(&store)["lost"], true);
}

#[test]
fn a_new_store_in_the_place_of_a_known_one_is_trusted_only_once_it_is_imported() {
    let server = Server::new();
    let store = shared(&server, STALE);
    revoke(&store, "1");
    store.refresh().unwrap();
    // Somebody who knew nothing began anew at the same moment.
    server.ask::<i64>(&["DEL", "{jeton}:log", "{jeton}:table"]);
    let mut begin = redis::cmd("EVAL");
    begin.arg(include_str!("../../src/revocation/log/redis/lua/begin.lua"));
    begin
        .arg(2)
        .arg("{jeton}:table")
        .arg("{jeton}:log")
        .arg("another");
    let mut again = redis::pipe();
    again
        .atomic()
        .cmd("DEL")
        .arg("{jeton}:log")
        .arg("{jeton}:table")
        .ignore();
    again.add_command(begin);
    again
        .query::<Vec<i64>>(&mut server.client().get_connection().unwrap())
        .unwrap();
    let gate = Gate::new(&store);
    soon_tells(&store, "lost");
    soon("it is stale", || gate.is_stale());
    let other = shared(&server, NEVER_STALE);
    if !status(&other)["lost"].as_bool().unwrap() {
        assert!(Gate::new(&other).is_open(), "those who knew nothing go on");
    }
    other.import_json(&export(&["1"]), now()).unwrap();
    soon("it goes on", || gate.is_open());
}

#[test]
fn an_empty_export_says_that_nothing_is_missed() {
    let server = Server::new();
    let store = shared(&server, STALE);
    let gate = Gate::new(&store);
    revoke(&store, "1");
    server.ask::<()>(&["FLUSHALL"]);
    soon("it is stale", || gate.is_stale());
    let new = open(&server.location());
    let empty = json!({"format": "jeton-revocations", "version": 1, "entries": []});
    new.import_json(&empty.to_string(), now()).unwrap();
    soon("it goes on", || gate.is_open());
    assert!(is_revoked(&store, "1") && !is_revoked(&new, "1"));
    assert!(!events(&store).contains(&"connection-lost".to_owned()));
}
