//! Which key a token gets, and which one signs.

use serde_json::json;

use super::{RSA, generate, members, only, read, read_as};
use crate::crypto::{Algorithm, Named};
use crate::error::{Error, ErrorKind};
use crate::keys::{KeyRef, KeySet, Ring, Select, Wanted};

fn wanted<'a>(alg: &str, kid: Option<&'a str>) -> Wanted<'a> {
    Wanted {
        algorithm: Algorithm::from_name(alg).unwrap(),
        kid,
        issuer: None,
        audience: None,
        now: 0,
    }
}

fn select(ring: &Ring, alg: &str, kid: Option<&str>) -> Result<KeyRef, Error> {
    ring.select(&wanted(alg, kid))
}

fn fails(ring: &Ring, alg: &str, kid: Option<&str>, kind: ErrorKind) {
    assert_eq!(
        select(ring, alg, kid).unwrap_err().kind(),
        kind,
        "{alg} {kid:?}"
    );
}

/// A set of keys with these algorithms and kids.
fn set(keys: &[(Algorithm, Option<&str>)]) -> KeySet {
    let keys: Vec<_> = keys
        .iter()
        .map(|(algorithm, kid)| {
            let mut jwk = members(&generate(*algorithm), true);
            match kid {
                Some(kid) => jwk["kid"] = (*kid).into(),
                None => drop(jwk.as_object_mut().unwrap().remove("kid")),
            }
            jwk
        })
        .collect();
    read(&json!({ "keys": keys }).to_string()).unwrap()
}

use Algorithm::{Ed25519, Es256, Es384, Hs256};

#[test]
fn a_known_kid_decides_together_with_the_algorithm() {
    let ring = Ring::new(set(&[
        (Es256, Some("b")),
        (Es384, Some("a")),
        (Es256, Some("a")),
        (Es256, None),
    ]));
    for (alg, kid) in [("ES256", "a"), ("ES384", "a"), ("ES256", "b")] {
        let key = select(&ring, alg, Some(kid)).unwrap();
        assert_eq!((key.name(), key.kid()), (alg, Some(kid)));
    }
    fails(&ring, "ES384", Some("b"), ErrorKind::Algorithm);
    fails(&ring, "RS256", Some("a"), ErrorKind::Algorithm);
}

#[test]
fn an_unknown_kid_gets_the_only_key_without_a_kid() {
    let ring = Ring::new(set(&[(Es256, Some("a")), (Es256, None), (Es384, None)]));
    assert_eq!(select(&ring, "ES256", Some("new")).unwrap().kid(), None);
    assert_eq!(select(&ring, "ES384", Some("new")).unwrap().kid(), None);
    fails(&ring, "EdDSA", Some("new"), ErrorKind::UnknownKey);
    let named = Ring::new(set(&[(Es256, Some("a"))]));
    fails(&named, "ES256", Some("new"), ErrorKind::UnknownKey);
    fails(&named, "ES256", Some(""), ErrorKind::UnknownKey);
    let several = Ring::new(set(&[(Es256, None), (Es256, None)]));
    fails(&several, "ES256", Some("new"), ErrorKind::UnknownKey);
}

#[test]
fn a_token_without_kid_gets_the_only_key_that_fits() {
    let ring = Ring::new(set(&[
        (Es256, Some("a")),
        (Es384, None),
        (Ed25519, Some("a")),
    ]));
    for alg in ["ES256", "ES384", "EdDSA", "Ed25519"] {
        select(&ring, alg, None).unwrap();
    }
    fails(&ring, "HS256", None, ErrorKind::Algorithm);
    let several = Ring::new(set(&[(Es256, Some("a")), (Es256, Some("b"))]));
    fails(&several, "ES256", None, ErrorKind::UnknownKey);
    let error = select(&several, "ES256", None).unwrap_err();
    assert_eq!(error.message(), "the token names no kid, and 2 keys fit");
}

#[test]
fn attack_02_a_header_never_turns_a_public_key_into_a_secret() {
    let ring = Ring::new(RSA[0].public());
    let kid = only(&RSA[0]).kid().map(str::to_owned);
    for alg in [
        "HS256", "HS384", "HS512", "PS256", "RS384", "ES256", "EdDSA",
    ] {
        fails(&ring, alg, None, ErrorKind::Algorithm);
        fails(&ring, alg, kid.as_deref(), ErrorKind::Algorithm);
    }
    select(&ring, "RS256", kid.as_deref()).unwrap();
}

