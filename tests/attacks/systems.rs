//! Attacks on the presets: what a system's own servers let through, and what a
//! stranger could make a verifier do.

use std::sync::Arc;

use jeton::{
    Call, Derived, ErrorKind, KeyOptions, KeySet, Minter, MinterOptions, Revocations, Ring,
    Verifier, VerifierOptions,
};
use serde_json::{Value, json};

use crate::support::engine::{NOW, signer, verifier_of};
use crate::support::forge;

const SECRET: &[u8] = b"23-wuNpik0gIW4mruTz25rbIvhuuvZFrLOLtL7J4tyo";
const ANY: &str =
    r#"{"system":{"name":"stack-auth","project":null,"allow":["restricted","anonymous"]}}"#;

fn derived(options: &str) -> Derived {
    Derived::read(options.as_bytes(), SECRET, b"").unwrap()
}

fn over(keys: &Derived, options: &str) -> Verifier {
    let options = VerifierOptions::read(options.as_bytes()).unwrap();
    Verifier::new(vec![keys.select()], None, options).unwrap()
}

/// The keys of one audience, whatever it is, as the server derives them.
fn keys_of(audience: &str) -> KeySet {
    let system = json!({"system": {"name": "stack-auth", "project": audience}});
    let private = derived(&system.to_string()).to_json(true).unwrap();
    KeySet::from_document(private.as_bytes(), &KeyOptions::default()).unwrap()
}

/// A whole, well-signed token of that audience.
fn token_for(audience: &str) -> String {
    let keys = keys_of(audience);
    let kid = keys.keys().next().unwrap().kid().unwrap().to_owned();
    with_kid(&keys, &kid, audience)
}

fn with_kid(keys: &KeySet, kid: &str, audience: &str) -> String {
    let name = audience.split(':').next().unwrap();
    let payload = json!({
        "sub": "u", "branch_id": "main", "is_anonymous": false, "is_restricted": false,
        "restricted_reason": null, "iss": format!("https://api.stack-auth.com/api/v1/projects/{name}"),
        "aud": audience, "exp": 2000,
    });
    let header = json!({"alg": "ES256", "kid": kid});
    forge::token(keys, header.to_string(), payload.to_string())
}

fn verdict(verifier: &Verifier, token: &str) -> Option<ErrorKind> {
    let outcome = verifier.verify(token.as_bytes(), &Call::at(NOW));
    outcome.err().map(|error| error.kind())
}

fn count(keys: &Derived) -> u64 {
    let status: Value = serde_json::from_str(&keys.status_json().unwrap()).unwrap();
    status["derived"].as_u64().unwrap()
}

#[test]
fn attack_made_up_audiences_have_no_key_derived() {
    let keys = derived(ANY);
    let verifier = over(&keys, ANY);
    let own = keys_of("internal");
    let published = own.keys().next().unwrap().kid().unwrap().to_owned();
    for number in 0..2000 {
        // Projects that don't exist, under the name of a key that does.
        let project = format!("{number:08x}-dece-408c-af49-d23061bb0f8d");
        let forged = with_kid(&own, &published, &project);
        assert_eq!(verdict(&verifier, &forged), Some(ErrorKind::UnknownKey));
        let forged = with_kid(&own, &format!("{number:012}"), "internal");
        assert_eq!(verdict(&verifier, &forged), Some(ErrorKind::UnknownKey));
    }
    assert_eq!(count(&keys), 0, "a stranger's tokens cost hashes alone");
    for _ in 0..3 {
        assert_eq!(verdict(&verifier, &token_for("internal")), None);
    }
    assert_eq!(count(&keys), 1);
}

#[test]
fn attack_another_algorithm_has_no_key_derived() {
    let keys = derived(ANY);
    let verifier = over(&keys, ANY);
    let good = token_for("internal");
    for name in ["HS256", "ES384", "RS256", "EdDSA"] {
        let [header, payload, signature] = forge::parts(&good);
        let header = String::from_utf8(forge::decode(header)).unwrap();
        let header = forge::encode(header.replace("ES256", name));
        let forged = format!("{header}.{payload}.{signature}");
        assert_eq!(verdict(&verifier, &forged), Some(ErrorKind::Algorithm));
    }
    assert_eq!(count(&keys), 0);
    assert_eq!(verdict(&verifier, &good), None);
}

