use std::collections::HashMap;
use std::sync::atomic::AtomicBool;

use proptest::prelude::*;

use super::*;
use crate::revocation::rule::EVER;

/// A mark in one of three shards.
fn mark(number: u64) -> Mark {
    Mark {
        high: (number % 3) << (u64::BITS - SHARD_BITS),
        low: spread(number),
    }
}

/// Bits as a hash would spread them.
fn spread(number: u64) -> u64 {
    let bits = (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (bits ^ (bits >> 31)).wrapping_mul(0x94d0_49bb_1331_11eb)
}

fn span(cut: i64, end: i64) -> Span {
    Span { cut, end }
}

#[derive(Clone, Debug)]
enum Step {
    Record(u64, Span),
    Remove(u64),
    Compact,
    Wait(i64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let time = prop_oneof![0..100_i64, Just(EVER)];
    let record = (0..40_u64, time.clone(), time)
        .prop_map(|(number, cut, end)| Step::Record(number, span(cut, end)));
    let step = prop_oneof![
        8 => record,
        2 => (0..40_u64).prop_map(Step::Remove),
        1 => Just(Step::Compact),
        2 => (1..20_i64).prop_map(Step::Wait),
    ];
    proptest::collection::vec(step, 0..200)
}

proptest! {
    #[test]
    fn the_index_answers_as_a_plain_map_does(steps in steps()) {
        let (index, mut pen) = (Index::new(), Pen::new());
        let mut model: HashMap<u64, Span> = HashMap::new();
        let mut now = 0;
        for step in steps {
            match step {
                Step::Record(number, span) => {
                    let held = model.get(&number).filter(|held| !held.has_ended(now));
                    let joined = held.map_or(span, |held| Span {
                        cut: span.cut.max(held.cut),
                        end: span.end.max(held.end),
                    });
                    model.insert(number, joined);
                    prop_assert_eq!(index.record(&mut pen, mark(number), span, now), joined);
                }
                Step::Remove(number) => {
                    let held = model.remove(&number).is_some_and(|held| !held.has_ended(now));
                    prop_assert_eq!(index.remove(&mut pen, mark(number), now), held);
                }
                Step::Compact => {
                    index.compact(&mut pen, now);
                    model.retain(|_, span| !span.has_ended(now));
                    prop_assert_eq!(index.tally(&pen, now).ended, 0);
                    prop_assert_eq!(index.is_empty(), model.is_empty());
                }
                Step::Wait(seconds) => now += seconds,
            }
            let live = model.values().filter(|span| !span.has_ended(now)).count();
            prop_assert_eq!(index.tally(&pen, now).live, live);
            for number in 0..41 {
                for issued in [None, Some(0), Some(50), Some(99), Some(100)] {
                    let asked = index.rules().get(mark(number)).is_some_and(|span| span.covers(issued, now));
                    let expected = model.get(&number).is_some_and(|span| span.covers(issued, now));
                    prop_assert_eq!(asked, expected);
                }
            }
        }
    }
}

#[test]
fn a_rule_taken_back_and_made_anew_is_counted_once() {
    let (index, mut pen) = (Index::new(), Pen::new());
    index.record(&mut pen, mark(1), span(EVER, EVER), 0);
    assert!(index.remove(&mut pen, mark(1), 0));
    assert!(index.is_empty());
    assert!(!index.remove(&mut pen, mark(1), 0));
    let anew = index.record(&mut pen, mark(1), span(5, 10), 0);
    assert_eq!(anew, span(5, 10));
    assert!(!index.is_empty());
    assert_eq!(index.compact(&mut pen, 10), 1);
    assert!(index.is_empty());
}

#[test]
fn rules_that_have_ended_make_room_for_new_ones() {
    let (index, mut pen) = (Index::new(), Pen::new());
    let slots = |index: &Index| -> usize {
        let tables = index.rules();
        let tables = tables.shards.iter();
        tables.map(|table| table.room()).sum()
    };
    for number in 1..10_000_u64 {
        let one = Mark {
            high: 0,
            low: spread(number),
        };
        let now = i64::try_from(number).unwrap();
        index.record(&mut pen, one, span(EVER, now + 10), now);
    }
    assert!(slots(&index) <= 64, "{} slots", slots(&index));
}

#[test]
fn room_is_given_back_as_rules_end_even_in_shards_that_get_no_new_ones() {
    let (index, mut pen) = (Index::new(), Pen::new());
    let one = |shard: u64, number: u64| Mark {
        high: shard << (u64::BITS - SHARD_BITS),
        low: spread(number),
    };
    for number in 1..=1000 {
        index.record(&mut pen, one(SHARDS as u64 - 1, number), span(EVER, 10), 0);
    }
    let slots = |number: usize| index.rules().shards[number].room();
    assert!(slots(SHARDS - 1) > 1000);
    for number in 1..=(ROUND * SHARDS) as u64 {
        index.record(&mut pen, one(number % 3, number), span(EVER, 12), 11);
    }
    assert!(slots(SHARDS - 1) <= table::HOME);
}

#[test]
fn tables_are_full_enough_for_twenty_bytes_a_rule() {
    let (index, mut pen) = (Index::new(), Pen::new());
    let mut most: f64 = 0.0;
    for number in 1..=20_000_u64 {
        let one = Mark {
            high: 0,
            low: spread(number),
        };
        index.record(&mut pen, one, span(EVER, EVER), 0);
        let bytes = index.rules().shards[0].room() * 16;
        if number > 1000 {
            most = most.max(bytes as f64 / number as f64);
        }
    }
    assert!(most <= 20.0, "{most} bytes a rule");
}

#[test]
fn a_reader_never_sees_the_times_of_two_rules_mixed() {
    let (index, mut pen) = (Index::new(), Pen::new());
    let stop = AtomicBool::new(false);
    // Each has ended when the next comes, and they narrow.
    let rule = |number: i64| span(500_000 - number, number);
    index.record(&mut pen, mark(1), rule(1), 0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let seen = index.rules().get(mark(1)).unwrap();
                    assert!(seen.end == -1 || seen == rule(seen.end), "{seen:?}");
                }
            });
        }
        for number in 2..200_000 {
            if number % 3 == 0 {
                index.remove(&mut pen, mark(1), number);
            }
            index.record(&mut pen, mark(1), rule(number), number - 1);
        }
        stop.store(true, Ordering::Relaxed);
    });
}

