//! Replicas, and what becomes of a store when one takes over.

use std::sync::Arc;
use std::time::Duration;

use jeton::ErrorKind;
use serde_json::json;

use crate::proxy::Proxy;
use crate::server::{Server, free_port, program};
use crate::store::{
    Gate, export, is_revoked, jti, now, open, opened, revoke, soon, soon_tells, status,
};

/// A replica of `master` that has all of it.
fn replica_of(master: &Server) -> Server {
    replica_at(master.port)
}

fn replica_at(port: u16) -> Server {
    let port = port.to_string();
    let replica = Server::with(&["--replicaof", "127.0.0.1", &port]);
    soon("the replica follows", || {
        replica
            .ask::<String>(&["INFO", "replication"])
            .contains("master_link_status:up")
    });
    replica
}

#[test]
fn a_replica_is_refused_and_named_among_several_servers_passed_over() {
    let master = Server::new();
    let replica = replica_of(&master);
    let error = opened(&replica.location(), r#"{"stale": null}"#)
        .err()
        .unwrap();
    assert_eq!(error.kind(), ErrorKind::RevocationsUnavailable);
    assert!(error.message().contains("is a replica"), "{error}");
    let both = format!(
        "redis://127.0.0.1:{},127.0.0.1:{}",
        replica.port, master.port
    );
    let store = open(&both);
    revoke(&store, "1");
    assert_eq!(
        status(&store)["server"],
        format!("127.0.0.1:{}", master.port)
    );
    assert_eq!(status(&store)["replicas"], 1);
}

#[test]
fn a_change_is_acknowledged_once_as_many_replicas_as_asked_for_have_it() {
    let master = Server::new();
    let replica = replica_of(&master);
    let options = r#"{"stale": null, "timeout": 1, "wait": 1}"#;
    let store = opened(&master.location(), options).unwrap();
    revoke(&store, "1");
    assert_eq!(replica.ask::<i64>(&["XLEN", "{jeton}:log"]), 2);
    replica.pause();
    let error = store.revoke(&jti("2"), now()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Storage);
    assert!(error.message().contains("only 0 of 1 replicas"), "{error}");
    replica.go_on();
    revoke(&store, "3");
}

#[test]
fn a_replica_that_takes_over_with_everything_is_gone_on_with() {
    let mut master = Server::new();
    let replica = replica_of(&master);
    let both = format!(
        "redis://127.0.0.1:{},127.0.0.1:{}",
        master.port, replica.port
    );
    let options = r#"{"stale": 60, "timeout": 1, "wait": 1, "patience": 60}"#;
    let store = Arc::new(opened(&both, options).unwrap());
    let gate = Gate::new(&store);
    for id in 0..50 {
        revoke(&store, &id.to_string());
    }
    master.kill();
    replica.ask::<()>(&["REPLICAOF", "NO", "ONE"]);
    let other = opened(&both, r#"{"stale": null}"#).unwrap();
    assert!((0..50).all(|id| is_revoked(&other, &id.to_string())));
    soon("the old one is there, too", || store.refresh().is_ok());
    assert!(gate.is_open());
    revoke(&other, "after");
    soon("and hears of news", || is_revoked(&store, "after"));
    assert_eq!(status(&store)["lost"], false);
}

#[test]
fn a_replica_that_takes_over_without_acknowledged_changes_is_noticed() {
    let mut master = Server::new();
    let proxy = Proxy::new(master.port);
    let replica = replica_at(proxy.port());
    let both = format!(
        "redis://127.0.0.1:{},127.0.0.1:{}",
        master.port, replica.port
    );
    let store = Arc::new(opened(&both, r#"{"stale": 1, "timeout": 1}"#).unwrap());
    let gate = Gate::new(&store);
    revoke(&store, "1");
    soon("the replica has it", || {
        replica.ask::<i64>(&["XLEN", "{jeton}:log"]) == 2
    });
    proxy.hold(true);
    revoke(&store, "2");
    master.kill();
    replica.ask::<()>(&["REPLICAOF", "NO", "ONE"]);
    soon_tells(&store, "lost");
    soon("it is stale", || gate.is_stale());
    assert!(is_revoked(&store, "2"));
    let new = opened(&both, r#"{"stale": null}"#).unwrap();
    assert!(Gate::new(&Arc::new(new)).is_stale());
    open(&replica.location())
        .import_json(&export(&["2"]), now())
        .unwrap();
    soon("it goes on", || gate.is_open());
    assert!(is_revoked(&store, "1") && is_revoked(&store, "2"));
}

#[test]
fn a_master_that_becomes_a_replica_is_left_at_the_next_look() {
    let (old, new) = (Server::new(), Server::new());
    let both = format!("redis://127.0.0.1:{},127.0.0.1:{}", old.port, new.port);
    let store = open(&both);
    revoke(&store, "1");
    new.ask::<()>(&["REPLICAOF", "127.0.0.1", &old.port.to_string()]);
    soon("the new one follows", || {
        new.ask::<i64>(&["EXISTS", "{jeton}:log"]) == 1
    });
    new.ask::<()>(&["REPLICAOF", "NO", "ONE"]);
    old.ask::<()>(&["REPLICAOF", "127.0.0.1", &new.port.to_string()]);
    let server = format!("127.0.0.1:{}", new.port);
    soon("it is with the new one", || {
        status(&store)["server"] == server
    });
    soon("and may write there", || {
        store.revoke(&jti("2"), now()).is_ok()
    });
    assert!(is_revoked(&open(&new.location()), "2"));
}

/// A Sentinel that watches `master` under the name "jeton".
fn sentinel_of(master: &Server) -> Server {
    let port = free_port();
    let folder = tempfile::TempDir::new().unwrap().keep();
    let conf = folder.join("sentinel.conf");
    let watch = format!(
        "sentinel monitor jeton 127.0.0.1 {} 1\nsentinel down-after-milliseconds jeton 500\n\
         sentinel failover-timeout jeton 2000\n",
        master.port
    );
    std::fs::write(&conf, watch).unwrap();
    Server::of_file(&program(), port, &conf, &["--sentinel"])
}

#[test]
fn sentinels_tell_where_the_master_is_before_and_after_it_changes() {
    let mut master = Server::new();
    let replica = replica_of(&master);
    let sentinel = sentinel_of(&master);
    let options = json!({"stale": null, "timeout": 2, "sentinel": "jeton"}).to_string();
    let unknown = json!({"stale": null, "sentinel": "other"}).to_string();
    let error = opened(&sentinel.location(), &unknown).err().unwrap();
    assert!(error.message().contains("option sentinel"), "{error}");
    let store = opened(&sentinel.location(), &options).unwrap();
    revoke(&store, "1");
    let at = |port: u16| format!("127.0.0.1:{port}");
    assert_eq!(status(&store)["server"], at(master.port));
    soon("the Sentinel knows the replica", || {
        let known: Vec<redis::Value> = sentinel.ask(&["SENTINEL", "REPLICAS", "jeton"]);
        !known.is_empty()
    });
    soon("the replica has it", || {
        replica.ask::<i64>(&["XLEN", "{jeton}:log"]) == 2
    });
    std::thread::sleep(Duration::from_millis(200));
    master.kill();
    soon("it is with the new master", || {
        status(&store)["server"] == at(replica.port)
    });
    soon("and may write there", || {
        store.revoke(&jti("2"), now()).is_ok()
    });
    assert!(is_revoked(&open(&replica.location()), "2"));
}
