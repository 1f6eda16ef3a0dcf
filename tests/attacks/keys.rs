//! Attacks through keys: weak, degenerate, mixed up, leaking.

use jeton::{ErrorKind, KeyOptions, KeySet};
use serde_json::{Value, json};

use crate::support::engine::*;
use crate::support::forge::encode;

fn kind(jwk: &Value) -> ErrorKind {
    document(jwk.to_string()).unwrap_err().kind()
}

fn but_with(name: &str, member: &str, value: impl Into<Value>) -> Value {
    let mut jwk = public(name);
    jwk[member] = value.into();
    jwk
}

fn public(name: &str) -> Value {
    let set: Value = serde_json::from_str(&signer(name).to_json(false).unwrap()).unwrap();
    set["keys"][0].clone()
}

#[test]
fn attack_09_an_empty_or_short_secret_is_refused_and_a_weak_one_is_reported() {
    for (algorithm, least) in [("HS256", 32), ("HS384", 48), ("HS512", 64)] {
        let options = |weak| KeyOptions {
            algorithm: Some(algorithm.into()),
            weak,
            ..KeyOptions::default()
        };
        for length in [0, 1, least - 1] {
            let error = KeySet::from_secret(&vec![7; length], &options(false)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::WeakKey, "{algorithm} {length}");
            let jwk = json!({ "kty": "oct", "alg": algorithm, "k": encode(vec![7; length]) });
            assert_eq!(kind(&jwk), ErrorKind::WeakKey, "{algorithm} {length}");
            let weak = KeySet::from_secret(&vec![7; length], &options(true));
            match length {
                0 => assert_eq!(weak.unwrap_err().kind(), ErrorKind::WeakKey),
                _ => assert!(weak.unwrap().keys().next().unwrap().weak()),
            }
        }
        for zeros in [least - 1, least, 2 * least] {
            for weak in [false, true] {
                let error = KeySet::from_secret(&vec![0; zeros], &options(weak)).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::WeakKey);
            }
        }
        let good = KeySet::from_secret(&vec![7; least], &options(false)).unwrap();
        assert!(!good.keys().next().unwrap().weak());
    }
}

#[test]
fn attack_10_weak_and_odd_rsa_keys_are_refused() {
    let modulus = |bits: usize| {
        let mut bytes = vec![0xff; bits / 8];
        *bytes.last_mut().unwrap() = 0xfd;
        encode(bytes)
    };
    for (bits, expected) in [
        (512, ErrorKind::WeakKey),
        (1024, ErrorKind::WeakKey),
        (2040, ErrorKind::WeakKey),
        (8200, ErrorKind::Key),
        (16384, ErrorKind::Key),
    ] {
        assert_eq!(
            kind(&but_with("rs256", "n", modulus(bits))),
            expected,
            "{bits}"
        );
    }
    let mut padded = vec![0; 300];
    padded.extend(vec![0xff; 128]);
    assert_eq!(
        kind(&but_with("rs256", "n", encode(padded))),
        ErrorKind::WeakKey,
        "1024 bits behind zeros"
    );
    for e in [
        &[][..],
        &[0],
        &[1],
        &[2],
        &[4],
        &[1, 0, 0],
        &[2, 0, 0, 0, 1],
        &[0xff; 512],
    ] {
        assert_eq!(
            kind(&but_with("rs256", "e", encode(e))),
            ErrorKind::Key,
            "{e:?}"
        );
    }
    for e in [
        &[3][..],
        &[1, 0, 1],
        &[0, 1, 0, 1],
        &[1, 0xff, 0xff, 0xff, 0xff],
    ] {
        document(but_with("rs256", "e", encode(e)).to_string()).unwrap();
    }
    document(but_with("rs256", "n", modulus(8192)).to_string()).unwrap();
}

