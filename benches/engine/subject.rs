//! What is measured: for each algorithm a key, an engine over it and a token.

use std::time::{SystemTime, UNIX_EPOCH};

use openssl::base64;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::ecdsa::EcdsaSig;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;

use crate::abi::{Engine, Keys, Revocations, Verifier};
use crate::raw;

pub(crate) const ALGORITHMS: [&str; 6] = ["HS256", "RS256", "PS256", "ES256", "ES384", "EdDSA"];

pub(crate) const VERIFIER: &str =
    r#"{"issuer":"https://issuer.example.com","audience":"api.example.com"}"#;
const MINTER: &str =
    r#"{"issuer":"https://issuer.example.com","audience":"api.example.com","lifetime":3600}"#;

/// The claims of a call to mint; with those that the minter adds they are
/// what [`payload`] is.
pub(crate) const TO_MINT: &str = r#"{"sub":"user-0123456789abcdef","name":"Ada Lovelace","email":"ada.lovelace@example.com","role":"administrator","scope":"read write admin","tenant":"acme-industry"}"#;

/// A payload of 301 bytes: six registered claims and five of its own.
fn payload() -> String {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let payload = format!(
        "{{\"iss\":\"https://issuer.example.com\",\"aud\":\"api.example.com\",\
         \"sub\":\"user-0123456789abcdef\",\"exp\":{},\"iat\":{now},\
         \"jti\":\"6f1c1c5e-3d0b-4a52-9d38-27f6b1f2c9aa\",\
         \"name\":\"Ada Lovelace\",\"email\":\"ada.lovelace@example.com\",\
         \"role\":\"administrator\",\"scope\":\"read write admin\",\
         \"tenant\":\"acme-industry\"}}",
        now + 3600,
    );
    assert_eq!(payload.len(), 301);
    payload
}

/// One algorithm's key, engine and token.
pub(crate) struct Subject {
    pub(crate) name: &'static str,
    pub(crate) engine: Engine,
    pub(crate) token: String,
    keys: Keys,
    /// None for HMAC.
    key: Option<PKey<Private>>,
}

impl Subject {
    pub(crate) fn new(name: &'static str) -> Self {
        let key = key(name);
        let options = format!("{{\"algorithm\":\"{name}\",\"kid\":\"2025-01\"}}");
        let keys = match &key {
            Some(key) => Keys::read(&key.private_key_to_pem_pkcs8().unwrap(), &options),
            None => Keys::secret(raw::SECRET, &options),
        };
        Self {
            name,
            engine: Engine::new(&keys, VERIFIER, MINTER),
            token: token(&keys, &payload()),
            keys,
            key,
        }
    }

    /// A good token of this length, or one more where base64url can't have it.
    pub(crate) fn token_of_length(&self, length: usize) -> String {
        let payload = payload();
        let body = payload.strip_suffix('}').unwrap();
        (0..length)
            .map(|filler| format!("{body},\"filler\":\"{}\"}}", "x".repeat(filler)))
            .map(|payload| token(&self.keys, &payload))
            .find(|token| token.len() >= length)
            .unwrap()
    }

    /// A good token with a jti of its own.
    pub(crate) fn numbered(&self, number: usize) -> String {
        let numbered = format!("7a2d{number:08x}");
        let payload = payload().replacen("6f1c1c5e-3d0", &numbered, 1);
        assert!(payload.contains(&numbered));
        token(&self.keys, &payload)
    }

    /// Another verifier of its tokens.
    pub(crate) fn verifier(&self, options: &str, revocations: &Revocations) -> Verifier {
        Verifier::over(&self.keys, options, revocations)
    }

    /// The public key, as an issuer publishes it.
    pub(crate) fn public(&self) -> String {
        self.keys.public()
    }

    /// What the token's signature is over.
    pub(crate) fn signed(&self) -> &[u8] {
        let (signed, _) = self.token.rsplit_once('.').unwrap();
        signed.as_bytes()
    }

    /// The raw check of the token's signature.
    pub(crate) fn raw_verify(&self) -> raw::Verify<'_> {
        let (_, signature) = self.token.rsplit_once('.').unwrap();
        let signature = decode(signature);
        let Some(key) = &self.key else {
            let mut hmac = raw::hmac();
            return Box::new(move |message| openssl::memcmp::eq(&hmac(message), &signature));
        };
        let signature = if self.name.starts_with("ES") {
            let (r, s) = signature.split_at(signature.len() / 2);
            let number = |bytes| BigNum::from_slice(bytes).unwrap();
            EcdsaSig::from_private_components(number(r), number(s))
                .and_then(|signature| signature.to_der())
                .unwrap()
        } else {
            signature
        };
        raw::verify(self.name, key, signature)
    }

    /// The raw making of a signature.
    pub(crate) fn raw_sign(&self) -> raw::Sign<'_> {
        match &self.key {
            Some(key) => raw::sign(self.name, key),
            None => {
                let mut hmac = raw::hmac();
                Box::new(move |message| hmac(message).to_vec())
            }
        }
    }
}

fn key(name: &str) -> Option<PKey<Private>> {
    let on = |curve| {
        let group = EcGroup::from_curve_name(curve).unwrap();
        PKey::from_ec_key(EcKey::generate(&group).unwrap())
    };
    let key = match name {
        "HS256" => return None,
        "RS256" | "PS256" => PKey::from_rsa(Rsa::generate(2048).unwrap()),
        "ES256" => on(Nid::X9_62_PRIME256V1),
        "ES384" => on(Nid::SECP384R1),
        _ => PKey::generate_ed25519(),
    };
    Some(key.unwrap())
}

fn token(keys: &Keys, payload: &str) -> String {
    keys.sign(payload, r#"{"type":"JWT"}"#)
}

fn decode(text: &str) -> Vec<u8> {
    let padding = "=".repeat((4 - text.len() % 4) % 4);
    base64::decode_block(&format!(
        "{}{padding}",
        text.replace('-', "+").replace('_', "/")
    ))
    .unwrap()
}
