//! A server, beside its own benchmark.

use std::process::Command;

use crate::server::Server;
use crate::{Filler, compare};

const ABOUT: &str = r#"["https://issuer.example","jti","5f2c7b9a-0000-4000-8000-0123456789ab"]"#;
const STANDS: &str = "* 4000000000 1700000000";

pub(crate) fn measure(rounds: usize, count: u32) {
    let server = Server::new();
    let mut filler = Filler::new(&server.location());
    compare("redis:, one after the other, -P 1", rounds, || {
        (filler.one_by_one(count), bare(&server, count, 1))
    });
    compare("redis:, 1000 at a time, -P 100", rounds, || {
        (filler.by_thousands(count), bare(&server, 10 * count, 100))
    });
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
