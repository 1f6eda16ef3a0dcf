//! Servers and connections that fail for a while.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use jeton::ErrorKind;

use crate::proxy::Proxy;
use crate::server::Server;
use crate::store::{
    Gate, events, is_revoked, jti, now, open, opened, revoke, soon, soon_tells, status, target,
};

#[test]
fn a_killed_server_is_waited_for_and_nothing_that_was_acknowledged_is_missing() {
    let mut server = Server::durable();
    let (one, other) = (open(&server.location()), open(&server.location()));
    for round in 0..5 {
        revoke(&one, &format!("before-{round}"));
        server.kill();
        let error = one
            .revoke(&jti(&format!("during-{round}")), now())
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Storage);
        assert!(
            error.message().contains("in force in this process"),
            "{error}"
        );
        assert!(is_revoked(&one, &format!("during-{round}")));
        assert_eq!(
            one.refresh().unwrap_err().kind(),
            ErrorKind::RevocationsUnavailable
        );
        server.start();
        soon("it is back", || one.refresh().is_ok());
        soon("and the other, too", || other.refresh().is_ok());
        assert!((0..=round).all(|id| is_revoked(&other, &format!("before-{id}"))));
    }
    assert!(status(&one)["reconnects"].as_u64().unwrap() >= 5);
    let told = events(&one);
    for event in ["append-failed", "connection-lost", "recovered"] {
        assert!(told.iter().any(|name| name == event), "{told:?}");
    }
    let late = open(&server.location());
    assert!((0..5).all(|id| is_revoked(&late, &format!("before-{id}"))));
}

