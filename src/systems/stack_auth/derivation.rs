//! Keys from a secret and an audience, byte for byte as the original derives them.
//!
//! Everything is hashed as JSON text without spaces, and the secret as the text
//! that it is: that it must be base64 is a check of its form and nothing more.
//! There are two derivations. The one that came first still signs; the other is
//! published and accepted beside it.

use serde::Serialize;
use zeroize::Zeroizing;

use crate::codec::base64url;
use crate::crypto::{equal, sha256};
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
    pub(super) fn kid(&self, derivation: Derivation, audience: &str) -> Result<String> {
        let mut kid = match derivation {
            Derivation::Legacy => {
                let derived = self.derived(derivation, audience)?;
                self.hash(&(derived.as_str(), TAKEN), audience)
            }
            Derivation::Current => self.hash(
                &("stack-jwk-kid", self.secret.as_str(), Of { audience }),
                audience,
            ),
        }?;
        kid.truncate(KID);
        Ok(std::mem::take(&mut *kid))
    }

    /// The private key for `audience`, whose name is `kid`.
    pub(super) fn key(&self, derivation: Derivation, kid: &str, audience: &str) -> Result<Key> {
        let derived = self.derived(derivation, audience)?;
        let digest = Zeroizing::new(base64url::decode(derived.as_bytes())?);
        let scalar = Zeroizing::new(sha256(&digest));
        let weak = self.secret.len() < STRONG;
        Key::es256(&scalar, kid, audience, self.signs, weak)
    }

    /// Both keys for `audience`, the one that signs first.
    pub(super) fn keys(&self, audience: &str) -> Result<[Key; 2]> {
        let key = |derivation| self.key(derivation, &self.kid(derivation, audience)?, audience);
        Ok([key(Derivation::Legacy)?, key(Derivation::Current)?])
    }

    /// The secret of `audience` alone.
    fn derived(&self, derivation: Derivation, audience: &str) -> Result<Zeroizing<String>> {
        match derivation {
            Derivation::Legacy => self.hash(&(self.secret.as_str(), audience), audience),
            Derivation::Current => self.hash(
                &(
                    "stack-jwk-audience-secret",
                    self.secret.as_str(),
                    Of { audience },
                ),
                audience,
            ),
        }
    }

    /// The hash of `value` as JSON, in base64url.
    fn hash(&self, value: &impl Serialize, audience: &str) -> Result<Zeroizing<String>> {
        // Room from the start: text that grows leaves copies of the secret behind.
        let room = ROOM + self.secret.len() + ESCAPED * audience.len();
        let mut text = Zeroizing::new(Vec::with_capacity(room));
        serde_json::to_writer(&mut *text, value)
            .map_err(|_| Error::new(ErrorKind::Internal, "a text can't be written as JSON"))?;
        Ok(Zeroizing::new(base64url::encode(&sha256(&text))))
    }
}

/// The most characters that JSON writes for one, and for what surrounds the texts.
const ESCAPED: usize = 6;
const ROOM: usize = 64;

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
