//! Proofs that were used: each is told so once.

use std::sync::Barrier;
use std::thread;

use super::*;

fn first(store: &Revocations, id: &str, end: i64, now: i64) -> bool {
    store.remember(id, end, now).unwrap()
}

/// What every store does.
fn hold(store: &Revocations) {
    assert!(first(store, "a", 10, 5));
    assert!(!first(store, "a", 10, 5));
    assert!(!first(store, "a", 99, 9), "a second use moves no end");
    assert!(first(store, "b", 10, 5));
    assert!(first(store, "a", 20, 10), "the end has come");
    assert!(!first(store, "a", 20, 19));
    assert!(first(store, "", 10, 5) && first(store, "ä \0", 10, 5));
}

#[test]
fn a_use_is_remembered_until_its_end() {
    let store = memory();
    hold(&store);
    #[cfg(feature = "sqlite")]
    {
        let folder = tempfile::tempdir().unwrap();
        let location = format!("sqlite:{}", folder.path().join("db").display());
        let open = || Revocations::open(&location, r#"{"stale": null}"#).unwrap();
        let (one, other) = (open(), open());
        hold(&one);
        assert!(!first(&other, "a", 20, 19));
        assert!(first(&other, "c", 20, 19));
        assert!(!first(&one, "c", 20, 19));
        drop((one, other));
        assert!(!first(&open(), "c", 20, 19), "it is in the file");
    }
}

#[test]
fn uses_are_no_rules() {
    let store = memory();
    for number in 0..100 {
        assert!(first(&store, &number.to_string(), 10, 5));
    }
    assert!(store.is_empty() && store.names().is_empty());
    assert_eq!(store.compact(20).unwrap(), 0);
    let none = memory().list_json(5).unwrap();
    assert_eq!(store.list_json(5).unwrap(), none);
    store.revoke(&jti("1"), 5).unwrap();
    assert!(is_revoked(&store, "1", 5) && first(&store, "1", 10, 5));
}

#[test]
fn of_threads_that_use_one_at_once_one_is_the_first() {
    let store = memory();
    let barrier = Barrier::new(4);
    let firsts: Vec<Vec<bool>> = thread::scope(|scope| {
        let threads = [(); 4].map(|()| {
            scope.spawn(|| {
                barrier.wait();
                (0..2000)
                    .map(|number| first(&store, &number.to_string(), 10, 5))
                    .collect()
            })
        });
        threads.map(|thread| thread.join().unwrap()).into()
    });
    for number in 0..2000 {
        let count = firsts.iter().filter(|of_one| of_one[number]).count();
        assert_eq!(count, 1, "{number}");
    }
}
