//! Attacks through the header: the algorithm, the kid, keys that a token brings.

use std::io::ErrorKind as Io;
use std::net::TcpListener;

use jeton::{ErrorKind, KeySet};
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use serde_json::{Value, json};

use crate::support::engine::*;
use crate::support::forge::{decode, encode, signed_part, token};
use crate::support::vectors;

const NONES: &[&str] = &[
    "none",
    "None",
    "nOnE",
    "NONE",
    "none ",
    " none",
    "none\\u0000",
    "\\u006eone",
    "",
    "null",
];

#[test]
fn attack_01_alg_none_in_any_spelling_with_any_key_is_refused() {
    for name in ["hs256", "rs256", "ps512", "es384", "ed"] {
        let (signer, verifier) = (signer(name), verifier(trusted(name), OPTIONS));
        for none in NONES {
            let header = format!(r#"{{"alg":"{none}"}}"#);
            let unsigned = format!("{}.", signed_part(&header, PAYLOAD));
            assert_eq!(
                refused(&verifier, &unsigned),
                ErrorKind::Algorithm,
                "{name} {none:?}"
            );
            let signed = token(&signer, &header, PAYLOAD);
            assert_eq!(
                refused(&verifier, &signed),
                ErrorKind::Algorithm,
                "{name} {none:?}"
            );
        }
        accepted(&verifier, good(&signer));
    }
}

#[test]
fn attack_01_without_keys_there_is_no_verifier_and_with_an_empty_set_no_verdict_but_no() {
    let none = verifier_of(Vec::new(), None, OPTIONS)
        .map(drop)
        .unwrap_err();
    assert_eq!(none.kind(), ErrorKind::Misconfigured);
    assert_eq!(
        document(r#"{"keys":[]}"#).unwrap_err().kind(),
        ErrorKind::Key
    );
    // The public half of a secret is an empty set.
    let empty = verifier(signer("hs256").public(), OPTIONS);
    let unsigned = format!("{}.", signed_part(r#"{"alg":"none"}"#, PAYLOAD));
    assert_eq!(refused(&empty, unsigned), ErrorKind::Algorithm);
    let token = good(&signer("hs256"));
    assert_eq!(refused(&empty, &token), ErrorKind::Algorithm);
    let named = token_with_kid("any");
    assert_eq!(refused(&empty, &named), ErrorKind::UnknownKey);
    accepted(&verifier(trusted("hs256"), OPTIONS), token);
}

fn token_with_kid(kid: &str) -> String {
    token(
        &signer("ed"),
        json!({ "alg": "EdDSA", "kid": kid }).to_string(),
        PAYLOAD,
    )
}

/// What a careless library would take an HMAC with.
fn hmac(key: &[u8], digest: MessageDigest, message: &str) -> Vec<u8> {
    let key = PKey::hmac(key).unwrap();
    let mut signer = Signer::new(digest, &key).unwrap();
    signer.update(message.as_bytes()).unwrap();
    signer.sign_to_vec().unwrap()
}

#[test]
fn attack_02_hmac_with_a_public_key_in_any_encoding_is_refused() {
    let file = vectors::all()
        .into_iter()
        .find(|file| file.name() == "keys.json")
        .unwrap();
    let encodings: Vec<_> = file
        .vectors()
        .iter()
        .filter(|vector| vectors::name(vector).starts_with("public-key-as-secret-"))
        .map(|vector| decode(vector["keys"]["secret"].as_str().unwrap()))
        .collect();
    assert!(encodings.len() > 20);
    let hashes = [
        ("HS256", MessageDigest::sha256()),
        ("HS384", MessageDigest::sha384()),
        ("HS512", MessageDigest::sha512()),
    ];
    for name in ["rs256", "es256", "ed"] {
        let (strict, lax) = (
            verifier(trusted(name), OPTIONS),
            verifier(
                trusted(name),
                &with_algorithms(&["HS256", "HS384", "HS512", "RS256", "ES256", "EdDSA"]),
            ),
        );
        for key in encodings.iter().filter(|key| !key.is_empty()) {
            for (algorithm, digest) in hashes {
                let signed = signed_part(format!(r#"{{"alg":"{algorithm}"}}"#), PAYLOAD);
                let forged = format!("{signed}.{}", encode(hmac(key, digest, &signed)));
                assert_eq!(refused(&strict, &forged), ErrorKind::Algorithm);
                assert_eq!(refused(&lax, &forged), ErrorKind::Algorithm);
            }
        }
        accepted(&strict, good(&signer(name)));
        accepted(&lax, good(&signer(name)));
    }
}

fn with_algorithms(names: &[&str]) -> String {
    let mut options: Value = serde_json::from_str(OPTIONS).unwrap();
    options["algorithms"] = json!(names);
    options.to_string()
}

#[test]
fn attack_03_a_token_whose_algorithm_is_allowed_but_not_its_keys_is_refused() {
    let names: Vec<_> = SIGNERS
        .iter()
        .map(|name| signer(name).keys().next().unwrap().name())
        .collect();
    let all = with_algorithms(&names);
    for (index, name) in SIGNERS.iter().enumerate() {
        let verifier = verifier(trusted(name), &all);
        for (other, other_name) in SIGNERS
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != index)
        {
            // By the other key, and by this one under the other's name.
            let foreign = good(&signer(other_name));
            assert_eq!(
                refused(&verifier, foreign),
                ErrorKind::Algorithm,
                "{other_name} for {name}"
            );
            let renamed = token(
                &signer(name),
                format!(r#"{{"alg":"{}"}}"#, names[other]),
                PAYLOAD,
            );
            assert_eq!(
                refused(&verifier, renamed),
                ErrorKind::Algorithm,
                "{name} as {other_name}"
            );
        }
        accepted(&verifier, good(&signer(name)));
    }
}

#[test]
fn attack_06_a_kid_is_a_name_and_nothing_else() {
    let mut named = jwk("ed");
    let kids = [
        "/dev/null",
        "../../etc/passwd",
        "' UNION SELECT 'x",
        "a\0b",
        "| id",
        "${jndi:ldap://x}",
        "%00",
        "\u{202e}x",
    ];
    for kid in kids {
        named["kid"] = kid.into();
        let verifier = verifier(document(named.to_string()).unwrap().public(), OPTIONS);
        assert_eq!(accepted(&verifier, token_with_kid(kid)).kid(), Some(kid));
        for other in kids.iter().filter(|other| **other != kid) {
            assert_eq!(
                refused(&verifier, token_with_kid(other)),
                ErrorKind::UnknownKey
            );
        }
        let with_nul = format!("{kid}\0");
        assert_eq!(
            refused(&verifier, token_with_kid(&with_nul)),
            ErrorKind::UnknownKey
        );
        for wrong in ["1", "null", "[\"x\"]", "{}", "true"] {
            let token = token(
                &signer("ed"),
                format!(r#"{{"alg":"EdDSA","kid":{wrong}}}"#),
                PAYLOAD,
            );
            assert_eq!(refused(&verifier, token), ErrorKind::Malformed, "{wrong}");
        }
        assert_eq!(
            refused(&verifier, token_with_kid(&"k".repeat(257))),
            ErrorKind::TooLarge
        );
        assert_eq!(
            refused(&verifier, token_with_kid(&"k".repeat(1 << 20))),
            ErrorKind::TooLarge
        );
    }
}

#[test]
fn attack_07_a_jku_or_x5u_is_never_fetched() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let verifier = verifier(trusted("ed"), OPTIONS);
    for name in ["jku", "x5u"] {
        for scheme in ["http", "https", "ftp"] {
            let url = format!("{scheme}://127.0.0.1:{port}/keys");
            let header = json!({ "alg": "EdDSA", name: url }).to_string();
            // Signed by the key at the URL alone, and by the key that is trusted.
            let foreign = token(&signer("ed-other"), &header, PAYLOAD);
            assert_eq!(refused(&verifier, foreign), ErrorKind::Signature);
            accepted(&verifier, token(&signer("ed"), &header, PAYLOAD));
        }
        let file = json!({ "alg": "EdDSA", name: "file:///etc/passwd" }).to_string();
        assert_eq!(
            refused(&verifier, token(&signer("ed-other"), &file, PAYLOAD)),
            ErrorKind::Signature
        );
    }
    assert_eq!(
        listener.accept().unwrap_err().kind(),
        Io::WouldBlock,
        "nobody called"
    );
}

#[test]
fn attack_08_a_key_that_the_token_brings_is_ignored() {
    for name in ["rs256", "es256", "ed", "hs256"] {
        let verifier = verifier(trusted(name), OPTIONS);
        let other = format!("{name}-other");
        let thief = signer(&other);
        for (member, brought) in [
            ("jwk", jwk(&other)),
            ("jwks", json!({ "keys": [jwk(&other)] })),
            ("x5c", json!(["AAAA"])),
        ] {
            let mut header = json!({ "alg": thief.keys().next().unwrap().name() });
            header[member] = brought;
            let header = header.to_string();
            assert_eq!(
                refused(&verifier, token(&thief, &header, PAYLOAD)),
                ErrorKind::Signature
            );
            accepted(&verifier, token(&signer(name), &header, PAYLOAD));
        }
    }
}

#[test]
fn attack_12_a_critical_extension_in_any_form_is_refused() {
    for crit in [
        r#"["x"]"#,
        "[]",
        r#"["x","x"]"#,
        r#"["absent"]"#,
        r#"["alg"]"#,
        r#"["b64"]"#,
        "null",
        r#""x""#,
        "{}",
        "1",
    ] {
        let header = format!(r#"{{"alg":"EdDSA","x":1,"b64":true,"crit":{crit}}}"#);
        assert_eq!(
            verdict(OPTIONS, &header, PAYLOAD),
            Some(ErrorKind::Critical),
            "{crit}"
        );
    }
    assert_eq!(verdict(OPTIONS, r#"{"alg":"EdDSA","x":1}"#, PAYLOAD), None);
}

#[test]
fn attack_13_an_unencoded_payload_is_refused_with_and_without_crit() {
    for b64 in ["false", "true", "null", "0"] {
        for crit in ["", r#","crit":["b64"]"#] {
            let header = format!(r#"{{"alg":"EdDSA","b64":{b64}{crit}}}"#);
            assert_eq!(
                verdict(OPTIONS, &header, PAYLOAD),
                Some(ErrorKind::Critical),
                "{header}"
            );
        }
    }
    // Signed over the payload as it is, and detached.
    let signer = signer("ed");
    let header = encode(r#"{"alg":"EdDSA","b64":false,"crit":["b64"]}"#);
    let over = format!("{header}.{PAYLOAD}");
    let signature = encode(crate::support::forge::sign(&signer, over.as_bytes()));
    let verifier = verifier(trusted("ed"), OPTIONS);
    for detached in [
        format!("{header}..{signature}"),
        format!("{header}.{}.{signature}", encode(PAYLOAD)),
    ] {
        assert_eq!(refused(&verifier, detached), ErrorKind::Critical);
    }
    accepted(&verifier, good(&signer));
}

#[test]
fn attack_26_only_the_compact_serialization_of_a_signature_is_read() {
    let (signer, verifier) = (signer("rs256"), verifier(trusted("rs256"), OPTIONS));
    let good = good(&signer);
    let [header, payload, signature] = crate::support::forge::parts(&good);
    let flattened = json!({ "protected": header, "payload": payload, "signature": signature });
    let general = json!({ "payload": payload, "signatures": [{ "protected": header, "signature": signature }] });
    let unprotected =
        json!({ "header": { "alg": "RS256" }, "payload": payload, "signature": signature });
    let polyglot = format!(
        r#"{{" {good}":"","protected":"{header}","payload":"{payload}","signature":"{signature}"}}"#
    );
    for text in [
        flattened.to_string(),
        general.to_string(),
        unprotected.to_string(),
        polyglot,
    ] {
        assert_eq!(refused(&verifier, text), ErrorKind::Malformed);
    }
    // A JWE that anybody can make with the public key (CVE-2023-51774).
    let jwe = format!(
        "{}.AAAA.AAAA.{payload}.AAAA",
        encode(r#"{"alg":"RSA-OAEP","enc":"A128GCM"}"#)
    );
    assert_eq!(refused(&verifier, jwe), ErrorKind::Encrypted);
    accepted(&verifier, &good);
}

#[test]
fn attack_30_a_token_of_another_kind_is_refused_by_its_type() {
    let options = OPTIONS.replacen('{', r#"{"type":"at+jwt","#, 1);
    for header in [
        r#"{"alg":"EdDSA"}"#,
        r#"{"alg":"EdDSA","typ":"JWT"}"#,
        r#"{"alg":"EdDSA","typ":"logout+jwt"}"#,
        r#"{"alg":"EdDSA","typ":"at+jwt\u0000"}"#,
    ] {
        assert_eq!(
            verdict(&options, header, PAYLOAD),
            Some(ErrorKind::Type),
            "{header}"
        );
    }
    for typ in ["at+jwt", "application/at+jwt", "AT+JWT"] {
        let header = json!({ "alg": "EdDSA", "typ": typ }).to_string();
        assert_eq!(verdict(&options, &header, PAYLOAD), None, "{typ}");
    }
}

/// A set is what the tests above take it for.
#[test]
fn the_signers_are_one_key_each() {
    for name in SIGNERS {
        let set: KeySet = signer(name);
        assert_eq!(set.len(), 1, "{name}");
    }
}
