//! Switches: (scope, name) → on or off. They are few and rarely change, so
//! each change makes a new map and swaps it in.

use std::collections::BTreeMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use serde::Serialize;

pub(super) type Map = BTreeMap<Box<str>, BTreeMap<Box<str>, bool>>;

pub(super) struct Switches(ArcSwap<Map>);

/// One switch as a document holds it.
#[derive(Serialize)]
pub(super) struct Setting<'a> {
    pub(super) scope: &'a str,
    pub(super) name: &'a str,
    pub(super) on: bool,
}

impl Switches {
    pub(super) fn new() -> Self {
        Self(ArcSwap::from_pointee(Map::new()))
    }

    pub(super) fn is_on(&self, scope: &str, name: &str) -> bool {
        let map = self.0.load();
        map.get(scope)
            .and_then(|names| names.get(name))
            .copied()
            .unwrap_or(false)
    }

    /// Sets one. The caller holds the store's lock.
    pub(super) fn set(&self, scope: &str, name: &str, on: bool) {
        let mut map = Map::clone(&self.0.load());
        map.entry(scope.into()).or_default().insert(name.into(), on);
        self.0.store(Arc::new(map));
    }

    /// Adds many at once; one that is on stays on. The caller holds the store's lock.
    pub(super) fn merge(&self, settings: &Map) {
        let mut map = Map::clone(&self.0.load());
        for (scope, names) in settings {
            let held = map.entry(scope.clone()).or_default();
            for (name, on) in names {
                *held.entry(name.clone()).or_default() |= *on;
            }
        }
        self.0.store(Arc::new(map));
    }

    /// Puts `map` in the place of all. The caller holds the store's lock.
    pub(super) fn replace(&self, map: Map) {
        self.0.store(Arc::new(map));
    }

    pub(super) fn snapshot(&self) -> Arc<Map> {
        self.0.load_full()
    }
}

/// The settings of `map`, by scope and name.
pub(super) fn settings(map: &Map) -> Vec<Setting<'_>> {
    map.iter()
        .flat_map(|(scope, names)| names.iter().map(|(name, &on)| Setting { scope, name, on }))
        .collect()
}
