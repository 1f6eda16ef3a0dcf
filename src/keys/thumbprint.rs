//! The thumbprint of RFC 7638: one name for a key, however it was written.

use super::key::Material;
use crate::codec::base64url::encode;
use crate::crypto::sha256;
use crate::error::Result;
use zeroize::Zeroizing;

/// The SHA-256 of the members that make up the key, sorted and without spaces.
/// Ed25519 and Ed448 have the members that RFC 8037 section 2 names.
pub(super) fn of(material: &Material) -> Result<Box<str>> {
    let text = Zeroizing::new(match material {
        Material::Hmac(secret) => {
            let k = Zeroizing::new(encode(secret.bytes()));
            format!(r#"{{"k":"{}","kty":"oct"}}"#, *k)
        }
        Material::Rsa(_, _, key) => format!(
            r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#,
            encode(&key.e()),
            encode(&key.n())
        ),
        Material::Ecdsa(_, key) => {
            let (x, y) = key.coordinates()?;
            format!(
                r#"{{"crv":"{}","kty":"EC","x":"{}","y":"{}"}}"#,
                key.curve().name(),
                encode(&x),
                encode(&y)
            )
        }
        Material::Eddsa(key) => format!(
            r#"{{"crv":"{}","kty":"OKP","x":"{}"}}"#,
            key.curve().name(),
            encode(key.x())
        ),
    });
    Ok(encode(&sha256(text.as_bytes())).into())
}
