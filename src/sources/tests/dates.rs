//! Keys with dates that somebody else publishes.

use serde_json::{Value, json};

use super::hosts::{jwk, kind, opened};
use crate::error::ErrorKind;
use crate::keys::Select;
use crate::sources::Source;

fn answer(source: &Source, keys: &[&Value]) {
    let body = json!({ "keys": keys }).to_string();
    source.claim().unwrap().expect("a request is due");
    source.accept(200, [], body.as_bytes()).unwrap();
}

fn hosted() -> std::sync::Arc<Source> {
    opened(json!({"url": "https://issuer.test/jwks", "stale": null, "refresh": false}))
}

fn dated(kid: &str, name: &str, date: impl Into<Value>) -> Value {
    let mut key = jwk(kid);
    key[name] = date.into();
    key
}

#[test]
fn a_key_past_its_exp_may_come_back_with_another_and_is_asked_for() {
    let source = hosted();
    let mut key = dated("a", "exp", 0);
    answer(&source, &[&key]);
    let generation = source.generation();
    assert_eq!(kind(&source, "a"), Err(ErrorKind::KeyPending));
    answer(&source, &[&key]);
    assert_eq!(kind(&source, "a"), Err(ErrorKind::UnknownKey));
    assert_eq!(source.generation(), generation, "nothing is new");

    let source = hosted();
    answer(&source, &[&key]);
    assert_eq!(kind(&source, "a"), Err(ErrorKind::KeyPending));
    key["exp"] = 1.into();
    answer(&source, &[&key]);
    assert_eq!(kind(&source, "a"), Ok(()));
}

#[test]
fn a_key_that_is_announced_verifies_already() {
    let source = hosted();
    answer(&source, &[&dated("next", "nbf", 4_102_444_800_i64)]);
    assert_eq!(kind(&source, "next"), Ok(()));
}

#[test]
fn a_date_that_is_none_costs_its_key_and_no_other() {
    let source = hosted();
    let (bad, good) = (dated("bad", "exp", "never"), dated("good", "exp", 1e9));
    answer(&source, &[&bad, &good]);
    assert_eq!(kind(&source, "good"), Ok(()));
    assert_eq!(kind(&source, "bad"), Err(ErrorKind::KeyPending));
    let status: Value = serde_json::from_str(&source.status_json().unwrap()).unwrap();
    assert_eq!(status["skipped"][0]["kid"], "bad", "{status}");
    let reason = "\"exp\" must be a number of seconds since 1970";
    assert_eq!(status["skipped"][0]["reason"], reason);
}
