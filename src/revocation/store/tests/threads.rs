//! Many threads, and forks.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use super::*;
use crate::fork;

#[test]
fn what_many_threads_revoke_is_seen_by_all_and_nothing_else_is() {
    const WRITERS: usize = 8;
    const EACH: usize = 2000;
    let store = memory();
    let acknowledged: Vec<_> = (0..WRITERS).map(|_| AtomicI64::new(0)).collect();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut turn = 0_i64;
                while !stop.load(Ordering::Relaxed) {
                    turn += 1;
                    for (writer, done) in acknowledged.iter().enumerate() {
                        let done = done.load(Ordering::Acquire);
                        for number in [turn % (done + 1), done - 1, done / 2] {
                            let known = is_revoked(&store, &format!("{writer}-{number}"), 5);
                            assert!(known || !(0..done).contains(&number), "{writer}-{number}");
                        }
                        let ahead = done + i64::try_from(EACH).unwrap();
                        assert!(!is_revoked(&store, &format!("{writer}-{ahead}"), 5));
                        assert!(!is_revoked(&store, &format!("{writer}:{turn}"), 5));
                    }
                }
            });
        }
        let writers: Vec<_> = acknowledged
            .iter()
            .enumerate()
            .map(|(writer, done)| {
                let store = &store;
                scope.spawn(move || {
                    for number in 0..EACH {
                        store
                            .revoke(&jti(&format!("{writer}-{number}")), 5)
                            .unwrap();
                        assert!(is_revoked(store, &format!("{writer}-{number}"), 5));
                        done.fetch_add(1, Ordering::Release);
                        if number % 500 == 0 {
                            store.compact(5).unwrap();
                            store.list_json(5).unwrap();
                        }
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.join().unwrap();
        }
        stop.store(true, Ordering::Relaxed);
    });
    for writer in 0..WRITERS {
        for number in 0..EACH {
            assert!(is_revoked(&store, &format!("{writer}-{number}"), 5));
        }
    }
    let tally = store.state.tally(5);
    assert_eq!((tally.live, tally.ended), (WRITERS * EACH, 0));
}

#[test]
fn a_fork_waits_for_writers_and_no_look_up_waits_for_it() {
    let store = memory();
    store.revoke(&jti("1"), 5).unwrap();
    let shut = fork::forking();
    assert!(is_revoked(&store, "1", 5));
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| store.revoke(&jti("2"), 5).unwrap());
        std::thread::sleep(std::time::Duration::from_millis(20));
        assert!(!writer.is_finished());
        assert!(!is_revoked(&store, "2", 5));
        drop(shut);
    });
    assert!(is_revoked(&store, "2", 5));
}

#[test]
fn a_store_is_shared_by_threads() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<Revocations>();
}
