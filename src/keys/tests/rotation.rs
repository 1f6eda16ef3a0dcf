//! Which key a rotation adds, what it dates and what it drops.

use serde_json::{Value, json};

use super::dates::jwk;
use super::{RSA, generate, members};
use crate::crypto::Algorithm::{Ed25519, Es256, Es384, Hs256, Rs256};
use crate::error::{Error, ErrorKind, Result};
use crate::keys::{KeySet, RotateOptions, Rotation, rotate};

const OPTIONS: RotateOptions = RotateOptions {
    algorithm: None,
    kid: None,
    bits: None,
    announce: 100,
    overlap: 1000,
};

fn file(keys: &[Value]) -> String {
    json!({ "keys": keys }).to_string()
}

fn rotated(document: &str, options: &RotateOptions, now: i64) -> Result<Rotation> {
    rotate(document.as_bytes(), options, now)
}

fn next(document: &str, now: i64) -> Rotation {
    rotated(document, &OPTIONS, now).unwrap()
}

fn error(document: &str, options: &RotateOptions) -> Error {
    rotated(document, options, 5000).unwrap_err()
}

/// The nbf and exp of each key of the document.
fn dates(rotation: &Rotation) -> Vec<(Option<i64>, Option<i64>)> {
    let document: Value = serde_json::from_str(&rotation.document).unwrap();
    let keys = document["keys"].as_array().unwrap().iter();
    keys.map(|key| (key["nbf"].as_i64(), key["exp"].as_i64()))
        .collect()
}

#[test]
fn the_first_rotation_of_keys_without_dates_signs_at_once_and_keeps_the_old() {
    let old = [
        jwk(Es256, Some("a"), json!({})),
        jwk(Es256, Some("b"), json!({})),
    ];
    let first = next(&file(&old), 5000);
    assert_eq!(
        dates(&first),
        [(None, Some(6000)), (None, Some(6000)), (Some(5000), None)]
    );
    let added = first.added.as_ref().unwrap();
    assert_eq!(added.times().issued, Some(5000));
    assert_eq!(added.kid(), Some(added.thumbprint()));
    assert!(added.can_sign() && first.changes() && first.dropped.is_empty());
    let signing = first.keys.signing(None, None, 5000).unwrap();
    assert_eq!(signing.kid(), added.kid());
    assert_eq!(first.keys.published(5999).len(), 3);
    assert_eq!(first.keys.published(6000).len(), 1);
}

#[test]
fn a_single_jwk_becomes_a_set() {
    let first = next(&jwk(Ed25519, Some("a"), json!({})).to_string(), 5000);
    assert_eq!(dates(&first), [(None, Some(6000)), (Some(5000), None)]);
    assert_eq!(first.added.unwrap().name(), "Ed25519");
}

#[test]
fn the_next_key_is_announced_and_the_one_before_it_ends_after_it_begins() {
    let second = next(
        &next(&file(&[jwk(Es256, Some("a"), json!({}))]), 1000).document,
        1500,
    );
    assert_eq!(
        dates(&second),
        [
            (None, Some(2000)),
            (Some(1000), Some(2600)),
            (Some(1600), None)
        ]
    );
    assert_eq!(second.added.unwrap().times().issued, Some(1500));
}

#[test]
fn what_has_ended_is_dropped_and_what_ends_later_keeps_its_end() {
    let document = file(&[
        jwk(Es256, Some("gone"), json!({"exp": 4999})),
        jwk(Es256, Some("going"), json!({"exp": 5000})),
        jwk(Es256, Some("old"), json!({"exp": 5001})),
        jwk(Es256, Some("long"), json!({"nbf": 1, "exp": 99_999})),
        jwk(Es256, Some("now"), json!({"nbf": 2})),
    ]);
    let rotation = next(&document, 5000);
    let dropped: Vec<_> = rotation.dropped.iter().map(|key| key.kid()).collect();
    assert_eq!(dropped, [Some("gone"), Some("going")]);
    assert_eq!(
        dates(&rotation),
        [
            (None, Some(5001)),
            (Some(1), Some(99_999)),
            (Some(2), Some(6100)),
            (Some(5100), None)
        ]
    );
}

