//! The compact serialization of a JWS (RFC 7515 section 7.1): three base64url
//! parts between two dots, and nothing else (RFC 8725bis sections 3.3, 3.14).
//!
//! How the parts are spelt is checked for all of them before anything of one is
//! read: a token that is misspelt anywhere is malformed, whatever else it is.

use crate::error::{Error, ErrorKind, Result};

/// The parts of a token, still encoded.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Compact<'t> {
    pub(crate) header: &'t [u8],
    pub(crate) payload: &'t [u8],
    pub(crate) signature: &'t [u8],
    /// Header, dot and payload: what the signature is over.
    pub(crate) signed: &'t [u8],
}

/// Cuts `token`, of `limit` bytes at most, at its two dots, and checks that
/// each part is spelt as base64url must be.
pub(crate) fn split(token: &[u8], limit: usize) -> Result<Compact<'_>> {
    let parts = cut(token, limit)?;
    for part in [parts.header, parts.payload, parts.signature] {
        check_spelling(part)?;
    }
    Ok(parts)
}

/// As [`split`], for whoever decodes all parts before reading any, and so finds
/// out how they are spelt.
pub(crate) fn cut(token: &[u8], limit: usize) -> Result<Compact<'_>> {
    if token.len() > limit {
        return Err(Error::new(
            ErrorKind::TooLarge,
            "the token is longer than allowed",
        ));
    }
    let dot = |from: usize| {
        let rest = token.get(from..)?;
        memchr::memchr(b'.', rest).map(|at| from + at)
    };
    let Some((first, second)) = dot(0).and_then(|first| Some((first, dot(first + 1)?))) else {
        return Err(malformed("a token has three parts"));
    };
    if dot(second + 1).is_some() {
        let dots = memchr::memchr_iter(b'.', token).count();
        return Err(if dots == 4 && !has_foreign(token) {
            Error::new(
                ErrorKind::Encrypted,
                "the token has five parts: it is encrypted (JWE), not signed",
            )
        } else {
            malformed("a token has three parts")
        });
    }
    if first == 0 {
        return Err(malformed("the token's header is empty"));
    }
    let part = |from: usize, to: usize| token.get(from..to).unwrap_or_default();
    Ok(Compact {
        header: part(0, first),
        payload: part(first + 1, second),
        signature: part(second + 1, token.len()),
        signed: part(0, second),
    })
}

/// Checks that `part` is canonical base64url, without decoding it.
pub(crate) fn check_spelling(part: &[u8]) -> Result<()> {
    if has_foreign(part) || !is_canonical(part) {
        return Err(malformed("a part of the token isn't canonical base64url"));
    }
    Ok(())
}

fn malformed(message: &'static str) -> Error {
    Error::new(ErrorKind::Malformed, message)
}

/// Whether a byte stands in `bytes` that no token holds; dots are none of those.
/// Without branches, so
/// that the compiler can look at many bytes at once.
fn has_foreign(bytes: &[u8]) -> bool {
    let foreign = |byte: u8| {
        let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
        let digit = byte.wrapping_sub(b'0') < 10;
        let other = (byte == b'-') | (byte == b'_') | (byte == b'.');
        !(letter | digit | other)
    };
    let any_in = |bytes: &[u8]| {
        bytes
            .iter()
            .fold(false, |found, byte| found | foreign(*byte))
    };
    let (chunks, tail) = bytes.as_chunks::<64>();
    // The last 64 bytes, some of them a second time, are quicker to look at
    // than a tail of odd length.
    let tail = bytes.last_chunk::<64>().map_or(tail, |last| last);
    chunks.iter().any(|chunk| any_in(chunk)) || any_in(tail)
}

/// Whether `part`, of base64url's alphabet, has a possible length and no stray
/// bits at its end.
fn is_canonical(part: &[u8]) -> bool {
    let stray = match part.len() % 4 {
        0 => return true,
        2 => 0b1111,
        3 => 0b11,
        _ => return false,
    };
    part.last().is_some_and(|last| value_of(*last) & stray == 0)
}

/// The six bits of a character of base64url's alphabet.
fn value_of(character: u8) -> u8 {
    match character {
        b'A'..=b'Z' => character - b'A',
        b'a'..=b'z' => character - b'a' + 26,
        b'0'..=b'9' => character - b'0' + 52,
        b'-' => 62,
        _ => 63,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::codec::base64url;
    use proptest::prelude::*;

    fn kind(token: &[u8]) -> Option<ErrorKind> {
        split(token, 100).err().map(|error| error.kind())
    }

    #[test]
    fn a_token_has_three_parts_and_one_spelling() {
        assert_eq!(kind(b"e30.e30.AA"), None);
        assert_eq!(
            kind(b"e30.."),
            None,
            "an empty payload and signature are for later checks"
        );
        for bad in [
            &b""[..],
            b".",
            b"..",
            ".e30.AA".as_bytes(),
            b"e30",
            b"e30.e30",
            b"e30.e30.AA.",
            b"e30.e30.AA=",
            b"e30.e30.AA==",
            b" e30.e30.AA",
            b"e30.e30.AA\n",
            b"e30.e30.AA\r\n",
            b"e30.e30.A\0",
            b"e30.e30.A+",
            b"e30.e30.A/",
            b"e30.e30.AB",
            b"e30.e31.AA",
            b"e31.e30.AA",
            b"e30.e30.A",
            b"e30.e30.\xc3\xa9",
            b"{\"payload\":\"e30\"}",
        ] {
            assert_eq!(
                kind(bad),
                Some(ErrorKind::Malformed),
                "{}",
                bad.escape_ascii()
            );
        }
        assert_eq!(kind(b"e30.AA.AA.AA.AA"), Some(ErrorKind::Encrypted));
        assert_eq!(kind(&[b'.'; 100]), Some(ErrorKind::Malformed));
        assert_eq!(kind(&[b'.'; 101]), Some(ErrorKind::TooLarge));
    }

    #[test]
    fn each_of_the_256_bytes_is_allowed_or_foreign() {
        let allowed = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
        for byte in 0..=255 {
            assert_eq!(has_foreign(&[byte]), !allowed.contains(&byte), "{byte}");
            assert_eq!(
                has_foreign(&[[b'a'; 63].as_slice(), &[byte]].concat()),
                !allowed.contains(&byte)
            );
        }
    }

    proptest! {
        #[test]
        fn what_passes_decodes(parts in proptest::array::uniform3("[A-Za-z0-9_-]{1,20}")) {
            let token = parts.join(".");
            let decodes = parts.iter().all(|part| base64url::decode(part.as_bytes()).is_ok());
            prop_assert_eq!(split(token.as_bytes(), 100).is_ok(), decodes);
        }
    }
}
