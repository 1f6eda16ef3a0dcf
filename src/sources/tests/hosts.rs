//! Sources whose host fetches: what answers do, without a network.

use std::time::Duration;

use serde_json::{Value, json};

use crate::crypto::{Algorithm, Named};
use crate::error::ErrorKind;
use crate::keys::{KeySet, Select, Wanted};
use crate::sources::{Source, SourceOptions};

pub(super) const URL: &str = "https://issuer.test/jwks";

pub(super) fn opened(options: Value) -> std::sync::Arc<Source> {
    let options = SourceOptions::read(options.to_string().as_bytes()).unwrap();
    Source::open(options, "").unwrap()
}

pub(super) fn hosted() -> std::sync::Arc<Source> {
    opened(json!({"url": URL, "stale": null, "refresh": false}))
}

/// A public key of this kid, as a JWK.
pub(super) fn jwk(kid: &str) -> Value {
    let set = KeySet::generate(Named::One(Algorithm::Es256), Some(kid), None).unwrap();
    let set: Value = serde_json::from_str(&set.to_json(false).unwrap()).unwrap();
    set["keys"][0].clone()
}

pub(super) fn set(kids: &[&str]) -> Vec<u8> {
    let keys: Vec<_> = kids.iter().map(|kid| jwk(kid)).collect();
    json!({ "keys": keys }).to_string().into_bytes()
}

pub(super) fn wanted(kid: &str) -> Wanted<'_> {
    Wanted {
        algorithm: Named::One(Algorithm::Es256),
        kid: Some(kid),
        issuer: None,
        audience: None,
        now: 0,
    }
}

pub(super) fn kind(source: &Source, kid: &str) -> Result<(), ErrorKind> {
    let selected = source.select(&wanted(kid));
    selected.map(drop).map_err(|error| error.kind())
}

pub(super) fn events(source: &Source) -> Vec<Value> {
    serde_json::from_str(&source.events_json()).unwrap()
}

pub(super) fn status(source: &Source) -> Value {
    serde_json::from_str(&source.status_json().unwrap()).unwrap()
}

/// Answers the request that is due.
#[track_caller]
pub(super) fn answer(
    source: &Source,
    status: u16,
    headers: &[(&str, &str)],
    body: &[u8],
) -> crate::error::Result<()> {
    source.claim().unwrap().expect("a request is due");
    source.accept(status, headers.iter().copied(), body)
}

