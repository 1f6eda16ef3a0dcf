//! Any bytes as a key document or a secret. What is read can be written, its
//! public half holds nothing private, and what can be rotated has a signer then.
#![no_main]

use jeton::{KeyOptions, KeySet, RotateOptions, rotate};
use libfuzzer_sys::fuzz_target;

fn options(choice: u8) -> KeyOptions {
    let algorithms = [
        None,
        Some("RS256"),
        Some("PS512"),
        Some("HS256"),
        Some("Ed25519"),
    ];
    KeyOptions {
        algorithm: algorithms[usize::from(choice) % algorithms.len()].map(Into::into),
        kid: (choice & 0x40 != 0).then(|| "k".into()),
        weak: choice & 0x80 != 0,
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, document)) = bytes.split_first() else {
        return;
    };
    let options = options(*choice);
    let _ = KeySet::from_secret(document, &options);
    let next = RotateOptions {
        algorithm: Some("EdDSA".into()),
        kid: None,
        bits: None,
        announce: 10,
        overlap: 10,
    };
    if let Ok(rotation) = rotate(document, &next, 1000) {
        let signer = rotation.keys.signing(None, None, 1000);
        signer.expect("somebody signs after a rotation");
    }
    let Ok(set) = KeySet::from_document(document, &options) else {
        return;
    };
    set.status_json().expect("a set can be described");
    let public = set.to_json(false).expect("a set can be written");
    for member in [
        "\"d\"", "\"k\"", "\"p\"", "\"q\"", "\"dp\"", "\"dq\"", "\"qi\"",
    ] {
        assert!(
            !public.contains(&format!("{member}:")),
            "{member} is exported"
        );
    }
    let private = set.to_json(true).expect("a set can be written");
    let weak = KeyOptions {
        weak: true,
        ..KeyOptions::default()
    };
    match KeySet::from_document(private.as_bytes(), &weak) {
        Ok(again) => {
            let prints = |set: &KeySet| {
                set.keys()
                    .map(|key| key.thumbprint().to_owned())
                    .collect::<Vec<_>>()
            };
            assert_eq!(prints(&set), prints(&again));
        }
        // One kid given to several keys makes twins that a document can't have.
        Err(error) => assert!(options.kid.is_some(), "{error}"),
    }
});
