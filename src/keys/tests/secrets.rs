//! HMAC secrets: how long they must be, and what never becomes one.

use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;

use super::{only, read, read_as, refused, said};
use crate::codec::base64url::encode;
use crate::error::ErrorKind;
use crate::keys::{KeyOptions, KeySet};

fn weak(algorithm: &str) -> KeyOptions {
    KeyOptions {
        weak: true,
        ..said(algorithm)
    }
}

#[test]
fn attack_09_short_secrets_are_weak_unless_said() {
    for (algorithm, least) in [("HS256", 32), ("HS384", 48), ("HS512", 64)] {
        for length in [1, 2, 31, least - 1] {
            let secret = vec![b'a'; length];
            let error = refused(
                KeySet::from_secret(&secret, &said(algorithm)),
                ErrorKind::WeakKey,
            );
            assert!(
                error.message().contains(&format!("needs {least}")),
                "{error}"
            );
            let key = only(&KeySet::from_secret(&secret, &weak(algorithm)).unwrap());
            assert!(key.weak());
            let jwk = format!(
                r#"{{"kty":"oct","alg":"{algorithm}","k":"{}"}}"#,
                encode(&secret)
            );
            refused(read(&jwk), ErrorKind::WeakKey);
            let options = KeyOptions {
                weak: true,
                ..KeyOptions::default()
            };
            assert!(only(&KeySet::from_document(jwk.as_bytes(), &options).unwrap()).weak());
        }
        let key = only(&KeySet::from_secret(&vec![b'a'; least], &said(algorithm)).unwrap());
        assert!(!key.weak() && key.can_sign());
        assert_eq!(key.name(), algorithm);
    }
}

#[test]
fn attack_09_an_empty_secret_or_one_of_zeros_is_refused_even_when_weak_is_said() {
    for length in [0, 1, 32, 64, 4096] {
        let zeros = vec![0; length];
        refused(
            KeySet::from_secret(&zeros, &weak("HS256")),
            ErrorKind::WeakKey,
        );
        let jwk = format!(r#"{{"kty":"oct","alg":"HS256","k":"{}"}}"#, encode(&zeros));
        let result = KeySet::from_document(jwk.as_bytes(), &weak("HS256"));
        refused(result, ErrorKind::WeakKey);
    }
    refused(read(r#"{"kty":"oct","alg":"HS256"}"#), ErrorKind::Key);
}

#[test]
fn a_secret_needs_an_hmac_algorithm() {
    let secret = [7; 64];
    for options in [
        KeyOptions::default(),
        said("RS256"),
        said("EdDSA"),
        said("none"),
    ] {
        refused(KeySet::from_secret(&secret, &options), ErrorKind::Options);
    }
    let jwk = format!(r#"{{"kty":"oct","k":"{}"}}"#, encode(&secret));
    let error = refused(read(&jwk), ErrorKind::Key);
    assert!(error.message().contains("such as \"HS256\""), "{error}");
    assert_eq!(only(&read_as("HS384", &jwk).unwrap()).name(), "HS384");
    let rsa = jwk.replace("\"k\"", "\"alg\":\"RS256\",\"k\"");
    refused(read(&rsa), ErrorKind::Key);
}

#[test]
fn a_secret_has_an_upper_bound() {
    KeySet::from_secret(&vec![7; 64 * 1024], &said("HS256")).unwrap();
    refused(
        KeySet::from_secret(&vec![7; 64 * 1024 + 1], &said("HS256")),
        ErrorKind::Key,
    );
}

/// A public key in every spelling that a program might take for a secret.
fn spellings(key: &PKey<Private>) -> Vec<Vec<u8>> {
    let pem = String::from_utf8(key.public_key_to_pem().unwrap()).unwrap();
    let der = key.public_key_to_der().unwrap();
    let private = key.private_key_to_pkcs8().unwrap();
    let jwks = read_as("RS256", &pem).unwrap().to_json(false).unwrap();
    let jwk = jwks
        .trim_start_matches("{\"keys\":[")
        .trim_end_matches("]}")
        .to_owned();
    let base64 = openssl::base64::encode_block(&der);
    let mut all: Vec<Vec<u8>> = [
        pem.clone(),
        pem.replace('\n', "\r\n"),
        format!("\n {pem}"),
        pem.trim_end().into(),
        pem.replace('\n', " "),
        pem.replace('\n', ""),
        pem.replace('\n', "\n\t"),
        pem.replace("----- ", "-----")
            .replace("PUBLIC KEY", "PUBLIC  KEY"),
        pem.replace("-----BEGIN", "----- BEGIN"),
        pem.lines().skip(1).collect::<Vec<_>>().join("\n"),
        format!("{{\n{}", &jwk[1..]),
        jwk.clone(),
        jwks,
        base64.clone(),
        base64.trim_end_matches('=').to_owned(),
        base64.replace('+', "-").replace('/', "_"),
        format!("{}\n{}", &base64[..64], &base64[64..]),
        openssl::base64::encode_block(pem.as_bytes()),
        openssl::base64::encode_block(jwk.as_bytes()),
        openssl::base64::encode_block(&private),
        "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQC7 you@host".into(),
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGvQ you@host".into(),
    ]
    .map(String::into_bytes)
    .into();
    all.push(der);
    all.push(private);
    if let Ok(rsa) = key.rsa() {
        all.push(rsa.public_key_to_pem_pkcs1().unwrap());
        all.push(rsa.public_key_to_der_pkcs1().unwrap());
        all.push(rsa.private_key_to_der().unwrap());
    }
    all
}

#[test]
fn attack_02_hmac_with_a_public_key_in_any_spelling_is_refused() {
    let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
    for spelling in spellings(&key) {
        let shown = String::from_utf8_lossy(&spelling);
        let result = KeySet::from_secret(&spelling, &said("HS256"));
        assert!(result.is_err(), "{shown}");
        let error = refused(result, ErrorKind::Key);
        assert!(
            error.message().starts_with("the secret is "),
            "{error}: {shown}"
        );
    }
}

#[test]
fn secrets_that_merely_resemble_a_key_are_taken() {
    for secret in [
        &b"0\x1e0 a secret that begins as DER does"[..],
        b"{\"this\": \"is JSON, but no key at all\"}",
        b"BEGIN the day with a long enough secret",
        b"c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA==",
        &[0x30; 32],
    ] {
        KeySet::from_secret(secret, &said("HS256")).unwrap();
    }
}
