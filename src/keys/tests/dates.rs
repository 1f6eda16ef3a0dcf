//! A key's `iat`, `nbf` and `exp`: how they are read, and what they decide.

use serde_json::{Value, json};

use super::{generate, members, only, read, refused};
use crate::crypto::Algorithm::{Es256, Es384, Hs256};
use crate::crypto::{Algorithm, Named};
use crate::error::{Error, ErrorKind};
use crate::keys::{KeySet, Ring, Select, Times, Wanted};

/// A private key with this kid, if any, and these members.
pub(super) fn jwk(algorithm: Algorithm, kid: Option<&str>, dates: Value) -> Value {
    let mut jwk = members(&generate(algorithm), true);
    match kid {
        Some(kid) => jwk["kid"] = kid.into(),
        None => drop(jwk.as_object_mut().unwrap().remove("kid")),
    }
    for (name, date) in dates.as_object().unwrap() {
        jwk[name] = date.clone();
    }
    jwk
}

/// A set of keys for ES256, each with its kid and its dates.
fn set(keys: &[(&str, Value)]) -> KeySet {
    let keys: Vec<_> = keys
        .iter()
        .map(|(kid, dates)| jwk(Es256, Some(kid), dates.clone()))
        .collect();
    read(&json!({ "keys": keys }).to_string()).unwrap()
}

#[test]
fn dates_are_numbers_of_seconds_and_a_fraction_is_the_next_whole_one() {
    for (date, seconds) in [
        (json!(0), 0),
        (json!(-5), -5),
        (json!(1e3), 1000),
        (json!(1000.5), 1001),
        (json!(-1.5), -1),
        (json!(9_007_199_254_740_991_i64), 9_007_199_254_740_991),
        (json!(-9_007_199_254_740_991_i64), -9_007_199_254_740_991),
    ] {
        for name in ["iat", "nbf", "exp"] {
            let key = only(&read(&jwk(Es256, None, json!({name: date})).to_string()).unwrap());
            let Times {
                issued,
                not_before,
                expires,
            } = key.times();
            let times = [("iat", issued), ("nbf", not_before), ("exp", expires)];
            for (read, time) in times {
                assert_eq!(time, (read == name).then_some(seconds), "{name} {date}");
            }
        }
    }
}

#[test]
fn what_is_no_date_is_the_keys_error_with_its_place() {
    for date in [
        json!("1000"),
        json!(null),
        json!(true),
        json!([1000]),
        json!({}),
        json!(9_007_199_254_740_992_i64),
        json!(-9_007_199_254_740_992_i64),
        json!(u64::MAX),
        json!(1e300),
    ] {
        for name in ["iat", "nbf", "exp"] {
            let keys = [
                jwk(Es256, Some("a"), json!({})),
                jwk(Es256, Some("b"), json!({name: date})),
            ];
            let error = refused(read(&json!({ "keys": keys }).to_string()), ErrorKind::Key);
            assert_eq!(
                error.message(),
                format!("keys[1] (kid \"b\"): {name:?} must be a number of seconds since 1970"),
                "{date}"
            );
        }
    }
    let beyond = jwk(Es256, None, json!({"exp": 7777})).to_string();
    let error = refused(read(&beyond.replace("7777", "1e400")), ErrorKind::Key);
    let place = "the key document: a number is out of range";
    assert!(error.message().starts_with(place), "{error}");
}

#[test]
fn a_key_that_ends_before_it_begins_is_refused() {
    for (nbf, exp) in [(2, 1), (1, 1), (5, -5)] {
        let key = jwk(Es256, None, json!({"nbf": nbf, "exp": exp}));
        let error = refused(read(&key.to_string()), ErrorKind::Key);
        assert_eq!(error.message(), "its \"exp\" isn't after its \"nbf\"");
    }
    read(&jwk(Es256, None, json!({"nbf": 1, "exp": 2})).to_string()).unwrap();
    // When it was issued decides nothing.
    read(&jwk(Es256, None, json!({"iat": 9, "nbf": 1, "exp": 2})).to_string()).unwrap();
}

