//! How a source is, and what has happened to it, for people and their logs.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::machine::SECOND;
use super::source::Source;
use crate::clock;
use crate::error::{Error, ErrorKind, Result};
use crate::keys::{Key, KeySet, Skipped};

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

/// The most keys that one change names, as added, as removed and as skipped:
/// events wait in memory.
const MOST_NAMED: usize = 16;

/// Whether `new` differs from `old`, and what its taking the place has to tell.
pub(super) fn changes(old: &KeySet, new: &KeySet) -> (bool, Vec<Event>) {
    let mut events = Vec::new();
    if new.is_same(old) {
        return (false, events);
    }
    let ((added, more_added), (removed, more_removed)) = (beyond(old, new), beyond(new, old));
    if !added.is_empty() || !removed.is_empty() {
        let mut members = vec![("added", json!(added)), ("removed", json!(removed))];
        members.extend(more(more_added + more_removed));
        events.push(("keys-rotated", members));
    }
    let known: HashSet<&Skipped> = old.skipped().iter().collect();
    let mut skips = new.skipped().iter().filter(|skip| !known.contains(skip));
    for skip in skips.by_ref().take(MOST_NAMED) {
        events.push((
            "key-skipped",
            vec![
                ("index", skip.index.into()),
                ("kid", json!(skip.kid)),
                ("reason", skip.reason.as_str().into()),
            ],
        ));
    }
    if let (Some(more), Some((_, last))) = (more(skips.count()), events.last_mut()) {
        last.push(more);
    }
    (true, events)
}

/// The keys of `new` that `old` hasn't: the names of some, and how many more there are.
fn beyond(old: &KeySet, new: &KeySet) -> (Vec<String>, usize) {
    let known: HashSet<&str> = old.keys().map(|key| key.thumbprint()).collect();
    let mut keys = new.keys().filter(|key| !known.contains(key.thumbprint()));
    let name = |key: &Arc<Key>| key.kid().unwrap_or_else(|| key.thumbprint()).to_owned();
    let names = keys.by_ref().take(MOST_NAMED).map(name).collect();
    (names, keys.count())
}

/// Says how many an event leaves out.
fn more(count: usize) -> Option<(&'static str, Value)> {
    (count > 0).then(|| ("more", count.into()))
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
            let inner = self.inner();
            let machine = &inner.machine;
            let age = machine.fetched().map(|fetched| seconds(now - fetched));
            status.insert("age".into(), json!(age));
            let next = machine.next().saturating_sub(now);
            status.insert("next".into(), seconds(next).into());
            let stale = machine.is_stale(now);
            status.insert("stale".into(), stale.into());
            status.insert("last_error".into(), json!(inner.last_error));
            let counters = &inner.counters;
            let of_keys = [
                ("asked", counters.asked),
                ("unknown", counters.unknown),
                ("skips", counters.skipped),
            ];
            let of_all = [
                ("fetches", counters.fetches),
                ("failures", counters.failures),
            ];
            let of_keys = of_keys.into_iter().filter(|_| !self.is_list());
            for (name, count) in of_all.into_iter().chain(of_keys) {
                status.insert(name.into(), count.into());
            }
        }
        if let Some(following) = &self.list {
            let list = following.current(clock::now());
            status.insert("uri".into(), following.uri.as_str().into());
            status.insert("list".into(), json!(list.map(|list| list.describe())));
            return Ok(Value::Object(status).to_string());
        }
        let keys: Value = serde_json::from_str(&self.ring.load().status_json()?)
            .map_err(|_| Error::new(ErrorKind::Internal, "keys that can't be described"))?;
        if let Value::Object(keys) = keys {
            status.extend(keys);
        }
        Ok(Value::Object(status).to_string())
    }
    /// When something is to be done next: a fetch, or the telling that the keys
    /// have become too old, which this does where it is time.
    pub(super) fn next(&self) -> i64 {
        let now = clock::uptime();
        self.tell_stale(now);
        let inner = self.inner();
        let stale = inner.machine.stale_from().filter(|_| !inner.told_stale);
        inner.machine.next().min(stale.unwrap_or(i64::MAX))
    }

    /// Tells once that the keys have become too old, where they have.
    pub(super) fn tell_stale(&self, now: i64) {
        let is_news = {
            let mut inner = self.inner();
            inner.machine.is_stale(now) && !std::mem::replace(&mut inner.told_stale, true)
        };
        if is_news {
            self.events.add("stale", []);
        }
    }
}
