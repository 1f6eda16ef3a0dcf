//! Verdicts while a fetch ends: many rounds, so that each step is met.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use super::hosts::{hosted, kind, set, wanted};
use crate::error::ErrorKind;
use crate::keys::Select;

const ROUNDS: usize = 400;
const THREADS: usize = 3;

#[test]
fn a_kid_that_a_fetch_is_bringing_is_never_called_unknown() {
    let (before, after) = (set(&["a"]), set(&["a", "b"]));
    for _ in 0..ROUNDS {
        let source = hosted();
        source.claim().unwrap().unwrap();
        source.accept(200, [], &before).unwrap();
        assert_eq!(kind(&source, "b"), Err(ErrorKind::KeyPending));
        source.claim().unwrap().unwrap();
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    while !done.load(Ordering::SeqCst) {
                        let verdict = kind(&source, "b");
                        assert!(
                            matches!(verdict, Ok(()) | Err(ErrorKind::KeyPending)),
                            "{verdict:?}"
                        );
                        assert_eq!(kind(&source, "a"), Ok(()));
                    }
                });
            }
            source.accept(200, [], &after).unwrap();
            assert_eq!(kind(&source, "b"), Ok(()));
            done.store(true, Ordering::SeqCst);
        });
    }
}

#[test]
fn who_is_told_to_wait_waits_for_a_fetch_that_hasnt_ended() {
    let keys = set(&["a"]);
    for _ in 0..ROUNDS {
        let source = hosted();
        source.claim().unwrap().unwrap();
        thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    while let Err(error) = source.select(&wanted("a")) {
                        assert_eq!(error.kind(), ErrorKind::KeysUnavailable);
                        let settled = error.awaited().unwrap().settled;
                        // There is one fetch: who missed it would wait in vain.
                        Select::wait(&*source, settled, Duration::from_secs(30)).unwrap();
                    }
                });
            }
            source.accept(200, [], &keys).unwrap();
        });
    }
}
