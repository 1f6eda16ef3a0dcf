//! Points and numbers: what is padded, and what is no key at all.

use serde_json::json;

use super::rfc::ED25519;
use super::{RSA, generate, members, only, read, read_as, refused};
use crate::codec::base64url::{decode, encode};
use crate::crypto::{Algorithm, Named};
use crate::error::ErrorKind;
use crate::keys::KeySet;

/// Keys as a real issuer publishes them, their coordinates stripped of a leading zero.
const SHORT: [(&str, &str, &str); 2] = [
    (
        r#"{"kty":"EC","crv":"P-256","alg":"ES256","kid":"MmwZJJbzUdqO","d":"4SPh4H1m5eUl5Mbh2_ectFER1nPl4l3w4tkblkKakS4","x":"5ZTNVncMs89Y1e_1swUScF1jiHm45lxyJZmVQg6R1g","y":"jntfYvO5k2rOZYdYDQg0mSW3APxUI7QMkcPxOWLypY0"}"#,
        "x",
        "AOWUzVZ3DLPPWNXv9bMFEnBdY4h5uOZcciWZlUIOkdY",
    ),
    (
        r#"{"kty":"EC","crv":"P-256","alg":"ES256","kid":"AXqZFVIbcyc6","d":"TVSbz_ALGXeEVZc7e81IlLAvUhHSUOEmNt7qfPtUMPw","x":"zBZgB_wXZQgoiGwn6nYat2Z3XcB5LFeH1sIL4kgreGM","y":"dlv8c9guOu5Jzcymea4_Lsp6uE-II2Zp9VG6gElG2Q"}"#,
        "y",
        "AHZb_HPYLjruSc3MpnmuPy7KerhPiCNmafVRuoBJRtk",
    ),
];

#[test]
fn coordinates_without_their_leading_zeros_are_padded() {
    for (jwk, name, full) in SHORT {
        let mut value: serde_json::Value = serde_json::from_str(jwk).unwrap();
        let short = read(jwk).unwrap();
        assert_eq!(members(&short, false)[name], full);
        value[name] = full.into();
        let padded = read(&value.to_string()).unwrap();
        assert_eq!(only(&short).thumbprint(), only(&padded).thumbprint());
        let signature = only(&short).sign(b"message").unwrap();
        value.as_object_mut().unwrap().remove("d");
        let public = only(&read(&value.to_string()).unwrap());
        assert!(public.verify(b"message", &signature));
    }
}

#[test]
fn coordinates_longer_than_the_field_are_refused() {
    for name in ["x", "y", "d"] {
        let mut jwk = members(&generate(Algorithm::Es256), true);
        let bytes = decode(jwk[name].as_str().unwrap().as_bytes()).unwrap();
        jwk[name] = encode(&[&[0][..], &bytes].concat()).into();
        let error = refused(read(&jwk.to_string()), ErrorKind::Key);
        assert!(
            error.message().contains("longer than the curve's field"),
            "{error}"
        );
    }
}

#[test]
fn attack_27_points_off_the_curve_are_refused() {
    for algorithm in [
        Algorithm::Es256,
        Algorithm::Es384,
        Algorithm::Es512,
        Algorithm::Es256k,
    ] {
        let good = members(&generate(algorithm), false);
        let (x, y) = (good["x"].as_str().unwrap(), good["y"].as_str().unwrap());
        let size = decode(x.as_bytes()).unwrap().len();
        let (zero, most) = (encode(&vec![0; size]), encode(&vec![0xff; size]));
        for (x, y) in [
            (y, x),
            (x, x),
            (&zero, &zero),
            ("", ""),
            (&most, y),
            (x, &most),
        ] {
            let mut bad = good.clone();
            bad["x"] = x.into();
            bad["y"] = y.into();
            refused(read(&bad.to_string()), ErrorKind::Key);
        }
        read(&good.to_string()).unwrap();
    }
}