/// The request that is due once the pause after a failure is over.
pub(super) fn claim_after_a_failure(source: &Source) -> (String, Option<String>) {
    loop {
        if let Some(request) = source.claim().unwrap() {
            return request;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn before_the_first_answer_keys_are_unavailable_and_after_it_they_serve() {
    let source = hosted();
    assert_eq!(kind(&source, "a"), Err(ErrorKind::KeysUnavailable));
    assert_eq!(source.claim().unwrap(), Some((URL.to_owned(), None)));
    assert_eq!(source.claim().unwrap(), None, "handed out once");
    source
        .accept(200, [("ETag", "\"1\"")], &set(&["a"]))
        .unwrap();
    assert_eq!(kind(&source, "a"), Ok(()));
    source.wait(Duration::ZERO).unwrap();
}

#[test]
fn an_unknown_kid_is_pending_until_a_fetch_has_shown_that_it_isnt_there() {
    let source = hosted();
    answer(&source, 200, &[("ETag", "\"1\"")], &set(&["a"])).unwrap();
    assert_eq!(source.claim().unwrap(), None, "nothing is due");
    assert_eq!(kind(&source, "b"), Err(ErrorKind::KeyPending));
    assert_eq!(
        source.claim().unwrap(),
        Some((URL.to_owned(), Some("\"1\"".into())))
    );
    source.accept(304, [], b"").unwrap();
    assert_eq!(kind(&source, "b"), Err(ErrorKind::UnknownKey));
    assert_eq!(kind(&source, "a"), Ok(()));
    let status = status(&source);
    assert_eq!(
        (&status["asked"], &status["unknown"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(status["fetches"], 2);
}

#[test]
fn a_withdrawn_key_is_gone_with_the_next_good_answer_and_the_change_is_told() {
    let source = hosted();
    answer(&source, 200, &[], &set(&["a", "b"])).unwrap();
    let generation = source.generation();
    events(&source);
    assert_eq!(kind(&source, "c"), Err(ErrorKind::KeyPending));
    answer(&source, 200, &[], &set(&["c"])).unwrap();
    assert_eq!(kind(&source, "c"), Ok(()));
    assert_eq!(kind(&source, "a"), Err(ErrorKind::UnknownKey));
    assert_ne!(source.generation(), generation);
    let events = events(&source);
    assert_eq!(events[0]["event"], "keys-rotated");
    assert_eq!(events[0]["added"], json!(["c"]));
    assert_eq!(events[0]["removed"], json!(["a", "b"]));
}

#[test]
fn an_answer_that_is_none_keeps_the_keys() {
    let body = set(&["a"]);
    let truncated = &body[..body.len() - 5];
    let many: Vec<_> = (0..101).map(|number| format!("k{number}")).collect();
    let one = jwk("x");
    let copies: Vec<_> = many.iter().map(|_| one.clone()).collect();
    let many = json!({ "keys": copies }).to_string();
    for (code, answered) in [
        (200, &b""[..]),
        (200, b"<html>maintenance</html>"),
        (200, truncated),
        (200, b"{}"),
        (200, b"[]"),
        (200, br#"{"keys": []}"#),
        (200, br#"{"keys": {}}"#),
        (200, br#"{"keys": [{"kty": "EC"}]}"#),
        (200, br#"{"keys": [], "keys": []}"#),
        (200, many.as_bytes()),
        (204, b""),
        (404, b""),
        (500, &body),
        (301, &body),
    ] {
        let source = hosted();
        answer(&source, 200, &[], &body).unwrap();
        let generation = source.generation();
        assert_eq!(kind(&source, "b"), Err(ErrorKind::KeyPending));
        let shown = String::from_utf8_lossy(&answered[..answered.len().min(40)]);
        answer(&source, code, &[], answered).unwrap_err();
        assert_eq!(kind(&source, "a"), Ok(()), "{code} {shown}");
        assert_eq!(
            kind(&source, "b"),
            Err(ErrorKind::KeyPending),
            "{code} {shown}"
        );
        assert_eq!(source.generation(), generation);
        let told = events(&source);
        assert_eq!(told.last().unwrap()["event"], "fetch-failed");
        assert!(status(&source)["last_error"].is_string());
    }
}

#[test]
fn not_modified_is_a_failure_where_nothing_is_there_to_be_modified() {
    let source = hosted();
    let error = answer(&source, 304, &[], b"").unwrap_err();
    assert!(error.message().contains("304"), "{error}");
    assert_eq!(kind(&source, "a"), Err(ErrorKind::KeysUnavailable));
}

#[test]
fn an_answer_counts_once_and_for_the_request_that_was_claimed() {
    let source = hosted();
    let misuse = |outcome: crate::error::Result<()>| {
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Misuse);
    };
    misuse(source.accept(200, [], &set(&["a"])));
    misuse(source.failed("no route"));
    answer(&source, 200, &[], &set(&["a"])).unwrap();
    misuse(source.accept(200, [], &set(&["old"])));
    misuse(source.failed("too late"));
    assert_eq!(kind(&source, "a"), Ok(()));
    assert_eq!(status(&source)["fetches"], 1);
}

#[test]
fn keys_that_cant_be_used_are_skipped_and_told() {
    let source = hosted();
    let private = KeySet::generate(Named::One(Algorithm::Es256), Some("private"), None).unwrap();
    let private: Value = serde_json::from_str(&private.to_json(true).unwrap()).unwrap();
    let mut broken = jwk("broken");
    broken["x"] = json!("AA");
    let (good, twin) = (jwk("good"), jwk("good"));
    let body = json!({"keys": [
        broken, good, twin, private["keys"][0],
        {"kty": "oct", "kid": "secret", "k": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "alg": "HS256"},
        {"kty": "RSA", "use": "enc", "kid": "enc", "n": "AQAB", "e": "AQAB"},
        7,
    ]});
    answer(&source, 200, &[], body.to_string().as_bytes()).unwrap();
    assert_eq!(kind(&source, "good"), Ok(()));
    for kid in ["broken", "private", "secret", "enc"] {
        assert_ne!(kind(&source, kid), Ok(()), "{kid}");
    }
    let status = status(&source);
    assert_eq!(status["keys"].as_array().unwrap().len(), 1);
    assert_eq!(status["skips"], 6);
    let skipped = status["skipped"].as_array().unwrap();
    let kids: Vec<_> = skipped.iter().map(|one| one["kid"].as_str()).collect();
    assert_eq!(
        kids,
        [
            Some("broken"),
            Some("good"),
            Some("private"),
            Some("secret"),
            Some("enc"),
            None
        ]
    );
    let skips = events(&source)
        .iter()
        .filter(|event| event["event"] == "key-skipped")
        .count();
    assert_eq!(skips, 6);
}

#[test]
fn an_issuer_is_asked_for_the_place_of_its_keys_first() {
    let issuer = "https://issuer.test/tenant";
    let source = opened(json!({"issuer": issuer, "stale": 60, "refresh": false}));
    let claimed = |expected: &str| {
        let (url, etag) = source.claim().unwrap().expect("a request is due");
        assert_eq!((url.as_str(), etag), (expected, None));
    };
    claimed("https://issuer.test/tenant/.well-known/openid-configuration");
    source.accept(404, [], b"").unwrap();
    claimed("https://issuer.test/.well-known/oauth-authorization-server/tenant");
    let metadata = json!({"issuer": issuer, "jwks_uri": "https://keys.test/1"}).to_string();
    source.accept(200, [], metadata.as_bytes()).unwrap();
    assert_eq!(kind(&source, "a"), Err(ErrorKind::KeysUnavailable));
    claimed("https://keys.test/1");
    source.accept(200, [("etag", "x")], &set(&["a"])).unwrap();
    assert_eq!(kind(&source, "a"), Ok(()));
    // Known, and with its label.
    assert_eq!(kind(&source, "b"), Err(ErrorKind::KeyPending));
    assert_eq!(
        source.claim().unwrap(),
        Some(("https://keys.test/1".into(), Some("x".into())))
    );
    source.failed("no route").unwrap();
    assert_eq!(status(&source)["last_error"], "no route");
    // After a failure the place of the keys is asked for again.
    let place = "https://issuer.test/tenant/.well-known/openid-configuration";
    assert_eq!(claim_after_a_failure(&source), (place.into(), None));
    source.accept(200, [], metadata.as_bytes()).unwrap();
    assert_eq!(
        source.claim().unwrap(),
        Some(("https://keys.test/1".into(), Some("x".into())))
    );
    source.accept(304, [], b"").unwrap();
    assert_eq!(status(&source)["last_error"], Value::Null);
}

#[test]
fn another_issuers_metadata_is_refused() {
    let source = opened(json!({"issuer": "https://issuer.test", "stale": 60, "refresh": false}));
    let metadata = json!({"issuer": "https://evil.test", "jwks_uri": "https://evil.test/1"});
    let error = answer(&source, 200, &[], metadata.to_string().as_bytes()).unwrap_err();
    assert!(error.message().contains("another issuer's"), "{error}");
    assert_eq!(kind(&source, "a"), Err(ErrorKind::KeysUnavailable));
}

#[test]
fn who_waits_is_woken_by_the_answer_and_not_by_a_step_on_the_way() {
    let source = hosted();
    let error = source.wait(Duration::from_millis(1)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    std::thread::scope(|scope| {
        let waiters: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| source.wait(Duration::from_secs(60))))
            .collect();
        answer(&source, 200, &[], &set(&["a"])).unwrap();
        for waiter in waiters {
            waiter.join().unwrap().unwrap();
        }
    });
}
