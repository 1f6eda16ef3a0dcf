//! Logs: the rules as people read them, in order. Verification never asks them.
//!
//! The log of `memory:` belongs to one process. The others are shared: each
//! process appends to them, and follows what the others append.

pub(super) mod memory;
#[cfg(feature = "redis")]
pub(super) mod redis;
#[cfg(feature = "sqlite")]
pub(super) mod sqlite;

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::bell::Bell;
use super::rule::{Entry, Subject};
use crate::error::Result;
use crate::events::Events;

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
#[cfg_attr(not(any(feature = "sqlite", feature = "redis")), allow(dead_code))]
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
    /// What follows was appended there; after a reset, or was before.
    #[cfg_attr(not(feature = "redis"), allow(dead_code))]
    At(Stamp),
    /// All up to here has been told, for those who keep note of it.
    #[cfg_attr(not(feature = "redis"), allow(dead_code))]
    Upto(Position),
}

/// How far a process has read, in the log's own terms; it outlives connections
/// and forks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Position {
    /// Which log it is; empty where none has been read yet.
    pub(super) identity: String,
    /// The number of the last change that was read.
    pub(super) sequence: i64,
    /// Where the log keeps that change, if it isn't by its number.
    pub(super) stamp: Stamp,
}

/// A place in a log that orders what is appended.
pub(super) type Stamp = (u64, u64);

/// Whoever reads a log: how far that is, what must be there still, since this
/// process was told that it is, and where the news go.
#[cfg_attr(not(any(feature = "sqlite", feature = "redis")), allow(dead_code))]
pub(super) struct Reader<'a> {
    pub(super) position: &'a mut Position,
    pub(super) unseen: &'a mut VecDeque<Stamp>,
    pub(super) take: &'a mut dyn FnMut(Vec<News>),
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
/// Reading fails with `revocations-unavailable`, or with `revocations-stale`
/// where the log has lost what was read from it before; writing with `storage`.
pub(super) trait Log: Send {
    /// Appends all of them or none, or, where they are too many for that, piece
    /// by piece. The stamp is the last one's, if the log has such. `known` is how
    /// far this process has read.
    fn append(&mut self, changes: &[Change], now: i64, known: &Position) -> Result<Option<Stamp>>;

    /// Remembers until `end` that `id` was used; whether this is the first time.
    /// To look and to write are one step to all who share the log. What is
    /// remembered is no change: nobody follows it, and it may be lost with power.
    fn remember(&mut self, id: &str, end: i64, now: i64) -> Result<bool>;

    /// [`Self::append`] of an export, which makes a log whole that had lost
    /// something.
    fn import(&mut self, changes: &[Change], now: i64, known: &Position) -> Result<Option<Stamp>> {
        self.append(changes, now, known)
    }

    /// Returns when what was appended is as durable as the options ask.
    fn confirm(&mut self, changes: &[Change], now: i64) -> Result<()> {
        let _ = (changes, now);
        Ok(())
    }

    /// Hands over what is new since the reader's position, in pieces, and moves
    /// it there. On return the process knows what anybody had appended before
    /// the call.
    fn catch_up(&mut self, reader: &mut Reader<'_>) -> Result<()>;

    /// What is in force at `now`.
    fn read(&mut self, now: i64) -> Result<Readable>;

    /// Drops what has ended by `now` and what was taken back.
    fn compact(&mut self, now: i64) -> Result<()>;

    /// How it is, for `status`: the members that this kind of log has.
    fn describe(&mut self, position: &Position) -> Map<String, Value>;
}

/// What a follower comes back with.
#[cfg_attr(not(feature = "redis"), allow(dead_code))]
pub(super) enum Heard {
    /// It is time to look: there may be news, or whatever was known is old.
    Look,
    /// What was appended after the position that it waited at.
    Told(Vec<(Stamp, Vec<News>)>),
}

/// Where a follower waits for news.
pub(super) trait Wait: Send {
    /// Returns when there may be news after `position`, when `bell` rings, or
    /// after a while.
    fn wait(&mut self, position: &Position, bell: &Bell) -> Result<Heard>;
}

/// How to reach a shared log: what a process, and each child of it, starts with.
pub(super) trait Open: Send + Sync {
    /// A new connection.
    fn open(&self) -> Result<Box<dyn Log>>;

    /// A new place to wait, which tells `events` what it comes upon.
    fn waiter(&self, events: &Arc<Events>) -> Box<dyn Wait>;
}