#[test]
fn while_a_key_is_waiting_no_other_is_added() {
    let waiting = next(&file(&[jwk(Es256, Some("a"), json!({"nbf": 1}))]), 5000);
    for now in [5000, 5001, 5099] {
        let again = next(&waiting.document, now);
        assert!(again.added.is_none() && !again.changes());
        assert_eq!(*again.document, *waiting.document);
    }
    assert!(next(&waiting.document, 5100).added.is_some());
    // A clock that was set back finds more that is waiting, not less.
    assert!(!next(&waiting.document, 4000).changes());
}

#[test]
fn what_has_ended_is_dropped_also_while_a_key_is_waiting() {
    let document = file(&[
        jwk(Es256, Some("gone"), json!({"exp": 10})),
        jwk(Es256, Some("now"), json!({"nbf": 2})),
        jwk(Es256, Some("waiting"), json!({"nbf": 6000})),
    ]);
    let rotation = next(&document, 5000);
    assert!(rotation.added.is_none() && rotation.changes());
    assert_eq!(dates(&rotation), [(Some(2), None), (Some(6000), None)]);
}

#[test]
fn a_key_follows_without_a_gap_where_the_last_one_has_an_end() {
    let ends = |exp| file(&[jwk(Es256, Some("a"), json!({"nbf": 1, "exp": exp}))]);
    for (exp, begin) in [(5050, 5050), (5100, 5100), (9000, 5100)] {
        let rotation = next(&ends(exp), 5000);
        assert_eq!(
            dates(&rotation),
            [(Some(1), Some(exp)), (Some(begin), None)]
        );
    }
    // Nobody signs: announcing would only make it longer.
    let rotation = next(&ends(5000), 5000);
    assert_eq!(dates(&rotation), [(Some(5000), None)]);
    let document = file(&[
        jwk(Es256, Some("gone"), json!({"exp": 10})),
        jwk(Es256, Some("waiting"), json!({"nbf": 6000})),
    ]);
    let rotation = next(&document, 5000);
    assert_eq!(dates(&rotation), [(Some(6000), None), (Some(5000), None)]);
}

#[test]
fn a_key_with_any_date_is_followed_by_one_that_is_announced() {
    for date in ["iat", "nbf"] {
        let rotation = next(&file(&[jwk(Es256, Some("a"), json!({date: 0}))]), 5000);
        assert_eq!(dates(&rotation)[1], (Some(5100), None), "{date}");
    }
}

#[test]
fn the_next_key_is_as_the_newest_unless_another_is_asked_for() {
    let bits = |rotation: &Rotation| {
        let document: Value = serde_json::from_str(&rotation.document).unwrap();
        let key = document["keys"].as_array().unwrap().last().unwrap().clone();
        let text = key["n"].as_str().or(key["k"].as_str());
        text.map_or(0, |text| text.len() * 6 / 8 * 8)
    };
    let large = KeySet::generate(crate::crypto::Named::One(Rs256), None, Some(3072)).unwrap();
    let long = KeySet::generate(crate::crypto::Named::One(Hs256), None, Some(512)).unwrap();
    for (set, options, name, size) in [
        (&generate(Es384), OPTIONS, "ES384", 0),
        (&large, OPTIONS, "RS256", 3072),
        (
            &large,
            RotateOptions {
                bits: Some(2048),
                ..OPTIONS
            },
            "RS256",
            2048,
        ),
        (
            &large,
            RotateOptions {
                algorithm: Some("PS512".into()),
                ..OPTIONS
            },
            "PS512",
            3072,
        ),
        (
            &large,
            RotateOptions {
                algorithm: Some("EdDSA".into()),
                ..OPTIONS
            },
            "EdDSA",
            0,
        ),
        (&long, OPTIONS, "HS256", 512),
        (
            &long,
            RotateOptions {
                algorithm: Some("HS384".into()),
                ..OPTIONS
            },
            "HS384",
            384,
        ),
    ] {
        let rotation = rotated(&set.to_json(true).unwrap(), &options, 5000).unwrap();
        assert_eq!(rotation.added.as_ref().unwrap().name(), name);
        assert_eq!(bits(&rotation), size, "{name}");
    }
    let named = RotateOptions {
        kid: Some("mine".into()),
        ..OPTIONS
    };
    let rotation = rotated(&generate(Ed25519).to_json(true).unwrap(), &named, 5000).unwrap();
    assert_eq!(rotation.added.unwrap().kid(), Some("mine"));
}

