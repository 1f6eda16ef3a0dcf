//! Sources that follow a status list: for how long an answer is good.

use std::sync::Arc;

use serde_json::{Value, json};

use super::hosts::{answer, events, status};
use crate::clock;
use crate::crypto::{Algorithm, Named};
use crate::error::ErrorKind;
use crate::keys::{KeySet, Ring};
use crate::policy::StatusList;
use crate::sources::{ListOptions, Source};
use crate::token::{JwsOptions, sign};

const URI: &str = "https://issuer.test/statuslists/1";

fn ring() -> Arc<Ring> {
    let set = KeySet::generate(Named::One(Algorithm::Ed25519), None, None);
    Arc::new(Ring::new(set.unwrap()))
}

fn opened(keys: &Arc<Ring>, more: Value) -> Arc<Source> {
    let mut options = json!({"uri": URI, "issuer": null, "stale": null, "refresh": false});
    for (name, value) in more.as_object().unwrap() {
        options[name] = value.clone();
    }
    let options = ListOptions::read(options.to_string().as_bytes()).unwrap();
    Source::open_list(options, keys.clone()).unwrap()
}

/// The token of a list of 16 places, the first of which is revoked.
fn list(keys: &Ring, more: Value) -> Vec<u8> {
    let mut claims = json!({
        "sub": URI, "iat": clock::now(),
        "status_list": {"bits": 1, "lst": "eNrbuRgAAhcBXQ"},
    });
    for (name, value) in more.as_object().unwrap() {
        claims[name] = value.clone();
    }
    let options = JwsOptions::read(br#"{"type": "statuslist+jwt"}"#).unwrap();
    let token = sign(keys, claims.to_string().as_bytes(), &options);
    token.unwrap().into_bytes()
}

fn at(source: &Source, index: u64) -> Option<ErrorKind> {
    let checked = source.check(index, clock::now());
    checked.err().map(|error| error.kind())
}

#[test]
fn a_list_says_for_how_long_it_is_good_and_its_server_only_where_it_doesnt() {
    let in_200 = clock::now() + 200;
    for (claims, earliest, latest) in [
        (json!({"ttl": 1000}), 699, 800),
        (json!({"ttl": 1000.5}), 699, 801),
        (json!({"ttl": 1000, "exp": in_200}), 138, 160),
        (json!({"exp": in_200}), 138, 160),
        (json!({}), 419, 480),
        // Within minimum and maximum.
        (json!({"ttl": 1}), 41, 48),
        (json!({"ttl": 1e12}), 2519, 2880),
    ] {
        let keys = ring();
        let source = opened(&keys, json!({}));
        let headers = [("cache-control", "max-age=600")];
        answer(&source, 200, &headers, &list(&keys, claims.clone())).unwrap();
        let next = status(&source)["next"].as_i64().unwrap();
        assert!((earliest..=latest).contains(&next), "{claims}: {next}");
    }
}

#[test]
fn a_list_that_stays_the_same_isnt_sent_again() {
    let keys = ring();
    let source = opened(&keys, json!({"minimum": 1, "maximum": 1}));
    let etag = [("etag", "\"1\"")];
    answer(&source, 200, &etag, &list(&keys, json!({}))).unwrap();
    let request = super::hosts::claim_after_a_failure(&source);
    assert_eq!(request, (URI.into(), Some("\"1\"".into())));
    source.accept(304, [], b"").unwrap();
    assert_eq!(
        (at(&source, 0), at(&source, 1)),
        (Some(ErrorKind::Revoked), None)
    );
    assert_eq!(events(&source), Vec::<Value>::new());
}

#[test]
fn a_list_past_its_end_isnt_the_same_any_more() {
    let keys = ring();
    let source = opened(&keys, json!({"minimum": 1, "maximum": 1}));
    let ending = list(&keys, json!({"exp": clock::now() + 1}));
    answer(&source, 200, &[("etag", "\"1\"")], &ending).unwrap();
    super::hosts::claim_after_a_failure(&source);
    std::thread::sleep(std::time::Duration::from_millis(1100));
    assert_eq!(at(&source, 1), Some(ErrorKind::RevocationsStale));
    let error = source.accept(304, [], b"").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RevocationsUnavailable);
    assert_eq!(status(&source)["list"], Value::Null);
}

#[test]
fn past_stale_the_list_says_nothing() {
    let keys = ring();
    let source = opened(&keys, json!({"stale": 1}));
    answer(&source, 200, &[], &list(&keys, json!({}))).unwrap();
    assert_eq!(at(&source, 1), None);
    std::thread::sleep(std::time::Duration::from_millis(1100));
    assert_eq!(at(&source, 1), Some(ErrorKind::RevocationsStale));
    assert_eq!(events(&source)[0]["event"], "stale");
}

#[test]
fn a_mirror_and_a_file_hold_the_list_of_its_uri() {
    let keys = ring();
    let mirror = opened(&keys, json!({"url": "https://mirror.test/1"}));
    assert_eq!(mirror.claim().unwrap().unwrap().0, "https://mirror.test/1");
    mirror.accept(200, [], &list(&keys, json!({}))).unwrap();
    assert_eq!(
        (mirror.uri(), at(&mirror, 0)),
        (URI, Some(ErrorKind::Revoked))
    );

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("list.jwt");
    let mut text = list(&keys, json!({}));
    text.push(b'\n');
    std::fs::write(&path, text).unwrap();
    let file = opened(&keys, json!({"file": path}));
    assert_eq!((file.uri(), at(&file, 0)), (URI, Some(ErrorKind::Revoked)));
    let described = status(&file);
    assert_eq!(described["list"]["entries"], 16);
    assert_eq!(described["uri"], URI);
    assert!(described.get("keys").is_none() && described.get("asked").is_none());
}

#[test]
fn a_source_of_a_list_whose_keys_arent_there_yet_tries_again() {
    let keys = super::hosts::hosted();
    let options = json!({"uri": URI, "issuer": null, "stale": null, "refresh": false});
    let options = ListOptions::read(options.to_string().as_bytes()).unwrap();
    let source = Source::open_list(options, keys.clone()).unwrap();
    let own = ring();
    let token = list(&own, json!({}));
    let error = answer(&source, 200, &[], &token).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RevocationsUnavailable);
    answer(
        &keys,
        200,
        &[],
        own.load().to_json(false).unwrap().as_bytes(),
    )
    .unwrap();
    super::hosts::claim_after_a_failure(&source);
    source.accept(200, [], &token).unwrap();
    assert_eq!(at(&source, 1), None);
}
