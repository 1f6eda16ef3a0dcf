//! Tokens of kids that somebody makes up, in great numbers.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use jeton::ErrorKind;
use serde_json::json;

use crate::server::{Authority, Reply, Server};
use crate::{Issuer, published, setting, soon, source, status, verdict, verifier};

fn made_up(count: usize) -> Vec<String> {
    let token = |number| Issuer::new(&format!("made-up-{number}")).token();
    (0..count).map(token).collect()
}

#[test]
fn made_up_kids_flood_nobody_and_hold_nobody_up() {
    let authority = Authority::new();
    let (issuer, next) = (Issuer::new("a"), Issuer::new("next"));
    let keys = published(&[&issuer]);
    let server = Server::start(&authority.localhost(), move |_| Reply::json(&keys));
    let source = source(json!({
        "url": server.url("/"), "ca": authority.file(), "private": true,
        "cooldown": 1, "budget": 6,
    }))
    .unwrap();
    source.wait(Duration::from_secs(30)).unwrap();
    let verifier = verifier(&source);
    let (good, made_up) = (issuer.token(), made_up(1000));
    let mut count = 0;
    let end = Instant::now() + Duration::from_secs(setting("JETON_TEST_SECONDS", 5));
    while Instant::now() < end || status(&source)["asked"] != 3 {
        for token in &made_up {
            let refused = verdict(&verifier, token).unwrap_err();
            assert!(matches!(
                refused,
                ErrorKind::KeyPending | ErrorKind::UnknownKey
            ));
        }
        assert_eq!(verdict(&verifier, &good), Ok(()));
        count += made_up.len();
    }
    println!("{count} tokens of made-up kids");
    soon("what was asked for is fetched", || server.hits() == 4);
    // Half of the hour's budget can be had at once, and no more.
    assert_eq!(status(&source)["asked"], 3);
    // A real rotation is still found by the timer's fetch, here made at once.
    let keys = published(&[&issuer, &next]);
    server.behave(move |_| Reply::json(&keys));
    source.refresh().unwrap();
    assert_eq!(verdict(&verifier, &next.token()), Ok(()));
}

#[test]
fn a_rotation_is_found_by_its_tokens_while_made_up_kids_rain() {
    let authority = Authority::new();
    let (old, new) = (Issuer::new("old"), Issuer::new("new"));
    let keys = published(&[&old]);
    let server = Server::start(&authority.localhost(), move |_| Reply::json(&keys));
    let source = source(json!({
        // No timer comes to help.
        "url": server.url("/"), "ca": authority.file(), "private": true,
        "minimum": 3600, "cooldown": 1,
    }))
    .unwrap();
    source.wait(Duration::from_secs(30)).unwrap();
    let verifier = verifier(&source);
    let (made_up, stopped) = (made_up(500), AtomicBool::new(false));
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let rain = made_up.iter().cycle();
                for token in rain.take_while(|_| !stopped.load(Ordering::SeqCst)) {
                    assert_ne!(verdict(&verifier, token), Ok(()));
                }
            });
        }
        // The attacker has the first turn: the cooldown is his.
        soon("he has asked", || status(&source)["asked"] == 1);
        let keys = published(&[&old, &new]);
        server.behave(move |_| Reply::json(&keys));
        let (good, next) = (old.token(), new.token());
        soon("the new key is found", || {
            assert_eq!(verdict(&verifier, &good), Ok(()));
            verdict(&verifier, &next).is_ok()
        });
        stopped.store(true, Ordering::SeqCst);
    });
    assert!(server.hits() <= 1 + status(&source)["asked"].as_u64().unwrap() as usize);
}