#[test]
fn another_algorithm_follows_all_keys_that_were_there() {
    let document = file(&[
        jwk(Es256, Some("a"), json!({"exp": 5500})),
        jwk(Es256, Some("b"), json!({"nbf": 1})),
    ]);
    let ed = RotateOptions {
        algorithm: Some("EdDSA".into()),
        ..OPTIONS
    };
    let rotation = rotated(&document, &ed, 5000).unwrap();
    assert_eq!(
        dates(&rotation),
        [
            (None, Some(5500)),
            (Some(1), Some(6100)),
            (Some(5100), None)
        ]
    );
    // From then on it is the newest.
    let rotation = next(&rotation.document, 7000);
    assert_eq!(
        dates(&rotation),
        [(Some(5100), Some(8100)), (Some(7100), None)]
    );
    assert_eq!(rotation.added.unwrap().name(), "EdDSA");
}

#[test]
fn keys_in_use_side_by_side_are_rotated_one_algorithm_at_a_time() {
    let document = file(&[
        jwk(Es256, Some("a"), json!({})),
        jwk(Ed25519, Some("b"), json!({})),
    ]);
    for algorithm in [None, Some("ES384".into())] {
        let refused = error(
            &document,
            &RotateOptions {
                algorithm,
                ..OPTIONS
            },
        );
        assert_eq!(refused.kind(), ErrorKind::Options);
        assert_eq!(
            refused.message(),
            "algorithm: keys for ES256 and Ed25519 are in use side by side; \
             say for which of them the next one is"
        );
    }
    let of = |algorithm: &str, document: &str, now| {
        let algorithm = Some(algorithm.into());
        rotated(
            document,
            &RotateOptions {
                algorithm,
                ..OPTIONS
            },
            now,
        )
        .unwrap()
    };
    let one = of("EdDSA", &document, 5000);
    assert_eq!(
        dates(&one),
        [(None, None), (None, Some(6000)), (Some(5000), None)]
    );
    // That one of them is waiting is no matter of the other.
    let two = of("EdDSA", &one.document, 5500);
    let three = of("ES256", &two.document, 5550);
    assert_eq!(
        dates(&three),
        [
            (None, Some(6550)),
            (None, Some(6000)),
            (Some(5000), Some(6600)),
            (Some(5600), None),
            (Some(5550), None)
        ]
    );
}

#[test]
fn what_else_stands_in_the_document_stays() {
    let mut old = jwk(Es256, Some("a"), json!({}));
    old["use"] = "sig".into();
    old["x5c"] = json!(["AAAA"]);
    let mut encryption = jwk(Es256, Some("e"), json!({"exp": 1}));
    encryption["use"] = "enc".into();
    let mut public = members(&RSA[0], false);
    public["note"] = json!({"by": "hand"});
    let document = json!({"keys": [encryption, old, public], "owner": [1, 2.5, null]});
    let rotation = next(&document.to_string(), 5000);
    let mut written: Value = serde_json::from_str(&rotation.document).unwrap();
    let keys = written["keys"].as_array_mut().unwrap();
    assert_eq!(
        keys.pop().unwrap()["kid"],
        rotation.added.unwrap().kid().unwrap()
    );
    old["exp"] = 6000.into();
    assert_eq!(
        written,
        json!({"keys": [encryption, old, public], "owner": [1, 2.5, null]})
    );
}

