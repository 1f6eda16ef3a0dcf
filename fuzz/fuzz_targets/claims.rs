//! Any bytes as header and claims, well signed: the strict JSON reader, the
//! rules and the getters. What is accepted, serde_json reads as well, but for
//! numbers beyond a double's range, which JSON allows.
#![no_main]

use std::sync::{Arc, LazyLock};

use base64_simd::URL_SAFE_NO_PAD;
use jeton::{
    Call, KeyOptions, KeySet, Minter, MinterOptions, Revocations, Ring, Verifier, VerifierOptions,
};
use libfuzzer_sys::fuzz_target;

static RING: LazyLock<Arc<Ring>> = LazyLock::new(|| {
    let options = KeyOptions {
        algorithm: Some("HS256".into()),
        ..KeyOptions::default()
    };
    let set = KeySet::from_secret(&[7; 32], &options).expect("the secret is long enough");
    Arc::new(Ring::new(set))
});
static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| {
    let store = Revocations::open("memory:", "").expect("memory opens");
    for claim in ["jti", "sub", "sid"] {
        let rule = format!(r#"{{"realm":"r","claim":"{claim}","value":"x","until":null}}"#);
        store.revoke(&rule, 1000).expect("the rule is good");
    }
    let options = br#"{"issuer":null,"audience":null,"realm":"r","require":[],"age":100000,"lifetime":100000,
        "claims":{"a":{"not":["x",1,null,{"contains":true},{"type":"object"}]}},
        "deny":[{"name":"d","when":{"b":{"contains":1.5},"c":{"present":true}}}],"report":["sub","aud","o"]}"#;
    let options = VerifierOptions::read(options).expect("the options are good");
    Verifier::new(vec![RING.clone()], Some(Arc::new(store)), options).expect("they fit together")
});
static MINTER: LazyLock<Minter> = LazyLock::new(|| {
    let options = br#"{"lifetime":null,"override":["iss","aud","exp","nbf","iat","jti"]}"#;
    let options = MinterOptions::read(options).expect("the options are good");
    Minter::new(RING.clone(), options).expect("they fit together")
});

fuzz_target!(|bytes: &[u8]| {
    let (header, payload) = match bytes.iter().position(|byte| *byte == 0) {
        Some(end) => (&bytes[..end], &bytes[end + 1..]),
        None => (&br#"{"alg":"HS256"}"#[..], bytes),
    };
    let encode = |part: &[u8]| URL_SAFE_NO_PAD.encode_to_string(part);
    let signed = format!("{}.{}", encode(header), encode(payload));
    let key = RING.load();
    let key = key.keys().next().expect("there is one key");
    let signature = key.sign(signed.as_bytes()).expect("a secret signs");
    let token = format!("{signed}.{}", encode(&signature));
    if let Ok(claims) = VERIFIER.verify(token.as_bytes(), &Call::at(1000)) {
        assert_eq!(claims.json().as_bytes(), payload);
        let value: serde_json::Value = match serde_json::from_str(claims.json()) {
            Ok(value) => value,
            Err(error) if error.to_string().starts_with("number out of range") => return,
            Err(error) => panic!("strict JSON is JSON: {error}"),
        };
        for (name, value) in value.as_object().expect("claims are an object") {
            if !name.starts_with('/') {
                assert!(claims.has(name));
                assert_eq!(claims.text(name), value.as_str());
                assert_eq!(claims.boolean(name), value.as_bool());
            }
        }
        for pointer in ["/a", "/a/0", "/o/x/1/y", "/~0~1", "", "/"] {
            let found = claims.value(pointer).is_some();
            if pointer.starts_with('/') {
                assert_eq!(found, value.pointer(pointer).is_some());
            }
        }
    }
    if let Ok(token) = MINTER.mint(payload, &Call::at(1000)) {
        jeton::inspect(token.as_bytes()).map_or_else(
            |error| assert_eq!(error.kind(), jeton::ErrorKind::TooLarge),
            drop,
        );
    }
});
