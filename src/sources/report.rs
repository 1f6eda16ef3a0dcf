//! How a source is, and what has happened to it, for people and their logs.

use serde_json::{Map, Value, json};

use super::machine::SECOND;
use super::source::Source;
use crate::clock;
use crate::error::{Error, ErrorKind, Result};
use crate::fork;
use crate::keys::{Key, KeySet};

#[derive(Clone, Debug, Default)]
pub(super) struct Counters {
    /// Fetches that have ended, well or not.
    pub(super) fetches: u64,
    pub(super) failures: u64,
    /// Fetches that tokens of an unknown kid have caused.
    pub(super) asked: u64,
    /// Tokens of a kid that wasn't in the set.
    pub(super) unknown: u64,
    /// Keys of answers that couldn't be used.
    pub(super) skipped: u64,
}

/// An event and its members.
pub(super) type Event = (&'static str, Vec<(&'static str, Value)>);

/// What a replacement of `old` by `new` has to tell.
pub(super) fn changes(old: &KeySet, new: &KeySet) -> Vec<Event> {
    let label = |key: &Key| key.kid().unwrap_or_else(|| key.thumbprint()).to_owned();
    let missing = |from: &KeySet, of: &KeySet| -> Vec<String> {
        let thumbprints: Vec<_> = from.keys().map(|key| key.thumbprint().to_owned()).collect();
        of.keys()
            .filter(|key| !thumbprints.iter().any(|known| known == key.thumbprint()))
            .map(|key| label(key))
            .collect()
    };
    let mut events = Vec::new();
    let (added, removed) = (missing(old, new), missing(new, old));
    if !added.is_empty() || !removed.is_empty() {
        events.push((
            "keys-rotated",
            vec![("added", json!(added)), ("removed", json!(removed))],
        ));
    }
    for skipped in new.skipped() {
        if !old.skipped().contains(skipped) {
            events.push((
                "key-skipped",
                vec![
                    ("index", skipped.index.into()),
                    ("kid", json!(skipped.kid)),
                    ("reason", skipped.reason.as_str().into()),
                ],
            ));
        }
    }
    events
}

impl Source {
    /// How the source is, as JSON; the header lists the members.
    pub fn status_json(&self) -> Result<String> {
        let now = clock::uptime();
        let seconds = |milliseconds: i64| milliseconds.max(0) / SECOND;
        let mut status = Map::new();
        let (name, origin) = self.options.origin.describe();
        status.insert(name.into(), origin.into());
        {
            let _gate = fork::inside();
            let inner = self.inner.lock();
            let machine = &inner.machine;
            let age = machine.fetched().map(|fetched| seconds(now - fetched));
            status.insert("age".into(), json!(age));
            let next = machine.next().saturating_sub(now);
            status.insert("next".into(), seconds(next).into());
            let stale = machine.stale_from().is_some_and(|from| from <= now);
            status.insert("stale".into(), stale.into());
            status.insert("last_error".into(), json!(inner.last_error));
            let counters = &inner.counters;
            for (name, count) in [
                ("fetches", counters.fetches),
                ("failures", counters.failures),
                ("asked", counters.asked),
                ("unknown", counters.unknown),
                ("skips", counters.skipped),
            ] {
                status.insert(name.into(), count.into());
            }
        }
        let keys: Value = serde_json::from_str(&self.ring.load().status_json()?)
            .map_err(|_| Error::new(ErrorKind::Internal, "keys that can't be described"))?;
        if let Value::Object(keys) = keys {
            status.extend(keys);
        }
        Ok(Value::Object(status).to_string())
    }
}
