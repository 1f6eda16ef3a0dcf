//! What a host may want to log, kept until it asks: bounded, so that a host
//! which never asks loses the oldest and no memory.

use std::collections::VecDeque;

use parking_lot::Mutex;
use serde_json::{Map, Value};

use crate::clock;
use crate::fork;

/// The most events that wait to be read.
const MOST: usize = 64;

#[derive(Default)]
pub(crate) struct Events(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    events: VecDeque<Map<String, Value>>,
    dropped: u64,
}

impl Events {
    /// Adds an event; `details` are its members besides "at", the system
    /// clock's seconds, and "event". Not to be called inside the gate.
    pub(crate) fn add(
        &self,
        event: &str,
        details: impl IntoIterator<Item = (&'static str, Value)>,
    ) {
        let mut members = Map::new();
        members.insert("at".into(), clock::now().into());
        members.insert("event".into(), event.into());
        members.extend(
            details
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value)),
        );
        let _gate = fork::inside();
        let kept = &mut *self.0.lock();
        if kept.events.len() == MOST {
            kept.events.pop_front();
            kept.dropped += 1;
        }
        kept.events.push_back(members);
    }

    /// Takes all events, oldest first, as a JSON array. Where some were dropped
    /// for want of room, the first says how many.
    pub(crate) fn drain(&self) -> String {
        let (events, dropped) = {
            let _gate = fork::inside();
            let kept = &mut *self.0.lock();
            (
                std::mem::take(&mut kept.events),
                std::mem::take(&mut kept.dropped),
            )
        };
        let mut all: Vec<Value> = Vec::with_capacity(events.len() + 1);
        if dropped > 0 {
            all.push(serde_json::json!({
                "at": clock::now(), "event": "dropped", "count": dropped,
            }));
        }
        all.extend(events.into_iter().map(Value::Object));
        Value::Array(all).to_string()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_give_way_and_their_number_is_told() {
        let events = Events::default();
        for number in 0..MOST + 2 {
            events.add("tick", [("number", number.into())]);
        }
        let all: Vec<Value> = serde_json::from_str(&events.drain()).unwrap();
        assert_eq!(all.len(), MOST + 1);
        assert_eq!(all[0]["event"], "dropped");
        assert_eq!(all[0]["count"], 2);
        assert_eq!(all[1]["number"], 2);
        assert!(all[1]["at"].as_i64().unwrap() > 0);
        assert_eq!(events.drain(), "[]");
    }
}
