//! What one store says, all others come to know, as it was said.

use jeton::{ErrorKind, Revocations, Value};
use serde_json::json;

use crate::server::Server;
use crate::store::{
    FAR, NEVER_STALE, REALM, export, is_revoked, jti, list, now, open, opened, revoke, soon,
    status, target,
};

#[test]
fn what_one_store_revokes_the_others_refuse_and_so_does_one_opened_later() {
    let server = Server::new();
    let (one, other) = (open(&server.location()), open(&server.location()));
    assert!(!is_revoked(&other, "1"));
    revoke(&one, "1");
    assert!(is_revoked(&one, "1"), "at once where it was said");
    soon("the follower sees it", || is_revoked(&other, "1"));
    assert!(!is_revoked(&other, "2"));
    revoke(&other, "2");
    one.refresh().unwrap();
    assert!(is_revoked(&one, "2"), "at once after a refresh");
    let late = open(&server.location());
    assert!(is_revoked(&late, "1") && is_revoked(&late, "2"));
    assert_eq!(list(&late), list(&one));
    assert_eq!(status(&late)["sequence"], 2);
    assert_eq!(status(&late)["entries"], 2);
}

#[test]
fn rules_about_keys_numbers_and_users_and_switches_come_over_as_they_are() {
    let server = Server::new();
    let (one, other) = (open(&server.location()), open(&server.location()));
    for rule in [
        json!({"realm": REALM, "key": "k", "until": null}),
        json!({"realm": REALM, "claim": "n", "value": 7, "until": FAR}),
        json!({"realm": REALM, "claim": "sub", "value": "ada", "until": null, "note": "left us"}),
    ] {
        one.revoke(&rule.to_string(), 5).unwrap();
    }
    one.switch("p1", "strict", true).unwrap();
    let late = |store: &Revocations| {
        assert!(store.key_hit(REALM, Some("k"), "t", None, 5));
        assert!(store.hit(REALM, "n", Value::Integer(7), None, FAR - 1));
        assert!(!store.hit(REALM, "n", Value::Integer(7), None, FAR));
        assert!(!store.hit(REALM, "n", Value::Text("7"), None, 5));
        assert!(store.hit(REALM, "sub", Value::Text("ada"), Some(5), 5));
        assert!(!store.hit(REALM, "sub", Value::Text("ada"), Some(6), 6));
        assert!(store.is_on("p1", "strict").unwrap());
        assert_eq!(store.names().len(), 2);
        let list: serde_json::Value = serde_json::from_str(&store.list_json(5).unwrap()).unwrap();
        let notes = list["entries"].as_array().unwrap().iter();
        assert_eq!(notes.filter(|entry| entry["note"] == "left us").count(), 1);
    };
    other.refresh().unwrap();
    late(&other);
    late(&open(&server.location()));
    // The same from the table alone.
    one.compact(5).unwrap();
    late(&open(&server.location()));
    other.switch("p1", "strict", false).unwrap();
    one.refresh().unwrap();
    assert!(!one.is_on("p1", "strict").unwrap());
    one.compact(5).unwrap();
    assert!(!open(&server.location()).is_on("p1", "strict").unwrap());
}

#[test]
fn a_rule_taken_back_is_taken_back_everywhere_and_can_be_made_again_narrower() {
    let server = Server::new();
    let (one, other) = (open(&server.location()), open(&server.location()));
    revoke(&one, "1");
    other.refresh().unwrap();
    assert!(other.restore(&target("1"), 5).unwrap());
    one.refresh().unwrap();
    assert!(!is_revoked(&one, "1"));
    assert!(!one.restore(&target("1"), 5).unwrap());
    assert!(!is_revoked(&open(&server.location()), "1"));
    let narrow = json!({"realm": REALM, "claim": "jti", "value": "1", "before": 3, "until": FAR});
    one.revoke(&narrow.to_string(), 5).unwrap();
    for compacts in [false, true] {
        if compacts {
            one.compact(5).unwrap();
        }
        let late = open(&server.location());
        assert!(late.hit(REALM, "jti", Value::Text("1"), Some(3), FAR - 1));
        assert!(!late.hit(REALM, "jti", Value::Text("1"), Some(4), 8));
        assert!(!late.hit(REALM, "jti", Value::Text("1"), Some(3), FAR));
    }
}