#[test]
fn the_description_of_a_set_shows_the_dates() {
    let set = set(&[
        ("a", json!({})),
        ("b", json!({"iat": 1, "nbf": 2, "exp": 3})),
    ]);
    let status: Value = serde_json::from_str(&set.status_json().unwrap()).unwrap();
    let dates =
        |index: usize| ["iat", "nbf", "exp"].map(|name| status["keys"][index][name].clone());
    assert_eq!(dates(0), [json!(null), json!(null), json!(null)]);
    assert_eq!(dates(1), [json!(1), json!(2), json!(3)]);
}

/// The kid of the key that signs.
fn signer(set: &KeySet, now: i64) -> Result<String, Error> {
    let key = set.signing(None, None, now)?;
    Ok(key.kid().unwrap().to_owned())
}

#[test]
fn the_newest_key_that_has_begun_and_not_ended_signs() {
    let keys = [
        ("old", json!({"exp": 300})),
        ("next", json!({"nbf": 200, "exp": 500})),
        ("last", json!({"nbf": 400})),
    ];
    let mut backwards = keys.clone();
    backwards.reverse();
    for set in [set(&keys), set(&backwards)] {
        for (now, kid) in [
            (1, "old"),
            (199, "old"),
            (200, "next"),
            (399, "next"),
            (400, "last"),
            (1_000_000, "last"),
        ] {
            assert_eq!(signer(&set, now).unwrap(), kid, "{now}");
        }
    }
}

#[test]
fn keys_that_begin_together_rank_by_their_place() {
    let undated = set(&[("a", json!({})), ("b", json!({}))]);
    assert_eq!(signer(&undated, 5).unwrap(), "a");
    // Issued later, or ending: neither says which one to begin with.
    let without_nbf = set(&[
        ("a", json!({})),
        ("b", json!({"iat": 3})),
        ("c", json!({"exp": 9})),
    ]);
    assert_eq!(signer(&without_nbf, 5).unwrap(), "a");
    let dated = set(&[
        ("a", json!({"nbf": 2})),
        ("b", json!({"nbf": 3})),
        ("c", json!({"nbf": 3})),
        ("d", json!({})),
        ("e", json!({"nbf": -9})),
    ]);
    assert_eq!(signer(&dated, 5).unwrap(), "c");
    assert_eq!(signer(&dated, 2).unwrap(), "a");
    // Even one that begins before 1970 is newer than one without an nbf.
    assert_eq!(signer(&dated, 1).unwrap(), "e");
}

#[test]
fn algorithm_and_kid_choose_among_the_keys_in_force() {
    let keys = json!({ "keys": [
        jwk(Es256, Some("a"), json!({"nbf": 1, "exp": 9})),
        jwk(Es384, Some("b"), json!({"nbf": 5})),
    ]});
    let set = read(&keys.to_string()).unwrap();
    let sign = |algorithm: Option<Algorithm>, kid, now| {
        let key = set.signing(algorithm.map(Named::One), kid, now);
        key.map(|key| key.kid().unwrap().to_owned())
    };
    assert_eq!(sign(None, None, 6).unwrap(), "b");
    assert_eq!(sign(Some(Es256), None, 6).unwrap(), "a");
    assert_eq!(sign(None, Some("a"), 6).unwrap(), "a");
    for (algorithm, kid, now) in [
        (Some(Es256), None, 9),
        (None, Some("a"), 9),
        (Some(Es384), None, 4),
    ] {
        let error = sign(algorithm, kid, now).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Key);
    }
    let error = sign(None, Some("c"), 6).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnknownKey);
    let error = sign(Some(Hs256), None, 6).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misconfigured);
}

