//! Keys that are made, and written out.

use super::{available, generate, key_of, members, only, read};
use crate::crypto::{Algorithm, Named};
use crate::error::ErrorKind;
use crate::keys::KeySet;

#[test]
fn what_is_written_reads_as_the_same_key() {
    for algorithm in available() {
        let key = key_of(algorithm);
        let set = KeySet::new(vec![key.clone()], Vec::new());
        let copy = only(&read(&set.to_json(true).unwrap()).unwrap());
        assert_eq!(copy.thumbprint(), key.thumbprint());
        assert_eq!(copy.kid(), key.kid());
        assert_eq!((copy.algorithm(), copy.name()), (algorithm, key.name()));
        assert!(copy.verify(b"m", &key.sign(b"m").unwrap()));
        assert!(key.verify(b"m", &copy.sign(b"m").unwrap()));
    }
}

#[test]
fn members_stand_in_one_order() {
    let order = |set: &KeySet, private| -> String {
        let jwk = members(set, private);
        let names: Vec<_> = jwk.as_object().unwrap().keys().cloned().collect();
        names.join(" ")
    };
    let ec = generate(Algorithm::Es256);
    assert_eq!(order(&ec, false), "kty crv alg kid x y");
    assert_eq!(order(&ec, true), "kty crv alg kid x y d");
    let rsa = &super::RSA[0];
    assert_eq!(order(rsa, false), "kty alg kid n e");
    assert_eq!(order(rsa, true), "kty alg kid n e d p q dp dq qi");
    let ed = generate(Algorithm::Ed25519);
    assert_eq!(order(&ed, true), "kty crv alg kid x d");
    assert_eq!(order(&generate(Algorithm::Hs256), true), "kty alg kid k");
}

#[test]
fn attack_28_a_public_export_holds_no_private_member() {
    for algorithm in available() {
        let set = KeySet::new(vec![key_of(algorithm)], Vec::new());
        for text in [
            set.to_json(false).unwrap(),
            set.public().to_json(false).unwrap(),
            set.public().to_json(true).unwrap(),
        ] {
            let value: serde_json::Value = serde_json::from_str(&text).unwrap();
            let keys = value["keys"].as_array().unwrap();
            if algorithm.name().starts_with("HS") {
                assert!(keys.is_empty());
                continue;
            }
            assert_eq!(keys.len(), 1);
            for name in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
                assert!(keys[0].get(name).is_none(), "{algorithm:?} {name}");
            }
        }
    }
}

#[test]
fn times_are_kept() {
    let mut jwk = members(&generate(Algorithm::Es256), false);
    jwk["iat"] = 1.into();
    jwk["nbf"] = 2.into();
    jwk["exp"] = 3.into();
    let written = read(&jwk.to_string()).unwrap().to_json(false).unwrap();
    let times = only(&read(&written).unwrap()).times();
    assert_eq!(
        (times.issued, times.not_before, times.expires),
        (Some(1), Some(2), Some(3))
    );
    assert!(
        written.ends_with(r#","iat":1,"nbf":2,"exp":3}]}"#),
        "{written}"
    );
}

#[test]
fn generated_keys_are_named_by_their_thumbprint_and_secrets_at_random() {
    for algorithm in available() {
        if algorithm.name().starts_with(['R', 'P']) {
            continue;
        }
        let key = only(&generate(algorithm));
        let named = key.kid() == Some(key.thumbprint());
        assert_eq!(named, !algorithm.name().starts_with("HS"), "{algorithm:?}");
        assert_eq!(key.kid().unwrap().len(), 43);
        let given = KeySet::generate(Named::One(algorithm), Some("mine"), None).unwrap();
        assert_eq!(only(&given).kid(), Some("mine"));
    }
    assert_eq!(
        only(&super::RSA[0]).kid(),
        Some(only(&super::RSA[0]).thumbprint())
    );
}

#[test]
fn eddsa_is_generated_under_the_name_that_is_asked_for() {
    let name = |named| only(&KeySet::generate(named, None, None).unwrap()).name();
    assert_eq!(name(Named::EdDsa), "EdDSA");
    assert_eq!(name(Named::One(Algorithm::Ed25519)), "Ed25519");
}

#[test]
fn sizes_are_checked() {
    let generate = |algorithm, bits| KeySet::generate(Named::One(algorithm), None, Some(bits));
    for (algorithm, bits) in [
        (Algorithm::Rs256, 1024),
        (Algorithm::Rs256, 2047),
        (Algorithm::Rs256, 2049),
        (Algorithm::Rs256, 8192),
        (Algorithm::Hs256, 248),
        (Algorithm::Hs256, 257),
        (Algorithm::Hs512, 256),
        (Algorithm::Hs256, 1 << 20),
        (Algorithm::Es256, 256),
        (Algorithm::Ed25519, 256),
    ] {
        let error = generate(algorithm, bits).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Options, "{algorithm:?} {bits}");
    }
    let k = members(&generate(Algorithm::Hs256, 512).unwrap(), true);
    assert_eq!(k["k"].as_str().unwrap().len(), 86);
    let n = members(&generate(Algorithm::Ps256, 3072).unwrap(), false);
    assert_eq!(n["n"].as_str().unwrap().len(), 512);
}

#[test]
fn ed448_without_a_back_end_that_has_it_is_unsupported() {
    let result = KeySet::generate(Named::One(Algorithm::Ed448), None, None);
    match Algorithm::Ed448.available() {
        true => assert_eq!(only(&result.unwrap()).name(), "Ed448"),
        false => assert_eq!(result.unwrap_err().kind(), ErrorKind::Unsupported),
    }
}