#[test]
fn two_rules_for_one_value_become_the_wider_in_the_log_and_in_the_table() {
    let server = Server::new();
    let (one, other) = (open(&server.location()), open(&server.location()));
    let rule = |before, until, note: Option<&str>| {
        json!({"realm": REALM, "claim": "sub", "value": "ada", "before": before, "until": until,
               "note": note})
        .to_string()
    };
    one.revoke(&rule(10, FAR + 50, Some("a b")), 5).unwrap();
    other.revoke(&rule(20, FAR, None), 6).unwrap();
    let holds = |store: &Revocations| {
        assert!(store.hit(REALM, "sub", Value::Text("ada"), Some(20), FAR + 49));
        assert!(!store.hit(REALM, "sub", Value::Text("ada"), Some(21), FAR + 49));
        assert!(!store.hit(REALM, "sub", Value::Text("ada"), Some(20), FAR + 50));
        let list: serde_json::Value = serde_json::from_str(&store.list_json(7).unwrap()).unwrap();
        assert_eq!(list["entries"].as_array().unwrap().len(), 1);
        assert_eq!(list["entries"][0]["at"], 5);
        assert_eq!(list["entries"][0]["note"], "a b");
        assert_eq!(list["entries"][0]["before"], 20);
        assert_eq!(list["entries"][0]["until"], FAR + 50);
    };
    for store in [&one, &other] {
        store.refresh().unwrap();
        holds(store);
    }
    one.compact(7).unwrap();
    holds(&open(&server.location()));
    // A rule that has ended is no part of the next about the same.
    let ever = json!({"realm": REALM, "claim": "sub", "value": "bob", "before": null, "until": 9});
    one.revoke(&ever.to_string(), 5).unwrap();
    let later = json!({"realm": REALM, "claim": "sub", "value": "bob", "before": 4, "until": FAR});
    one.revoke(&later.to_string(), 10).unwrap();
    one.compact(10).unwrap();
    let late = open(&server.location());
    assert!(late.hit(REALM, "sub", Value::Text("bob"), Some(4), 11));
    assert!(!late.hit(REALM, "sub", Value::Text("bob"), Some(5), 11));
}

#[test]
fn prefixes_are_stores_apart_and_databases_too() {
    let server = Server::new();
    let prefixed = |prefix| {
        let options = json!({"stale": null, "prefix": prefix}).to_string();
        opened(&server.location(), &options).unwrap()
    };
    let (one, other) = (prefixed("tenant-1"), prefixed("tenant-2"));
    let database = open(&format!("{}/3", server.location()));
    revoke(&one, "1");
    revoke(&other, "2");
    revoke(&database, "3");
    for (store, id) in [(&one, "1"), (&other, "2"), (&database, "3")] {
        store.refresh().unwrap();
        for number in ["1", "2", "3"] {
            assert_eq!(is_revoked(store, number), number == id, "{number} in {id}");
        }
    }
    let mut keys: Vec<String> = server.ask(&["KEYS", "*"]);
    keys.sort();
    let tenants = [
        "tenant-1}:log",
        "tenant-1}:table",
        "tenant-2}:log",
        "tenant-2}:table",
    ];
    assert_eq!(keys, tenants.map(|name| format!("{{{name}")));
}

#[test]
fn an_export_goes_from_one_store_to_another() {
    let server = Server::new();
    let one = open(&server.location());
    revoke(&one, "1");
    one.switch("p1", "strict", true).unwrap();
    let export = one.export_json(now()).unwrap();
    let options = json!({"stale": null, "prefix": "new"}).to_string();
    let new = opened(&server.location(), &options).unwrap();
    assert_eq!(new.import_json(&export, now()).unwrap(), 1);
    assert_eq!(new.export_json(now()).unwrap(), export);
    let late = opened(&server.location(), &options).unwrap();
    assert!(is_revoked(&late, "1") && late.is_on("p1", "strict").unwrap());
}

