//! Sources over https, against a real TLS server that behaves in every way.

#![cfg(feature = "https")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    missing_docs
)]

mod exchange;
mod lists;
mod live;
mod server;
mod siege;
mod stalls;
mod trust;

use std::sync::Arc;
use std::time::{Duration, Instant};

use jeton::{
    Algorithm, Call, ErrorKind, KeySet, Minter, MinterOptions, Named, Ring, Select, Source,
    SourceOptions, Verifier, VerifierOptions,
};
use serde_json::{Value, json};

/// A source of these options; `stale` is null unless said.
fn source(mut options: Value) -> jeton::Result<Arc<Source>> {
    let members = options.as_object_mut().unwrap();
    members.entry("stale").or_insert(Value::Null);
    Source::open(SourceOptions::read(options.to_string().as_bytes())?, "")
}

/// Who signs, under this kid.
struct Issuer {
    ring: Arc<Ring>,
    minter: Minter,
}

impl Issuer {
    fn new(kid: &str) -> Self {
        let set = KeySet::generate(Named::One(Algorithm::Es256), Some(kid), None).unwrap();
        let ring = Arc::new(Ring::new(set));
        let options = br#"{"issuer": "https://a.test", "audience": "api", "lifetime": null}"#;
        let minter = Minter::new(ring.clone(), MinterOptions::read(options).unwrap()).unwrap();
        Self { ring, minter }
    }

    fn jwk(&self) -> Value {
        let set: Value = serde_json::from_str(&self.ring.load().to_json(false).unwrap()).unwrap();
        set["keys"][0].clone()
    }

    fn token(&self) -> String {
        self.minter.mint(b"{}", &Call::default()).unwrap()
    }
}

/// The JWK Set that these issuers publish.
fn published(issuers: &[&Issuer]) -> Value {
    json!({"keys": issuers.iter().map(|issuer| issuer.jwk()).collect::<Vec<_>>()})
}

fn verifier(source: &Arc<Source>) -> Verifier {
    let keys: Vec<Arc<dyn Select>> = vec![source.clone()];
    let options = br#"{"issuer": "https://a.test", "audience": "api", "require": []}"#;
    Verifier::new(keys, None, VerifierOptions::read(options).unwrap()).unwrap()
}

fn verdict(verifier: &Verifier, token: &str) -> Result<(), ErrorKind> {
    let verdict = verifier.verify(token.as_bytes(), &Call::default());
    verdict.map(drop).map_err(|error| error.kind())
}

fn status(source: &Source) -> Value {
    serde_json::from_str(&source.status_json().unwrap()).unwrap()
}

/// How much a test does: JETON_TEST_SECONDS, and JETON_TEST_THREADS.
fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |value| value.parse().unwrap())
}

/// Waits until `holds`; the limit is only there so that a failing test ends.
#[track_caller]
fn soon(what: &str, mut holds: impl FnMut() -> bool) {
    let limit = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < limit, "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
