//! How a token's key is chosen: one trait, and what it is asked and answers.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::Guard;

use super::key::Key;
use super::set::KeySet;
use crate::crypto::Named;
use crate::error::Result;

/// What a token says about its key. None of it is verified yet.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// The header's `alg`.
    pub algorithm: Named,
    /// The header's `kid`.
    pub kid: Option<&'a str>,
    /// The claim `iss`.
    pub issuer: Option<&'a str>,
    /// The claim `aud`, where it is one text.
    pub audience: Option<&'a str>,
    /// When a key must still be good, in seconds since 1970: now, less the leeway.
    pub now: i64,
}

/// Whatever keys come from: a fixed set, a live one, a derivation.
pub trait Select: Send + Sync {
    /// The key to verify with; never one that is past its `exp`.
    ///
    /// Fails with [`ErrorKind::Algorithm`] where the key that is meant is for
    /// another algorithm, and with [`ErrorKind::UnknownKey`] where none is meant.
    ///
    /// [`ErrorKind::Algorithm`]: crate::ErrorKind::Algorithm
    /// [`ErrorKind::UnknownKey`]: crate::ErrorKind::UnknownKey
    fn select(&self, wanted: &Wanted<'_>) -> Result<KeyRef>;

    /// Whether each key is for one audience, and selected for no other.
    fn binds_audiences(&self) -> bool {
        false
    }

    /// A number that changes whenever a key that was selected might no longer
    /// be, its own `exp` aside ([`Key::times`]).
    fn generation(&self) -> u64;

    /// Waits, for at most `limit`, until more fetches of the keys have ended than
    /// `settled`. A set that nobody fetches has nothing to wait for.
    fn wait(&self, settled: u64, limit: Duration) -> Result<()> {
        let _ = (settled, limit);
        Ok(())
    }
}

/// A key in use. Holding it keeps it alive, also when its set is replaced.
///
/// One from a live set holds the whole set by a guard of `arc_swap`, so that
/// threads that verify don't contend for a reference count.
#[derive(Debug)]
pub struct KeyRef(Held);

#[derive(Debug)]
enum Held {
    Live(Guard<Arc<KeySet>>, usize),
    Owned(Arc<Key>),
}

impl KeyRef {
    /// The key at `index` of `set`, if there is one.
    pub(crate) fn live(set: Guard<Arc<KeySet>>, index: usize) -> Option<Self> {
        set.get(index)?;
        Some(Self(Held::Live(set, index)))
    }
}

impl From<Arc<Key>> for KeyRef {
    fn from(key: Arc<Key>) -> Self {
        Self(Held::Owned(key))
    }
}

impl Deref for KeyRef {
    type Target = Key;

    fn deref(&self) -> &Key {
        match &self.0 {
            Held::Live(set, index) => match set.get(*index) {
                Some(key) => key,
                None => {
                    unreachable!("`live` has seen the key in this very set, which is immutable")
                }
            },
            Held::Owned(key) => key,
        }
    }
}
