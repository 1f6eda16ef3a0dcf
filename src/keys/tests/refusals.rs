//! Documents that are refused, and what is said about them.

use serde_json::json;

use super::{RSA, generate, members, only, read, read_as, refused};
use crate::crypto::Algorithm;
use crate::error::ErrorKind;
use crate::keys::{KeyOptions, KeySet};

fn says(document: impl AsRef<[u8]>, expected: &str) {
    let result = KeySet::from_document(document.as_ref(), &KeyOptions::default());
    let error = refused(result, ErrorKind::Key);
    assert!(error.message().contains(expected), "{error}");
}

fn ec() -> serde_json::Value {
    members(&generate(Algorithm::Es256), false)
}

#[test]
fn a_document_that_is_no_key_is_told_what_it_looks_like() {
    says("", "it is empty");
    says(" \r\n\t", "it is empty");
    says(
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA you@host",
        "SSH public key",
    );
    says("<!doctype html><html>", "HTML or XML");
    says("[{\"kty\":\"EC\"}]", "JSON array");
    says("eyJhbGciOiJIUzI1NiJ9.e30.c2ln", "it is a token");
    says("c2VjcmV0IHNlY3JldA==", "base64 text");
    says("hello, world!", "text of another kind");
    says(b"\xEF\xBB\xBF{}", "byte order mark");
    says(b"\xFF\xFE{\0}\0", "UTF-16");
    says(b"\xFE\xED\xFE\xED\0\0", "Java key store");
    says(b"\x99\x01\x0d\x04", "OpenPGP");
    says(b"\x00\x01\xff", "binary of another kind");
    says(
        b"\x30\x82\x09\x00\x02\x01\x03\x30\x82\x08\xc6\x06\x09\x2a\x86\x48",
        "PKCS#12",
    );
    says(b"\x30\x03\x02\x01\x00", "it is DER, but none of the keys");
    let spki = openssl::base64::encode_block(
        &openssl::pkey::PKey::generate_ed25519()
            .unwrap()
            .public_key_to_der()
            .unwrap(),
    );
    says(spki, "a key in base64");
}

#[test]
fn pem_that_is_no_key_is_told_what_it_is() {
    let block = |label: &str| format!("-----BEGIN {label}-----\nAAAA\n-----END {label}-----\n");
    says(block("OPENSSH PRIVATE KEY"), "ssh-keygen -p -m PKCS8");
    says(block("CERTIFICATE REQUEST"), "request for a certificate");
    says(block("PGP PUBLIC KEY BLOCK"), "OpenPGP");
    says(block("DH PARAMETERS"), "not a label that is read");
    says(block("PUBLIC KEY"), "PEM block 1 (PUBLIC KEY)");
    says("-----BEGIN PUBLIC KEY-----\nAAAA\n", "END line is missing");
    says(
        "-----BEGIN PUBLIC KEY-----\n?\n-----END PUBLIC KEY-----",
        "not base64",
    );
    says(
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        "BEGIN and END lines differ",
    );
    says(
        r"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
        "two characters \\n",
    );
}

