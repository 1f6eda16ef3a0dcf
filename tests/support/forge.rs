//! Tokens made to measure: any header, any payload, any signature.

use jeton::KeySet;

pub fn encode(bytes: impl AsRef<[u8]>) -> String {
    base64_simd::URL_SAFE_NO_PAD.encode_to_string(bytes.as_ref())
}

pub fn decode(text: &str) -> Vec<u8> {
    base64_simd::URL_SAFE_NO_PAD
        .decode_to_vec(text)
        .unwrap_or_else(|_| panic!("not base64url: {text}"))
}

/// The first two parts of a token, with the dot between them.
pub fn signed_part(header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
    format!("{}.{}", encode(header), encode(payload))
}

/// A token with this header and payload, signed by the first key of `keys`
/// under its own algorithm, whatever the header says.
pub fn token(keys: &KeySet, header: impl AsRef<[u8]>, payload: impl AsRef<[u8]>) -> String {
    let signed = signed_part(header, payload);
    let signature = sign(keys, signed.as_bytes());
    format!("{signed}.{}", encode(signature))
}

pub fn sign(keys: &KeySet, message: &[u8]) -> Vec<u8> {
    keys.keys().next().unwrap().sign(message).unwrap()
}

/// The three parts of a token.
pub fn parts(token: &str) -> [&str; 3] {
    let mut parts = token.split('.');
    let found = [(); 3].map(|()| parts.next().unwrap());
    assert!(parts.next().is_none());
    found
}
