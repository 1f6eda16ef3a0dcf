//! What holds of every token: mint and verify undo each other, a change breaks
//! it, and no bytes at all upset a reader.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod support;

use std::sync::{Arc, LazyLock};

use jeton::{
    Algorithm, Bearer, Call, JwsOptions, KeyOptions, KeySet, Minter, MinterOptions, Named,
    Revocations, Ring, Source, SourceOptions, Verifier, VerifierOptions, inspect, sign,
    verify_signature,
};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use support::engine::*;
use support::forge::{decode, encode, parts};

/// A verifier and a good token of every algorithm.
static ALL: LazyLock<Vec<(&str, Verifier, String)>> = LazyLock::new(|| {
    let each = |name: &&'static str| (*name, verifier(trusted(name), OPTIONS), good(&signer(name)));
    SIGNERS.iter().map(each).collect()
});

#[test]
fn any_flipped_bit_of_a_token_breaks_it() {
    for (name, verifier, token) in ALL.iter() {
        accepted(verifier, token);
        let mut bytes = token.clone().into_bytes();
        for bit in 0..bytes.len() * 8 {
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(verify(verifier, &bytes).is_err(), "{name}: bit {bit}");
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
    }
}

#[test]
fn any_flipped_bit_of_a_signature_breaks_it() {
    for (name, verifier, token) in ALL.iter() {
        let [header, payload, signature] = parts(token);
        let mut signature = decode(signature);
        for bit in 0..signature.len() * 8 {
            signature[bit / 8] ^= 1 << (bit % 8);
            let forged = format!("{header}.{payload}.{}", encode(&signature));
            assert!(verify(verifier, forged).is_err(), "{name}: bit {bit}");
            signature[bit / 8] ^= 1 << (bit % 8);
        }
    }
}

#[test]
fn a_token_cut_anywhere_is_none() {
    for (name, verifier, token) in ALL.iter() {
        for end in 0..token.len() {
            assert!(verify(verifier, &token[..end]).is_err(), "{name}: {end}");
            assert!(
                verify(verifier, &token[end + 1..]).is_err(),
                "{name}: {end}"
            );
        }
    }
}

#[test]
fn parts_of_two_good_tokens_make_no_third() {
    let verifier = verifier(trusted("ed"), OPTIONS);
    let tokens = ["ada", "bob"]
        .map(|sub| support::forge::token(&signer("ed"), r#"{"alg":"EdDSA"}"#, but("ada", sub)));
    for token in &tokens {
        accepted(&verifier, token);
    }
    let [one, two] = [parts(&tokens[0]), parts(&tokens[1])];
    for mixed in [
        [one[0], one[1], two[2]],
        [one[0], two[1], one[2]],
        [two[0], two[1], one[2]],
    ] {
        assert!(verify(&verifier, mixed.join(".")).is_err());
    }
}

/// Any JSON value that mint takes, not too deep for a token.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        // Fractions that a decimal spells exactly.
        any::<i32>().prop_map(|number| json!(f64::from(number) / 1024.0)),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::hash_map(any::<String>(), inner, 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Claims of a call: none that the options decide on.
fn claims() -> impl Strategy<Value = Map<String, Value>> {
    let name = prop_oneof![any::<String>(), "[a-z_]{1,12}"];
    proptest::collection::hash_map(name, value(), 0..8).prop_map(|members| {
        let own = |name: &String| {
            !["iss", "sub", "aud", "exp", "nbf", "iat", "jti"].contains(&name.as_str())
        };
        members.into_iter().filter(|(name, _)| own(name)).collect()
    })
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof!["[ -~]{1,20}", "\\PC{1,8}"]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn mint_then_verify_is_identity(
        claims in claims(),
        issuer in name(),
        audience in vec(name(), 1..4),
        lifetime in 1..1_000_000_i64,
        now in 1..4_000_000_000_i64,
        signer_index in 0..SIGNERS.len(),
    ) {
        let ring = Arc::new(Ring::new(signer(SIGNERS[signer_index])));
        let options = json!({ "issuer": issuer, "audience": audience, "lifetime": lifetime });
        let minter = Minter::new(ring.clone(), MinterOptions::read(options.to_string().as_bytes()).unwrap()).unwrap();
        let token = minter.mint(Value::Object(claims.clone()).to_string().as_bytes(), &Call::at(now)).unwrap();
        let expected = json!({
            "issuer": issuer,
            "audience": audience.last(),
            "lifetime": lifetime,
            "age": 1,
            "type": "jwt",
            "require": ["iss", "aud", "exp", "iat", "jti"],
        });
        let verifier = Verifier::new(vec![ring], None, VerifierOptions::read(expected.to_string().as_bytes()).unwrap()).unwrap();
        let verified = verifier.verify(token.as_bytes(), &Call::at(now)).unwrap();
        let mut found: Map<String, Value> = serde_json::from_str(verified.json()).unwrap();
        prop_assert_eq!(found.remove("iss"), Some(issuer.into()));
        prop_assert_eq!(found.remove("aud"), Some(audience.into()));
        prop_assert_eq!(found.remove("iat"), Some(now.into()));
        prop_assert_eq!(found.remove("exp"), Some((now + lifetime).into()));
        let id = found.remove("jti").unwrap();
        prop_assert_eq!(verified.text("jti"), id.as_str());
        for (name, value) in &claims {
            if name.starts_with('/') {
                continue;
            }
            prop_assert!(verified.has(name), "{}", name);
            prop_assert_eq!(verified.text(name), value.as_str());
            prop_assert_eq!(verified.boolean(name), value.as_bool());
            prop_assert_eq!(verified.integer(name), value.as_i64());
            let text = value.to_string();
            prop_assert_eq!(verified.value(name), Some(text.as_str()));
        }
        prop_assert_eq!(found, claims);
        // And not a second after its end.
        let late = verifier.verify(token.as_bytes(), &Call::at(now + lifetime));
        prop_assert!(late.is_err());
    }

    #[test]
    fn sign_then_verify_is_identity_for_any_payload(payload: Vec<u8>, index in 0..SIGNERS.len()) {
        let ring = Ring::new(signer(SIGNERS[index]));
        let token = sign(&ring, &payload, &JwsOptions::default()).unwrap();
        let options = JwsOptions::default();
        if token.len() <= 16_384 {
            prop_assert_eq!(verify_signature(&ring, token.as_bytes(), &options).unwrap(), payload);
        }
    }

    #[test]
    fn a_random_change_breaks_a_token(
        index in 0..SIGNERS.len(),
        place: prop::sample::Index,
        byte: u8,
        extra in vec(any::<u8>(), 1..5),
    ) {
        let (_, verifier, token) = &ALL[index];
        let bytes = token.as_bytes();
        let at = place.index(bytes.len());
        let mut changed = bytes.to_vec();
        changed[at] = byte;
        prop_assert_eq!(verify(verifier, &changed).is_ok(), byte == bytes[at]);
        let longer = [&bytes[..at], &extra, &bytes[at..]].concat();
        prop_assert!(verify(verifier, longer).is_err());
        let behind = [bytes, &extra].concat();
        prop_assert!(verify(verifier, behind).is_err());
    }

    #[test]
    fn swapped_characters_break_a_token(index in 0..SIGNERS.len(), one: prop::sample::Index, two: prop::sample::Index) {
        let (_, verifier, token) = &ALL[index];
        let mut bytes = token.clone().into_bytes();
        let (one, two) = (one.index(bytes.len()), two.index(bytes.len()));
        bytes.swap(one, two);
        prop_assert_eq!(verify(verifier, &bytes).is_ok(), bytes == token.as_bytes());
    }
}

/// Bytes that get further than random ones: pieces of tokens and documents.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        vec(any::<u8>(), 0..40),
        "[A-Za-z0-9_.=-]{0,60}".prop_map(String::into_bytes),
        any::<String>().prop_map(String::into_bytes),
        prop::sample::select(vec![
            "{",
            "}",
            "[",
            "]",
            ":",
            ",",
            "\"",
            "\\",
            "\\u",
            "\\ud800",
            ".",
            "eyJhbGciOiJFZERTQSJ9",
            "e30",
            "null",
            "1e400",
            "-",
            "{\"alg\":\"EdDSA\"}",
            "\"alg\":",
            "\"keys\":[",
            "\"kty\":\"EC\",",
            "\"crv\":\"P-256\",",
            "\"x\":\"AA\",",
            "\"issuer\":",
            "\"audience\":null,",
            "\"trust\":[{",
            "\"claims\":{\"x\":",
            "-----BEGIN PUBLIC KEY-----\n",
            "-----END PUBLIC KEY-----\n",
            "MFkw",
            "0\u{82}",
            "Bearer ",
            "\"realm\":\"r\",",
            "\"until\":null",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
    ];
    vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn no_bytes_upset_a_reader_of_tokens(bytes in hostile()) {
        let (_, verifier, _) = &ALL[0];
        prop_assert!(verify(verifier, &bytes).is_err());
        let _ = inspect(&bytes);
        // As the header and as the claims of a token that is well signed.
        for (header, payload) in [(&bytes[..], PAYLOAD.as_bytes()), (br#"{"alg":"EdDSA"}"#, &bytes)] {
            let token = support::forge::token(&SIGNER, header, payload);
            if let Ok(claims) = verify(&VERIFIER, &token) {
                prop_assert!(claims.text("iss") == Some("https://a.test"));
            }
        }
    }

    #[test]
    fn no_answer_of_a_server_takes_the_keys_away(
        bytes in hostile(), cut: prop::sample::Index, status in prop::sample::select(vec![200, 304, 404, 0, 999]),
    ) {
        let options = br#"{"url": "https://a.test", "stale": null, "refresh": false}"#;
        let source = Source::open(SourceOptions::read(options).unwrap(), "").unwrap();
        let good = KeySet::generate(Named::One(Algorithm::Ed25519), Some("a"), None).unwrap();
        let good = good.to_json(false).unwrap().into_bytes();
        source.claim().unwrap().unwrap();
        source.accept(200, [], &good).unwrap();
        let cut = cut.index(good.len());
        for body in [&bytes[..], &good[..cut], &[&good[..cut], &bytes, &good[cut..]].concat()] {
            let header = String::from_utf8_lossy(&bytes);
            let taken = source.accept(status, [("cache-control", &*header), ("age", &header)], body);
            prop_assert!(taken.is_err() || status != 404);
            prop_assert_eq!(source.ring().load().len(), 1);
        }
    }

    #[test]
    fn no_bytes_upset_a_reader_of_documents(bytes in hostile()) {
        for weak in [false, true] {
            for algorithm in [None, Some("RS256"), Some("HS256")] {
                let options = KeyOptions { algorithm: algorithm.map(Into::into), weak, ..KeyOptions::default() };
                if let Ok(set) = KeySet::from_document(&bytes, &options) {
                    let _ = set.to_json(false).unwrap();
                }
                let _ = KeySet::from_secret(&bytes, &options);
            }
        }
        let _ = VerifierOptions::read(&bytes);
        let _ = MinterOptions::read(&bytes);
        let _ = JwsOptions::read(&bytes);
        let _ = SourceOptions::read(&bytes);
        let _ = Bearer::new(&bytes, b"", None);
        let text = String::from_utf8_lossy(&bytes);
        let store = Revocations::open("memory:", "").unwrap();
        let _ = store.revoke(&text, NOW);
        let _ = store.restore(&text, NOW);
        let _ = store.import_json(&text, NOW);
        let _ = Revocations::open("memory:", &text);
        let _ = Revocations::open(&text, "");
        prop_assert!(store.export_json(NOW).is_ok());
    }

    #[test]
    fn any_credential_is_of_some_kind(authorization in "\\PC{0,40}", cookie in "\\PC{0,20}", bearer: bool) {
        let authorization = if bearer { format!("Bearer {authorization}") } else { authorization };
        let options = br#"{"prefixes":[{"prefix":"pk.","kind":"api-key","shape":"{8}.{4}"}]}"#;
        let resolver = Bearer::new(options, b"", None).unwrap();
        let found = resolver.resolve(&authorization, &cookie, &Call::at(NOW)).unwrap();
        prop_assert!(["none", "session", "api-key"].contains(&found.kind));
        prop_assert_eq!(found.kind == "none", found.text.is_empty());
    }
}

static SIGNER: LazyLock<KeySet> = LazyLock::new(|| signer("ed"));
static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| verifier(trusted("ed"), OPTIONS));
