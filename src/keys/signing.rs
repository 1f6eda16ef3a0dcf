//! Which key of a set signs: the newest that has begun and not ended.
//!
//! Asked at each call and at the call's time, so that a process that goes on
//! for long changes keys at the very second that was announced.

use std::sync::Arc;

use super::key::Key;
use super::set::{KeySet, SHOWN, lost};
use crate::clock;
use crate::crypto::Named;
use crate::error::{Error, ErrorKind, Result};

impl KeySet {
    /// The private key to sign with at `now`, in seconds since 1970 (0 asks the
    /// clock): the newest that fits what is given, whose `nbf` has come and
    /// whose `exp` hasn't.
    ///
    /// The newest is the one with the latest `nbf`, of several the last. Only
    /// where none of them has an `nbf` it is the first.
    ///
    /// Fails with [`ErrorKind::UnknownKey`] for a kid that no key has, with
    /// [`ErrorKind::Misconfigured`] where no key that fits may ever sign, and
    /// with [`ErrorKind::Key`] where none of those is in force.
    pub fn signing(
        &self,
        algorithm: Option<Named>,
        kid: Option<&str>,
        now: i64,
    ) -> Result<Arc<Key>> {
        self.find_signing(algorithm, kid, None, now)
            .and_then(|index| self.get(index).ok_or_else(lost))
            .cloned()
    }

    /// The index of the key to sign with.
    pub(super) fn find_signing(
        &self,
        algorithm: Option<Named>,
        kid: Option<&str>,
        audience: Option<&str>,
        now: i64,
    ) -> Result<usize> {
        let now = clock::at(now);
        let signers = self.signers(algorithm, kid);
        let signers = signers.filter(|(_, key)| key.is_for(audience));
        let in_force = signers.filter(|(_, key)| key.times().in_force(now));
        match newest(in_force) {
            Some((index, _)) => Ok(index),
            None => Err(self.without_signer(algorithm, kid, audience, now)),
        }
    }

    /// Fails where no key could sign so at any time.
    pub(crate) fn check_signing(
        &self,
        algorithm: Option<Named>,
        kid: Option<&str>,
        audience: Option<&str>,
    ) -> Result<()> {
        let mut signers = self.signers(algorithm, kid);
        match signers.any(|(_, key)| key.is_for(audience)) {
            true => Ok(()),
            false => Err(self.without_signer(algorithm, kid, audience, 0)),
        }
    }

    /// The keys that may sign, whenever that is.
    fn signers(
        &self,
        algorithm: Option<Named>,
        kid: Option<&str>,
    ) -> impl Iterator<Item = (usize, &Key)> {
        let keys = self.keys().map(|key| &**key).enumerate();
        keys.filter(move |(_, key)| {
            key.can_sign()
                && kid.is_none_or(|kid| key.kid() == Some(kid))
                && algorithm.is_none_or(|named| named.fits(key.algorithm()))
        })
    }

    /// Why no key signs at `now`.
    fn without_signer(
        &self,
        algorithm: Option<Named>,
        kid: Option<&str>,
        audience: Option<&str>,
        now: i64,
    ) -> Error {
        let mut signers = self.signers(algorithm, kid).peekable();
        if signers.peek().is_some() {
            let mut meant = signers.filter(|(_, key)| key.is_for(audience)).peekable();
            return match meant.peek() {
                Some(_) => none_in_force(meant, now),
                None => Error::new(
                    ErrorKind::Misconfigured,
                    "no private key is for the token's audience",
                ),
            };
        }
        if kid.is_some_and(|kid| self.with_kid(kid).next().is_none()) {
            return Error::new(ErrorKind::UnknownKey, "no key has the kid to sign with");
        }
        Error::new(
            ErrorKind::Misconfigured,
            "no private key fits the algorithm and kid to sign with",
        )
    }
}

/// The newest of `keys`, in the order of their document; see [`KeySet::signing`].
pub(super) fn newest<'k>(keys: impl Iterator<Item = (usize, &'k Key)>) -> Option<(usize, &'k Key)> {
    keys.reduce(|newest, next| {
        let begins = |(_, key): &(usize, &Key)| key.times().not_before;
        let later = begins(&next).is_some() && begins(&next) >= begins(&newest);
        if later { next } else { newest }
    })
}

/// The error for keys that could sign, but not at `now`; it names their dates.
pub(super) fn none_in_force<'k>(
    keys: impl IntoIterator<Item = (usize, &'k Key)>,
    now: i64,
) -> Error {
    let keys = keys.into_iter().take(SHOWN);
    let dates: Vec<_> = keys.map(|(index, key)| in_words(index, key)).collect();
    let dates = dates.join(", ");
    let message = format!("no key to sign with is in force at {now}: {dates}");
    Error::new(ErrorKind::Key, message)
}

/// A key and the dates between which it signs.
fn in_words(index: usize, key: &Key) -> String {
    let times = key.times();
    let dates: Vec<_> = [("nbf", times.not_before), ("exp", times.expires)]
        .into_iter()
        .filter_map(|(name, time)| Some(format!("{name} {}", time?)))
        .collect();
    let name = match key.kid() {
        Some(kid) => format!("kid {kid:?}"),
        None => format!("key {index}"),
    };
    format!("{name} ({})", dates.join(", "))
}
