//! Headers that came with a good signature, as they were read: a verifier meets
//! few of them, again and again.
//!
//! What a header says depends on its bytes and the verifier's limits alone, so
//! an entry is never wrong and is never replaced. Only a good signature makes
//! one: strangers can't fill the places. Nothing waits here: of two threads that
//! bring the same header, one is too late.

use std::borrow::Cow;

use once_cell::race::OnceBox;

use crate::crypto::Named;

use super::header::Header;

const PLACES: usize = 16;

/// A place for each of a few headers, given by their last characters, where
/// those of different keys differ.
pub(super) struct Known([OnceBox<Entry>; PLACES]);

struct Entry {
    encoded: Box<[u8]>,
    text: Box<str>,
    algorithm: Named,
    kid: Option<Box<str>>,
    r#type: Option<Box<str>>,
}

impl Known {
    pub(super) fn new() -> Self {
        Self([const { OnceBox::new() }; PLACES])
    }

    /// What `encoded` says, if it is known.
    pub(super) fn find(&self, encoded: &[u8]) -> Option<Header<'_>> {
        let entry = self.place(encoded)?.get()?;
        (*entry.encoded == *encoded).then(|| Header {
            text: &entry.text,
            algorithm: entry.algorithm,
            kid: entry.kid.as_deref().map(Cow::Borrowed),
            r#type: entry.r#type.as_deref().map(Cow::Borrowed),
        })
    }

    /// Keeps what `encoded` says, if its place is free.
    pub(super) fn keep(&self, encoded: &[u8], header: &Header<'_>) {
        let Some(place) = self.place(encoded).filter(|place| place.get().is_none()) else {
            return;
        };
        let _ = place.set(Box::new(Entry {
            encoded: encoded.into(),
            text: header.text.into(),
            algorithm: header.algorithm,
            kid: header.kid.as_deref().map(Into::into),
            r#type: header.r#type.as_deref().map(Into::into),
        }));
    }

    fn place(&self, encoded: &[u8]) -> Option<&OnceBox<Entry>> {
        let last = encoded
            .last_chunk()
            .map_or(0, |last| u64::from_le_bytes(*last));
        let mixed = last.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        self.0.get(mixed as usize % PLACES)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::crypto::Algorithm;

    fn header(kid: &str) -> Header<'_> {
        Header {
            text: "{}",
            algorithm: Named::One(Algorithm::Es256),
            kid: Some(kid.into()),
            r#type: None,
        }
    }

    #[test]
    fn only_the_very_same_header_is_found() {
        let known = Known::new();
        known.keep(b"same end", &header("1"));
        known.keep(b"not the same end", &header("2"));
        assert_eq!(known.find(b"same end").unwrap().kid.unwrap(), "1");
        assert!(
            known.find(b"not the same end").is_none(),
            "its place is taken"
        );
        assert!(known.find(b"").is_none());
    }
}
