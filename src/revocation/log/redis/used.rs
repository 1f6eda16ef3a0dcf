//! Proofs that were used: a key each, which the server makes once, and forgets
//! by itself.

use redis::{Value, cmd};

use super::{Redis, fresh_identity, value};
use crate::error::{ErrorKind, Result};

impl Redis {
    /// Remembers until `end` that `id` was used; whether this is the first time.
    pub(super) fn remember_on_server(&mut self, id: &str, end: i64, now: i64) -> Result<bool> {
        let key = format!("{}{id}", self.store.used);
        // Says whose key it is where the answer was lost with the connection.
        let mine = fresh_identity()?;
        let mut set = cmd("SET");
        let seconds = end.saturating_sub(now).max(1);
        set.arg(&key).arg(&mine).arg("NX").arg("EX").arg(seconds);
        let outcome = self
            .on_line(|line, _| Ok(line.ask(&set)? != Value::Nil))
            .or_else(|fault| match fault.is_final() {
                false => Err(fault),
                true => self.on_line(|line, _| {
                    let is_made = line.ask(&set)? != Value::Nil;
                    Ok(is_made || value::text(line.ask(cmd("GET").arg(&key))?)? == mine)
                }),
            });
        outcome.map_err(|fault| self.error(ErrorKind::Storage, &fault))
    }
}
