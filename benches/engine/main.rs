//! The engine's speed: whole calls through the C ABI, as ratios to what they
//! can't do without, measured side by side in one run.
//!
//! `cargo bench --bench engine` prints a table and then the same as JSON lines;
//! `-- --json` prints the lines alone, `-- --quick` measures for a tenth of the
//! time, and `-- "verify ES"` only what this text is part of.
//! `-- --run verify ES256 1000` makes that many calls and measures nothing: for
//! a profiler or an instruction counter, which tell more than a clock on a
//! machine with other work to do. A missed target is printed, never an error.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

// The bench of sources shares these.
#[allow(dead_code)]
mod abi;
mod measure;
mod raw;
mod report;
#[allow(dead_code)]
mod subject;

use std::hint::black_box;

use measure::{Effort, compare, scaling};
use report::{Report, Row, Target};
use subject::{ALGORITHMS, Subject};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let said = |flag: &str| arguments.iter().any(|argument| argument == flag);
    if let Some(at) = arguments.iter().position(|argument| argument == "--run") {
        return run(&arguments[at + 1..]);
    }
    let wanted = |what: &str, name: &str| {
        let mut filters = arguments
            .iter()
            .filter(|argument| !argument.starts_with("--"));
        let full = format!("{what} {name}");
        filters.clone().count() == 0 || filters.any(|filter| full.contains(filter))
    };
    let effort = Effort::new(said("--quick"));
    let mut report = Report::new(
        said("--json"),
        "Whole calls through the C ABI and what they are measured against, in ns; \
         for threads, the speed-up of two.",
    );
    let subjects = ALGORITHMS.map(Subject::new);
    for (what, measure) in [
        ("verify", verify as fn(&Subject, Effort) -> Row),
        ("mint", mint),
        ("threads", threads),
    ] {
        for subject in &subjects {
            if wanted(what, subject.name) {
                report.add(measure(subject, effort));
            }
        }
    }
    for why in [Flaw::Foreign, Flaw::StrayBits] {
        if wanted("reject", why.name()) {
            report.add(reject(why, effort));
        }
    }
    report.finish();
}

/// A whole verification, with issuer, audience, expiry and an empty revocation
/// list, against the raw primitive over the same bytes.
fn verify(subject: &Subject, effort: Effort) -> Row {
    let token = subject.token.as_bytes();
    let mut raw = subject.raw_verify();
    let compared = compare(
        effort,
        &mut || assert_eq!(subject.engine.verify(black_box(token)), 0),
        &mut || assert!(raw(black_box(subject.signed()))),
    );
    Row {
        what: "verify",
        subject: subject.name.into(),
        against: raw::verifying(subject.name),
        compared,
        target: Some(if subject.name.starts_with("HS") {
            Target::AtMost(3.0)
        } else {
            Target::AtMost(1.06)
        }),
    }
}

/// A whole minting: claims checked, iat, exp and a random jti added.
fn mint(subject: &Subject, effort: Effort) -> Row {
    let claims = subject::TO_MINT.as_bytes();
    let mut raw = subject.raw_sign();
    let compared = compare(
        effort,
        &mut || assert_eq!(subject.engine.mint(black_box(claims)), 0),
        &mut || drop(black_box(raw(black_box(subject.signed())))),
    );
    let target = match subject.name {
        "RS256" => Some(Target::AtMost(1.02)),
        "ES256" => Some(Target::AtMost(1.05)),
        "EdDSA" => Some(Target::AtMost(1.08)),
        _ => None,
    };
    Row {
        what: "mint",
        subject: subject.name.into(),
        against: raw::signing(subject.name),
        compared,
        target,
    }
}

/// What is wrong with the last character of a malformed token.
#[derive(Clone, Copy)]
enum Flaw {
    Foreign,
    StrayBits,
}

impl Flaw {
    fn name(self) -> &'static str {
        match self {
            Self::Foreign => "malformed, foreign byte",
            Self::StrayBits => "malformed, stray bits",
        }
    }
}

/// A token of 600 bytes whose last character is wrong, against one HMAC over as much.
fn reject(flaw: Flaw, effort: Effort) -> Row {
    let subject = Subject::new("HS256");
    let good = subject.token_of_length(600);
    assert_eq!(subject.engine.verify(good.as_bytes()), 0);
    let mut bad = good.clone().into_bytes();
    let last = bad.last_mut().unwrap();
    *last = match flaw {
        Flaw::Foreign => b'!',
        // The next character stands for the same bits but one that must be zero.
        Flaw::StrayBits => *last + 1,
    };
    let mut raw = raw::hmac();
    Row {
        what: "reject",
        subject: flaw.name().into(),
        against: raw::HMAC,
        compared: compare(
            effort,
            &mut || assert_eq!(subject.engine.refuse(black_box(&bad)), 200),
            &mut || {
                black_box(raw(black_box(good.as_bytes())));
            },
        ),
        target: Some(Target::Below(0.5)),
    }
}

/// Two threads that share a verifier, against one; beside them a loop that
/// shares nothing, since a machine may have less than two cores to give.
fn threads(subject: &Subject, effort: Effort) -> Row {
    let token = subject.token.as_bytes();
    let compared = scaling(effort, &|| {
        assert_eq!(subject.engine.verify(black_box(token)), 0);
    });
    Row {
        what: "threads",
        subject: subject.name.into(),
        against: "one thread, in shares of what a loop without memory gets",
        compared,
        target: Some(Target::AtLeast(1.9)),
    }
}

/// Makes `calls` calls of one kind.
fn run(arguments: &[String]) {
    let [what, name, calls] = arguments else {
        panic!("--run takes verify, mint, refuse or raw, an algorithm, and a number of calls");
    };
    let subject = Subject::new(ALGORITHMS.iter().find(|known| *known == name).unwrap());
    let token = subject.token.as_bytes();
    let mut bad = subject.token.clone();
    bad.replace_range(bad.len() - 1.., "!");
    let mut raw = subject.raw_verify();
    for _ in 0..calls.parse().unwrap() {
        match what.as_str() {
            "verify" => assert_eq!(subject.engine.verify(token), 0),
            "mint" => assert_eq!(subject.engine.mint(subject::TO_MINT.as_bytes()), 0),
            "refuse" => assert_eq!(subject.engine.refuse(bad.as_bytes()), 200),
            "raw" => assert!(raw(subject.signed())),
            _ => panic!("verify, mint, refuse or raw"),
        }
    }
}
