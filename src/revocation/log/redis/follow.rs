//! The follower's own connection, on which it waits for what others append.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use redis::{Cmd, Value, cmd};

use super::line::Fault;
use super::place::Store;
use super::read::{PIECE, news};
use super::{Redis, reach, value};
use crate::error::Result;
use crate::events::Events;
use crate::revocation::bell::Bell;
use crate::revocation::log::{Heard, Position, Wait};

/// How many changes the table may lack before followers carry them over, and
/// how many at a time: a fraction of a millisecond of the server's time.
const BACKLOG: i64 = 10_000;
const FOLD: usize = 64;
/// How many rows are looked at for rules that have ended, for each such piece.
const SWEEP: usize = FOLD;

pub(super) struct Follower {
    redis: Redis,
    looked: Instant,
    /// Not so where the server's user may only read.
    may_fold: bool,
    #[cfg(feature = "sqlite")]
    _keeper: Option<super::keeper::Keeper>,
}

impl Follower {
    #[cfg_attr(not(feature = "sqlite"), allow(unused_variables))]
    pub(super) fn new(store: &Arc<Store>, events: &Arc<Events>) -> Self {
        Self {
            redis: Redis::new(store),
            looked: Instant::now(),
            may_fold: true,
            #[cfg(feature = "sqlite")]
            _keeper: super::keeper::Keeper::start(store, events),
        }
    }

    /// The answer to a wait of at most `patience` for entries behind `position`.
    fn listen(&mut self, position: &Position, patience: Duration) -> Result<Value, Fault> {
        let folds = self.may_fold && {
            let folded = self.redis.store.folded.load(Ordering::Relaxed);
            position.sequence - folded >= BACKLOG
        };
        let mut may_fold = self.may_fold;
        let answer = self.redis.on_line(|line, store| {
            let mut packed = Vec::new();
            if folds {
                for command in fold(store) {
                    command.write_packed_command(&mut packed);
                }
            }
            let mut read = cmd("XREAD");
            read.arg("COUNT").arg(PIECE);
            read.arg("BLOCK").arg(patience.as_millis().max(1) as u64);
            read.arg("STREAMS").arg(&store.log);
            read.arg(value::id(position.stamp));
            read.write_packed_command(&mut packed);
            line.send(&packed, patience)?;
            if folds {
                let count = line.receive().and_then(|count| value::number(&count));
                let swept = line.receive();
                match (count, swept) {
                    (Ok(count), Ok(_)) => store.folded.store(count, Ordering::Relaxed),
                    (Err(fault), _) | (_, Err(fault)) => match fault {
                        Fault::Said { .. } => may_fold = false,
                        fault => return Err(fault),
                    },
                }
            }
            line.receive()
        });
        self.may_fold = may_fold;
        answer
    }
}

/// Carries the oldest entries over into the table, and drops what has ended.
fn fold(store: &Store) -> [Cmd; 2] {
    let mut fold = reach::script(store, include_str!("lua/fold.lua"));
    fold.arg(FOLD);
    let mut sweep = reach::script(store, include_str!("lua/sweep.lua"));
    sweep.arg("").arg(SWEEP);
    [fold, sweep]
}

impl Wait for Follower {
    fn wait(&mut self, position: &Position, bell: &Bell) -> Result<Heard> {
        let patience = self
            .redis
            .store
            .look()
            .saturating_sub(self.looked.elapsed());
        if patience.is_zero() {
            self.looked = Instant::now();
            return Ok(Heard::Look);
        }
        let is_new = self.redis.line.is_none();
        let breaker = match self.redis.connected() {
            Ok(line) => is_new.then(|| line.breaker()),
            Err(fault) => return Err(self.redis.unavailable(&fault)),
        };
        if let Some(breaker) = breaker {
            bell.on_ring(breaker);
        }
        let told = self
            .listen(position, patience)
            .and_then(|answer| match answer {
                Value::Nil => Ok(Vec::new()),
                answer => {
                    let stream = value::array(answer)?.into_iter().next().ok_or(Fault::Odd)?;
                    let entries = value::entries(value::pair(stream)?.1)?;
                    let entries = entries.iter();
                    entries
                        .map(|entry| Ok((entry.stamp, news(entry)?)))
                        .collect()
                }
            });
        match told {
            // Nothing was there before, so that it is to be read from its beginning.
            Ok(told) if told.is_empty() || position.identity.is_empty() => Ok(Heard::Look),
            Ok(told) => Ok(Heard::Told(told)),
            Err(fault) => Err(self.redis.unavailable(&fault)),
        }
    }
}
