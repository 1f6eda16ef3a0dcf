//! Tokens that somebody else signs: what a signer is given, what it may answer,
//! and that a wrong answer never gets into a token.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod answers;
mod digests;
#[path = "../support/mod.rs"]
mod support;

use std::collections::HashMap;
use std::error::Error as StdError;
use std::sync::{Arc, Barrier, LazyLock};

use jeton::{
    Call, Error, ErrorKind, Key, KeyOptions, KeySet, Minter, MinterOptions, Ring, Signer, Signing,
};
use support::engine::*;
use support::forge::{decode, parts};

const MINTING: &str = r#"{"issuer":"https://a.test","audience":"api","lifetime":600,"id":null}"#;

type Answer = Result<Vec<u8>, Box<dyn StdError>>;

/// Every signer whose keys have a public half.
fn asymmetric() -> impl Iterator<Item = &'static str> {
    SIGNERS.iter().copied().filter(|one| !one.starts_with("hs"))
}

/// The private key of a signer, and the set with its public half: read once, since
/// checking an RSA key takes its time.
static KEYS: LazyLock<HashMap<&str, (Arc<Key>, KeySet)>> = LazyLock::new(|| {
    let read = |name| {
        let keys = signer(name);
        (name, (keys.keys().next().unwrap().clone(), keys.public()))
    };
    asymmetric().map(read).collect()
});

fn private(name: &str) -> Arc<Key> {
    KEYS[name].0.clone()
}

fn external(keys: &KeySet, options: &str, signer: impl Signer + 'static) -> jeton::Result<Minter> {
    let options = MinterOptions::read(options.as_bytes()).unwrap();
    Minter::external(keys, Box::new(signer), options)
}

