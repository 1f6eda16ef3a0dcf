//! A rule's target as 128 keyed bits.
//!
//! Keyed with a secret of the store, because values come from tokens: with a
//! public hash somebody could choose a value that is taken for a revoked one,
//! or many that all fall into one place. Each part goes in with its length, so
//! that ("ab", "c") and ("a", "bc") differ.

use std::hash::{BuildHasher, Hasher, RandomState};

use siphasher::sip128::{Hasher128, SipHasher13};

use super::rule::{Subject, Value};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Mark {
    pub(super) high: u64,
    pub(super) low: u64,
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
        let mut hasher = self.0;
        frame(&mut hasher, b'r', realm);
        match subject {
            Subject::Claim { name, value } => {
                frame(&mut hasher, b'c', name);
                match value {
                    Value::Text(text) => frame(&mut hasher, b't', text),
                    Value::Integer(integer) => {
                        hasher.write(b"i");
                        hasher.write(&integer.to_le_bytes());
                    }
                }
            }
            Subject::Key(key) => frame(&mut hasher, b'k', key),
        }
        let hash = hasher.finish128();
        Mark {
            high: hash.h1,
            low: hash.h2,
        }
    }
}

fn frame(hasher: &mut SipHasher13, kind: u8, text: &str) {
    hasher.write(&[kind]);
    hasher.write(&(text.len() as u64).to_le_bytes());
    hasher.write(text.as_bytes());
}

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
    fn every_store_has_a_key_of_its_own() {
        let subject = claim("jti", "1");
        let (one, other) = (Marker::new(), Marker::new());
        assert_eq!(one.mark("a", subject), one.mark("a", subject));
        assert_ne!(one.mark("a", subject), other.mark("a", subject));
    }
}
