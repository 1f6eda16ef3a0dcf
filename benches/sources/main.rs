//! Sources: what a live key set costs, through the C ABI, as ratios measured side
//! by side in one run. The host is the bench, so that no network is measured.
//!
//! `cargo bench --bench sources` prints a table and then the same as JSON lines;
//! `-- --json` prints the lines alone, `-- --quick` measures for a tenth of the
//! time, and `-- load` only what this text is part of. `-- --run live 1000`
//! makes that many calls and measures nothing, for an instruction counter:
//! live, fixed, load or parse. A missed target is printed, never an error.

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
mod keys;
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

use std::hint::black_box;

use abi::{Keys, Source, Verifier};
use keys::Mixed;
use measure::{Compared, Effort, compare};
use report::{Report, Row, Target};
use subject::{Subject, VERIFIER};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let said = |flag: &str| arguments.iter().any(|argument| argument == flag);
    if let Some(at) = arguments.iter().position(|argument| argument == "--run") {
        return run(&arguments[at + 1..]);
    }
    let filters: Vec<_> = arguments
        .iter()
        .filter(|argument| !argument.starts_with("--"))
        .collect();
    let effort = Effort::new(said("--quick"));
    let mut report = Report::new(
        said("--json"),
        "Whole calls through the C ABI and what they are measured against, in ns; \
         for siege, fetches and the budget.",
    );
    for (what, measure) in [
        ("live", live as fn(Effort) -> Row),
        ("load", load),
        ("load", bare),
        ("siege", |_| siege()),
    ] {
        if filters.is_empty() || filters.iter().any(|filter| what.contains(*filter)) {
            report.add(measure(effort));
        }
    }
    report.finish();
}

/// A source whose host has fetched `set`, and keeps at it when asked to.
fn fed(set: &str, more: &str) -> Source {
    let source = Source::open(&format!(
        "{{\"url\":\"https://issuer.example.com/jwks\",\"stale\":86400,\"refresh\":false{more}}}"
    ));
    assert!(source.claim(), "the first is due at once");
    source.accept(set);
    source
}

/// The same token with keys of a source and with the same keys fixed.
fn engines() -> (Subject, Verifier, Verifier) {
    let subject = Subject::new("ES256");
    let set = subject.public();
    let live = Verifier::new(&fed(&set, "").keys(), VERIFIER);
    let fixed = Verifier::new(&Keys::read(set.as_bytes(), "{}"), VERIFIER);
    (subject, live, fixed)
}

fn live(effort: Effort) -> Row {
    let (subject, live, fixed) = engines();
    let token = subject.token.as_bytes();
    Row {
        what: "live",
        subject: "verify ES256".into(),
        against: "the same with a fixed set",
        compared: compare(
            effort,
            &mut || assert_eq!(live.verify(black_box(token)), 0),
            &mut || assert_eq!(fixed.verify(black_box(token)), 0),
        ),
        target: Some(Target::AtMost(1.02)),
    }
}

/// How many keys a large set has.
const MANY: usize = 1000;

/// From an answer's bytes to a set in force, against its keys one by one.
fn load(effort: Effort) -> Row {
    let mixed = Mixed::new(MANY);
    Row {
        what: "load",
        subject: format!("{MANY} mixed keys"),
        against: "each key's JWK, checked and parsed by itself",
        compared: compare(effort, &mut || taken_in(&mixed), &mut || one_by_one(&mixed)),
        target: Some(Target::AtMost(1.3)),
    }
}

/// The same against what checks nothing and reads no text: where the time goes.
fn bare(effort: Effort) -> Row {
    let mixed = Mixed::new(MANY);
    Row {
        what: "load",
        subject: format!("{MANY} mixed keys"),
        against: "the library's keys of bare numbers, Ed25519's points unchecked",
        compared: compare(effort, &mut || taken_in(&mixed), &mut || {
            drop(black_box(mixed.import()));
        }),
        target: None,
    }
}

fn taken_in(mixed: &Mixed) {
    fed(
        black_box(&mixed.set),
        &format!(",\"limits\":{{\"keys\":{MANY}}}"),
    );
}

fn one_by_one(mixed: &Mixed) {
    for jwk in black_box(&mixed.jwks) {
        Keys::read(jwk.as_bytes(), "{}");
    }
}

/// Tokens of made-up kids, each of another, and what they make the host fetch.
fn siege() -> Row {
    const TOKENS: usize = 1_000_000;
    const BUDGET: usize = 6;
    let subject = Subject::new("ES256");
    let set = subject.public();
    let source = fed(&set, &format!(",\"cooldown\":1,\"budget\":{BUDGET}"));
    let verifier = Verifier::new(&source.keys(), VERIFIER);
    let (_, rest) = subject.token.split_once('.').unwrap();
    let mut fetches = 0;
    for number in 0..TOKENS {
        let header = format!("{{\"alg\":\"ES256\",\"kid\":\"made-up-{number}\"}}");
        let token = format!("{}.{rest}", keys::encode(header.as_bytes()));
        let status = verifier.refuse(token.as_bytes());
        assert!(status == 402 || status == 403, "{status}");
        if source.claim() {
            fetches += 1;
            source.accept(&set);
        }
        if number % 100 == 0 {
            assert_eq!(verifier.verify(subject.token.as_bytes()), 0);
        }
    }
    Row {
        what: "siege",
        subject: format!("{TOKENS} made-up kids"),
        against: "the budget; every hundredth token is a good one, and accepted",
        compared: Compared {
            nanoseconds: f64::from(fetches),
            against: BUDGET as f64,
            ratio: f64::from(fetches) / BUDGET as f64,
        },
        target: Some(Target::AtMost(1.0)),
    }
}

/// Makes `calls` calls of one kind.
fn run(arguments: &[String]) {
    let [what, calls] = arguments else {
        panic!("--run takes live, fixed, load or parse, and a number of calls");
    };
    let calls = 0..calls.parse::<usize>().unwrap();
    match what.as_str() {
        "live" | "fixed" => {
            let (subject, live, fixed) = engines();
            let verifier = if what == "live" { live } else { fixed };
            calls.for_each(|_| assert_eq!(verifier.verify(subject.token.as_bytes()), 0));
        }
        "load" => {
            let mixed = Mixed::new(MANY);
            calls.for_each(|_| taken_in(&mixed));
        }
        "parse" => {
            let mixed = Mixed::new(MANY);
            calls.for_each(|_| one_by_one(&mixed));
        }
        _ => panic!("live, fixed, load or parse"),
    }
}
