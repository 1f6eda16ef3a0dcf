//! Keys from a secret and an audience, byte for byte as the original derives them.
//!
//! Everything is hashed as JSON text without spaces, and the secret as the text
//! that it is: that it must be base64 is a check of its form and nothing more.
//! There are two derivations. The one that came first still signs; the other is
//! published and accepted beside it.

use serde::Serialize;
use zeroize::Zeroizing;

use crate::codec::base64url::encode_digest;
use crate::crypto::{Hashing, equal, sha256};
use crate::error::{Error, ErrorKind, Result};
use crate::keys::Key;
use crate::systems::derived::Secrets;

/// The audience that the first derivation can't tell from the name of a key.
pub(super) const TAKEN: &str = "kid";

/// How many characters of its hash name a key.
const KID: usize = 12;
/// A secret shorter than this is guessed sooner than its keys are broken.
const STRONG: usize = 32;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Derivation {
    /// The one that signs.
    Legacy,
    Current,
}

/// A server's secret, ready to derive from.
pub(super) struct Root {
    /// Wiped when dropped.
    secret: Zeroizing<String>,
    /// Whether its keys sign: those of one that is being rotated out don't.
    signs: bool,
}

#[derive(Serialize)]
struct Of<'a> {
    audience: &'a str,
}

impl Root {
    /// The secret and the one that is being rotated out, if it is another.
    pub(super) fn of(secrets: Secrets<'_>) -> Result<Vec<Self>> {
        let mut roots = vec![Self::read(secrets.secret, true)?];
        if !secrets.old.is_empty() && !equal(secrets.old, secrets.secret) {
            let old = Self::read(secrets.old, false);
            roots.push(old.map_err(|error| error.at("the old secret"))?);
        }
        Ok(roots)
    }

    fn read(secret: &[u8], signs: bool) -> Result<Self> {
        let text = str::from_utf8(secret).ok().filter(|text| is_base64(text));
        match text {
            Some(text) if text.trim().is_empty() => Err(Error::new(
                ErrorKind::Key,
                "the secret is empty (an unset variable?)",
            )),
            Some(text) => Ok(Self {
                secret: Zeroizing::new(text.into()),
                signs,
            }),
            None => Err(Error::new(
                ErrorKind::Key,
                "the secret isn't base64url text, as the server that it is shared with demands",
            )),
        }
    }

    /// The name of the key for `audience`. Costs hashes and nothing else.
    pub(super) fn kid(&self, derivation: Derivation, audience: &str) -> Result<Kid> {
        let digest = match derivation {
            Derivation::Legacy => {
                let derived = encode_digest(&*self.derived(derivation, audience)?);
                hash(&(text(&*derived), TAKEN))
            }
            Derivation::Current => hash(&("stack-jwk-kid", self.secret.as_str(), Of { audience })),
        }?;
        let mut kid = [0; KID];
        kid.iter_mut()
            .zip(&*encode_digest(&digest))
            .for_each(|(to, from)| *to = *from);
        Ok(Kid(kid))
    }

    /// The private key for `audience`, whose name is `kid`.
    pub(super) fn key(&self, derivation: Derivation, kid: &str, audience: &str) -> Result<Key> {
        let scalar = Zeroizing::new(sha256(&*self.derived(derivation, audience)?));
        let weak = self.secret.len() < STRONG;
        Key::es256(&scalar, kid, audience, self.signs, weak)
    }

    /// Both keys for `audience`, the one that signs first.
    pub(super) fn keys(&self, audience: &str) -> Result<[Key; 2]> {
        let key = |derivation| {
            let kid = self.kid(derivation, audience)?;
            self.key(derivation, kid.as_str(), audience)
        };
        Ok([key(Derivation::Legacy)?, key(Derivation::Current)?])
    }

    /// The secret of `audience` alone.
    fn derived(&self, derivation: Derivation, audience: &str) -> Result<Zeroizing<[u8; 32]>> {
        match derivation {
            Derivation::Legacy => hash(&(self.secret.as_str(), audience)),
            Derivation::Current => hash(&(
                "stack-jwk-audience-secret",
                self.secret.as_str(),
                Of { audience },
            )),
        }
    }
}

/// The name of a key.
pub(super) struct Kid([u8; KID]);

impl Kid {
    pub(super) fn as_str(&self) -> &str {
        text(&self.0)
    }
}

/// The hash of `value` as JSON.
fn hash(value: &impl Serialize) -> Result<Zeroizing<[u8; 32]>> {
    // Hashed as it is written: nothing is left behind in memory.
    let mut hashing = Hashing::new();
    serde_json::to_writer(&mut hashing, value)
        .map_err(|_| Error::new(ErrorKind::Internal, "a text can't be written as JSON"))?;
    Ok(Zeroizing::new(hashing.finish()))
}

/// The text that base64url is.
fn text(spelt: &[u8]) -> &str {
    str::from_utf8(spelt).unwrap_or_default()
}

/// Whether a server takes `text` for a secret: base64 in either alphabet, or
/// both, padded well or not at all, whatever white space is in between.
fn is_base64(text: &str) -> bool {
    let bytes = || {
        text.bytes()
            .filter(|byte| !matches!(byte, b'\t' | b'\n' | 0xc | b'\r' | b' '))
    };
    let length = bytes().count();
    let padding = match length % 4 {
        0 => bytes()
            .rev()
            .take(2)
            .take_while(|byte| *byte == b'=')
            .count(),
        _ => 0,
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_+/".contains(&byte);
    (length - padding) % 4 != 1 && bytes().take(length - padding).all(plain)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_whatever_a_server_takes() {
        for good in [
            "23-wuNpik0gIW4mruTz25rbIvhuuvZFrLOLtL7J4tyo",
            "ab",
            "abc",
            "abcd",
            "ab==",
            "abc=",
            "a-_+/b",
            " a b\tc\nd ",
            "abd",
        ] {
            assert!(is_base64(good), "{good:?}");
        }
        for bad in [
            "a",
            "abcde",
            "abcd=",
            "ab=",
            "a===",
            "=abc",
            "ab=c",
            "a.b",
            "é",
            "ab\u{a0}cd",
        ] {
            assert!(!is_base64(bad), "{bad:?}");
        }
        let root = |secret: &str| {
            Root::of(Secrets {
                secret: secret.as_bytes(),
                old: b"",
            })
        };
        assert_eq!(root("").err().unwrap().kind(), ErrorKind::Key);
        assert_eq!(root(" ").err().unwrap().kind(), ErrorKind::Key);
        assert_eq!(root("a.b").err().unwrap().kind(), ErrorKind::Key);
    }

    #[test]
    fn an_old_secret_counts_where_it_is_another() {
        let count = |old: &str| {
            let secrets = Secrets {
                secret: b"abcd",
                old: old.as_bytes(),
            };
            Root::of(secrets).unwrap().len()
        };
        assert_eq!((count(""), count("abcd"), count("efgh")), (1, 1, 2));
    }
}
