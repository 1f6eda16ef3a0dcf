//! Used proofs on a server: each is told so once, wherever it is used.

use std::sync::Barrier;
use std::thread;

use jeton::ErrorKind;

use crate::server::Server;
use crate::store::{is_revoked, open, revoke};

const NOW: i64 = 1000;

#[test]
fn of_all_who_use_a_proof_at_once_one_is_the_first() {
    let server = Server::new();
    let stores = [(); 4].map(|()| open(&server.location()));
    let barrier = Barrier::new(stores.len());
    let firsts: Vec<Vec<bool>> = thread::scope(|scope| {
        let (wait, threads) = (&barrier, stores.iter());
        let threads = threads.map(|store| {
            scope.spawn(move || {
                wait.wait();
                let uses = (0..200).map(|id| store.remember(&id.to_string(), NOW + 60, NOW));
                uses.map(Result::unwrap).collect()
            })
        });
        let threads: Vec<_> = threads.collect();
        threads.into_iter().map(|one| one.join().unwrap()).collect()
    });
    for id in 0..200 {
        assert_eq!(firsts.iter().filter(|of_one| of_one[id]).count(), 1, "{id}");
    }
    // Nor are they rules, or gone with a rule.
    revoke(&stores[0], "1");
    assert!(is_revoked(&stores[0], "1"));
    assert!(
        !open(&server.location())
            .remember("1", NOW + 60, NOW)
            .unwrap()
    );
}

#[test]
fn the_server_forgets_a_use_with_its_end() {
    let server = Server::new();
    let store = open(&server.location());
    assert!(store.remember("a", NOW + 40, NOW).unwrap());
    let left: Vec<String> = server.ask(&["KEYS", "*:used:*"]);
    assert_eq!(left, ["{jeton}:used:a"]);
    let seconds: i64 = server.ask(&["TTL", "{jeton}:used:a"]);
    assert!((1..=40).contains(&seconds), "{seconds}");
    server.ask::<()>(&["PEXPIRE", "{jeton}:used:a", "1"]);
    thread::sleep(std::time::Duration::from_millis(20));
    assert!(store.remember("a", NOW + 80, NOW + 40).unwrap());
}

#[test]
fn a_connection_that_is_lost_loses_no_use_and_makes_none() {
    let mut server = Server::new();
    let store = open(&server.location());
    for round in 0..20 {
        server.ask::<()>(&["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]);
        let id = round.to_string();
        assert!(store.remember(&id, NOW + 60, NOW).unwrap(), "{round}");
        assert!(!store.remember(&id, NOW + 60, NOW).unwrap(), "{round}");
    }
    server.kill();
    let error = store.remember("x", NOW + 60, NOW).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Storage, "{error}");
}
