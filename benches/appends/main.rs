//! How many revocations a second a store takes, beside what it takes of bare
//! entries with the same promise to keep them: one after the other, and many at
//! a time.
//!
//! `cargo bench --bench appends` makes a file in the folder for temporary files,
//! starts redis-server on a free port of this machine (JETON_TEST_REDIS names
//! another program), lets the two of each store take turns, and prints the
//! median of the ratios. `-- --quick` measures less.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod redis;
#[path = "../../tests/redis/server.rs"]
#[allow(dead_code)]
mod server;
mod sqlite;

use std::time::Instant;

use jeton::{Revocations, Rule, Subject, Value};
use serde_json::json;

const REALM: &str = "https://issuer.example";
const FAR: i64 = 4_000_000_000;
const NOW: i64 = 1_700_000_000;

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let (rounds, count) = if quick { (9, 2_000) } else { (41, 5_000) };
    sqlite::measure(rounds, count);
    redis::measure(rounds, count);
}

/// Adds rules of its own to a store, and says how many a second.
struct Filler {
    store: Revocations,
    number: u32,
}

impl Filler {
    fn new(location: &str) -> Self {
        let store = Revocations::open(location, r#"{"stale": null}"#).unwrap();
        Self { store, number: 0 }
    }

    fn one_by_one(&mut self, count: u32) -> f64 {
        let began = Instant::now();
        for _ in 0..count {
            self.number += 1;
            self.store.add(rule(self.number), NOW).unwrap();
        }
        f64::from(count) / began.elapsed().as_secs_f64()
    }

    fn by_thousands(&mut self, count: u32) -> f64 {
        let imports: Vec<String> = (0..count / 1000)
            .map(|_| {
                let entries = (0..1000).map(|_| {
                    self.number += 1;
                    json!({"realm": REALM, "claim": "jti", "value": id(self.number),
                           "before": null, "until": FAR, "at": NOW})
                });
                json!({"format": "jeton-revocations", "version": 1,
                       "entries": entries.collect::<Vec<_>>()})
                .to_string()
            })
            .collect();
        let began = Instant::now();
        for import in &imports {
            self.store.import_json(import, NOW).unwrap();
        }
        f64::from(count) / began.elapsed().as_secs_f64()
    }
}

fn id(number: u32) -> String {
    format!("5f2c7b9a-0000-4000-8000-{number:012}")
}

fn rule(number: u32) -> Rule {
    Rule {
        realm: REALM.into(),
        subject: Subject::Claim {
            name: "jti".into(),
            value: Value::Text(id(number).into()),
        },
        before: None,
        until: Some(FAR),
        note: None,
    }
}

/// Prints the median of what rounds gave: our rate and the bare one.
fn compare(what: &str, rounds: usize, mut round: impl FnMut() -> (f64, f64)) {
    let mut all: Vec<(f64, f64)> = (0..rounds).map(|_| round()).collect();
    all.sort_by(|one, other| (one.0 / one.1).total_cmp(&(other.0 / other.1)));
    let (ours, bare) = all[rounds / 2];
    let ratio = ours / bare;
    println!("{what}: {ours:.0} revocations/s, {bare:.0} bare entries/s, ratio {ratio:.2}");
}
