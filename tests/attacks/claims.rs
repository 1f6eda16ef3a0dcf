//! Attacks through claims: wrong types, near misses, revocation evaded.

use std::sync::Arc;

use jeton::{Call, ErrorKind, Revocations};
use serde_json::json;

use crate::support::engine::*;
use crate::support::forge::{encode, parts, token};

const HEADER: &str = r#"{"alg":"EdDSA"}"#;

#[test]
fn attack_11_a_date_of_the_wrong_type_is_an_error_even_where_it_isnt_required() {
    let waived = OPTIONS.replacen('{', r#"{"require":[],"leeway":600,"#, 1);
    for wrong in [
        "\"2000\"",
        "null",
        "true",
        "[2000]",
        "{}",
        "\"\"",
        "1e308",
        "9007199254740992",
        "9223372036854775808",
        "18446744073709551616",
    ] {
        for name in ["exp", "nbf", "iat"] {
            let payload = format!(r#"{{"iss":"https://a.test","aud":"api","{name}":{wrong}}}"#);
            assert_eq!(
                verdict(&waived, HEADER, &payload),
                Some(ErrorKind::Claim),
                "{name} {wrong}"
            );
        }
    }
    for beyond in ["1e400", "-1e400"] {
        for name in ["exp", "nbf", "iat", "other"] {
            let payload = format!(r#"{{"iss":"https://a.test","aud":"api","{name}":{beyond}}}"#);
            assert_eq!(
                verdict(&waived, HEADER, &payload),
                Some(ErrorKind::Malformed),
                "{name} {beyond}"
            );
        }
    }
    for past in ["0", "-0", "-1", "1e-300", "399", "1000e-1"] {
        let payload = format!(r#"{{"iss":"https://a.test","aud":"api","exp":{past}}}"#);
        assert_eq!(
            verdict(&waived, HEADER, &payload),
            Some(ErrorKind::Expired),
            "{past}"
        );
    }
    for right in [
        "2000",
        "2e3",
        "2E+3",
        "2000.5",
        "253402300800",
        "9007199254740991",
    ] {
        let payload =
            format!(r#"{{"iss":"https://a.test","aud":"api","exp":{right},"nbf":-0,"iat":1e3}}"#);
        assert_eq!(verdict(&waived, HEADER, &payload), None, "{right}");
    }
    for leeway in ["601", "1e999", "-1", "\"60\"", "null"] {
        let options = OPTIONS.replacen('{', &format!(r#"{{"leeway":{leeway},"#), 1);
        let error = verifier_of(vec![trusted("ed")], None, &options)
            .map(drop)
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Options, "{leeway}");
    }
}

#[test]
fn attack_21_almost_the_issuer_or_the_audience_is_neither() {
    let value = |name: &str, value: serde_json::Value| {
        let mut payload: serde_json::Value = serde_json::from_str(PAYLOAD).unwrap();
        payload[name] = value;
        verdict(OPTIONS, HEADER, &payload.to_string())
    };
    let issuer = "https://a.test";
    for near in [
        json!([issuer]),
        json!([issuer, "https://evil.test"]),
        json!({ issuer: 1 }),
        json!(null),
        json!(7),
        json!(""),
        json!("https://a.test/"),
        json!("https://A.test"),
        json!("https://a.tes"),
        json!("https://a.test.evil"),
        json!(" https://a.test"),
        json!("https://a.test\0"),
        json!("https://aXtest"),
        json!(".*"),
    ] {
        assert_eq!(
            value("iss", near.clone()),
            Some(ErrorKind::Issuer),
            "{near}"
        );
    }
    assert_eq!(value("iss", json!(issuer)), None);
    for near in [
        json!([42, "api"]),
        json!(["api", null]),
        json!([["api"]]),
        json!({ "api": 1 }),
        json!(null),
        json!(1),
        json!(""),
        json!([]),
        json!("ap"),
        json!("apis"),
        json!("API"),
        json!("my-api"),
        json!("api\0"),
        json!("api,web"),
        json!(["a", "pi"]),
    ] {
        assert_eq!(
            value("aud", near.clone()),
            Some(ErrorKind::Audience),
            "{near}"
        );
    }
    for right in [json!("api"), json!(["api"]), json!(["web", "api"])] {
        assert_eq!(value("aud", right.clone()), None, "{right}");
    }
}

#[test]
fn attack_22_issuer_and_kid_are_never_joined_into_one_name() {
    let named = |name: &str, kid: &str| {
        let mut jwk = jwk(name);
        jwk["kid"] = kid.into();
        document(jwk.to_string()).unwrap()
    };
    // "a" with the kid "b:c", and "a:b" with the kid "c": one text when joined.
    for separator in [":", "|", "/", " ", "\0", "\u{1f}"] {
        let (outer, inner) = (format!("a{separator}b"), format!("b{separator}c"));
        let options = json!({"trust": [
            { "issuer": "a", "audience": null, "keys": 0 },
            { "issuer": outer, "audience": null, "keys": 1 },
        ]});
        let sets = vec![named("ed", &inner), named("ed-other", "c")];
        let verifier = verifier_of(sets, None, &options.to_string()).unwrap();
        let token = |signer: &str, issuer: &str, kid: &str| {
            let payload = json!({ "iss": issuer, "exp": 2000 }).to_string();
            token(
                &self::signer(signer),
                json!({ "alg": "EdDSA", "kid": kid }).to_string(),
                payload,
            )
        };
        assert_eq!(accepted(&verifier, token("ed", "a", &inner)).trust(), 0);
        assert_eq!(
            accepted(&verifier, token("ed-other", &outer, "c")).trust(),
            1
        );
        assert_eq!(
            refused(&verifier, token("ed-other", "a", "c")),
            ErrorKind::UnknownKey
        );
        assert_eq!(
            refused(&verifier, token("ed", &outer, &inner)),
            ErrorKind::UnknownKey
        );
        assert_eq!(
            refused(&verifier, token("ed-other", "a", &inner)),
            ErrorKind::Signature
        );
    }
}

#[test]
fn attack_23_a_revoked_token_stays_revoked_in_any_spelling_and_no_other_is() {
    let store = Arc::new(Revocations::open("memory:", "").unwrap());
    let trust = json!({"trust": [
        { "issuer": "https://a.test", "audience": "api", "keys": 0 },
        { "issuer": "https://b.test", "audience": "api", "keys": 0 },
    ]});
    let verifier =
        verifier_of(vec![trusted("ed")], Some(store.clone()), &trust.to_string()).unwrap();
    let signed = |header: &str, payload: &str| token(&signer("ed"), header, payload);
    let plain = signed(HEADER, &with(r#""jti":"t1""#));
    let claims = accepted(&verifier, &plain);
    store.revoke_claims(&claims, b"{}", NOW).unwrap();
    // The same claims under other texts: header and claims written otherwise.
    for (header, payload) in [
        (HEADER, with(r#""jti":"t1""#)),
        (r#"{ "alg" : "EdDSA" }"#, with(r#""jti":"t1""#)),
        (r#"{"alg":"Ed25519","typ":"JWT"}"#, with(r#""jti":"t1""#)),
        (r#"{"alg":"EdDSA","kid":"anything"}"#, with(r#""jti":"t1""#)),
        (HEADER, with(r#""\u006ati":"\u00741""#)),
        (
            HEADER,
            with(r#""jti":"t1""#).replace("https://", "https:\\/\\/"),
        ),
        (HEADER, format!(" {} ", with(r#""jti":"t1","more":1"#))),
    ] {
        assert_eq!(
            refused(&verifier, signed(header, &payload)),
            ErrorKind::Revoked,
            "{header} {payload}"
        );
    }
    // A respelt text is no token at all.
    let padded = format!("{plain}=");
    assert_eq!(refused(&verifier, padded), ErrorKind::Malformed);
    // Another issuer's token of the same jti, and another jti, go on.
    accepted(
        &verifier,
        signed(HEADER, &with(r#""jti":"t1""#).replace("a.test", "b.test")),
    );
    accepted(&verifier, signed(HEADER, &with(r#""jti":"t1 ""#)));
    // Without a jti nothing could be revoked.
    assert_eq!(
        refused(&verifier, signed(HEADER, PAYLOAD)),
        ErrorKind::Missing
    );
    // The rule ends with the token, whose exp is past by then.
    let late = verifier
        .verify(plain.as_bytes(), &Call::at(2000))
        .unwrap_err();
    assert_eq!(late.kind(), ErrorKind::Expired);
}

#[test]
fn attack_23_a_cut_off_holds_to_the_second_whatever_the_token_says_of_its_issue() {
    let store = Arc::new(Revocations::open("memory:", "").unwrap());
    let options = OPTIONS.replacen('{', r#"{"require":["exp"],"#, 1);
    let verifier = verifier_of(vec![trusted("ed")], Some(store.clone()), &options).unwrap();
    let issued = |iat: &str| token(&signer("ed"), HEADER, but(r#""iat":900,"#, iat));
    let rule = r#"{"realm":"https://a.test","claim":"sub","value":"ada","until":null}"#;
    assert_eq!(store.revoke(rule, 900).unwrap().rule.before, Some(900));
    for before in [
        r#""iat":900,"#,
        r#""iat":900.999,"#,
        r#""iat":9e2,"#,
        r#""iat":-5,"#,
        "",
    ] {
        assert_eq!(
            refused(&verifier, issued(before)),
            ErrorKind::Revoked,
            "{before}"
        );
    }
    for after in [r#""iat":901,"#, r#""iat":901.0,"#, r#""iat":5000,"#] {
        accepted(&verifier, issued(after));
    }
    assert!(
        store
            .restore(
                r#"{"realm":"https://a.test","claim":"sub","value":"ada"}"#,
                NOW
            )
            .unwrap()
    );
    accepted(&verifier, issued(r#""iat":900,"#));
}

#[test]
fn attack_23_a_revoked_key_is_the_one_that_verified_not_the_one_that_is_named() {
    let store = Arc::new(Revocations::open("memory:", "").unwrap());
    let options = OPTIONS.replacen('{', r#"{"require":["exp"],"#, 1);
    let verifier = verifier_of(vec![trusted("ed")], Some(store.clone()), &options).unwrap();
    let token = |kid: &str| {
        token(
            &signer("ed"),
            json!({ "alg": "EdDSA", "kid": kid }).to_string(),
            PAYLOAD,
        )
    };
    let thumbprint = accepted(&verifier, token("innocent"))
        .thumbprint()
        .to_owned();
    let rule =
        |key: &str| json!({ "realm": "https://a.test", "key": key, "until": null }).to_string();
    store.revoke(&rule("innocent"), NOW).unwrap();
    accepted(&verifier, token("innocent"));
    store.revoke(&rule(&thumbprint), NOW).unwrap();
    for kid in ["innocent", "another", ""] {
        assert_eq!(refused(&verifier, token(kid)), ErrorKind::Revoked);
    }
}

#[test]
fn attack_21_a_signature_covers_every_byte_of_the_claims() {
    let (signer, verifier) = (signer("ed"), verifier(trusted("ed"), OPTIONS));
    let good = good(&signer);
    for (from, to) in [
        ("ada", "eve"),
        ("2000", "9000"),
        ("https://a.test", "https://b.test"),
        ("api", "web"),
    ] {
        let forged = good.replace(parts(&good)[1], &encode(but(from, to)));
        assert_eq!(refused(&verifier, forged), ErrorKind::Signature, "{to}");
    }
    accepted(&verifier, good);
}
