//! Keys that a system derives from its secret.

use std::sync::Arc;

use serde_json::json;
use zeroize::Zeroizing;

use super::stack_auth::{Audiences, body};
use super::{Named, merge, named, refused};
use crate::error::{Error, ErrorKind, Result};
use crate::keys::{Key, KeyOptions, KeySet, Ring, Select};

/// A system's secrets, as they were handed over.
#[derive(Clone, Copy)]
pub(super) struct Secrets<'a> {
    pub(super) secret: &'a [u8],
    /// The one that is being rotated out; empty where there is none.
    pub(super) old: &'a [u8],
}

impl Secrets<'_> {
    /// The HMAC key of the secret for each of these algorithms. How long it is
    /// is the system's matter: a short one is taken, and reported as weak.
    pub(super) fn hmac(self, algorithms: &[&str]) -> Result<Derived> {
        if !self.old.is_empty() {
            return Err(refused(
                "it has one secret at a time, so an old one has no place here",
            ));
        }
        let mut keys = Vec::new();
        for algorithm in algorithms {
            let options = KeyOptions {
                algorithm: Some((*algorithm).into()),
                weak: true,
                ..KeyOptions::default()
            };
            keys.extend(KeySet::from_secret(self.secret, &options)?.keys().cloned());
        }
        Ok(Derived(Keys::Whole(ring(keys))))
    }
}

/// Keys that a system derives from its secret: all of them, or each when a
/// token first asks for it. Any number of threads may share it.
pub struct Derived(Keys);

enum Keys {
    /// A set like any other.
    Whole(Arc<Ring>),
    /// A set of which the first keys are published, in the system's own spelling.
    Published {
        ring: Arc<Ring>,
        first: usize,
        short: bool,
    },
    OnDemand(Arc<Audiences>),
}

impl Derived {
    /// Derives the keys of the system that the options document names. `old` is
    /// the secret that is being rotated out, and empty where there is none.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Options`] names the parameter at fault; [`ErrorKind::Key`]
    /// and [`ErrorKind::WeakKey`] are the secret's.
    pub fn read(options: &[u8], secret: &[u8], old: &[u8]) -> Result<Self> {
        let Some(Named { system, beside, .. }) = named(options)? else {
            return Err(refused(
                "keys are derived for a system: say which, as in {\"name\": \"stack-auth\", …}",
            ));
        };
        merge::check_known(&beside)?;
        system.derive(Secrets { secret, old })
    }

    /// Keys of which the first are published.
    pub(super) fn published(keys: Vec<Key>, first: usize, short: bool) -> Self {
        let ring = ring(keys.into_iter().map(Arc::new).collect());
        Self(Keys::Published { ring, first, short })
    }

    /// Keys that are derived when a token asks for them.
    pub(super) fn on_demand(audiences: Audiences) -> Self {
        Self(Keys::OnDemand(Arc::new(audiences)))
    }

    /// What verification asks.
    #[must_use]
    pub fn select(&self) -> Arc<dyn Select> {
        match &self.0 {
            Keys::Whole(ring) | Keys::Published { ring, .. } => Arc::clone(ring) as Arc<dyn Select>,
            Keys::OnDemand(audiences) => Arc::clone(audiences) as Arc<dyn Select>,
        }
    }

    /// The keys as a set, to sign with.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Misconfigured`] for keys that are derived on demand.
    pub fn ring(&self) -> Result<&Arc<Ring>> {
        match &self.0 {
            Keys::Whole(ring) | Keys::Published { ring, .. } => Ok(ring),
            Keys::OnDemand(_) => Err(Error::new(
                ErrorKind::Misconfigured,
                "the keys are those of every project, and no set: name one as \"project\"",
            )),
        }
    }

    /// The JWK Set that the system publishes, or with `private` the same keys
    /// with their private part.
    ///
    /// # Errors
    ///
    /// As for [`Self::ring`].
    pub fn to_json(&self, private: bool) -> Result<Zeroizing<String>> {
        let set = self.ring()?.load();
        match &self.0 {
            Keys::Published { first, short, .. } => body(set.keys().take(*first), *short, private),
            Keys::Whole(_) | Keys::OnDemand(_) => set.to_json(private).map(Zeroizing::new),
        }
    }

    /// The keys described as JSON, without key material: as
    /// [`KeySet::status_json`] does, or how many were `derived` on demand so far.
    pub fn status_json(&self) -> Result<String> {
        match &self.0 {
            Keys::Whole(ring) | Keys::Published { ring, .. } => ring.load().status_json(),
            Keys::OnDemand(audiences) => {
                let status = json!({ "keys": [], "skipped": [], "derived": audiences.derived() });
                Ok(status.to_string())
            }
        }
    }
}

fn ring(keys: Vec<Arc<Key>>) -> Arc<Ring> {
    Arc::new(Ring::new(KeySet::new(keys, Vec::new())))
}
