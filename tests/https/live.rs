//! Sources that refresh themselves, while threads verify.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use jeton::{Call, ErrorKind, Source, Verifier};
use serde_json::json;

use crate::server::{Authority, Reply, Server};
use crate::{Issuer, published, setting, soon, source, verdict, verifier};

fn live(authority: &Authority, server: &Server) -> Arc<Source> {
    source(json!({
        "url": server.url("/"), "ca": authority.file(), "private": true,
        "minimum": 1, "maximum": 1, "cooldown": 1, "budget": 3600, "timeout": 5,
    }))
    .unwrap()
}

/// Verifies as one who may wait: once more after a fetch.
fn patiently(verifier: &Verifier, token: &str) -> Result<(), ErrorKind> {
    let Err(error) = verifier.verify(token.as_bytes(), &Call::default()) else {
        return Ok(());
    };
    match verifier.wait(&error, Duration::from_secs(30)) {
        Ok(()) => verdict(verifier, token),
        Err(error) => Err(error.kind()),
    }
}

#[test]
fn the_first_token_can_wait_for_the_first_fetch() {
    let authority = Authority::new();
    let issuer = Issuer::new("a");
    let keys = published(&[&issuer]);
    let server = Server::start(&authority.localhost(), move |_| {
        thread::sleep(Duration::from_millis(200));
        Reply::json(&keys)
    });
    let source = live(&authority, &server);
    let verifier = verifier(&source);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert_eq!(patiently(&verifier, &issuer.token()), Ok(())));
        }
    });
    source.wait(Duration::ZERO).unwrap();
}

#[test]
fn what_no_fetch_can_change_is_not_waited_for() {
    let authority = Authority::new();
    let issuer = Issuer::new("a");
    let keys = published(&[&issuer]);
    let server = Server::start(&authority.localhost(), move |_| Reply::json(&keys));
    let source = live(&authority, &server);
    source.wait(Duration::from_secs(30)).unwrap();
    let verifier = verifier(&source);
    // Signed by another key of the same name.
    let error = verifier
        .verify(Issuer::new("a").token().as_bytes(), &Call::default())
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Signature);
    let answer = verifier.wait(&error, Duration::from_secs(30)).unwrap_err();
    assert_eq!(answer, error);

    drop(server);
    let gone = source_of_nobody(&authority);
    let verifier = crate::verifier(&gone);
    let error = verifier
        .verify(issuer.token().as_bytes(), &Call::default())
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::KeysUnavailable);
    // A fetch that fails ends the wait, with its reason.
    let answer = verifier.wait(&error, Duration::from_secs(30)).unwrap_err();
    assert_eq!(answer.kind(), ErrorKind::KeysUnavailable);
    assert!(answer.message().contains("refused"), "{answer}");
}

fn source_of_nobody(authority: &Authority) -> Arc<Source> {
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    source(json!({
        "url": format!("https://localhost:{port}/"), "ca": authority.file(), "private": true,
    }))
    .unwrap()
}

