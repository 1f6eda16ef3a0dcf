//! What the index costs with ten million rules, measured: `scripts/bench` runs
//! this in a release build. JETON_TEST_RULES says another number.
//!
//! A cold look-up stands beside a pointer chase, where each step misses the
//! caches once and waits for it before the next. How long
//! growth holds a reader is in the time of that reader's own processor, and the
//! longest of all its look-ups stands beside their median.

#[path = "../../../benches/engine/measure.rs"]
#[allow(dead_code)]
mod measure;

use std::hint::black_box;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use measure::{Effort, compare, thread_time};

use super::*;
use crate::revocation::rule::EVER;

/// A step of SplitMix64, so that rules needn't be kept to be found again.
fn scattered(number: u64) -> u64 {
    let mut mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn mark(number: u64) -> Mark {
    Mark {
        high: scattered(2 * number),
        low: scattered(2 * number + 1),
    }
}

/// A number below `count`.
fn below(count: u64, random: u64) -> u64 {
    ((u128::from(random) * u128::from(count)) >> 64) as u64
}

const SPAN: Span = Span {
    cut: EVER,
    end: EVER,
};

#[test]
#[ignore = "figures, for scripts/bench"]
fn what_ten_million_rules_cost() {
    let rules =
        std::env::var("JETON_TEST_RULES").map_or(10_000_000, |rules| rules.parse().unwrap());
    let index = Index::new();
    grow(&index, rules);
    look_up_cold(&index, rules);
}

fn grow(index: &Index, rules: u64) {
    let done = AtomicBool::new(false);
    let mut held = thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let (mut held, mut random) = (Vec::with_capacity(1 << 24), 1);
            while !done.load(Ordering::Relaxed) && held.len() < held.capacity() {
                random = scattered(random);
                let began = thread_time();
                black_box(index.rules().get(mark(below(rules, random))));
                held.push(thread_time() - began);
            }
            held
        });
        let mut pen = Pen::new();
        for number in 0..rules {
            index.record(&mut pen, mark(number), SPAN, 0);
        }
        done.store(true, Ordering::Relaxed);
        reader.join().unwrap()
    });
    held.sort();
    let at = |part: usize| held[(held.len() - 1) * part / 1000].as_nanos();
    println!(
        "growth to {rules} rules: of {} look-ups meanwhile, the clock's reading included, the \
         median took {} ns, 99.9 % at most {} ns, the longest {} ns",
        held.len(),
        at(500),
        at(999),
        at(1000)
    );
}

fn look_up_cold(index: &Index, rules: u64) {
    let lines = index
        .rules()
        .shards
        .iter()
        .map(|table| table.room() / table::HOME)
        .sum();
    let chain = chain(lines);
    for (what, first) in [("is there", 0), ("isn't", rules)] {
        let (mut asked, mut place) = (1, 0);
        let compared = compare(
            Effort::new(false),
            &mut || {
                let number = first + below(rules, scattered(asked));
                let found = index.rules().get(mark(number));
                assert_eq!(found.is_some(), first == 0);
                // What is asked next waits for this; what isn't there gives it
                // nothing to wait for, and the processor goes on.
                asked = asked.wrapping_add(1) ^ found.map_or(0, |span| (span.end & 1) as u64);
            },
            &mut || place = chain[place].0,
        );
        println!(
            "a cold look-up of what {what} among {rules} rules: {:.0} ns; a step through as many \
             cache lines: {:.0} ns; ratio {:.2}, at most 3 {}",
            compared.nanoseconds,
            compared.against,
            compared.ratio,
            if compared.ratio <= 3.0 {
                "met"
            } else {
                "MISSED"
            }
        );
    }
}

/// A cache line that says which is the next.
#[repr(align(64))]
#[derive(Clone)]
struct Line(usize);

/// A way through all lines, in an order that no machine foresees.
fn chain(lines: usize) -> Vec<Line> {
    let mut order: Vec<usize> = (0..lines).collect();
    for last in (1..lines).rev() {
        order.swap(
            last,
            below(last as u64 + 1, scattered(last as u64)) as usize,
        );
    }
    let mut chain = vec![Line(0); lines];
    for (from, to) in order.iter().zip(order.iter().cycle().skip(1)) {
        chain[*from] = Line(*to);
    }
    chain
}
