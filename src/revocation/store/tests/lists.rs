//! Status lists made from the log.

use std::sync::Arc;

use crate::crypto::{Algorithm, Named};
use crate::keys::{KeySet, Ring};
use crate::policy::{Call, MinterOptions};
use crate::token::{JwsOptions, Minter, verify_signature};

use super::*;

const NOW: i64 = 1_700_000_000;

fn ring() -> Arc<Ring> {
    let set = KeySet::generate(Named::One(Algorithm::Ed25519), None, None);
    Arc::new(Ring::new(set.unwrap()))
}

fn minter(keys: &Arc<Ring>, options: &str) -> Minter {
    Minter::new(
        keys.clone(),
        MinterOptions::read(options.as_bytes()).unwrap(),
    )
    .unwrap()
}

/// The claims of the list, and its bytes, unpacked.
fn published(store: &Revocations, options: &str) -> Result<(serde_json::Value, Vec<u8>)> {
    let keys = ring();
    let minting = r#"{"issuer": "i", "lifetime": 60, "id": null, "type": "statuslist+jwt"}"#;
    let token = store.status_list(&minter(&keys, minting), options, &Call::at(NOW))?;
    let options = JwsOptions::read(br#"{"type": "statuslist+jwt"}"#)?;
    let claims = verify_signature(&*keys, token.as_bytes(), &options)?;
    let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
    let packed = claims["status_list"]["lst"].as_str().unwrap();
    let packed = crate::codec::base64url::decode(packed.as_bytes())?;
    let bytes = miniz_oxide::inflate::decompress_to_vec_zlib(&packed).unwrap();
    Ok((claims, bytes))
}

fn revoke(store: &Revocations, rule: serde_json::Value) {
    store.revoke(&rule.to_string(), NOW).unwrap();
}

fn rule(realm: &str, claim: &str, value: serde_json::Value) -> serde_json::Value {
    json!({"realm": realm, "claim": claim, "value": value, "until": null})
}

const PLACE: &str = "/status/status_list/idx";

#[test]
fn a_list_marks_the_places_that_rules_in_force_are_about() {
    let store = memory();
    for place in [0, 3, 4, 5, 7, 8, 9, 13, 15] {
        revoke(&store, rule(A, PLACE, json!(place)));
    }
    // Of another realm, of another claim, no number, over, about a key.
    revoke(&store, rule(B, PLACE, json!(1)));
    revoke(&store, rule(A, "idx", json!(1)));
    revoke(&store, rule(A, PLACE, json!("1")));
    revoke(&store, json!({"realm": A, "key": "1", "until": null}));
    let mut ending = rule(A, PLACE, json!(1));
    ending["until"] = json!(NOW);
    store.revoke(&ending.to_string(), NOW - 10).unwrap();
    // A cut-off makes no difference: a place is one token's.
    let mut cut = rule(A, PLACE, json!(17));
    cut["before"] = json!(NOW - 100);
    revoke(&store, cut);

    let options = json!({"uri": "https://a.test/1", "realm": A, "size": 20, "ttl": 300});
    let (claims, bytes) = published(&store, &options.to_string()).unwrap();
    // The standard's example, and one place more.
    assert_eq!(bytes, [0xb9, 0xa3, 0x02]);
    let expected = json!({
        "iss": "i", "sub": "https://a.test/1", "exp": NOW + 60, "iat": NOW, "ttl": 300,
        "status_list": {"bits": 1, "lst": claims["status_list"]["lst"]},
    });
    assert_eq!(claims, expected);

    let options = json!({"uri": "https://a.test/1", "realm": A, "size": 8, "claim": "idx"});
    let (claims, bytes) = published(&store, &options.to_string()).unwrap();
    assert_eq!(bytes, [0b10]);
    assert_eq!(claims.get("ttl"), None);
}

#[test]
fn a_large_list_of_few_places_is_small() {
    let store = memory();
    for place in 0..100 {
        revoke(&store, rule(A, PLACE, json!(place * 9973)));
    }
    let options = json!({"uri": "u", "realm": A, "size": 1 << 20}).to_string();
    let (claims, bytes) = published(&store, &options).unwrap();
    assert_eq!(bytes.len(), 1 << 17);
    assert_eq!(bytes.iter().map(|byte| byte.count_ones()).sum::<u32>(), 100);
    let packed = claims["status_list"]["lst"].as_str().unwrap();
    assert!(packed.len() < 2000, "{}", packed.len());
}

#[test]
fn a_place_that_the_list_hasnt_is_an_error_and_no_token_is_left_out() {
    let store = memory();
    revoke(&store, rule(A, PLACE, json!(8)));
    let of = |size: usize| {
        let options = json!({"uri": "u", "realm": A, "size": size});
        published(&store, &options.to_string())
    };
    let error = of(8).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misconfigured);
    assert!(
        error.message().contains("the place 8, and the list has 8"),
        "{error}"
    );
    assert_eq!(of(9).unwrap().1, [0, 1]);
    revoke(&store, rule(A, PLACE, json!(-1)));
    assert_eq!(of(9).unwrap_err().kind(), ErrorKind::Misconfigured);
}

#[test]
fn a_list_is_of_its_own_type_and_needs_a_log() {
    let options = json!({"uri": "u", "realm": A, "size": 8}).to_string();
    let keys = ring();
    for (minting, fits) in [
        (r#"{"lifetime": 60}"#, false),
        (r#"{"lifetime": 60, "type": null}"#, false),
        (
            r#"{"lifetime": null, "type": "application/statuslist+jwt"}"#,
            true,
        ),
    ] {
        let made = memory().status_list(&minter(&keys, minting), &options, &Call::at(NOW));
        let kind = made.map(drop).map_err(|error| error.kind());
        let expected = if fits {
            Ok(())
        } else {
            Err(ErrorKind::Misconfigured)
        };
        assert_eq!(kind, expected, "{minting}");
    }
    let without = Revocations::open("memory:", r#"{"log": false}"#).unwrap();
    let error = published(&without, &options).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Misconfigured);
}