#[test]
fn json_that_is_no_key_is_told_what_is_missing() {
    says("{", "the key document");
    says("{}", "neither a JWK");
    says(r#"{"keys":{}}"#, "must be an array");
    says(r#"{"keys":[]}"#, "the JWK Set is empty");
    says(r#"{"keys":[],"kty":"EC"}"#, "both \"kty\" and \"keys\"");
    says(r#"{"keys":[1]}"#, "keys[0]: a JWK must be an object");
    says(r#"{"keys":[{}]}"#, "keys[0]: \"kty\" is missing");
    says(r#"{"kty":"EC","crv":"P-256"}"#, "\"x\" is missing");
    says(r#"{"kty":"EC","kty":"EC"}"#, "the key document");
}

#[test]
fn members_of_the_wrong_type_are_refused() {
    for (name, value) in [
        ("kty", json!(1)),
        ("kty", json!(null)),
        ("crv", json!(["P-256"])),
        ("alg", json!(256)),
        ("alg", json!(null)),
        ("kid", json!(1)),
        ("kid", json!("")),
        ("kid", json!("k".repeat(257))),
        ("use", json!(true)),
        ("key_ops", json!("verify")),
        ("key_ops", json!(["verify", 1])),
        ("x", json!(null)),
        ("x", json!(5)),
        ("x", json!("not base64url!")),
        ("x", json!("AA==")),
        ("d", json!(null)),
        ("iat", json!("now")),
        ("nbf", json!("1000")),
        ("exp", json!(null)),
    ] {
        let mut jwk = ec();
        jwk[name] = value.clone();
        let error = refused(read(&jwk.to_string()), ErrorKind::Key);
        assert!(error.message().contains(name), "{name} {value}: {error}");
    }
    let mut jwk = ec();
    jwk["kid"] = "k".repeat(256).into();
    jwk["x5c"] = json!(["AAAA"]);
    jwk["iat"] = 5.into();
    let key = only(&read(&jwk.to_string()).unwrap());
    assert_eq!(key.times().issued, Some(5));
}

#[test]
fn keys_for_other_purposes_are_skipped_and_reported() {
    let good = ec();
    for (name, value, reason) in [
        ("use", json!("enc"), "its use isn't \"sig\""),
        (
            "key_ops",
            json!(["encrypt"]),
            "its key_ops don't say \"verify\"",
        ),
        (
            "key_ops",
            json!(["sign"]),
            "its key_ops don't say \"verify\"",
        ),
        ("key_ops", json!([]), "its key_ops don't say \"verify\""),
        (
            "alg",
            json!("ECDH-ES"),
            "its alg \"ECDH-ES\" is no signature algorithm",
        ),
        (
            "alg",
            json!("none"),
            "its alg \"none\" is no signature algorithm",
        ),
        ("alg", json!("a b"), "its alg is no signature algorithm"),
        ("crv", json!("X25519"), "its crv \"X25519\" is no curve"),
        ("kty", json!("AKP"), "its kty \"AKP\" is no key type"),
    ] {
        let mut other = ec();
        other["kid"] = "other".into();
        other[name] = value;
        let set = json!({"keys": [good, other]}).to_string();
        let set = read(&set).unwrap();
        assert_eq!(only(&set).kid(), good["kid"].as_str());
        let skipped = &set.skipped()[0];
        assert!(skipped.reason.starts_with(reason), "{}", skipped.reason);
        assert_eq!((skipped.index, skipped.kid.as_deref()), (1, Some("other")));
        let error = refused(read(&other.to_string()), ErrorKind::Key);
        assert!(error.message().contains("no key can be used"), "{error}");
        assert!(error.message().contains(reason), "{error}");
    }
    let mut fine = ec();
    fine["use"] = "sig".into();
    fine["key_ops"] = json!(["verify", "encrypt"]);
    only(&read(&fine.to_string()).unwrap());
}

#[test]
fn an_rsa_key_without_an_algorithm_needs_the_option() {
    let mut jwk = members(&RSA[0], false);
    jwk.as_object_mut().unwrap().remove("alg");
    let alone = jwk.to_string();
    let error = refused(read(&alone), ErrorKind::Key);
    assert!(
        error.message().contains("the option \"algorithm\""),
        "{error}"
    );
    for unfit in ["HS256", "ES256", "EdDSA"] {
        refused(read_as(unfit, &alone), ErrorKind::Key);
    }
    let key = only(&read_as("PS256", &alone).unwrap());
    assert_eq!(key.algorithm(), Algorithm::Ps256);
    let pem = openssl::rsa::Rsa::generate(2048)
        .unwrap()
        .public_key_to_pem()
        .unwrap();
    let result = KeySet::from_document(&pem, &KeyOptions::default());
    let error = refused(result, ErrorKind::Key);
    assert!(
        error.message().contains("the option \"algorithm\""),
        "{error}"
    );

    let set = json!({"keys": [jwk, ec()]}).to_string();
    let set = read(&set).unwrap();
    assert_eq!(set.len(), 1);
    assert!(set.skipped()[0].reason.contains("the option \"algorithm\""));
}

#[test]
fn an_algorithm_that_contradicts_the_only_key_is_refused() {
    let jwk = ec();
    let error = refused(read_as("RS256", jwk.to_string()), ErrorKind::Key);
    assert!(error.message().contains("the key is for ES256"), "{error}");
    // In a set the option is for those that name none.
    read_as("RS256", json!({"keys": [jwk]}).to_string()).unwrap();
}

#[test]
fn the_same_kid_and_algorithm_twice_is_refused() {
    let (mut a, mut b, mut c) = (ec(), ec(), members(&generate(Algorithm::Es384), false));
    for jwk in [&mut a, &mut b, &mut c] {
        jwk["kid"] = "twin".into();
    }
    let error = refused(
        read(&json!({"keys": [a, c, b]}).to_string()),
        ErrorKind::Key,
    );
    assert!(
        error.message().starts_with("keys[2] (kid \"twin\"): "),
        "{error}"
    );
    assert_eq!(read(&json!({"keys": [a, c]}).to_string()).unwrap().len(), 2);
}

#[test]
fn a_broken_key_is_named_by_its_place() {
    let mut bad = ec();
    bad["x"] = "AA".into();
    bad["kid"] = "b\n\"".into();
    let error = refused(
        read(&json!({"keys": [ec(), ec(), bad]}).to_string()),
        ErrorKind::Key,
    );
    assert!(
        error
            .message()
            .starts_with("keys[2] (kid \"b\\n\\\"\"): x and y"),
        "{error}"
    );
}

#[test]
fn attack_17_documents_beyond_the_limits_are_refused() {
    let long = format!("{{\"keys\":[\"{}\"]}}", "a".repeat(1 << 20));
    says(long, "longer than 1 MiB");
    says("[".repeat(200_000), "JSON array");
    let deep = format!("{{\"a\":{}", "[".repeat(200_000));
    says(deep, "the key document");
    let k = json!({"kty": "oct", "alg": "HS256", "k": "A".repeat(90_000)});
    says(k.to_string(), "longer than 64 KiB");
}

#[test]
fn options_are_checked() {
    let jwk = ec().to_string();
    for (options, expected) in [
        (super::said("none"), "algorithm: must be"),
        (super::said("hs256"), "algorithm: must be"),
        (
            KeyOptions {
                kid: Some(String::new()),
                ..KeyOptions::default()
            },
            "kid: must not be empty",
        ),
    ] {
        let result = KeySet::from_document(jwk.as_bytes(), &options);
        let error = refused(result, ErrorKind::Options);
        assert!(error.message().contains(expected), "{error}");
    }
    let unknown = serde_json::from_str::<KeyOptions>(r#"{"algoritm":"ES256"}"#);
    assert!(unknown.is_err());
    let null = r#"{"algorithm":null,"kid":null,"weak":false}"#;
    assert!(
        serde_json::from_str::<KeyOptions>(null)
            .unwrap()
            .algorithm
            .is_none()
    );
}

#[test]
fn the_kid_option_names_keys_without_one() {
    let mut jwk = ec();
    let options = KeyOptions {
        kid: Some("mine".into()),
        ..KeyOptions::default()
    };
    let own = KeySet::from_document(jwk.to_string().as_bytes(), &options).unwrap();
    assert_eq!(only(&own).kid(), jwk["kid"].as_str());
    jwk.as_object_mut().unwrap().remove("kid");
    let named = KeySet::from_document(jwk.to_string().as_bytes(), &options).unwrap();
    assert_eq!(only(&named).kid(), Some("mine"));
}

#[test]
fn messages_hold_no_key_material() {
    let private = members(&generate(Algorithm::Es256), true);
    let d = private["d"].as_str().unwrap();
    let mut bad = private.clone();
    bad["x"] = "AA".into();
    let error = refused(read(&bad.to_string()), ErrorKind::Key);
    assert!(!error.message().contains(d));
    let broken = private.to_string().replace(d, &format!("{d}\\q"));
    let error = refused(read(&broken), ErrorKind::Key);
    assert!(!error.message().contains(&d[..8]), "{error}");
    assert!(!format!("{:?}", read(&private.to_string()).unwrap()).contains(d));
}