#[test]
fn a_reader_finds_every_rule_while_the_writer_moves_others_and_grows() {
    let (index, mut pen) = (Index::new(), Pen::new());
    let done = AtomicUsize::new(0);
    let (rules, stop) = (60_000, AtomicBool::new(false));
    let rule = |number: usize| span(EVER, 1_000_000 + number as i64);
    std::thread::scope(|scope| {
        for reader in 1..=2 {
            let (index, done, stop) = (&index, &done, &stop);
            scope.spawn(move || {
                let mut random = reader;
                while !stop.load(Ordering::Relaxed) {
                    random = spread(random);
                    let known = done.load(Ordering::Acquire);
                    if known > 0 {
                        let number = random as usize % known;
                        let found = index.rules().get(mark(number as u64));
                        assert_eq!(found, Some(rule(number)), "{number} of {known}");
                        assert_eq!(index.rules().get(mark(number as u64 + 1_000_000)), None);
                    }
                }
            });
        }
        for number in 0..rules {
            index.record(&mut pen, mark(number as u64), rule(number), 0);
            done.store(number + 1, Ordering::Release);
        }
        stop.store(true, Ordering::Relaxed);
    });
    let moves = index
        .rules()
        .shards
        .iter()
        .map(|table| table.moved())
        .sum::<usize>();
    assert!(moves > 1000, "{moves} moves in the last tables");
}