#[test]
fn an_empty_set_selects_nothing() {
    let ring = Ring::new(generate(Hs256).public());
    assert!(ring.load().is_empty());
    fails(&ring, "HS256", None, ErrorKind::Algorithm);
    fails(&ring, "HS256", Some("a"), ErrorKind::UnknownKey);
}

#[test]
fn ed25519_is_found_under_both_its_names() {
    let jwk = super::rfc::ED25519;
    for (key, name) in [
        (read(jwk).unwrap(), "EdDSA"),
        (read_as("Ed25519", jwk).unwrap(), "Ed25519"),
        (
            read(&jwk.replacen('{', r#"{"alg":"EdDSA","#, 1)).unwrap(),
            "EdDSA",
        ),
        (
            read(&jwk.replacen('{', r#"{"alg":"Ed25519","#, 1)).unwrap(),
            "Ed25519",
        ),
    ] {
        assert_eq!(only(&key).name(), name);
        assert_eq!(only(&key).algorithm(), Ed25519);
        let ring = Ring::new(key);
        select(&ring, "EdDSA", None).unwrap();
        select(&ring, "Ed25519", None).unwrap();
        fails(&ring, "Ed448", None, ErrorKind::Algorithm);
    }
}

#[test]
fn a_selected_key_outlives_the_set_it_came_from() {
    let ring = Ring::new(set(&[(Es256, Some("a"))]));
    let before = ring.generation();
    let key = select(&ring, "ES256", Some("a")).unwrap();
    let signature = key.sign(b"message").unwrap();
    ring.replace(set(&[(Es256, Some("b"))]));
    assert_ne!(ring.generation(), before);
    fails(&ring, "ES256", Some("a"), ErrorKind::UnknownKey);
    assert!(key.verify(b"message", &signature));
    drop(ring);
    assert!(key.verify(b"message", &signature));
}

#[test]
fn threads_select_while_the_set_is_replaced() {
    let (a, b) = (set(&[(Es256, Some("a"))]), set(&[(Es256, Some("a"))]));
    let sets = [a.to_json(true).unwrap(), b.to_json(true).unwrap()];
    let ring = Ring::new(a);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..200 {
                    let key = select(&ring, "ES256", Some("a")).unwrap();
                    assert!(key.verify(b"m", &key.sign(b"m").unwrap()));
                }
            });
        }
        for index in 0..50 {
            ring.replace(read(&sets[index % 2]).unwrap());
        }
    });
    assert_eq!(ring.generation(), 50);
}

#[test]
fn the_first_private_key_that_fits_signs() {
    let keys = set(&[(Es256, Some("a")), (Ed25519, Some("b")), (Es256, Some("c"))]);
    let kid = |algorithm: Option<&str>, kid: Option<&str>| {
        let algorithm = algorithm.map(|name| Algorithm::from_name(name).unwrap());
        let key = keys.signing(algorithm, kid, 0);
        key.map(|key| key.kid().unwrap().to_owned())
    };
    assert_eq!(kid(None, None).unwrap(), "a");
    assert_eq!(kid(Some("EdDSA"), None).unwrap(), "b");
    assert_eq!(kid(Some("ES256"), Some("c")).unwrap(), "c");
    let kind = |result: Result<String, Error>| result.unwrap_err().kind();
    assert_eq!(kind(kid(Some("ES384"), None)), ErrorKind::Misconfigured);
    assert_eq!(
        kind(kid(Some("ES256"), Some("b"))),
        ErrorKind::Misconfigured
    );
    assert_eq!(kind(kid(None, Some("d"))), ErrorKind::UnknownKey);
    let public = keys.public().signing(None, None, 0).unwrap_err();
    assert_eq!(public.kind(), ErrorKind::Misconfigured);
    let ring = Ring::new(keys);
    assert_eq!(
        ring.signing(Some(Named::EdDsa), None, 0).unwrap().kid(),
        Some("b")
    );
}

#[test]
fn a_kid_is_only_ever_compared() {
    let hostile = [
        "../../etc/passwd",
        "a' OR 1=1 --",
        "a\0",
        "A",
        "a ",
        "\u{0061}\u{0301}",
    ];
    let ring = Ring::new(set(&[(Es256, Some("a"))]));
    for kid in hostile {
        fails(&ring, "ES256", Some(kid), ErrorKind::UnknownKey);
    }
    fails(
        &ring,
        "ES256",
        Some(&"a".repeat(1 << 20)),
        ErrorKind::UnknownKey,
    );
    select(&ring, "ES256", Some("a")).unwrap();
}
