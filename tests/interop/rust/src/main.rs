//! jsonwebtoken, of Rust.

use std::io::{self, BufRead};

use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode,
};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Request {
    #[serde(rename = "do")]
    asked: String,
    algorithm: Option<String>,
    #[serde(default)]
    form: String,
    #[serde(default)]
    key: String,
    kid: Option<String>,
    claims: Option<Value>,
    #[serde(default)]
    token: String,
    #[serde(default)]
    issuer: String,
    #[serde(default)]
    audience: String,
}

/// The version that this program was built with.
fn version() -> &'static str {
    let (_, found) = include_str!("../Cargo.lock")
        .split_once("name = \"jsonwebtoken\"\nversion = \"")
        .unwrap();
    found.split('"').next().unwrap()
}

fn encoding_key(algorithm: Algorithm, form: &str, key: &str) -> Result<Option<EncodingKey>, Error> {
    use Algorithm::*;
    match (form, algorithm) {
        ("secret", _) => Ok(EncodingKey::from_secret(key.as_bytes())),
        ("pem", ES256 | ES384) => EncodingKey::from_ec_pem(key.as_bytes()),
        ("pem", EdDSA) => EncodingKey::from_ed_pem(key.as_bytes()),
        ("pem", _) => EncodingKey::from_rsa_pem(key.as_bytes()),
        _ => return Ok(None), // it reads no private JWK
    }
    .map(Some)
}

fn decoding_key(algorithm: Algorithm, request: &Request) -> Result<DecodingKey, Error> {
    use Algorithm::*;
    let key = request.key.as_bytes();
    match (request.form.as_str(), algorithm) {
        ("secret", _) => Ok(DecodingKey::from_secret(key)),
        ("pem", ES256 | ES384) => DecodingKey::from_ec_pem(key),
        ("pem", EdDSA) => DecodingKey::from_ed_pem(key),
        ("pem", _) => DecodingKey::from_rsa_pem(key),
        ("jwks", _) => {
            let set: JwkSet = serde_json::from_slice(key)?;
            let kid = decode_header(&request.token)?.kid.unwrap_or_default();
            let jwk = set.find(&kid).ok_or(ErrorKind::InvalidKeyFormat)?;
            DecodingKey::from_jwk(jwk)
        }
        _ => DecodingKey::from_jwk(&serde_json::from_slice::<Jwk>(key)?),
    }
}

fn answer(request: &Request) -> Result<Value, Error> {
    if request.asked == "peers" {
        return Ok(json!({"peers": [{"name": "jsonwebtoken (Rust)", "version": version()}]}));
    }
    let name = request.algorithm.as_deref().unwrap_or_default();
    let Ok(algorithm) = name.parse::<Algorithm>() else {
        return Ok(json!({"absent": "algorithm"}));
    };
    match request.asked.as_str() {
        "mint" => {
            let Some(key) = encoding_key(algorithm, &request.form, &request.key)? else {
                return Ok(json!({"absent": "key"}));
            };
            let mut header = Header::new(algorithm);
            header.kid.clone_from(&request.kid);
            let token = encode(&header, &request.claims, &key)?;
            Ok(json!({ "token": token }))
        }
        "verify" => {
            let mut expected = Validation::new(algorithm);
            expected.set_issuer(&[&request.issuer]);
            expected.set_audience(&[&request.audience]);
            let key = decoding_key(algorithm, request)?;
            match decode::<Value>(&request.token, &key, &expected) {
                Ok(found) => Ok(json!({ "claims": found.claims })),
                Err(error) if *error.kind() == ErrorKind::InvalidSignature => {
                    Ok(json!({ "refused": error.to_string() }))
                }
                Err(error) => Err(error),
            }
        }
        _ => Ok(json!({"absent": "key"})), // it makes no keys
    }
}

fn main() {
    for line in io::stdin().lock().lines() {
        let request = serde_json::from_str(&line.unwrap()).unwrap();
        let answered = answer(&request).unwrap_or_else(|error| json!({"error": error.to_string()}));
        println!("{answered}");
    }
}