#[test]
fn an_import_of_many_is_in_force_as_a_whole_and_read_by_those_who_come_later() {
    let server = Server::new();
    let one = open(&server.location());
    let ids: Vec<String> = (0..25_000).map(|id| id.to_string()).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    assert_eq!(one.import_json(&export(&ids), now()).unwrap(), ids.len());
    soon("followers carry most of them over into the table", || {
        status(&one)["rows"].as_u64() > Some(10_000)
    });
    let late = open(&server.location());
    assert!(ids.iter().all(|id| is_revoked(&late, id)));
    assert!(!is_revoked(&late, "25000"));
    assert_eq!(status(&late)["entries"], ids.len());
    assert_eq!(list(&late)["entries"].as_array().unwrap().len(), ids.len());
}

#[test]
fn what_has_ended_leaves_the_table_when_it_is_compacted_and_in_time_by_itself() {
    let server = Server::new();
    let store = open(&server.location());
    let rule = |id: &str, until: i64| {
        json!({"realm": REALM, "claim": "jti", "value": id, "until": until}).to_string()
    };
    store.revoke(&rule("ended", 9), 5).unwrap();
    store.revoke(&rule("later", FAR), 5).unwrap();
    revoke(&store, "ever");
    store.compact(9).unwrap();
    assert_eq!(status(&store)["rows"], 2);
    assert_eq!(list(&store)["entries"].as_array().unwrap().len(), 2);
    // Long ago by the server's clock: whoever carries entries over drops them.
    for id in 0..11_000 {
        store.revoke(&rule(&format!("old-{id}"), 9), 5).unwrap();
    }
    let carried = || server.ask::<i64>(&["HGET", "{jeton}:table", "count"]);
    soon("some are carried over", || {
        revoke(&store, "tick");
        carried() > 2000
    });
    let rows = status(&store)["rows"].as_i64().unwrap();
    assert!(rows < 1500, "{rows} rows of {}", carried());
    assert!(is_revoked(&store, "ever"));
    let late = open(&server.location());
    assert!(late.hit(REALM, "jti", Value::Text("later"), None, FAR - 1));
}

#[test]
fn a_status_tells_of_the_server_and_warns_of_what_it_would_lose() {
    let server = Server::new();
    let store = open(&server.location());
    revoke(&store, "1");
    let told = status(&store);
    assert_eq!(told["location"], server.location());
    assert_eq!(told["server"], format!("127.0.0.1:{}", server.port));
    assert_eq!(told["durable"], false);
    assert_eq!(told["lost"], false);
    assert_eq!(told["lag"], 0);
    assert_eq!(told["replicas"], 0);
    assert_eq!(told["reconnects"], 0);
    let warnings = told["warnings"].to_string();
    assert!(warnings.contains("append-only file"), "{told}");
    server.ask::<()>(&["CONFIG", "SET", "maxmemory-policy", "allkeys-lru"]);
    server.ask::<()>(&["CONFIG", "SET", "appendonly", "yes"]);
    let told = status(&store);
    assert_eq!(told["durable"], true, "{told}");
    assert!(
        told["warnings"].to_string().contains("allkeys-lru"),
        "{told}"
    );
    server.ask::<()>(&["CONFIG", "SET", "maxmemory-policy", "noeviction"]);
    assert_eq!(status(&store)["warnings"], json!([]));
}

#[test]
fn the_follower_ends_at_once_with_its_store() {
    let server = Server::new();
    let store = open(&server.location());
    let connections = || {
        let list: String = server.ask(&["CLIENT", "LIST"]);
        list.lines()
            .filter(|line| line.contains("name=jeton"))
            .count()
    };
    revoke(&store, "1");
    soon("both connections are there", || connections() == 2);
    drop(store);
    soon("and gone", || connections() == 0);
}

