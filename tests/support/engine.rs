//! Keys, verifiers and verdicts with as few words as a test can do with.

use std::sync::Arc;

use jeton::{
    Call, Claims, Consult, ErrorKind, KeyOptions, KeySet, Revocations, Ring, Select, Verifier,
    VerifierOptions,
};
use serde_json::Value;

use super::{forge, vectors};

pub const NOW: i64 = 1000;
pub const OPTIONS: &str = r#"{"issuer":"https://a.test","audience":"api"}"#;
pub const PAYLOAD: &str =
    r#"{"iss":"https://a.test","aud":"api","sub":"ada","iat":900,"exp":2000}"#;

/// A signer of every algorithm that both back ends have.
pub const SIGNERS: &[&str] = &[
    "hs256", "hs384", "hs512", "rs256", "rs384", "rs512", "ps256", "ps384", "ps512", "es256",
    "es384", "es512", "es256k", "ed",
];

/// A private key for tests, by its name in `tests/vectors/make/signers.json`.
pub fn signer(name: &str) -> KeySet {
    vectors::key_set(&signer_key(name)).unwrap()
}

/// Its JWK.
pub fn jwk(name: &str) -> Value {
    signer_key(name)["jwks"].clone()
}

fn signer_key(name: &str) -> Value {
    vectors::signers().key(&Value::from(name)).clone()
}

/// What a verifier is given of a signer: the public key, or the secret.
pub fn trusted(name: &str) -> KeySet {
    let set = signer(name);
    if name.starts_with("hs") {
        set
    } else {
        set.public()
    }
}

pub fn document(text: impl AsRef<[u8]>) -> jeton::Result<KeySet> {
    KeySet::from_document(text.as_ref(), &KeyOptions::default())
}

/// The header of a token by this signer.
pub fn header(signer: &KeySet) -> String {
    format!(r#"{{"alg":"{}"}}"#, signer.keys().next().unwrap().name())
}

/// A good token by this signer.
pub fn good(signer: &KeySet) -> String {
    forge::token(signer, header(signer), PAYLOAD)
}

pub fn verifier(set: KeySet, options: &str) -> Verifier {
    verifier_of(vec![set], None, options).unwrap()
}

pub fn verifier_of(
    sets: Vec<KeySet>,
    revocations: Option<Arc<Revocations>>,
    options: &str,
) -> jeton::Result<Verifier> {
    let keys = sets
        .into_iter()
        .map(|set| Arc::new(Ring::new(set)) as Arc<dyn Select>);
    let revocations = revocations.map(|store| store as Arc<dyn Consult>);
    Verifier::new(
        keys.collect(),
        revocations,
        VerifierOptions::read(options.as_bytes())?,
    )
}

pub fn verify(verifier: &Verifier, token: impl AsRef<[u8]>) -> jeton::Result<Claims> {
    verifier.verify(token.as_ref(), &Call::at(NOW))
}

/// The claims of a token that must be accepted.
#[track_caller]
pub fn accepted(verifier: &Verifier, token: impl AsRef<[u8]>) -> Claims {
    verify(verifier, token).unwrap()
}

/// Why a token is refused, as it must be.
#[track_caller]
pub fn refused(verifier: &Verifier, token: impl AsRef<[u8]>) -> ErrorKind {
    verify(verifier, token)
        .map(|claims| claims.json().to_owned())
        .unwrap_err()
        .kind()
}

/// The verdict on a token with this header and payload, signed well by `ed`.
pub fn verdict(options: &str, header: &str, payload: &str) -> Option<ErrorKind> {
    let token = forge::token(&signer("ed"), header, payload);
    verify(&verifier(trusted("ed"), options), token)
        .err()
        .map(|error| error.kind())
}

/// [`PAYLOAD`] with one more member in front.
pub fn with(member: &str) -> String {
    PAYLOAD.replacen('{', &format!("{{{member},"), 1)
}

/// [`PAYLOAD`] with one piece of text replaced.
pub fn but(from: &str, to: &str) -> String {
    assert!(PAYLOAD.contains(from), "{from}");
    PAYLOAD.replacen(from, to, 1)
}