#[test]
fn attack_27_a_coordinate_above_the_prime_is_refused() {
    // The point with x = 5 of P-256, and the same point with x = 5 + p.
    let x = "05";
    let y = "459243b9aa581806fe913bce99817ade11ca503c64d9a3c533415c083248fbcc";
    let bytes = |hex: &str| -> Vec<u8> {
        (0..hex.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
            .collect()
    };
    let jwk = |x: &str| {
        json!({"kty": "EC", "crv": "P-256", "x": encode(&bytes(x)), "y": encode(&bytes(y))})
            .to_string()
    };
    read(&jwk(x)).unwrap();
    let above = "ffffffff00000001000000000000000000000001000000000000000000000004";
    refused(read(&jwk(above)), ErrorKind::Key);
}

#[test]
fn attack_27_infinity_and_a_foreign_curve_are_refused_in_der() {
    // SPKI of P-256 whose point is the single byte 0.
    let infinity = b"\x30\x17\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x00";
    let mut spki = infinity.to_vec();
    spki.truncate(23);
    spki.extend_from_slice(b"\x03\x02\x00\x00");
    spki[1] = u8::try_from(spki.len() - 2).unwrap();
    refused(read_as("ES256", &spki), ErrorKind::Key);
}

#[test]
fn attack_27_the_algorithm_and_the_curve_must_agree() {
    let mut jwk = members(&generate(Algorithm::Es384), false);
    jwk["alg"] = "ES256".into();
    let error = refused(read(&jwk.to_string()), ErrorKind::Key);
    assert!(
        error
            .message()
            .contains("an EC key on P-384 can't be used for ES256"),
        "{error}"
    );
    for alg in ["RS256", "HS256", "EdDSA", "Ed25519"] {
        jwk["alg"] = alg.into();
        refused(read(&jwk.to_string()), ErrorKind::Key);
    }
    jwk["alg"] = "ES384".into();
    read(&jwk.to_string()).unwrap();
}

#[test]
fn attack_28_a_private_part_of_another_key_is_refused() {
    for algorithm in [Algorithm::Es256, Algorithm::Es512, Algorithm::Ed25519] {
        let (mut one, other) = (
            members(&generate(algorithm), true),
            members(&generate(algorithm), true),
        );
        read(&one.to_string()).unwrap();
        one["d"] = other["d"].clone();
        let error = refused(read(&one.to_string()), ErrorKind::Key);
        assert!(
            error.message().contains("isn't the private part"),
            "{error}"
        );
    }
}

#[test]
fn attack_28_rsa_parts_of_another_key_are_refused() {
    let [good, other] = [0, 1].map(|index: usize| members(&RSA[index], true));
    for name in ["n", "d", "p", "q", "dp", "dq", "qi"] {
        let mut bad = good.clone();
        bad[name] = other[name].clone();
        refused(read(&bad.to_string()), ErrorKind::Key);
        bad.as_object_mut().unwrap().remove(name);
        let error = refused(read(&bad.to_string()), ErrorKind::Key);
        let expected = if name == "n" {
            "missing"
        } else {
            "needs all of"
        };
        assert!(error.message().contains(expected), "{error}");
    }
    read(&good.to_string()).unwrap();
}

#[test]
fn private_scalars_out_of_range_are_refused() {
    let good = members(&generate(Algorithm::Es256), true);
    let order = "_____wAAAAD__________7zm-q2nF56E87nKwvxjJVE";
    for d in [
        "",
        "AA",
        order,
        "__________________________________________8",
    ] {
        let mut bad = good.clone();
        bad["d"] = d.into();
        let error = refused(read(&bad.to_string()), ErrorKind::Key);
        assert!(
            error.message().contains("between 1 and the order"),
            "{error}"
        );
    }
}

fn ed25519(x: &[u8]) -> String {
    json!({"kty": "OKP", "crv": "Ed25519", "x": encode(x)}).to_string()
}

#[test]
fn degenerate_ed25519_keys_are_refused() {
    let hex = |text: &str| -> Vec<u8> {
        (0..64)
            .step_by(2)
            .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
            .collect()
    };
    let small = [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    ];
    let spelt_twice = [
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ];
    let off_curve = ["0200000000000000000000000000000000000000000000000000000000000000"];
    for (points, expected) in [
        (&small[..], "small order"),
        (&spelt_twice, "canonical"),
        (&off_curve, "isn't a point"),
    ] {
        for point in points {
            let error = refused(read(&ed25519(&hex(point))), ErrorKind::Key);
            assert!(error.message().contains(expected), "{point}: {error}");
        }
    }
    refused(read(&ed25519(&[9; 31])), ErrorKind::Key);
    refused(read(&ed25519(&[9; 33])), ErrorKind::Key);
    read(ED25519).unwrap();
}

#[test]
fn every_generated_edwards_key_is_a_point() {
    for algorithm in [Algorithm::Ed25519, Algorithm::Ed448] {
        for _ in 0..50 {
            if algorithm.available() {
                let set = KeySet::generate(Named::One(algorithm), None, None).unwrap();
                read(&set.to_json(false).unwrap()).unwrap();
            }
        }
    }
}

#[test]
fn attack_10_rsa_keys_out_of_bounds_are_refused() {
    let good = members(&RSA[0], false);
    let n = decode(good["n"].as_str().unwrap().as_bytes()).unwrap();
    let with = |n: &[u8], e: &[u8]| {
        let mut jwk = good.clone();
        jwk["n"] = encode(n).into();
        jwk["e"] = encode(e).into();
        read(&jwk.to_string())
    };
    for short in [64, 128, 255] {
        let error = refused(with(&n[n.len() - short..], &[3]), ErrorKind::WeakKey);
        assert!(
            error.message().contains("where 2048 are the least"),
            "{error}"
        );
    }
    refused(with(&[], &[3]), ErrorKind::WeakKey);
    let long = n.repeat(5);
    refused(with(&long, &[3]), ErrorKind::Key);
    let mut even = n.clone();
    *even.last_mut().unwrap() &= 0xfe;
    refused(with(&even, &[3]), ErrorKind::Key);
    for e in [
        &[][..],
        &[0],
        &[1],
        &[2],
        &[4],
        &[2, 0, 0, 0, 1],
        &[1; 9],
        &[1; 512],
    ] {
        refused(with(&n, e), ErrorKind::Key);
    }
    for e in [&[3][..], &[1, 0, 1], &[0, 3], &[1, 0xff, 0xff, 0xff, 0xff]] {
        with(&n, e).unwrap();
    }
    with(&n.repeat(4), &[3]).unwrap();
}

#[test]
fn attack_10_no_encoding_is_a_way_round_the_size() {
    use openssl::rsa::Rsa;
    let small = Rsa::generate(1024).unwrap();
    for bytes in [
        small.public_key_to_pem().unwrap(),
        small.public_key_to_der_pkcs1().unwrap(),
        small.private_key_to_pem().unwrap(),
        small.private_key_to_der().unwrap(),
    ] {
        let error = refused(read_as("RS256", &bytes), ErrorKind::WeakKey);
        assert!(error.message().contains("1024 bits"), "{error}");
    }
}