#[test]
fn attack_an_audience_that_is_no_projects_is_refused_though_its_signature_would_hold() {
    let keys = derived(ANY);
    let verifier = over(&keys, ANY);
    let long = "a".repeat(65);
    let huge = "a".repeat(4000);
    for audience in [
        "growth-agent-run:internal",
        "workflow-run:internal",
        "https://idp-jwk-audience.stack-auth.com/stack-preconfigured-idp%3Aintegrations%2Fneon",
        "internal:",
        "internal:anon:restricted",
        "internal:anonymous",
        "internal:anon ",
        ":anon",
        "kid:anon",
        "in ternal",
        "inter/nal",
        "..",
        "internal\0",
        "ïnternal",
        "in\"ternal",
        &long,
        &huge,
    ] {
        let kind = verdict(&verifier, &token_for(audience));
        assert_eq!(kind, Some(ErrorKind::UnknownKey), "{audience:.80}");
    }
    assert_eq!(count(&keys), 0);
    assert_eq!(verdict(&verifier, &token_for("internal")), None);
    assert_eq!(verdict(&verifier, &token_for(&long[1..])), None);
}

#[test]
fn attack_the_audience_kid_names_no_key() {
    let keys = derived(ANY);
    let verifier = over(&keys, ANY);
    // The name of a key of an audience is, for the audience "kid", a secret:
    // nobody can be handed one.
    let own = keys_of("internal");
    for kid in ["kid", "M5zZLA6iQw2n", ""] {
        let token = with_kid(&own, kid, "kid");
        assert_eq!(verdict(&verifier, &token), Some(ErrorKind::UnknownKey));
    }
    let derive = |project: &str| {
        let system = json!({"system": {"name": "stack-auth", "project": project}});
        Derived::read(system.to_string().as_bytes(), SECRET, b"").err()
    };
    assert_eq!(derive("kid").unwrap().kind(), ErrorKind::Options);
    assert_eq!(derive("kid2"), None);
}

#[test]
fn attack_a_key_vouches_for_no_audience_but_its_own() {
    let project = r#"{"system":{"name":"stack-auth","project":"internal","allow":["restricted","anonymous"]}}"#;
    for options in [project, ANY] {
        let verifier = over(&derived(options), options);
        for (key, audience) in [
            ("internal:anon", "internal"),
            ("internal:restricted", "internal"),
            ("internal", "internal:anon"),
            ("other", "internal"),
        ] {
            let keys = keys_of(key);
            for kid in [keys_of(key), keys_of(audience)] {
                let kid = kid.keys().next().unwrap().kid().unwrap().to_owned();
                let kind = verdict(&verifier, &with_kid(&keys, &kid, audience));
                let refused = [Some(ErrorKind::UnknownKey), Some(ErrorKind::Signature)];
                assert!(refused.contains(&kind), "{key} for {audience}: {kind:?}");
            }
        }
        assert_eq!(verdict(&verifier, &token_for("internal")), None);
    }
}