/// A token for which the signer called `name` answers what `answer` says.
fn minted(
    name: &str,
    answer: impl Fn(&Signing<'_>, &Key) -> Answer + Send + Sync + 'static,
) -> jeton::Result<String> {
    let private = private(name);
    let signer = move |signing: &Signing<'_>| answer(signing, &private);
    let minter = external(&KEYS[name].1, MINTING, signer)?;
    minter.mint(br#"{"sub":"ada"}"#, &Call::at(NOW))
}

#[track_caller]
fn refused_because(outcome: jeton::Result<String>, reason: &str) {
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Signer, "{error}");
    assert!(error.message().contains(reason), "{error}");
}

fn good(signing: &Signing<'_>, key: &Key) -> Answer {
    Ok(key.sign(signing.message)?)
}

#[test]
fn a_token_is_the_same_whoever_signs_it() {
    for name in asymmetric() {
        let token = minted(name, good).unwrap();
        accepted(&verifier(trusted(name), OPTIONS), &token);

        let options = MinterOptions::read(MINTING.as_bytes()).unwrap();
        let own = Minter::new(Arc::new(Ring::new(signer(name))), options).unwrap();
        let own = own.mint(br#"{"sub":"ada"}"#, &Call::at(NOW)).unwrap();
        assert_eq!(parts(&token)[..2], parts(&own)[..2], "{name}");
        if name.starts_with("rs") || name == "ed" {
            assert_eq!(token, own, "{name}");
        }
    }
}

#[test]
fn kid_and_algorithm_are_the_keys_and_the_options() {
    let named = |algorithm: Option<&str>| {
        let text = trusted("ed").to_json(false).unwrap();
        let options = KeyOptions {
            algorithm: algorithm.map(Into::into),
            kid: Some("k1".into()),
            ..KeyOptions::default()
        };
        KeySet::from_document(text.replace(r#""alg":"EdDSA","#, "").as_bytes(), &options).unwrap()
    };
    for (of_key, options, expected) in [
        (None, r#"{"lifetime":9}"#, r#""alg":"EdDSA""#),
        (Some("Ed25519"), r#"{"lifetime":9}"#, r#""alg":"Ed25519""#),
        (
            None,
            r#"{"lifetime":9,"algorithm":"Ed25519","kid":"k1"}"#,
            r#""alg":"Ed25519""#,
        ),
    ] {
        let key = private("ed");
        let signer = move |signing: &Signing<'_>| {
            assert_eq!(signing.algorithm.name(), "Ed25519");
            good(signing, &key)
        };
        let minter = external(&named(of_key), options, signer).unwrap();
        let token = minter.mint(b"{}", &Call::at(NOW)).unwrap();
        let header = decode(parts(&token)[0]);
        let header = String::from_utf8(header).unwrap();
        assert!(
            header.contains(expected) && header.contains(r#""kid":"k1""#),
            "{header}"
        );
    }
}

#[test]
fn the_signer_is_asked_only_while_its_key_is_in_force() {
    let mut jwk = jwk("ed");
    jwk.as_object_mut().unwrap().remove("d");
    jwk["nbf"] = (NOW - 1).into();
    jwk["exp"] = (NOW + 1).into();
    let key = private("ed");
    let signer = move |signing: &Signing<'_>| good(signing, &key);
    let minter = external(&document(jwk.to_string()).unwrap(), MINTING, signer).unwrap();
    for now in [NOW - 1, NOW] {
        minter.mint(b"{}", &Call::at(now)).unwrap();
    }
    for now in [NOW - 2, NOW + 1] {
        let error = minter.mint(b"{}", &Call::at(now)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Key);
        assert_eq!(
            error.message(),
            format!("no key to sign with is in force at {now}: key 0 (nbf 999, exp 1001)")
        );
    }
}

#[test]
fn the_reason_of_a_signer_is_told_and_stays_one_line() {
    let said = |reason: &str| {
        let reason = reason.to_owned();
        minted("ed", move |_, _| Err(reason.clone().into())).unwrap_err()
    };
    for (reason, message) in [
        ("access denied", "the external signer failed: access denied"),
        (
            "a\nb\r\u{1b}[2Jc\0d\u{85}e",
            "the external signer failed: a b  [2Jc d e",
        ),
        (
            "grün \u{1f511}",
            "the external signer failed: grün \u{1f511}",
        ),
        ("\n \t", "the external signer failed, and said no reason"),
        ("", "the external signer failed, and said no reason"),
    ] {
        let error = said(reason);
        assert_eq!(
            (error.kind(), error.message()),
            (ErrorKind::Signer, message)
        );
        assert_eq!(error.claim(), None);
    }
    let long = said(&"é".repeat(100_000));
    assert_eq!(
        long.message().chars().filter(|one| *one == 'é').count(),
        512
    );
    // Whatever the kind of an error of jeton's own in there.
    let inner = minted("ed", |_, _| {
        Err(Error::new(ErrorKind::Revoked, "inner").into())
    });
    refused_because(inner, "inner");
}

#[test]
fn a_signer_needs_one_public_key_that_the_options_fit() {
    let nobody = |_: &Signing<'_>| -> Answer { panic!("asked") };
    let why = |keys: &KeySet, options: &str| external(keys, options, nobody).err().unwrap();
    let two = [trusted("es256"), trusted("ed")].map(|set| set.to_json(false).unwrap());
    let two = document(two.concat().replace("]}{\"keys\":[", ",")).unwrap();
    let verify_only = signer("es256").to_json(true).unwrap();
    let verify_only = verify_only.replacen('{', r#"{"key_ops":["verify"],"#, 2);
    let verify_only = verify_only.replacen(r#""key_ops":["verify"],"#, "", 1);
    assert_eq!(two.len(), 2);

    let lifetime = r#"{"lifetime":60}"#;
    for (keys, options, kind, message) in [
        (signer("hs256"), lifetime, ErrorKind::Misconfigured, "HMAC"),
        (
            signer("es256"),
            lifetime,
            ErrorKind::Misconfigured,
            "private",
        ),
        (
            document(verify_only).unwrap(),
            lifetime,
            ErrorKind::Misconfigured,
            "private",
        ),
        (two, lifetime, ErrorKind::Misconfigured, "the set has 2"),
        (
            trusted("es256"),
            r#"{"lifetime":60,"algorithm":"ES384"}"#,
            ErrorKind::Misconfigured,
            "for ES256, and not for ES384",
        ),
        (
            trusted("es256"),
            r#"{"lifetime":60,"kid":"another"}"#,
            ErrorKind::UnknownKey,
            "kid",
        ),
    ] {
        let error = why(&keys, options);
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.message().contains(message), "{error}");
    }
}

#[test]
fn claims_that_are_refused_are_never_signed() {
    let nobody = |_: &Signing<'_>| -> Answer { panic!("asked") };
    let minter = external(&trusted("es256"), MINTING, nobody).unwrap();
    for claims in ["[]", r#"{"exp":1}"#, r#"{"a":1,"a":2}"#] {
        let error = minter.mint(claims.as_bytes(), &Call::at(NOW)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Options);
    }
}

/// Each call waits in the signer for the others: a lock would let none of them go.
#[test]
fn threads_are_in_the_signer_together() {
    const THREADS: usize = 4;
    let (barrier, key) = (Barrier::new(THREADS), private("es256"));
    let signer = move |signing: &Signing<'_>| {
        barrier.wait();
        good(signing, &key)
    };
    let minter = external(&trusted("es256"), MINTING, signer).unwrap();
    let verifier = verifier(trusted("es256"), OPTIONS);
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| accepted(&verifier, minter.mint(b"{}", &Call::at(NOW)).unwrap()));
        }
    });
}
