//! Mint: claims and options become a signed token.

use std::borrow::Cow;
use std::sync::Arc;

use crate::codec::json::{Members, Raw};
use crate::codec::{base64url, json};
use crate::crypto;
use crate::error::{Error, ErrorKind, Result};
use crate::keys::{External, Key, KeyRef, KeySet, Ring, Signer};
use crate::policy::{Call, MinterOptions};

/// The longest token that is minted, in bytes: the highest limit that a verifier can have.
const LONGEST: usize = 1 << 20;

/// Makes tokens under one set of options. Immutable; any number of threads may share it.
pub struct Minter {
    keys: Keys,
    options: MinterOptions,
}

/// Where the keys that sign are.
enum Keys {
    Here(Arc<Ring>),
    Elsewhere(External),
}

impl Minter {
    /// A minter that signs with the newest private key of `keys` that the options
    /// fit and that is in force when it mints: see [`KeySet::signing`].
    ///
    /// # Errors
    ///
    /// Fails where no key of the set, as it is now, can ever sign so.
    ///
    /// [`KeySet::signing`]: crate::KeySet::signing
    pub fn new(keys: Arc<Ring>, options: MinterOptions) -> Result<Self> {
        for audience in options.audiences() {
            keys.load().check_signing(
                options.algorithm,
                options.kid.as_deref(),
                audience.as_deref(),
            )?;
        }
        let keys = Keys::Here(keys);
        Ok(Self { keys, options })
    }

    /// A minter whose tokens `signer` signs, with the private half of the one
    /// public key that `keys` holds now. No signature that this key doesn't
    /// verify gets into a token.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Misconfigured`] unless `keys` is one public key of RSA, EC or
    /// EdDSA, which the options fit.
    pub fn external(
        keys: &KeySet,
        signer: Box<dyn Signer>,
        options: MinterOptions,
    ) -> Result<Self> {
        let kid = options.kid.as_deref();
        let keys = Keys::Elsewhere(External::new(keys, signer, options.algorithm, kid)?);
        Ok(Self { keys, options })
    }

    /// Mints a token over `claims`, a JSON object, which appear in it byte for byte.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Options`] for claims that aren't strict JSON, or that the
    /// options decide on; [`ErrorKind::Key`] where no key that fits is in force;
    /// [`ErrorKind::Signer`] for a signer elsewhere that fails.
    pub fn mint(&self, claims: &[u8], call: &Call<'_>) -> Result<String> {
        let now = call.time();
        let id = self.options.id.then(uuid).transpose()?;
        let payload = self.options.payload(claims, now, id.as_deref())?;
        match &self.keys {
            Keys::Here(keys) => {
                let key = self.key(keys, &payload, now)?;
                self.write(&key, &payload, |message| key.sign(message))
            }
            Keys::Elsewhere(key) => {
                self.write(key.in_force(now)?, &payload, |message| key.sign(message))
            }
        }
    }

    /// The token with `payload`, and the header that `key` asks for.
    fn write(
        &self,
        key: &Key,
        payload: &str,
        sign: impl FnOnce(&[u8]) -> Result<Vec<u8>>,
    ) -> Result<String> {
        let options = &self.options;
        let name = options
            .algorithm
            .map_or_else(|| key.name(), crypto::Named::name);
        let header = header_text(name, options.r#type.as_deref(), key.kid());
        compact(&header, payload.as_bytes(), sign)
    }

    /// The key that signs `payload`: its audience counts where keys are each for one.
    fn key(&self, keys: &Ring, payload: &str, now: i64) -> Result<KeyRef> {
        let bound = keys.load().has_bound();
        let audience = bound.then(|| audience_of(payload)).transpose()?.flatten();
        let kid = self.options.kid.as_deref();
        keys.signing_for(audience.as_deref(), self.options.algorithm, kid, now)
    }
}

/// The `aud` of a payload, where it is one text.
fn audience_of(payload: &str) -> Result<Option<Cow<'_, str>>> {
    let mut members = Members::new();
    json::checked_members(payload.as_bytes(), json::DOCUMENT_DEPTH, &mut members)?;
    Ok(members.get(payload, "aud").and_then(Raw::string))
}

/// A header's JSON: alg, typ, kid, in this order.
pub(super) fn header_text(algorithm: &str, r#type: Option<&str>, kid: Option<&str>) -> String {
    let mut header = String::with_capacity(128);
    header.extend(["{\"alg\":\"", algorithm, "\""]);
    for (start, value) in [(",\"typ\":\"", r#type), (",\"kid\":\"", kid)] {
        if let Some(value) = value {
            header.extend([start, &json::escape(value), "\""]);
        }
    }
    header.push('}');
    header
}

/// Signs header and payload into the compact serialization.
pub(super) fn compact(
    header: &str,
    payload: &[u8],
    sign: impl FnOnce(&[u8]) -> Result<Vec<u8>>,
) -> Result<String> {
    // Room for the signature of a large RSA key, too.
    let mut token = String::with_capacity((header.len() + payload.len()) / 3 * 4 + 1024);
    base64url::append(&mut token, header.as_bytes());
    token.push('.');
    base64url::append(&mut token, payload);
    let signature = sign(token.as_bytes())?;
    token.push('.');
    base64url::append(&mut token, &signature);
    if token.len() > LONGEST {
        return Err(Error::new(
            ErrorKind::TooLarge,
            "the token would be longer than any verifier accepts",
        ));
    }
    Ok(token)
}

/// A random UUID (RFC 9562, version 4).
fn uuid() -> Result<String> {
    let mut bytes = [0; 16];
    crypto::random(&mut bytes)?;
    let bits = u128::from_be_bytes(bytes) & !(0xf << 76) & !(0x3 << 62) | 4 << 76 | 2 << 62;
    let mut text = String::with_capacity(36);
    for place in 0..32 {
        if matches!(place, 8 | 12 | 16 | 20) {
            text.push('-');
        }
        let digit = (bits >> (4 * (31 - place))) as u32 & 0xf;
        text.push(char::from_digit(digit, 16).unwrap_or_default());
    }
    Ok(text)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_says_its_version_and_variant() {
        for _ in 0..100 {
            let uuid = uuid().unwrap();
            let parts: Vec<usize> = uuid.split('-').map(str::len).collect();
            assert_eq!(parts, [8, 4, 4, 4, 12]);
            assert!(
                uuid.bytes()
                    .all(|byte| b"0123456789abcdef-".contains(&byte))
            );
            assert_eq!(&uuid[14..15], "4");
            assert!("89ab".contains(&uuid[19..20]));
        }
    }

    #[test]
    fn a_header_is_written_with_its_kid_escaped() {
        assert_eq!(
            header_text("ES256", None, Some("a\"b")),
            r#"{"alg":"ES256","kid":"a\"b"}"#
        );
        assert_eq!(
            header_text("HS256", Some("JWT"), None),
            r#"{"alg":"HS256","typ":"JWT"}"#
        );
    }
}