#[test]
fn attack_a_bound_key_signs_for_no_other_audience() {
    let own = r#"{"system":{"name":"stack-auth","project":"internal"}}"#;
    let keys = derived(own);
    let minter = |options: &str| {
        let options = MinterOptions::read(options.as_bytes()).unwrap();
        Minter::new(Arc::clone(keys.ring().unwrap()), options)
    };
    for audience in [r#""other""#, r#"["internal"]"#, "null"] {
        let options = format!(r#"{{"lifetime": 60, "audience": {audience}}}"#);
        let error = minter(&options).map(drop).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Misconfigured, "{audience}");
    }
    let minter =
        minter(r#"{"lifetime": 60, "audience": "internal", "override": ["aud"]}"#).unwrap();
    let mint = |claims: &str| minter.mint(claims.as_bytes(), &Call::at(NOW)).map(drop);
    let error = mint(r#"{"aud": "other"}"#).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misconfigured);
    mint(r#"{"aud": "internal:anon"}"#).unwrap();
}

#[test]
fn attack_an_unset_secret_derives_nothing() {
    for system in [
        json!({"name": "stack-auth", "project": "internal"}),
        json!({"name": "stack-auth", "project": null}),
        json!({"name": "pylon", "issuer": "i"}),
        json!({"name": "porter"}),
    ] {
        let options = json!({ "system": system }).to_string();
        let kind = |secret: &[u8]| {
            let error = Derived::read(options.as_bytes(), secret, b"").err();
            error.map(|error| error.kind())
        };
        let refused = [Some(ErrorKind::Key), Some(ErrorKind::WeakKey)];
        assert!(refused.contains(&kind(b"")), "{options}");
        assert!(refused.contains(&kind(&[0; 32])), "{options}");
        assert_eq!(kind(b"abcd"), None, "{options}");
    }
}

/// A token under the secret that the two HMAC systems share here.
fn hmac(algorithm: &str, payload: &str) -> String {
    let options = KeyOptions {
        algorithm: Some(algorithm.into()),
        weak: true,
        ..KeyOptions::default()
    };
    let key = KeySet::from_secret(SECRET, &options).unwrap();
    forge::token(&key, format!(r#"{{"alg":"{algorithm}"}}"#), payload)
}

#[test]
fn attack_hmacs_are_not_switched_for_one_another() {
    let pylon = r#"{"system":{"name":"pylon","issuer":"https://a.test"}}"#;
    let verifier = over(&derived(pylon), pylon);
    let payload = r#"{"iss":"https://a.test","sub":"u","exp":2000}"#;
    for algorithm in ["HS384", "HS512"] {
        // Well signed with the same secret, and renamed.
        let token = hmac(algorithm, payload);
        assert_eq!(verdict(&verifier, &token), Some(ErrorKind::Algorithm));
        let [_, payload, signature] = forge::parts(&token);
        let renamed = format!(
            "{}.{payload}.{signature}",
            forge::encode(r#"{"alg":"HS256"}"#)
        );
        assert_eq!(verdict(&verifier, &renamed), Some(ErrorKind::Signature));
    }
    assert_eq!(verdict(&verifier, &hmac("HS256", payload)), None);
}

#[test]
fn attack_another_services_token_under_the_shared_secret_signs_nobody_in() {
    let pylon = |issuer: Value| json!({"system": {"name": "pylon", "issuer": issuer}}).to_string();
    let own = pylon(json!("https://a.test"));
    let verifier = over(&derived(&own), &own);
    for issuer in [
        "https://b.test",
        "https://a.test/",
        "https://a.test\u{0}",
        "",
    ] {
        let payload = json!({"iss": issuer, "sub": "root", "exp": 2000});
        let kind = verdict(&verifier, &hmac("HS256", &payload.to_string()));
        assert_eq!(kind, Some(ErrorKind::Issuer), "{issuer:?}");
    }
    // And where nobody said whose tokens are good, none is.
    let error = VerifierOptions::read(pylon(Value::Null).as_bytes()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misconfigured);
    let payload = r#"{"iss":"https://a.test","sub":"u","exp":2000}"#;
    assert_eq!(verdict(&verifier, &hmac("HS256", payload)), None);
}

#[test]
fn attack_no_spelling_of_a_users_token_escapes_the_switch() {
    let options = r#"{"system":{"name":"porter"}}"#;
    let store = Arc::new(Revocations::open("memory:", "").unwrap());
    store.switch("42", "reject_user_jwt_tokens", true).unwrap();
    let keys = derived(options);
    let verifier = Verifier::new(
        vec![keys.select()],
        Some(store),
        VerifierOptions::read(options.as_bytes()).unwrap(),
    )
    .unwrap();
    let verdict = |payload: &str, scope: &str| {
        let call = Call {
            now: NOW,
            scope: Some(scope),
            ..Call::default()
        };
        let outcome = verifier.verify(hmac("HS512", payload).as_bytes(), &call);
        outcome.err().map(|error| error.kind())
    };
    let kinds = [
        r#""sub_kind":"user","#,
        r#""sub_kind":"User","#,
        r#""sub_kind":"\u0075ser","#,
        r#""sub_k\u0069nd":"user","#,
        r#""sub_kind":"user\u0000","#,
        r#""sub_kind":["user"],"#,
        r#""sub_kind":{"user":1},"#,
        r#""sub_kind":null,"#,
        r#""sub_kind":"API","#,
        "",
    ];
    let ids = [
        "",
        r#""token_id":"","#,
        r#""token_id":null,"#,
        r#""token_id":5,"#,
        r#""token_id":true,"#,
        r#""token_id":[],"#,
        r#""token_id":{"a":"b"},"#,
        r#""t\u006fken_id":"","#,
    ];
    for kind in kinds {
        for id in ids {
            let payload = format!(r#"{{{kind}{id}"iat":"900","iby":1,"project_id":0}}"#);
            assert_eq!(
                verdict(&payload, "42"),
                Some(ErrorKind::Denied),
                "{payload}"
            );
            assert_eq!(verdict(&payload, "43"), None, "{payload}");
        }
    }
    let stored = r#"{"sub_kind":"api","token_id":"0011","iat":"900","iby":1,"project_id":42}"#;
    assert_eq!(verdict(stored, "42"), None);
}

#[test]
fn attack_a_token_of_another_project_is_refused_however_it_says_so() {
    let sets = || vec![signer("rs256").public()];
    let options = |audience: &str| {
        json!({"system": {
            "name": "protekt", "project": "p1", "issuer": "https://a.test",
            "audience": audience, "blocklist": null,
        }})
        .to_string()
    };
    let token = |claims: Value| {
        let mut payload = json!({"sub": "u", "iat": 900, "exp": 2000, "jti": "t"});
        payload
            .as_object_mut()
            .unwrap()
            .extend(claims.as_object().unwrap().clone());
        forge::token(&signer("rs256"), r#"{"alg":"RS256"}"#, payload.to_string())
    };
    let own = json!({"iss": "https://a.test", "aud": "p1", "project_id": "p1"});
    for audience in ["aud", "project_id"] {
        let verifier = verifier_of(sets(), None, &options(audience)).unwrap();
        for claims in [
            json!({"iss": "https://a.test", "aud": "p2", "project_id": "p2"}),
            json!({"iss": "https://a.test", "aud": "p1", "project_id": "p2"}),
            json!({"iss": "https://a.test", "aud": "p2", "project_id": "p1"}),
            json!({"iss": "https://a.test", "aud": ["p2"], "project_id": ["p1"]}),
            json!({"iss": "https://a.test", "aud": "p1 ", "project_id": "P1"}),
            json!({"iss": "https://b.test", "aud": "p1", "project_id": "p1"}),
            json!({}),
        ] {
            assert!(
                verdict(&verifier, &token(claims.clone())).is_some(),
                "{audience}: {claims}"
            );
        }
        assert_eq!(verdict(&verifier, &token(own.clone())), None);
    }
}

#[test]
fn attack_metadata_name_nobody_else() {
    let options = r#"{"system":{"name":"protekt","project":"p1","issuer":"https://a.test"}}"#;
    let minter = Minter::new(
        Arc::new(Ring::new(signer("rs256"))),
        MinterOptions::read(options.as_bytes()).unwrap(),
    )
    .unwrap();
    let claims = r#"{"sub": "usr_1", "metadata": {
        "sub": "usr_2", "iss": "x", "aud": "p2", "project_id": "p2", "exp": 9e9, "nbf": 1, "iat": 1, "jti": "j",
        "email": "root@a.test", "email_verified": true, "\u0065mail": 1, "plan": "pro"}}"#;
    // Two spellings of one name are one name twice, which no document may have.
    let error = minter.mint(claims.as_bytes(), &Call::at(NOW)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Options);
    let claims = claims.replace(r#""\u0065mail": 1, "#, "");
    let token = minter.mint(claims.as_bytes(), &Call::at(NOW)).unwrap();
    let payload: Value = serde_json::from_slice(&forge::decode(forge::parts(&token)[1])).unwrap();
    let jti = payload["jti"].as_str().unwrap().to_owned();
    assert_eq!(jti.len(), 36);
    let expected = json!({
        "sub": "usr_1", "project_id": "p1", "iat": NOW, "exp": NOW + 3600, "jti": jti,
        "iss": "https://a.test", "aud": "p1", "plan": "pro",
    });
    assert_eq!(payload, expected);
}
