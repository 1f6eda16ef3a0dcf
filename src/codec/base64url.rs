//! Base64url as a JWS uses it: RFC 4648 section 5, with no padding.
//!
//! One value has one spelling. A decoder that forgave padding, spaces or stray
//! trailing bits would let somebody respell a token whose signature still
//! holds, and so slip it past a revocation list that knows tokens by their text.

use std::mem::MaybeUninit;

use base64_simd::{Out, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

use crate::error::{Error, ErrorKind, Result};

/// The spelling of `bytes`.
pub(crate) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode_to_string(bytes)
}

/// Appends the spelling of `bytes` to `text`.
pub(crate) fn append(text: &mut String, bytes: &[u8]) {
    URL_SAFE_NO_PAD.encode_append(bytes, text);
}

/// The spelling of a SHA-256, without an allocation.
pub(crate) fn encode_digest(digest: &[u8; 32]) -> Zeroizing<[u8; 43]> {
    let mut text = Zeroizing::new([0; 43]);
    let _ = URL_SAFE_NO_PAD.encode(digest, Out::from_slice(&mut *text));
    text
}

/// How many bytes `len` characters spell.
pub(crate) const fn decoded_len(len: usize) -> usize {
    len / 4 * 3 + len % 4 * 3 / 4
}

/// Decodes `text`, or fails unless it is exactly what [`encode`] would have made.
pub(crate) fn decode(text: &[u8]) -> Result<Vec<u8>> {
    URL_SAFE_NO_PAD.decode_to_vec(text).map_err(|_| refused())
}

/// Decodes `text` into `buffer`, whose length bounds the result. Allocates
/// nothing, and the buffer needn't have been written to.
pub(crate) fn decode_into<'b>(text: &[u8], buffer: &'b mut [MaybeUninit<u8>]) -> Result<&'b [u8]> {
    if decoded_len(text.len()) > buffer.len() {
        return Err(Error::new(
            ErrorKind::TooLarge,
            "a part of the token is longer than allowed",
        ));
    }
    URL_SAFE_NO_PAD
        .decode(text, Out::from_uninit_slice(buffer))
        .map(|decoded| &*decoded)
        .map_err(|_| refused())
}

fn refused() -> Error {
    Error::new(ErrorKind::Malformed, "not canonical base64url")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_byte_string_has_one_spelling() {
        assert_eq!(decode(b"_-8").unwrap(), [0xff, 0xef]);

        let padded = "_-8=";
        let standard_alphabet = "/+8";
        let spaced = "_- 8";
        let broken = "_-\n8";
        let trailing_bits = "_-9";
        let one_over = "AAAAA";
        for respelt in [
            padded,
            standard_alphabet,
            spaced,
            broken,
            trailing_bits,
            one_over,
        ] {
            let error = decode(respelt.as_bytes()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Malformed, "{respelt}");
        }
    }

    #[test]
    fn no_other_last_character_spells_the_same_bytes() {
        for bytes in [&[0u8; 31][..], &[0xffu8; 32], &[7u8; 64]] {
            let spelling = encode(bytes);
            let (start, _) = spelling.split_at(spelling.len() - 1);
            let others = (0..=255u8).filter(|last| {
                let respelt = [start.as_bytes(), &[*last]].concat();
                decode(&respelt).is_ok_and(|decoded| decoded == bytes)
            });
            assert_eq!(others.count(), 1);
        }
    }

    proptest! {
        #[test]
        fn decoding_undoes_encoding(bytes: Vec<u8>) {
            prop_assert_eq!(decode(encode(&bytes).as_bytes()).unwrap(), bytes);
        }

        #[test]
        fn a_digest_is_spelt_as_any_bytes(digest: [u8; 32]) {
            let spelt = encode_digest(&digest);
            prop_assert_eq!(str::from_utf8(&*spelt).unwrap(), encode(&digest));
        }

        #[test]
        fn what_decodes_is_spelt_so_again(text in "[A-Za-z0-9_=+/ -]{0,40}") {
            if let Ok(bytes) = decode(text.as_bytes()) {
                prop_assert_eq!(encode(&bytes), text);
            }
        }

        #[test]
        fn decoding_into_a_buffer_agrees(text in "[A-Za-z0-9_=-]{0,40}") {
            let mut buffer = [MaybeUninit::uninit(); 64];
            prop_assert_eq!(
                decode_into(text.as_bytes(), &mut buffer).map(<[u8]>::to_vec),
                decode(text.as_bytes())
            );
        }
    }
}