#[test]
fn keys_whose_tokens_name_none_are_not_rotated() {
    let document = file(&[jwk(Es256, None, json!({}))]);
    let refused = error(&document, &OPTIONS);
    assert_eq!(refused.kind(), ErrorKind::Key);
    assert!(
        refused.message().starts_with("keys[0]: it has no \"kid\""),
        "{refused}"
    );
    // Tokens of another algorithm can be told from its own.
    let ed = RotateOptions {
        algorithm: Some("EdDSA".into()),
        ..OPTIONS
    };
    assert!(rotated(&document, &ed, 5000).unwrap().added.is_some());
    // One that has ended has no tokens.
    let document = file(&[
        jwk(Es256, None, json!({"exp": 5000})),
        jwk(Es256, Some("a"), json!({})),
    ]);
    assert!(next(&document, 5000).added.is_some());
}

#[test]
fn what_cannot_be_rotated_is_told_why() {
    let says = |document: &str, kind, expected: &str| {
        let refused = error(document, &OPTIONS);
        assert_eq!(refused.kind(), kind, "{refused}");
        assert!(refused.message().contains(expected), "{refused}");
    };
    says(
        "-----BEGIN PRIVATE KEY-----",
        ErrorKind::Key,
        "only a JWK or a JWK Set",
    );
    says("", ErrorKind::Key, "only a JWK or a JWK Set");
    says("{", ErrorKind::Key, "the key document");
    says("{}", ErrorKind::Key, "neither a JWK");
    says(r#"{"keys":[]}"#, ErrorKind::Key, "the JWK Set is empty");
    let public = file(&[members(&generate(Es256), false)]);
    says(
        &public,
        ErrorKind::Key,
        "no private key that another could follow",
    );
    let mut bare = members(&RSA[0], true);
    bare.as_object_mut().unwrap().remove("alg");
    says(&file(&[bare.clone()]), ErrorKind::Key, "\"RS256\"");
    says(
        &file(&[jwk(Es256, Some("a"), json!({"nbf": "soon"}))]),
        ErrorKind::Key,
        "keys[0] (kid \"a\"): \"nbf\" must be a number",
    );
    let rs256 = RotateOptions {
        algorithm: Some("RS256".into()),
        ..OPTIONS
    };
    assert!(
        rotated(&file(&[bare]), &rs256, 5000)
            .unwrap()
            .added
            .is_some()
    );
}

#[test]
fn options_that_do_not_fit_are_refused() {
    let document = file(&[
        jwk(Es256, Some("a"), json!({"exp": 1})),
        jwk(Es256, Some("b"), json!({})),
    ]);
    for (options, expected) in [
        (
            RotateOptions {
                overlap: 0,
                ..OPTIONS
            },
            "overlap",
        ),
        (
            RotateOptions {
                kid: Some("b".into()),
                ..OPTIONS
            },
            "kid",
        ),
        // Who has the public keys of before knows another key by that name.
        (
            RotateOptions {
                kid: Some("a".into()),
                ..OPTIONS
            },
            "kid",
        ),
        (
            RotateOptions {
                kid: Some(String::new()),
                ..OPTIONS
            },
            "kid",
        ),
        (
            RotateOptions {
                algorithm: Some("none".into()),
                ..OPTIONS
            },
            "algorithm",
        ),
        (
            RotateOptions {
                bits: Some(2048),
                ..OPTIONS
            },
            "bits",
        ),
    ] {
        let refused = error(&document, &options);
        assert_eq!(refused.kind(), ErrorKind::Options, "{refused}");
        assert!(refused.message().starts_with(expected), "{refused}");
    }
    // Periods that lead beyond the last date there is.
    let refused = rotated(&document, &OPTIONS, (1 << 53) - 500).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Key);
    assert!(
        refused.message().contains("\"exp\" must be a number"),
        "{refused}"
    );
}

#[test]
fn a_description_of_a_rotation_holds_no_key() {
    let document = file(&[jwk(Es256, Some("a"), json!({}))]);
    let rotation = next(&document, 5000);
    let written: Value = serde_json::from_str(&rotation.document).unwrap();
    let shown = format!("{rotation:?}");
    for key in written["keys"].as_array().unwrap() {
        assert!(!shown.contains(key["d"].as_str().unwrap()));
    }
}