#[test]
fn attack_27_a_key_on_the_wrong_curve_or_off_it_is_refused() {
    let ec = ["es256", "es384", "es512", "es256k"];
    for name in ec {
        let good = public(name);
        document(good.to_string()).unwrap();
        for other in ec.iter().filter(|other| **other != name) {
            let alg = public(other)["alg"].clone();
            assert_eq!(
                kind(&but_with(name, "alg", alg)),
                ErrorKind::Key,
                "{name} as {other}"
            );
            let crv = public(other)["crv"].clone();
            let mut moved = but_with(name, "crv", crv);
            moved.as_object_mut().unwrap().remove("alg");
            assert_eq!(kind(&moved), ErrorKind::Key, "{name} on {other}");
        }
        let size = if name == "es256k" || name == "es256" {
            32
        } else if name == "es384" {
            48
        } else {
            66
        };
        let zero = encode(vec![0; size]);
        let mut infinity = but_with(name, "x", zero.as_str());
        infinity["y"] = zero.as_str().into();
        assert_eq!(kind(&infinity), ErrorKind::Key);
        assert_eq!(
            kind(&but_with(name, "y", good["x"].clone())),
            ErrorKind::Key,
            "off the curve"
        );
        assert_eq!(
            kind(&but_with(name, "x", encode(vec![0xff; size]))),
            ErrorKind::Key,
            "beyond the field"
        );
        assert_eq!(
            kind(&but_with(name, "x", encode(vec![0xff; size + 1]))),
            ErrorKind::Key,
            "too long"
        );
        let mut compressed = good.clone();
        compressed.as_object_mut().unwrap().remove("y");
        assert_eq!(kind(&compressed), ErrorKind::Key);
    }
    // EdDSA: no point, and points of small order, under which one signature
    // fits many messages.
    for x in [
        [0; 32],
        [0xff; 32],
        {
            let mut one = [0; 32];
            one[0] = 1;
            one
        },
        {
            let mut two = [0; 32];
            two[0] = 2;
            two
        },
    ] {
        assert_eq!(kind(&but_with("ed", "x", encode(x))), ErrorKind::Key);
    }
    document(public("ed").to_string()).unwrap();
}

#[test]
fn attack_28_a_public_export_holds_no_private_member() {
    let allowed = |kty: &str| match kty {
        "RSA" => &["kty", "alg", "kid", "n", "e"][..],
        "EC" => &["kty", "crv", "alg", "kid", "x", "y"],
        "OKP" => &["kty", "crv", "alg", "kid", "x"],
        other => panic!("{other} is exported"),
    };
    for name in SIGNERS {
        let mut private = jwk(name);
        private["kid"] = "k".into();
        private["unknown"] = "kept by nobody".into();
        let set = document(private.to_string()).unwrap();
        let exported: Value = serde_json::from_str(&set.to_json(false).unwrap()).unwrap();
        let keys = exported["keys"].as_array().unwrap();
        assert_eq!(keys.is_empty(), name.starts_with("hs"), "{name}");
        for key in keys {
            let allowed = allowed(key["kty"].as_str().unwrap());
            for member in key.as_object().unwrap().keys() {
                assert!(
                    allowed.contains(&member.as_str()),
                    "{name} exports {member}"
                );
            }
        }
        // The private export, asked for by name, brings the key back.
        let again = document(set.to_json(true).unwrap()).unwrap();
        let (before, after) = (set.keys().next().unwrap(), again.keys().next().unwrap());
        assert_eq!(before.thumbprint(), after.thumbprint());
        assert!(after.can_sign());
        let shown = format!("{set:?} {:?} {}", set.public(), set.status_json().unwrap());
        for member in ["d", "k", "p", "q"] {
            if let Some(secret) = private[member].as_str() {
                assert!(!shown.contains(secret), "{name} shows {member}");
            }
        }
    }
}

#[test]
fn attack_28_a_private_part_that_isnt_the_public_ones_is_refused() {
    for (name, other) in [
        ("es256", "es256-other"),
        ("es384", "es384-other"),
        ("es512", "es512-other"),
        ("es256k", "es256k-other"),
        ("ed", "ed-other"),
    ] {
        for member in ["d", "x"] {
            let mut mixed = jwk(name);
            mixed[member] = jwk(other)[member].clone();
            assert_eq!(kind(&mixed), ErrorKind::Key, "{name} {member}");
        }
        document(jwk(name).to_string()).unwrap();
    }
    for member in ["n", "d", "p", "q", "dp", "dq", "qi"] {
        let mut mixed = jwk("rs256");
        mixed[member] = jwk("rs256-other")[member].clone();
        assert_eq!(kind(&mixed), ErrorKind::Key, "{member}");
    }
    document(jwk("rs256").to_string()).unwrap();
}

#[test]
fn attack_02_an_rsa_key_that_names_no_algorithm_never_becomes_a_secret() {
    let mut bare = public("rs256");
    bare.as_object_mut().unwrap().remove("alg");
    for algorithm in ["HS256", "HS384", "HS512", "ES256", "EdDSA"] {
        let options = KeyOptions {
            algorithm: Some(algorithm.into()),
            ..KeyOptions::default()
        };
        let error = KeySet::from_document(bare.to_string().as_bytes(), &options).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Key, "{algorithm}");
    }
    let options = KeyOptions {
        algorithm: Some("RS256".into()),
        ..KeyOptions::default()
    };
    let set = KeySet::from_document(bare.to_string().as_bytes(), &options).unwrap();
    accepted(&verifier(set, OPTIONS), good(&signer("rs256")));
}