/// Keys come and go as at a careful issuer: announced, used, still published
/// while their tokens live, withdrawn. No token of a published key may be
/// refused, and none of a withdrawn key accepted once a fetch has shown that.
#[test]
fn keys_rotate_under_load_and_no_verdict_is_wrong() {
    let threads = setting("JETON_TEST_THREADS", 8);
    let seconds = setting("JETON_TEST_SECONDS", 5);
    let authority = Authority::new();
    let issuers: Vec<Issuer> = (0..4)
        .map(|number| Issuer::new(&format!("k{number}")))
        .collect();
    let tokens: Vec<String> = issuers.iter().map(Issuer::token).collect();
    // In turn k published are: phase, phase + 1.
    let sets: Vec<_> = (0..4)
        .map(|phase| published(&[&issuers[phase], &issuers[(phase + 1) % 4]]))
        .collect();
    let phase = Arc::new(AtomicU64::new(0));
    let current = Arc::clone(&phase);
    let server = Server::start(&authority.localhost(), move |_| {
        Reply::json(&sets[(current.load(Ordering::SeqCst) % 4) as usize])
    });
    let source = live(&authority, &server);
    source.wait(Duration::from_secs(30)).unwrap();
    let verifier = verifier(&source);

    // What is known to be in force: raised when a refresh has ended.
    let known = AtomicU64::new(0);
    let stopped = AtomicBool::new(false);
    let (accepted, refused) = (AtomicU64::new(0), AtomicU64::new(0));
    thread::scope(|scope| {
        for number in 0..threads {
            let (verifier, tokens, known, stopped) = (&verifier, &tokens, &known, &stopped);
            let (phase, accepted, refused) = (&phase, &accepted, &refused);
            scope.spawn(move || {
                let mut turn = number;
                while !stopped.load(Ordering::SeqCst) {
                    turn += 1;
                    let key = turn % 4;
                    let before = known.load(Ordering::SeqCst);
                    let verdict = verdict(verifier, &tokens[key as usize]);
                    let after = phase.load(Ordering::SeqCst);
                    // Published in every phase that may have been in force meanwhile?
                    let published = |phase: u64| key == phase % 4 || key == (phase + 1) % 4;
                    let always = (before..=after).all(published);
                    let never = !(before..=after).any(published);
                    match verdict {
                        Ok(()) => {
                            assert!(!never, "k{key} was withdrawn: {before} to {after}");
                            accepted.fetch_add(1, Ordering::Relaxed);
                        }
                        Err(kind) => {
                            assert!(
                                !always,
                                "k{key} is published: {before} to {after}, {kind:?}"
                            );
                            refused.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                }
            });
        }
        let end = Instant::now() + Duration::from_secs(seconds);
        while Instant::now() < end {
            thread::sleep(Duration::from_millis(100));
            let next = phase.fetch_add(1, Ordering::SeqCst) + 1;
            source.refresh().unwrap();
            known.store(next, Ordering::SeqCst);
        }
        stopped.store(true, Ordering::SeqCst);
    });
    let phases = phase.load(Ordering::SeqCst);
    let (accepted, refused) = (accepted.into_inner(), refused.into_inner());
    println!("{phases} rotations, {accepted} accepted, {refused} refused, by {threads} threads");
    assert!(accepted > 0 && refused > 0 && phases > 3);
}

/// A key that is used the moment it is published: its first token asks for it,
/// and whoever waits for the answer is never refused.
#[test]
fn a_rotation_that_nobody_announced_is_found_by_its_first_token() {
    let authority = Authority::new();
    let issuers: Vec<Issuer> = (0..4)
        .map(|number| Issuer::new(&format!("k{number}")))
        .collect();
    let server = Server::start(&authority.localhost(), |_| Reply::Silence);
    let publish = |issuer: &Issuer| {
        let keys = published(&[issuer]);
        server.behave(move |_| Reply::json(&keys));
    };
    publish(&issuers[0]);
    let source = source(json!({
        // No timer comes to help.
        "url": server.url("/"), "ca": authority.file(), "private": true,
        "minimum": 3600, "cooldown": 1,
    }))
    .unwrap();
    source.wait(Duration::from_secs(30)).unwrap();
    let verifier = verifier(&source);
    for issuer in &issuers {
        publish(issuer);
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| assert_eq!(patiently(&verifier, &issuer.token()), Ok(())));
            }
        });
        // An issuer that rotates within the cooldown has to be patient, too.
        thread::sleep(Duration::from_millis(1001));
    }
    assert_eq!(server.hits(), issuers.len());
    // Withdrawn, and gone with the very fetch that showed it.
    let withdrawn = verdict(&verifier, &issuers[0].token());
    assert_eq!(withdrawn, Err(ErrorKind::KeyPending));
}

#[test]
fn the_thread_goes_with_the_last_source() {
    let authority = Authority::new();
    let issuer = Issuer::new("a");
    let keys = published(&[&issuer]);
    let server = Server::start(&authority.localhost(), move |_| Reply::json(&keys));
    let source = live(&authority, &server);
    let verifier = verifier(&source);
    source.wait(Duration::from_secs(30)).unwrap();
    let weak = Arc::downgrade(&source);
    drop(source);
    // The verifier keeps it, and keeps it fresh.
    let hits = server.hits();
    soon("it is refreshed", || server.hits() > hits + 1);
    assert_eq!(verdict(&verifier, &issuer.token()), Ok(()));
    drop(verifier);
    soon("nothing is left of it", || weak.strong_count() == 0);
    let hits = server.hits();
    thread::sleep(Duration::from_millis(1500));
    assert_eq!(server.hits(), hits);
}
