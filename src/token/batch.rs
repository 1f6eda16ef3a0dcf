//! A batch of tokens, verified on all cores, each with a verdict of its own.

use std::num::NonZero;
use std::sync::Mutex;
use std::thread;

use crate::error::{Error, ErrorKind, Result};
use crate::policy::{Call, Claims};

use super::verify::Verifier;

/// The most tokens of one batch.
pub const MOST: usize = 65_536;
/// How many tokens a thread takes at a time; fewer are done on the caller's own.
const CHUNK: usize = 16;

impl Verifier {
    /// Verifies `tokens` and returns their verdicts in the same order. The
    /// threads that help end before this returns.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Misuse`] for more than [`MOST`] tokens; a token that fails
    /// fails alone.
    pub fn verify_many<T: AsRef<[u8]> + Sync>(
        &self,
        tokens: &[T],
        call: &Call<'_>,
    ) -> Result<Vec<Result<Claims>>> {
        if tokens.len() > MOST {
            return Err(Error::new(
                ErrorKind::Misuse,
                format!("a batch holds at most {MOST} tokens"),
            ));
        }
        let mut verdicts: Vec<Option<Result<Claims>>> = Vec::new();
        verdicts.resize_with(tokens.len(), || None);
        let chunks = tokens.chunks(CHUNK).zip(verdicts.chunks_mut(CHUNK));
        let threads = thread::available_parallelism()
            .map_or(1, NonZero::get)
            .min(chunks.len());
        let chunks = Mutex::new(chunks);
        let work = || {
            loop {
                let next = chunks
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner)
                    .next();
                let Some((tokens, verdicts)) = next else {
                    return;
                };
                for (token, verdict) in tokens.iter().zip(verdicts) {
                    *verdict = Some(self.verify(token.as_ref(), call));
                }
            }
        };
        thread::scope(|scope| {
            for _ in 1..threads {
                // A machine that can't start another thread still verifies, alone.
                if thread::Builder::new().spawn_scoped(scope, work).is_err() {
                    break;
                }
            }
            work();
        });
        Ok(verdicts
            .into_iter()
            .map(|verdict| {
                verdict
                    .unwrap_or_else(|| Err(Error::new(ErrorKind::Internal, "a token was left out")))
            })
            .collect())
    }
}
