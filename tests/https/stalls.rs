//! Issuers that take their time, and what that does to the others: nothing.

use std::net::TcpListener;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use jeton::{ErrorKind, Source};
use serde_json::{Value, json};

use crate::server::{Authority, Reply, Server, Speech};
use crate::{Issuer, published, soon, source, status, verdict, verifier};

#[test]
fn an_issuer_that_stalls_holds_up_no_other() {
    let authority = Authority::new();
    let identity = authority.localhost();
    let stalled = Server::start_as(Speech::Mute, 0, &identity, |_| Reply::Silence);
    let open = |url: String| {
        source(json!({
            "url": url, "ca": authority.file(), "private": true,
            "timeout": 60, "minimum": 1, "maximum": 1, "cooldown": 1,
        }))
        .unwrap()
    };
    let waiting: Vec<Arc<Source>> = (0..8).map(|_| open(stalled.url("/"))).collect();
    let (old, new) = (Issuer::new("old"), Issuer::new("new"));
    let keys = published(&[&old]);
    let server = Server::start(&identity, move |_| Reply::json(&keys));
    let good = open(server.url("/"));
    good.wait(Duration::from_secs(30)).unwrap();
    let verifier = verifier(&good);
    assert_eq!(verdict(&verifier, &old.token()), Ok(()));
    let keys = published(&[&new]);
    server.behave(move |_| Reply::json(&keys));
    soon("it is refreshed meanwhile", || {
        verdict(&verifier, &new.token()).is_ok()
    });
    for source in waiting {
        assert_eq!(status(&source)["fetches"], 0, "its fetch is under way");
    }
}

#[test]
fn more_issuers_that_stall_than_there_are_threads_leave_each_its_turn() {
    let authority = Authority::new();
    let identity = authority.localhost();
    let stalled = Server::start_as(Speech::Mute, 0, &identity, |_| Reply::Silence);
    let open = |url: String| {
        source(json!({
            "url": url, "ca": authority.file(), "private": true, "timeout": 1,
        }))
        .unwrap()
    };
    let stalling: Vec<_> = (0..80).map(|_| open(stalled.url("/"))).collect();
    let issuer = Issuer::new("a");
    let keys = published(&[&issuer]);
    let server = Server::start(&identity, move |_| Reply::json(&keys));
    let good = open(server.url("/"));
    good.wait(Duration::from_secs(60)).unwrap();
    assert_eq!(verdict(&verifier(&good), &issuer.token()), Ok(()));
    drop(stalling);
}

/// The metadata and the keys, each after a pause.
fn slow_issuer(authority: &Authority, pause: Duration, more: Value) -> (Server, Arc<Source>) {
    let issuer = Issuer::new("a");
    let keys = published(&[&issuer]);
    let server = Server::start(&authority.localhost(), |_| Reply::Silence);
    let name = server.url("");
    let metadata = json!({"issuer": name, "jwks_uri": server.url("/jwks")});
    server.behave(move |head| {
        thread::sleep(pause);
        match head.starts_with("GET /jwks ") {
            true => Reply::json(&keys),
            false => Reply::json(&metadata),
        }
    });
    let mut options = json!({
        "issuer": name, "ca": authority.file(), "private": true, "refresh": false,
    });
    for (option, value) in more.as_object().unwrap() {
        options[option] = value.clone();
    }
    (server, source(options).unwrap())
}

#[test]
fn the_time_of_a_fetch_is_that_of_all_its_steps() {
    let authority = Authority::new();
    let pause = Duration::from_millis(700);
    let (_server, source) = slow_issuer(&authority, pause, json!({"timeout": 1}));
    let error = source.refresh().unwrap_err();
    assert!(error.message().contains("within 1 s"), "{error}");
    let (_server, source) = slow_issuer(&authority, pause, json!({"timeout": 30}));
    source.refresh().unwrap();
}

#[test]
fn metadata_that_ages_while_the_keys_come_isnt_asked_for_again_and_again() {
    let authority = Authority::new();
    let short_lived = json!({"minimum": 1, "maximum": 1, "timeout": 60});
    let (server, source) = slow_issuer(&authority, Duration::from_millis(1100), short_lived);
    source.refresh().unwrap();
    assert_eq!(server.hits(), 2);
    source.refresh().unwrap();
    assert_eq!(server.hits(), 4, "in the next fetch it is");
}

#[test]
fn what_an_overtaken_fetch_brings_is_left_alone() {
    let authority = Authority::new();
    let (old, new) = (Issuer::new("old"), Issuer::new("new"));
    let keys = published(&[&new]);
    let server = Server::start(&authority.localhost(), move |_| Reply::json(&keys));
    let source = source(json!({
        "url": server.url("/"), "ca": authority.file(), "private": true,
        "refresh": false, "timeout": 1,
    }))
    .unwrap();
    // A host that takes so long that its fetch counts as lost.
    source.claim().unwrap().unwrap();
    soon("another has begun, and ended well", || {
        source.refresh().is_ok()
    });
    let answer = published(&[&old]).to_string();
    let error = source.accept(200, [], answer.as_bytes()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    let verifier = verifier(&source);
    assert_eq!(verdict(&verifier, &new.token()), Ok(()));
    assert_ne!(verdict(&verifier, &old.token()), Ok(()));
}

#[test]
fn a_source_that_is_freed_while_it_is_fetched_is_gone_at_once() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let source = source(json!({
        "url": format!("https://localhost:{port}/"), "private": true, "timeout": 60,
    }))
    .unwrap();
    let _under_way = listener.accept().unwrap();
    let weak = Arc::downgrade(&source);
    drop(source);
    soon("nobody holds it", || weak.strong_count() == 0);
}
