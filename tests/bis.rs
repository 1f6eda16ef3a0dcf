//! RFC 8725bis (draft-ietf-oauth-rfc8725bis), clause by clause: what it asks of
//! a library, each with a twin that must be accepted.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod support;

use std::net::TcpListener;

use jeton::{
    Call, ErrorKind, JwsOptions, KeyOptions, KeySet, Ring, VerifierOptions, inspect,
    verify_signature,
};
use serde_json::json;
use support::engine::*;
use support::forge::{encode, signed_part, token};

const HEADER: &str = r#"{"alg":"EdDSA"}"#;

#[test]
fn bis_3_1_each_key_is_for_exactly_one_algorithm() {
    for name in SIGNERS {
        let set = trusted(name);
        let own = set.keys().next().unwrap().name();
        let verifier = verifier(set, OPTIONS);
        for other in [
            "HS256", "HS512", "RS256", "RS512", "PS256", "PS512", "ES256", "ES384", "ES512",
            "ES256K", "EdDSA",
        ] {
            let token = token(&signer(name), format!(r#"{{"alg":"{other}"}}"#), PAYLOAD);
            match other == own {
                true => drop(accepted(&verifier, token)),
                false => assert_eq!(
                    refused(&verifier, token),
                    ErrorKind::Algorithm,
                    "{name} as {other}"
                ),
            }
        }
    }
}

#[test]
fn bis_3_1_the_allow_list_is_held_at_use_and_can_only_narrow() {
    let list = |names: &str| OPTIONS.replacen('{', &format!(r#"{{"algorithms":{names},"#), 1);
    let good = good(&signer("es256"));
    assert_eq!(
        refused(
            &verifier(trusted("es256"), &list(r#"["RS256","EdDSA"]"#)),
            &good
        ),
        ErrorKind::Algorithm
    );
    accepted(
        &verifier(trusted("es256"), &list(r#"["RS256","ES256"]"#)),
        &good,
    );
    // Not a block-list, and nothing that isn't an algorithm can be on it.
    for wrong in [
        "[]",
        r#"["none"]"#,
        r#"["es256"]"#,
        r#"["*"]"#,
        r#"["!none"]"#,
        "null",
        r#""ES256""#,
    ] {
        let error = VerifierOptions::read(list(wrong).as_bytes()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Options, "{wrong}");
    }
}

#[test]
fn bis_3_1_the_algorithm_must_agree_with_the_key_that_the_kid_names() {
    let mut set = Vec::new();
    for name in ["rs256", "es256", "ed"] {
        let mut jwk = jwk(name);
        jwk["kid"] = name.into();
        set.push(jwk);
    }
    let verifier = verifier(
        document(json!({ "keys": set }).to_string())
            .unwrap()
            .public(),
        OPTIONS,
    );
    for (kid, algorithm, signer_name) in [
        ("rs256", "ES256", "es256"),
        ("es256", "RS256", "rs256"),
        ("ed", "ES256", "es256"),
    ] {
        let header = json!({ "alg": algorithm, "kid": kid }).to_string();
        assert_eq!(
            refused(&verifier, token(&signer(signer_name), header, PAYLOAD)),
            ErrorKind::Algorithm
        );
        let header = json!({ "alg": algorithm, "kid": signer_name }).to_string();
        accepted(&verifier, token(&signer(signer_name), header, PAYLOAD));
    }
}

#[test]
fn bis_3_2_neither_none_nor_rsa1_5_is_an_algorithm() {
    let verifier = verifier(trusted("ed"), OPTIONS);
    for name in ["none", "None", "RSA1_5", "RS1", "HS1", "A128KW"] {
        let header = format!(r#"{{"alg":"{name}"}}"#);
        assert_eq!(
            refused(&verifier, token(&signer("ed"), &header, PAYLOAD)),
            ErrorKind::Algorithm,
            "{name}"
        );
        let unsigned = format!("{}.", signed_part(&header, PAYLOAD));
        assert_eq!(
            refused(&verifier, &unsigned),
            ErrorKind::Algorithm,
            "{name}"
        );
        let ring = Ring::new(trusted("ed"));
        let error =
            verify_signature(&ring, unsigned.as_bytes(), &JwsOptions::default()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Algorithm, "{name}");
    }
    accepted(&verifier, good(&signer("ed")));
    // Reading without verifying has a call of its own, and says so first.
    let unsigned = format!("{}.", signed_part(r#"{"alg":"none"}"#, PAYLOAD));
    assert!(
        inspect(unsigned.as_bytes())
            .unwrap()
            .starts_with(r#"{"verified":false,"#)
    );
}

#[test]
fn bis_3_2_the_names_of_rfc_9864_are_accepted_beside_the_old_one() {
    let verifier = verifier(trusted("ed"), OPTIONS);
    for name in ["EdDSA", "Ed25519"] {
        let header = format!(r#"{{"alg":"{name}"}}"#);
        assert_eq!(
            accepted(&verifier, token(&signer("ed"), header, PAYLOAD)).algorithm(),
            name
        );
    }
    assert_eq!(
        refused(
            &verifier,
            token(&signer("ed"), r#"{"alg":"Ed448"}"#, PAYLOAD)
        ),
        ErrorKind::Algorithm
    );
}

#[test]
fn bis_3_3_a_jwe_is_told_apart_from_a_jws() {
    let verifier = verifier(trusted("rs256"), OPTIONS);
    let jwe = format!(
        "{}.AAAA.AAAA.{}.AAAA",
        encode(r#"{"alg":"RSA-OAEP","enc":"A128GCM"}"#),
        encode(PAYLOAD)
    );
    assert_eq!(refused(&verifier, jwe), ErrorKind::Encrypted);
    accepted(&verifier, good(&signer("rs256")));
}

#[test]
fn bis_3_4_a_point_is_checked_when_its_key_is_read() {
    for name in ["es256", "es384", "es512", "es256k"] {
        let mut off = jwk(name);
        off.as_object_mut().unwrap().remove("d");
        document(off.to_string()).unwrap();
        off["y"] = off["x"].clone();
        assert_eq!(
            document(off.to_string()).unwrap_err().kind(),
            ErrorKind::Key,
            "{name}"
        );
    }
}

#[test]
fn bis_3_5_a_password_is_no_hmac_key() {
    let options = |weak| KeyOptions {
        algorithm: Some("HS256".into()),
        weak,
        ..KeyOptions::default()
    };
    let password = b"correct horse battery staple";
    assert_eq!(
        KeySet::from_secret(password, &options(false))
            .unwrap_err()
            .kind(),
        ErrorKind::WeakKey
    );
    assert!(
        KeySet::from_secret(password, &options(true))
            .unwrap()
            .keys()
            .all(|key| key.weak())
    );
    assert!(KeySet::from_secret(&[password, &password[..4]].concat(), &options(false)).is_ok());
}

#[test]
fn bis_3_6_and_3_15_a_compressed_token_is_refused() {
    for zip in [r#""DEF""#, "null", "1"] {
        let header = format!(r#"{{"alg":"EdDSA","zip":{zip}}}"#);
        assert_eq!(
            verdict(OPTIONS, &header, PAYLOAD),
            Some(ErrorKind::Critical),
            "{zip}"
        );
    }
    assert_eq!(verdict(OPTIONS, HEADER, PAYLOAD), None);
}

#[test]
fn bis_3_7_claims_and_headers_are_utf_8_and_nothing_else() {
    let signer = signer("ed");
    let verifier = verifier(trusted("ed"), OPTIONS);
    let utf_16 = |text: &str| {
        text.encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect::<Vec<_>>()
    };
    let marked = |text: &str| [b"\xef\xbb\xbf", text.as_bytes()].concat();
    for (header, payload) in [
        (HEADER.as_bytes().to_vec(), utf_16(PAYLOAD)),
        (utf_16(HEADER), PAYLOAD.into()),
        (HEADER.into(), marked(PAYLOAD)),
        (marked(HEADER), PAYLOAD.into()),
    ] {
        assert_eq!(
            refused(&verifier, token(&signer, header, payload)),
            ErrorKind::Malformed
        );
    }
    accepted(
        &verifier,
        token(&signer, HEADER, with(r#""name":"Ünïcödé 😀""#)),
    );
}

#[test]
fn bis_3_8_an_issuers_key_vouches_for_that_issuer_alone() {
    let trust = json!({"trust": [
        { "issuer": "https://a.test", "audience": "api", "keys": 0 },
        { "issuer": "https://b.test", "audience": "api", "keys": 1 },
    ]});
    let verifier = verifier_of(
        vec![trusted("ed"), trusted("ed-other")],
        None,
        &trust.to_string(),
    )
    .unwrap();
    let token =
        |name: &str, issuer: &str| token(&signer(name), HEADER, but("https://a.test", issuer));
    accepted(&verifier, token("ed", "https://a.test"));
    accepted(&verifier, token("ed-other", "https://b.test"));
    assert_eq!(
        refused(&verifier, token("ed", "https://b.test")),
        ErrorKind::Signature
    );
    assert_eq!(
        refused(&verifier, token("ed-other", "https://a.test")),
        ErrorKind::Signature
    );
    assert_eq!(
        refused(&verifier, token("ed", "https://c.test")),
        ErrorKind::UnknownKey
    );
}

#[test]
fn bis_3_9_an_audience_is_required_unless_it_is_waived_in_words() {
    let forgotten = r#"{"issuer":"https://a.test"}"#;
    assert_eq!(
        VerifierOptions::read(forgotten.as_bytes())
            .unwrap_err()
            .kind(),
        ErrorKind::Options
    );
    let without = but(r#""aud":"api","#, "");
    assert_eq!(
        verdict(OPTIONS, HEADER, &without),
        Some(ErrorKind::Audience)
    );
    assert_eq!(
        verdict(OPTIONS, HEADER, &but("api", "web")),
        Some(ErrorKind::Audience)
    );
    assert_eq!(verdict(OPTIONS, HEADER, PAYLOAD), None);
    let waived = r#"{"issuer":"https://a.test","audience":null}"#;
    assert_eq!(verdict(waived, HEADER, &without), None);
}

#[test]
fn bis_3_10_kid_jku_and_x5u_are_hostile_input() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let header = json!({ "alg": "EdDSA", "kid": "'; DROP TABLE keys; --", "jku": url, "x5u": url })
        .to_string();
    let verifier = verifier(trusted("ed"), OPTIONS);
    assert_eq!(
        refused(&verifier, token(&signer("ed-other"), &header, PAYLOAD)),
        ErrorKind::Signature
    );
    accepted(&verifier, token(&signer("ed"), &header, PAYLOAD));
    assert!(listener.accept().is_err(), "nobody called");
}

#[test]
fn bis_3_11_a_type_compares_as_a_media_type() {
    let options = OPTIONS.replacen('{', r#"{"type":"secevent+jwt","#, 1);
    for (typ, expected) in [
        ("secevent+jwt", None),
        ("application/secevent+jwt", None),
        ("Application/SecEvent+JWT", None),
        ("JWT", Some(ErrorKind::Type)),
        ("text/secevent+jwt", Some(ErrorKind::Type)),
        ("secevent", Some(ErrorKind::Type)),
    ] {
        let header = json!({ "alg": "EdDSA", "typ": typ }).to_string();
        assert_eq!(verdict(&options, &header, PAYLOAD), expected, "{typ}");
    }
    assert_eq!(
        verdict(&options, HEADER, PAYLOAD),
        Some(ErrorKind::Type),
        "no typ at all"
    );
}

#[test]
fn bis_3_12_two_kinds_of_token_can_be_kept_apart_by_rules() {
    // An ID token says a nonce and has the client for its audience; an access
    // token has a type and a scope. Neither passes for the other.
    let id = r#"{"issuer":"https://a.test","audience":"client","require":["exp","nonce"],"claims":{"scope":{"present":false}}}"#;
    let access =
        r#"{"issuer":"https://a.test","audience":"api","type":"at+jwt","require":["exp","scope"]}"#;
    let id_token = (
        HEADER,
        r#"{"iss":"https://a.test","aud":"client","exp":2000,"nonce":"n"}"#,
    );
    let access_token = (
        r#"{"alg":"EdDSA","typ":"at+jwt"}"#,
        r#"{"iss":"https://a.test","aud":["api","client"],"exp":2000,"nonce":"n","scope":"x"}"#,
    );
    assert_eq!(verdict(id, id_token.0, id_token.1), None);
    assert_eq!(verdict(access, access_token.0, access_token.1), None);
    assert_eq!(
        verdict(access, id_token.0, id_token.1),
        Some(ErrorKind::Type)
    );
    assert_eq!(
        verdict(id, access_token.0, access_token.1),
        Some(ErrorKind::Claim)
    );
}

#[test]
fn bis_3_13_pbes2_isnt_supported_at_all() {
    let jwe = format!(
        "{}.AAAA.AAAA.AAAA.AAAA",
        encode(r#"{"alg":"PBES2-HS256+A128KW","p2c":2147483647,"p2s":"AAAA"}"#)
    );
    let verifier = verifier(trusted("ed"), OPTIONS);
    assert_eq!(refused(&verifier, jwe), ErrorKind::Encrypted);
    let signed = token(
        &signer("ed"),
        r#"{"alg":"PBES2-HS256+A128KW","p2c":2147483647}"#,
        PAYLOAD,
    );
    assert_eq!(refused(&verifier, signed), ErrorKind::Algorithm);
    accepted(&verifier, good(&signer("ed")));
}

#[test]
fn bis_3_14_no_character_outside_base64url_and_dots_is_accepted() {
    let verifier = verifier(trusted("ed"), OPTIONS);
    let good = good(&signer("ed"));
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    for byte in (0..=255).filter(|byte| !allowed(*byte)) {
        for place in [0, 1, good.len() / 2, good.len() - 1, good.len()] {
            let mut with = good.as_bytes().to_vec();
            with.insert(place, byte);
            let error = verifier.verify(&with, &Call::at(NOW)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Malformed, "{byte} at {place}");
        }
    }
    accepted(&verifier, good);
}