#[test]
fn a_server_that_hangs_is_given_up_and_refuses_judgement_once_it_is_stale() {
    let server = Server::new();
    let store = Arc::new(opened(&server.location(), r#"{"stale": 1, "timeout": 1}"#).unwrap());
    let forever = Arc::new(open(&server.location()));
    let (gate, patient) = (Gate::new(&store), Gate::new(&forever));
    revoke(&store, "1");
    assert!(gate.is_open());
    server.pause();
    let began = Instant::now();
    let error = store.revoke(&jti("2"), now()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Storage);
    assert!(
        error.message().contains("didn't answer within 1 s"),
        "{error}"
    );
    assert!(
        began.elapsed() < Duration::from_secs(30),
        "it came back at all"
    );
    soon("what is known is too old", || gate.is_stale());
    assert!(is_revoked(&store, "1") && is_revoked(&store, "2"));
    soon_tells(&store, "stale");
    assert!(patient.is_open(), "null goes on for ever");
    server.go_on();
    soon("it is trusted again", || gate.is_open());
    soon_tells(&store, "recovered");
}

#[test]
fn a_connection_that_is_silently_gone_is_noticed_and_replaced() {
    let server = Server::new();
    let proxy = Proxy::new(server.port);
    let (near, far) = (open(&server.location()), open(&proxy.location()));
    revoke(&near, "1");
    soon("it comes through", || is_revoked(&far, "1"));
    proxy.hold(true);
    revoke(&near, "2");
    soon_tells(&far, "connection-lost");
    assert!(!is_revoked(&far, "2") && is_revoked(&far, "1"));
    proxy.hold(false);
    proxy.cut_all();
    soon("it comes through again", || is_revoked(&far, "2"));
    revoke(&near, "3");
    soon("and so do news", || is_revoked(&far, "3"));
    assert!(status(&far)["reconnects"].as_u64().unwrap() > 0);
}

#[test]
fn a_slow_way_delays_news_and_loses_none() {
    let server = Server::new();
    let proxy = Proxy::new(server.port);
    let (near, far) = (open(&server.location()), open(&proxy.location()));
    proxy.slow(true);
    let began = Instant::now();
    for id in 0..3000 {
        revoke(&near, &id.to_string());
    }
    println!(
        "3000 revocations beside a slow reader: {:?}",
        began.elapsed()
    );
    proxy.slow(false);
    soon("the last arrives", || is_revoked(&far, "2999"));
    assert!((0..3000).all(|id| is_revoked(&far, &id.to_string())));
}

#[test]
fn a_reader_that_the_log_does_not_reach_back_to_starts_anew() {
    let server = Server::new();
    let proxy = Proxy::new(server.port);
    let (near, far) = (open(&server.location()), open(&proxy.location()));
    revoke(&near, "7");
    soon("it comes through", || is_revoked(&far, "7"));
    proxy.hold(true);
    near.restore(&target("7"), now()).unwrap();
    for id in 0..20 {
        if id != 7 {
            revoke(&near, &id.to_string());
        }
    }
    near.compact(now()).unwrap();
    let last: Vec<(String, Vec<String>)> =
        server.ask(&["XREVRANGE", "{jeton}:log", "+", "-", "COUNT", "1"]);
    server.ask::<i64>(&["XTRIM", "{jeton}:log", "MINID", &last[0].0]);
    revoke(&near, "after");
    proxy.hold(false);
    soon("it comes through", || is_revoked(&far, "after"));
    soon("the gap is noticed", || {
        (0..20).all(|id| is_revoked(&far, &id.to_string()) == (id != 7))
    });
    far.refresh().unwrap();
    assert_eq!(status(&far)["sequence"], status(&near)["sequence"]);
}

#[test]
fn a_write_waits_for_the_connection_where_the_options_say_so() {
    let mut server = Server::durable();
    let options = r#"{"stale": null, "timeout": 1, "patience": 60}"#;
    let store = opened(&server.location(), options).unwrap();
    revoke(&store, "1");
    server.kill();
    thread::scope(|scope| {
        let writer = scope.spawn(|| store.revoke(&jti("2"), now()).map(drop));
        soon("it is in force here meanwhile", || is_revoked(&store, "2"));
        thread::sleep(Duration::from_millis(300));
        assert!(!writer.is_finished());
        server.start();
        writer.join().unwrap().unwrap();
    });
    assert!(is_revoked(&open(&server.location()), "2"));
}

#[test]
fn a_patient_write_whose_answer_is_lost_is_in_the_log_once() {
    let server = Server::new();
    let proxy = Proxy::new(server.port);
    let options = r#"{"stale": null, "timeout": 5, "patience": 60}"#;
    let patient = opened(&proxy.location(), options).unwrap();
    revoke(&patient, "1");
    let length = || server.ask::<i64>(&["XLEN", "{jeton}:log"]);
    let before = length();
    proxy.cut_next_answer();
    revoke(&patient, "2");
    assert_eq!(length(), before + 1, "not a second time");

    let hasty = opened(&proxy.location(), r#"{"stale": null, "timeout": 5}"#).unwrap();
    proxy.cut_next_answer();
    let error = hasty.revoke(&jti("3"), now()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Storage);
    assert!(
        error.message().contains("may be in the log or not"),
        "{error}"
    );
    let late = open(&server.location());
    assert!(is_revoked(&late, "2") && is_revoked(&late, "3"));
}

#[test]
fn a_server_that_refuses_changes_says_why() {
    let server = Server::new();
    let store = open(&server.location());
    revoke(&store, "1");
    server.ask::<()>(&["CONFIG", "SET", "maxmemory", "1"]);
    let error = store.revoke(&jti("2"), now()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Storage);
    assert!(error.message().contains("memory is full"), "{error}");
    store.refresh().unwrap();
    server.ask::<()>(&["CONFIG", "SET", "maxmemory", "0"]);
    revoke(&store, "3");
    server.ask::<()>(&["CONFIG", "SET", "min-replicas-to-write", "1"]);
    let error = store.revoke(&jti("4"), now()).unwrap_err();
    assert!(error.message().contains("too few replicas"), "{error}");
}
