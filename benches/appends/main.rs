//! How many revocations a second a server takes, beside what it takes of bare
//! entries from its own benchmark: one after the other, and many at a time.
//!
//! `cargo bench --bench appends` starts redis-server on a free port of this
//! machine (JETON_TEST_REDIS names another program), lets the two take turns,
//! and prints the median of the ratios. `-- --quick` measures less.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic
)]

#[path = "../../tests/redis/server.rs"]
#[allow(dead_code)]
mod server;

use std::process::Command;
use std::time::Instant;

use jeton::{Revocations, Rule, Subject, Value};
use serde_json::json;
use server::Server;

const REALM: &str = "https://issuer.example";
const FAR: i64 = 4_000_000_000;
const ABOUT: &str = r#"["https://issuer.example","jti","5f2c7b9a-0000-4000-8000-0123456789ab"]"#;
const STANDS: &str = "* 4000000000 1700000000";

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let (rounds, count) = if quick { (9, 2_000) } else { (41, 5_000) };
    let server = Server::new();
    let store = Revocations::open(&server.location(), r#"{"stale": null}"#).unwrap();
    let mut number = 0;
    compare("one after the other, -P 1", rounds, || {
        let began = Instant::now();
        for _ in 0..count {
            number += 1;
            store.add(rule(number), 1_700_000_000).unwrap();
        }
        let ours = f64::from(count) / began.elapsed().as_secs_f64();
        (ours, bare(&server, count, 1))
    });
    compare("1000 at a time, -P 100", rounds, || {
        let imports: Vec<String> = (0..count / 1000)
            .map(|_| {
                let entries = (0..1000).map(|_| {
                    number += 1;
                    json!({"realm": REALM, "claim": "jti", "value": id(number),
                           "before": null, "until": FAR, "at": 1_700_000_000})
                });
                json!({"format": "jeton-revocations", "version": 1,
                       "entries": entries.collect::<Vec<_>>()})
                .to_string()
            })
            .collect();
        let began = Instant::now();
        for import in &imports {
            store.import_json(import, 1_700_000_000).unwrap();
        }
        let ours = f64::from(count) / began.elapsed().as_secs_f64();
        (ours, bare(&server, 10 * count, 100))
    });
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

/// Entries a second, by the server's own benchmark.
fn bare(server: &Server, count: u32, pipelined: u32) -> f64 {
    let output = Command::new("redis-benchmark")
        .args(["-p", &server.port.to_string(), "-c", "1", "--csv"])
        .args(["-n", &count.to_string(), "-P", &pipelined.to_string()])
        .args(["XADD", "bare", "*", "at", "1700000000", ABOUT, STANDS])
        .output()
        .unwrap();
    server.ask::<i64>(&["DEL", "bare"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    // The command itself comes first, with commas and quotes of its own.
    let rate = said.trim().rsplit("\",\"").nth(6);
    rate.and_then(|rate| rate.parse().ok())
        .unwrap_or_else(|| panic!("{said}"))
}

fn compare(what: &str, rounds: usize, mut round: impl FnMut() -> (f64, f64)) {
    let mut all: Vec<(f64, f64)> = (0..rounds).map(|_| round()).collect();
    all.sort_by(|one, other| (one.0 / one.1).total_cmp(&(other.0 / other.1)));
    let (ours, bare) = all[rounds / 2];
    let ratio = ours / bare;
    println!("{what}: {ours:.0} revocations/s, {bare:.0} bare entries/s, ratio {ratio:.2}");
}