#[test]
fn without_a_key_in_force_the_error_names_the_dates() {
    let set = set(&[
        ("a", json!({"exp": 10})),
        ("b", json!({"nbf": 5, "exp": 20})),
        ("c", json!({"nbf": 30})),
    ]);
    let error = signer(&set, 20).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Key);
    assert_eq!(
        error.message(),
        "no key to sign with is in force at 20: kid \"a\" (exp 10), \
         kid \"b\" (nbf 5, exp 20), kid \"c\" (nbf 30)"
    );
    // Whatever the time, a key is there that will sign or has.
    set.check_signing(None, None, None).unwrap();
}

fn selects(
    set: &KeySet,
    algorithm: Algorithm,
    kid: Option<&str>,
    now: i64,
) -> Result<String, Error> {
    let ring = Ring::new(set.public());
    let key = ring.select(&Wanted {
        algorithm: Named::One(algorithm),
        kid,
        issuer: None,
        audience: None,
        now,
    })?;
    Ok(key.kid().unwrap_or_default().to_owned())
}

#[test]
fn a_key_past_its_exp_is_unknown_and_one_before_its_nbf_verifies() {
    let set = set(&[
        ("old", json!({"exp": 10})),
        ("next", json!({"nbf": 100, "exp": 200})),
    ]);
    for (kid, now, good) in [
        ("old", 9, true),
        ("old", 10, false),
        ("old", 11, false),
        ("next", -5, true),
        ("next", 99, true),
        ("next", 199, true),
        ("next", 200, false),
    ] {
        match selects(&set, Es256, Some(kid), now) {
            Ok(selected) => assert!(good && selected == kid, "{kid} {now}"),
            Err(error) => {
                assert!(!good, "{kid} {now}: {error}");
                assert_eq!(error.kind(), ErrorKind::UnknownKey);
                assert!(error.message().ends_with("is past its exp"), "{error}");
            }
        }
    }
    // Which algorithm a kid is for doesn't depend on the time.
    let error = selects(&set, Es384, Some("old"), 11).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Algorithm);
}

#[test]
fn a_token_without_kid_gets_the_only_key_that_has_not_ended() {
    let set = set(&[("a", json!({"exp": 10})), ("b", json!({"exp": 20}))]);
    let kind = |now| selects(&set, Es256, None, now).map_err(|error| error.kind());
    assert_eq!(kind(9), Err(ErrorKind::UnknownKey), "two fit");
    assert_eq!(kind(10), Ok("b".into()));
    assert_eq!(kind(20), Err(ErrorKind::UnknownKey));
    let error = selects(&set, Es384, None, 20).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Algorithm);
}

#[test]
fn the_kid_of_a_key_that_has_ended_never_leads_to_another_key() {
    let keys = json!({ "keys": [
        jwk(Es256, Some("a"), json!({"exp": 10})),
        jwk(Es256, None, json!({})),
    ]});
    let set = read(&keys.to_string()).unwrap();
    assert_eq!(selects(&set, Es256, Some("a"), 9).unwrap(), "a");
    assert_eq!(selects(&set, Es256, Some("new"), 10).unwrap(), "");
    let error = selects(&set, Es256, Some("a"), 10).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnknownKey);
}

#[test]
fn what_is_published_ends_with_its_exp() {
    let set = set(&[
        ("a", json!({"exp": 10})),
        ("b", json!({"nbf": 50, "exp": 60})),
        ("c", json!({})),
    ]);
    let kids = |now| -> String {
        let published = set.published(now);
        assert!(published.keys().all(|key| !key.can_sign()));
        published
            .keys()
            .filter_map(|key| key.kid().map(str::to_owned))
            .collect()
    };
    for (now, expected) in [(9, "abc"), (10, "bc"), (59, "bc"), (60, "c")] {
        assert_eq!(kids(now), expected, "{now}");
    }
    assert_eq!(set.public().len(), 3);
}

#[test]
fn another_date_makes_another_set() {
    let mut key = jwk(Es256, Some("a"), json!({"exp": 10}));
    let one = read(&key.to_string()).unwrap();
    assert!(one.is_same(&read(&key.to_string()).unwrap()));
    key["exp"] = 11.into();
    assert!(!one.is_same(&read(&key.to_string()).unwrap()));
}