#[test]
fn options_of_a_server_are_strict_and_name_the_remedy() {
    let server = Server::new();
    for (options, place) in [
        ("", "say after how many seconds"),
        (r#"{"stale": 0}"#, "stale"),
        (r#"{"stale": null, "timeout": 0}"#, "timeout"),
        (r#"{"stale": null, "wait": 101}"#, "wait"),
        (r#"{"stale": null, "patience": 3601}"#, "patience"),
        (r#"{"stale": null, "prefix": "a{b}"}"#, "prefix"),
        (r#"{"stale": null, "prefix": ""}"#, "prefix"),
        (r#"{"stale": null, "user": "ada"}"#, "secret"),
        (r#"{"stale": null, "secret": "hunter2"}"#, "secret"),
        (r#"{"stale": null, "secret": {}}"#, "secret"),
        (
            r#"{"stale": null, "secret": {"file": "a", "env": "B"}}"#,
            "secret",
        ),
        (
            r#"{"stale": null, "secret": {"env": "JETON_TEST_UNSET"}}"#,
            "JETON_TEST_UNSET",
        ),
        (r#"{"stale": null, "ca": "/nonexistent"}"#, "ca"),
        (r#"{"stale": null, "sentinel": ""}"#, "sentinel"),
        (r#"{"stale": null, "journal": ""}"#, "journal"),
        (r#"{"stale": null, "log": false}"#, "log"),
    ] {
        let error = opened(&server.location(), options).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Options, "{options}: {error}");
        assert!(error.message().contains(place), "{options}: {error}");
        assert!(!error.message().contains("hunter2"), "{error}");
    }
    let secret = format!("redis://ada:hunter2@127.0.0.1:{}", server.port);
    let error = opened(&secret, NEVER_STALE).err().unwrap();
    assert!(
        error.message().contains("options user and secret"),
        "{error}"
    );
    assert!(!error.message().contains("hunter2"), "{error}");
}

#[test]
fn another_programs_keys_and_another_version_are_left_alone() {
    let server = Server::new();
    server.ask::<()>(&["SET", "{jeton}:table", "theirs"]);
    let error = opened(&server.location(), NEVER_STALE).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::RevocationsUnavailable);
    assert!(error.message().contains("another program"), "{error}");
    server.ask::<()>(&["DEL", "{jeton}:table"]);

    let store = open(&server.location());
    revoke(&store, "1");
    server.ask::<i64>(&["HSET", "{jeton}:table", "version", "2"]);
    let error = store.refresh().unwrap_err();
    assert!(error.message().contains("of version 2"), "{error}");
    server.ask::<i64>(&["HSET", "{jeton}:table", "version", "1"]);
    store.refresh().unwrap();
    // An entry that this version can't read isn't passed over.
    let odd = r#"["r","jti","x"]"#;
    server.ask::<String>(&["XADD", "{jeton}:log", "*", odd, "forever"]);
    let error = store.refresh().unwrap_err();
    assert!(
        error.message().contains("this version can't read"),
        "{error}"
    );
    assert!(is_revoked(&store, "1"), "what was known stays in force");
}

#[test]
fn many_threads_of_several_stores_lose_nothing() {
    let server = Server::new();
    let stores: Vec<_> = (0..3).map(|_| open(&server.location())).collect();
    std::thread::scope(|scope| {
        for (number, store) in stores.iter().enumerate() {
            for part in 0..2 {
                scope.spawn(move || {
                    for id in 0..200 {
                        let id = format!("{number}-{part}-{id}");
                        store.revoke(&jti(&id), 5).unwrap();
                        assert!(is_revoked(store, &id));
                        if id.ends_with('7') {
                            store.restore(&target(&id), 5).unwrap();
                            assert!(!is_revoked(store, &id), "it stays taken back here");
                        }
                    }
                });
            }
        }
    });
    for store in &stores {
        store.refresh().unwrap();
        for number in 0..3 {
            for part in 0..2 {
                for id in 0..200 {
                    let id = format!("{number}-{part}-{id}");
                    assert_eq!(is_revoked(store, &id), !id.ends_with('7'), "{id}");
                }
            }
        }
    }
}
