//! The keys of every audience, each derived when a token first asks for it.
//!
//! Which key is asked for is said by a token that nobody has verified, so what
//! a stranger can make this do is bounded: an audience must look like one, its
//! keys' names are computed first, which costs a few hashes, and only a token
//! that names one of them has a key derived and kept. A stranger knows no name
//! of a key but those that are published, for projects that exist.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use arc_swap::ArcSwap;

use super::audience::is_audience;
use super::derivation::{Derivation, Root};
use crate::crypto::{Algorithm, equal};
use crate::error::{Error, ErrorKind, Result};
use crate::keys::{KeyRef, KeySet, Select, Wanted};

/// How many keys are kept: in rows, of which a key's name chooses one.
const ROWS: usize = 256;
const PLACES: usize = 4;

/// Keys by audience, derived on demand from one secret or two.
pub(in crate::systems) struct Audiences {
    roots: Vec<Root>,
    /// Each place holds a set of one key, or none yet. They are swapped whole
    /// and read without a lock.
    rows: Box<[[ArcSwap<KeySet>; PLACES]]>,
    derived: AtomicU64,
    /// Which place of its row the next key takes where none is free.
    next: AtomicUsize,
}

impl Audiences {
    pub(super) fn new(roots: Vec<Root>) -> Self {
        let nothing = Arc::new(KeySet::none());
        let place = || ArcSwap::new(Arc::clone(&nothing));
        Self {
            roots,
            rows: (0..ROWS)
                .map(|_| std::array::from_fn(|_| place()))
                .collect(),
            derived: AtomicU64::new(0),
            next: AtomicUsize::new(0),
        }
    }

    /// How many keys have been derived so far.
    pub(in crate::systems) fn derived(&self) -> u64 {
        self.derived.load(Ordering::Relaxed)
    }

    /// The places where the key of this name may be.
    fn row(&self, kid: &str) -> &[ArcSwap<KeySet>] {
        // A key's name is a hash already.
        let row = kid.bytes().fold(0_usize, |row, byte| {
            row.wrapping_mul(31).wrapping_add(byte.into())
        });
        self.rows.get(row % ROWS).map_or(&[], |places| places)
    }

    fn keep(&self, kid: &str, set: Arc<KeySet>) {
        let row = self.row(kid);
        let free = row.iter().find(|place| place.load().is_empty());
        let next = self.next.fetch_add(1, Ordering::Relaxed) % PLACES;
        if let Some(place) = free.or_else(|| row.get(next)) {
            place.store(set);
        }
    }
}

impl Select for Audiences {
    fn select(&self, wanted: &Wanted<'_>) -> Result<KeyRef> {
        let (Some(kid), Some(audience)) = (wanted.kid, wanted.audience) else {
            return Err(unknown());
        };
        let row = self.row(kid);
        for place in row {
            let set = place.load();
            if let Ok(index) = set.find(wanted) {
                return KeyRef::live(set, index).ok_or_else(unknown);
            }
        }
        if !is_audience(audience) {
            return Err(unknown());
        }
        for root in &self.roots {
            for derivation in [Derivation::Legacy, Derivation::Current] {
                // In constant time: a stranger mustn't find a name out letter by letter.
                let own = root.kid(derivation, audience)?;
                if !equal(own.as_str().as_bytes(), kid.as_bytes()) {
                    continue;
                }
                if !wanted.algorithm.fits(Algorithm::Es256) {
                    return Err(Error::new(
                        ErrorKind::Algorithm,
                        "the key of the token's kid is for another algorithm",
                    ));
                }
                self.derived.fetch_add(1, Ordering::Relaxed);
                let key = Arc::new(root.key(derivation, kid, audience)?);
                let set = Arc::new(KeySet::new(vec![Arc::clone(&key)], Vec::new()));
                self.keep(kid, set);
                return Ok(key.into());
            }
        }
        Err(unknown())
    }

    fn binds_audiences(&self) -> bool {
        true
    }

    fn generation(&self) -> u64 {
        0
    }
}

fn unknown() -> Error {
    Error::new(
        ErrorKind::UnknownKey,
        "no key of the token's audience has the token's kid",
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::crypto::Named;
    use crate::systems::derived::Secrets;

    fn audiences() -> Audiences {
        let secrets = Secrets {
            secret: b"abcd",
            old: b"",
        };
        Audiences::new(Root::of(secrets).unwrap())
    }

    fn select(audiences: &Audiences, project: &str) -> Result<KeyRef> {
        let kid = audiences.roots[0].kid(Derivation::Legacy, project)?;
        audiences.select(&Wanted {
            algorithm: Named::One(Algorithm::Es256),
            kid: Some(kid.as_str()),
            issuer: None,
            audience: Some(project),
            now: 0,
        })
    }

    #[test]
    fn however_many_projects_there_are_the_keys_that_are_kept_are_bounded() {
        let audiences = audiences();
        let count = 2 * ROWS * PLACES;
        for number in 0..count {
            let project = format!("p{number}");
            let key = select(&audiences, &project).unwrap();
            assert_eq!(key.audience(), Some(project.as_str()));
        }
        assert_eq!(audiences.derived(), count as u64);
        let places = audiences.rows.iter().flatten();
        let kept = places.filter(|place| !place.load().is_empty()).count();
        assert!(kept <= ROWS * PLACES);
        assert!(
            kept > ROWS * PLACES / 2,
            "names spread over the rows: {kept}"
        );
        // A key that had to go is derived again, and then kept.
        for _ in 0..3 {
            select(&audiences, "p0").unwrap();
        }
        assert!(audiences.derived() <= count as u64 + 1);
    }

    #[test]
    fn a_key_that_was_selected_outlives_its_place() {
        let audiences = audiences();
        let first = select(&audiences, "first").unwrap();
        for number in 0..2 * ROWS * PLACES {
            select(&audiences, &format!("p{number}")).unwrap();
        }
        assert_eq!(first.audience(), Some("first"));
        assert!(first.sign(b"message").is_ok());
    }

    #[test]
    fn a_token_without_a_kid_or_an_audience_has_no_key() {
        let audiences = audiences();
        select(&audiences, "internal").unwrap();
        let wanted = Wanted {
            algorithm: Named::One(Algorithm::Es256),
            kid: None,
            issuer: None,
            audience: Some("internal"),
            now: 0,
        };
        let kind = |wanted: &Wanted<'_>| audiences.select(wanted).unwrap_err().kind();
        assert_eq!(kind(&wanted), ErrorKind::UnknownKey);
        let kid = audiences.roots[0]
            .kid(Derivation::Legacy, "internal")
            .unwrap();
        let wanted = Wanted {
            kid: Some(kid.as_str()),
            audience: None,
            ..wanted
        };
        assert_eq!(kind(&wanted), ErrorKind::UnknownKey);
    }
}
