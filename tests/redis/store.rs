//! What the tests do with stores.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use jeton::{
    Algorithm, Call, Consult, ErrorKind, KeySet, Minter, MinterOptions, Named, Result, Revocations,
    Ring, Value, Verifier, VerifierOptions,
};
use serde_json::json;

pub(crate) const REALM: &str = "https://issuer.example";
/// An end that the system clock, by which readers forget, is long before.
pub(crate) const FAR: i64 = 4_000_000_000;
pub(crate) const NEVER_STALE: &str = r#"{"stale": null, "timeout": 1}"#;

pub(crate) fn open(location: &str) -> Revocations {
    opened(location, NEVER_STALE).unwrap()
}

pub(crate) fn opened(location: &str, options: &str) -> Result<Revocations> {
    Revocations::open(location, options)
}

pub(crate) fn jti(id: &str) -> String {
    json!({"realm": REALM, "claim": "jti", "value": id, "until": null}).to_string()
}

pub(crate) fn target(id: &str) -> String {
    json!({"realm": REALM, "claim": "jti", "value": id}).to_string()
}

pub(crate) fn revoke(store: &Revocations, id: &str) {
    store.revoke(&jti(id), now()).unwrap();
}

pub(crate) fn is_revoked(store: &Revocations, id: &str) -> bool {
    store.hit(REALM, "jti", Value::Text(id), Some(0), now())
}

pub(crate) fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    i64::try_from(since.unwrap().as_secs()).unwrap()
}

pub(crate) fn status(store: &Revocations) -> serde_json::Value {
    serde_json::from_str(&store.status_json(now()).unwrap()).unwrap()
}

pub(crate) fn list(store: &Revocations) -> serde_json::Value {
    serde_json::from_str(&store.list_json(now()).unwrap()).unwrap()
}

pub(crate) fn events(store: &Revocations) -> Vec<String> {
    let events: serde_json::Value = serde_json::from_str(&store.events_json()).unwrap();
    let names = events.as_array().unwrap().iter();
    names
        .map(|event| event["event"].as_str().unwrap().to_owned())
        .collect()
}

/// An export with these ids.
pub(crate) fn export(ids: &[&str]) -> String {
    let entry = |id: &&str| json!({"realm": REALM, "claim": "jti", "value": id, "before": null, "until": null, "at": 5});
    let entries: Vec<_> = ids.iter().map(entry).collect();
    json!({"format": "jeton-revocations", "version": 1, "entries": entries, "switches": []})
        .to_string()
}

/// Waits until `holds`; the limit is only there so that a failing test ends.
#[track_caller]
pub(crate) fn soon(what: &str, mut holds: impl FnMut() -> bool) {
    let limit = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < limit, "{what}");
        thread::sleep(Duration::from_millis(1));
    }
}

/// Waits for an event, and forgets those before it.
#[track_caller]
pub(crate) fn soon_tells(store: &Revocations, event: &str) {
    let mut all = Vec::new();
    soon(&format!("it tells {event}"), || {
        all.extend(events(store));
        all.iter().any(|told| told == event)
    });
}

/// A verifier on a store, and a token that nobody revokes.
pub(crate) struct Gate {
    verifier: Verifier,
    token: String,
}

impl Gate {
    pub(crate) fn new(store: &Arc<Revocations>) -> Self {
        let key = KeySet::generate(Named::One(Algorithm::Ed25519), None, None).unwrap();
        let keys = Arc::new(Ring::new(key));
        let minting = format!(r#"{{"issuer": "{REALM}", "audience": "a", "lifetime": 86400}}"#);
        let minter = Minter::new(
            keys.clone(),
            MinterOptions::read(minting.as_bytes()).unwrap(),
        );
        let token = minter.unwrap().mint(b"{}", &Call::default()).unwrap();
        let verifying = format!(r#"{{"issuer": "{REALM}", "audience": "a"}}"#);
        let options = VerifierOptions::read(verifying.as_bytes()).unwrap();
        let revocations: Arc<dyn Consult> = store.clone();
        let verifier = Verifier::new(vec![keys], Some(revocations), options).unwrap();
        Self { verifier, token }
    }

    /// What is said about the token: nothing, where it is accepted.
    pub(crate) fn refusal(&self) -> Option<ErrorKind> {
        let verdict = self
            .verifier
            .verify(self.token.as_bytes(), &Call::default());
        verdict.err().map(|error| error.kind())
    }

    pub(crate) fn is_open(&self) -> bool {
        self.refusal().is_none()
    }

    pub(crate) fn is_stale(&self) -> bool {
        self.refusal() == Some(ErrorKind::RevocationsStale)
    }
}
