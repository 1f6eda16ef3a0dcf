//! Logs: the rules as people read them, in order. Verification never asks them.
//!
//! The log of `memory:` belongs to one process. The others are shared: each
//! process appends to them, and follows what the others append.

pub(super) mod memory;
#[cfg(feature = "sqlite")]
pub(super) mod sqlite;

use serde_json::{Map, Value};

use super::bell::Bell;
use super::rule::{Entry, Subject};
use crate::error::Result;

/// One change, as every shared log keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// A rule, joined to the one in force for the same value: the later cut-off
    /// and the later end.
    Revoke(Entry),
    /// A rule taken back.
    Restore {
        realm: Box<str>,
        subject: Subject<Box<str>>,
    },
    /// A switch, set.
    Switch {
        scope: Box<str>,
        name: Box<str>,
        on: bool,
    },
}

/// What the reader of a shared log is told, in this order.
#[derive(Debug)]
#[cfg_attr(not(feature = "sqlite"), allow(dead_code))]
pub(super) enum News {
    /// What was told before is void: the whole state follows, and is in force
    /// once it is complete.
    Reset,
    /// The whole state has been told.
    Complete,
    /// The rule for this value stands exactly so.
    Is(Entry),
    /// What was appended.
    Change(Change),
}

/// How far a process has read, in the log's own terms; it outlives connections
/// and forks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Position {
    /// Which log it is; another one, under the same name, is read anew.
    pub(super) identity: String,
    /// The number of the last change that was read.
    pub(super) sequence: i64,
}

/// The rules in force, oldest first, and the switches.
#[derive(Default)]
pub(super) struct Readable {
    pub(super) entries: Vec<Entry>,
    pub(super) switches: Vec<(Box<str>, Box<str>, bool)>,
}

/// A process's connection to a shared log. Its owner sees to it that one thread
/// at a time uses it, and that a forked child makes its own.
///
/// Reading fails with `revocations-unavailable`, writing with `storage`.
pub(super) trait Log: Send {
    /// Appends all of them or none; when it returns they are as durable as the
    /// log promises.
    fn append(&mut self, changes: &[Change], now: i64) -> Result<()>;

    /// Remembers until `end` that `id` was used; whether this is the first time.
    /// To look and to write are one step to all who share the log. What is
    /// remembered is no change: nobody follows it, and it may be lost with power.
    fn remember(&mut self, id: &str, end: i64, now: i64) -> Result<bool>;

    /// Hands over what is new since `position`, in pieces, and moves it there.
    /// On return the process knows what anybody had appended before the call.
    fn catch_up(&mut self, position: &mut Position, take: &mut dyn FnMut(Vec<News>)) -> Result<()>;

    /// What is in force at `now`.
    fn read(&mut self, now: i64) -> Result<Readable>;

    /// Drops what has ended by `now` and what was taken back.
    fn compact(&mut self, now: i64) -> Result<()>;

    /// How it is, for `status`: the members that this kind of log has.
    fn describe(&mut self) -> Map<String, Value>;
}

/// Where a follower waits for news.
pub(super) trait Wait: Send {
    /// Returns when there may be news, when `bell` rings, or after a while.
    fn wait(&mut self, bell: &Bell);
}

/// How to reach a shared log: what a process, and each child of it, starts with.
pub(super) trait Open: Send + Sync {
    /// A new connection.
    fn open(&self) -> Result<Box<dyn Log>>;

    /// A new place to wait.
    fn waiter(&self) -> Box<dyn Wait>;
}
