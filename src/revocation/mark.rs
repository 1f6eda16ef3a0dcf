//! A rule's target as 128 keyed bits.
//!
//! Keyed with a secret of the store, because values come from tokens: with a
//! public hash somebody could choose a value that is taken for a revoked one,
//! or many that all fall into one place. Each part goes in with its length, so
//! that ("ab", "c") and ("a", "bc") differ.

use std::hash::{BuildHasher, Hasher, RandomState};

use siphasher::sip128::{Hash128, Hasher128, SipHasher13};

use super::rule::{Subject, Value};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Mark {
    pub(super) high: u64,
    pub(super) low: u64,
}

impl From<Mark> for u128 {
    fn from(mark: Mark) -> Self {
        Self::from(mark.high) << u64::BITS | Self::from(mark.low)
    }
}

impl From<u128> for Mark {
    fn from(bits: u128) -> Self {
        Self {
            high: (bits >> u64::BITS) as u64,
            low: bits as u64,
        }
    }
}

impl Mark {
    /// What it is known by within a shard. Never 0, which says "nothing here".
    pub(super) fn tag(self) -> u64 {
        self.low.max(1)
    }
}

pub(super) struct Marker(SipHasher13);

impl Marker {
    /// With a key that nobody knows.
    pub(super) fn new() -> Self {
        let random = || RandomState::new().build_hasher().finish();
        Self(SipHasher13::new_with_keys(random(), random()))
    }

    pub(super) fn mark(&self, realm: &str, subject: Subject<&str>) -> Mark {
        let number;
        let (kind, name, value) = match subject {
            Subject::Claim { name, value } => match value {
                Value::Text(text) => (b't', name, text.as_bytes()),
                Value::Integer(integer) => {
                    number = integer.to_le_bytes();
                    (b'i', name, number.as_slice())
                }
            },
            Subject::Key(key) => (b'k', "", key.as_bytes()),
        };
        // The third part's length is what is left.
        let [one, other] = [realm, name].map(|part| part.len() as u64);
        let mut head = [0; HEAD];
        let lengths = [u64::from(kind), one, other];
        for (place, length) in head.as_chunks_mut().0.iter_mut().zip(lengths) {
            *place = length.to_le_bytes();
        }
        self.hash([&head, realm.as_bytes(), name.as_bytes(), value])
    }

    fn hash(&self, parts: [&[u8]; 4]) -> Mark {
        let mut gathered = [0; GATHERED];
        let mut rest = gathered.as_mut_slice();
        for part in parts {
            let Some((place, behind)) = rest.split_at_mut_checked(part.len()) else {
                return self.hash_one_by_one(parts);
            };
            place.copy_from_slice(part);
            rest = behind;
        }
        let length = GATHERED - rest.len();
        let all = gathered.get(..length).unwrap_or_default();
        self.0.hash(all).into()
    }

    fn hash_one_by_one(&self, parts: [&[u8]; 4]) -> Mark {
        let mut hasher = self.0;
        parts.into_iter().for_each(|part| hasher.write(part));
        hasher.finish128().into()
    }
}

impl From<Hash128> for Mark {
    fn from(hash: Hash128) -> Self {
        Self {
            high: hash.h1,
            low: hash.h2,
        }
    }
}

/// The kind of the target, and the lengths of the realm and the claim's name.
const HEAD: usize = 24;
/// As much as the parts mostly have together: gathered first, since many small
/// pieces cost the hasher more than the bytes do.
const GATHERED: usize = 192;

#[cfg(test)]
mod tests {
    use super::*;

    fn claim<'a>(name: &'a str, text: &'a str) -> Subject<&'a str> {
        Subject::Claim {
            name,
            value: Value::Text(text),
        }
    }

    #[test]
    fn parts_that_read_alike_when_joined_have_different_marks() {
        let marker = Marker::new();
        let integer = Subject::Claim {
            name: "jti",
            value: Value::Integer(49),
        };
        let targets = [
            ("ab", claim("c", "d")),
            ("a", claim("bc", "d")),
            ("a", claim("b", "cd")),
            ("a", claim("bcd", "")),
            ("abcd", Subject::Key("")),
            ("a", Subject::Key("bcd")),
            ("a", claim("", "bcd")),
            ("a", claim("jti", "1")),
            ("a", integer),
            ("a", claim("jti", "49")),
        ];
        let marks: std::collections::HashSet<_> = targets
            .iter()
            .map(|(realm, subject)| marker.mark(realm, *subject))
            .collect();
        assert_eq!(marks.len(), targets.len());
    }

    #[test]
    fn gathered_or_one_by_one_parts_make_the_same_mark() {
        let marker = Marker::new();
        for lengths in [
            [0; 4],
            [1, 7, 0, 9],
            [24, 26, 3, 36],
            [24, GATHERED - 24, 0, 0],
        ] {
            let texts = lengths.map(|length| vec![b'x'; length]);
            let parts = texts.each_ref().map(Vec::as_slice);
            assert_eq!(
                marker.hash(parts),
                marker.hash_one_by_one(parts),
                "{lengths:?}"
            );
        }
        let long = "x".repeat(GATHERED);
        assert_ne!(
            marker.mark("a", claim(&long, "b")),
            marker.mark("a", claim(&long, "c"))
        );
    }

    #[test]
    fn every_store_has_a_key_of_its_own() {
        let subject = claim("jti", "1");
        let (one, other) = (Marker::new(), Marker::new());
        assert_eq!(one.mark("a", subject), one.mark("a", subject));
        assert_ne!(one.mark("a", subject), other.mark("a", subject));
    }
}
