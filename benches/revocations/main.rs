//! What ten million rules of revocation cost: memory, and the time of a verify
//! through the C ABI, beside one over an empty list, in one run.
//!
//! `cargo bench --bench revocations` prints a table and then the same as JSON
//! lines; `-- --json` prints the lines alone, `-- --quick` measures for a tenth
//! of the time and with a tenth of the rules. A missed target is printed, never
//! an error.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

#[path = "../engine/abi.rs"]
#[allow(dead_code)]
mod abi;
#[path = "../engine/measure.rs"]
#[allow(dead_code)]
mod measure;
#[path = "../engine/raw.rs"]
#[allow(dead_code)]
mod raw;
#[path = "../engine/report.rs"]
#[allow(dead_code)]
mod report;
#[path = "../engine/subject.rs"]
#[allow(dead_code)]
mod subject;

use std::fs;
use std::hint::black_box;

use abi::{Revocations, Verifier};
use measure::{Compared, Effort, compare};
use report::{Report, Row, Target};
use subject::{Subject, VERIFIER};

/// Tokens that take turns, so that what one looks up has left the near caches
/// when it comes again. Each list has its own, or one would bring them near for
/// the other.
const TOKENS: usize = 25_000;

fn main() {
    let said = |flag: &str| std::env::args().any(|argument| argument == flag);
    let quick = said("--quick");
    let rules: u32 = if quick { 1_000_000 } else { 10_000_000 };
    let mut report = Report::new(
        said("--json"),
        "Whole calls through the C ABI and what they are measured against, in ns; \
         for memory, bytes and rules.",
    );
    let (row, full) = filled(rules);
    report.add(row);
    for (name, most) in [
        ("HS256", 1.25),
        ("ES256", 1.02),
        ("EdDSA", 1.02),
        ("RS256", 1.02),
    ] {
        let compared = loaded(name, Effort::new(quick), &full);
        report.add(Row {
            what: "loaded",
            subject: format!("verify {name}"),
            against: "the same with an empty list",
            compared,
            target: Some(Target::AtMost(most)),
        });
    }
    report.finish();
}

/// A list of so many rules, each of one token, and what it costs while it grows.
fn filled(rules: u32) -> (Row, Revocations) {
    let before = peak();
    let full = Revocations::new();
    for number in 0..rules {
        let rule = format!(
            "{{\"realm\":\"https://issuer.example.com\",\"claim\":\"jti\",\
             \"value\":\"6f1c1c5e-3d0b-4a52-9d38-{number:012}\",\"until\":4000000000}}"
        );
        assert_eq!(full.revoke(&rule), 0);
    }
    let (bytes, count) = ((peak() - before) as f64, f64::from(rules));
    let row = Row {
        what: "memory",
        subject: format!("{rules} rules"),
        against: "as many rules; the most of this process's memory, growth included",
        compared: Compared {
            nanoseconds: bytes,
            against: count,
            ratio: bytes / count,
        },
        target: Some(Target::AtMost(20.0)),
    };
    (row, full)
}

fn loaded(name: &'static str, effort: Effort, full: &Revocations) -> Compared {
    let subject = Subject::new(name);
    let none = Revocations::new();
    let [full, empty] = [full, &none].map(|list| subject.verifier(VERIFIER, list));
    let one_after_the_other = |verifier: Verifier, first: usize| {
        let numbers = first..first + TOKENS;
        let tokens: Vec<String> = numbers.map(|number| subject.numbered(number)).collect();
        let mut turns = (0..TOKENS).cycle();
        move || {
            let token = tokens[turns.next().unwrap()].as_bytes();
            assert_eq!(verifier.verify(black_box(token)), 0);
        }
    };
    compare(
        effort,
        &mut one_after_the_other(full, 0),
        &mut one_after_the_other(empty, TOKENS),
    )
}

/// The most memory that this process has had, in bytes.
fn peak() -> usize {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    let kibibytes = line.split_whitespace().nth(1).unwrap();
    kibibytes.parse::<usize>().unwrap() * 1024
}
