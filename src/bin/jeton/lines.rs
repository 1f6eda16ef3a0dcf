//! `jeton verify --lines`: a token a line in, a JSON object a line out, in order.
//!
//! A batch is whatever lines have come in when it is looked: so a file is
//! verified in large batches on all cores, and a program that writes one line
//! and waits for its answer gets it.

use std::io::{self, BufRead, BufReader, BufWriter, IsTerminal, Write};
use std::os::fd::AsFd;
use std::process::ExitCode;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jeton::{BATCH_MOST, Call, Claims, Error, ErrorKind, Verifier};

use crate::input;
use crate::output::{self, Failure, Outcome};

/// How much is read at a time. Even if all of it were newlines, it would make
/// a few batches only.
const BUFFER: usize = 1 << 18;

/// How long a line waits for keys that are being fetched.
const PATIENCE: Duration = Duration::from_secs(30);

/// Verifies the lines of standard input. 0 says that there were tokens and
/// that all of them are good; nothing to verify is no success, lest "--lines"
/// in a token's place pass for one.
pub(crate) fn verify(verifier: &Verifier, call: &Call<'_>, longest: usize) -> Outcome {
    input::take_stdin("--lines")?;
    let stdin = BufReader::with_capacity(BUFFER, io::stdin().lock());
    let mut lines = Lines::new(stdin, longest);
    let mut out = BufWriter::with_capacity(BUFFER, io::stdout().lock());
    let progress = progress();
    let mut worst = None;
    loop {
        let batch = lines
            .batch()
            .map_err(|error| Error::new(ErrorKind::Misuse, format!("standard input: {error}")))?;
        if batch.is_empty() {
            break;
        }
        for tokens in batch.chunks(BATCH_MOST) {
            let verdicts = verifier.verify_many(tokens, call)?;
            for (token, verdict) in tokens.iter().zip(verdicts) {
                let verdict = patiently(verifier, token, call, verdict);
                let status = verdict
                    .as_ref()
                    .err()
                    .map(|error| output::status(error.kind()));
                worst = worst.max(Some(status.unwrap_or(0)));
                writeln!(out, "{}", answer(&verdict)).map_err(|error| Failure::writing(&error))?;
            }
        }
        out.flush().map_err(|error| Failure::writing(&error))?;
        progress.set_position(lines.bytes);
    }
    progress.finish_and_clear();
    match worst {
        Some(status) => Ok(ExitCode::from(status)),
        None => Err(Error::new(ErrorKind::Malformed, "no token came in").into()),
    }
}

/// The verdict, once more where a fetch of the keys may change it: a run over
/// many lines has the time.
fn patiently(
    verifier: &Verifier,
    token: &[u8],
    call: &Call<'_>,
    verdict: jeton::Result<Claims>,
) -> jeton::Result<Claims> {
    match verdict {
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::KeyPending | ErrorKind::KeysUnavailable
            ) =>
        {
            match verifier.wait(&error, PATIENCE) {
                Ok(()) => verifier.verify(token, call),
                // Why the fetch failed is worth more than that the wait was long.
                Err(late) if late.kind() == ErrorKind::Timeout => Err(error),
                Err(reason) => Err(reason),
            }
        }
        verdict => verdict,
    }
}

fn answer(verdict: &jeton::Result<Claims>) -> String {
    match verdict {
        Ok(claims) => format!(
            "{{\"status\":\"ok\",\"claims\":{}}}",
            output::on_one_line(claims.json())
        ),
        Err(error) => output::failure_json(error),
    }
}

/// The lines of a source, those that are there together.
struct Lines<R> {
    source: R,
    /// How much of a line is kept: a byte more than a token may have, so that
    /// a longer one is refused for its length and yet never held.
    most: usize,
    /// The beginning of a line whose end hasn't come yet.
    begun: Option<Vec<u8>>,
    bytes: u64,
}

impl<R: BufRead> Lines<R> {
    fn new(source: R, longest: usize) -> Self {
        Self {
            source,
            most: longest + 1,
            begun: None,
            bytes: 0,
        }
    }

    /// The next lines, at least one; none at the end. What comes after the
    /// last newline is a line if it isn't empty.
    fn batch(&mut self) -> io::Result<Vec<Vec<u8>>> {
        let mut lines = Vec::new();
        while lines.is_empty() {
            let read = match self.source.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                read => read?,
            };
            if read.is_empty() {
                lines.extend(self.begun.take());
                return Ok(lines);
            }
            for piece in read.split_inclusive(|byte| *byte == b'\n') {
                let (text, ends) = match piece.split_last() {
                    Some((b'\n', text)) => (text, true),
                    _ => (piece, false),
                };
                let line = self.begun.get_or_insert_default();
                let room = self.most.saturating_sub(line.len());
                line.extend(text.iter().take(room));
                if ends {
                    lines.extend(self.begun.take());
                }
            }
            let length = read.len();
            self.bytes += length as u64;
            self.source.consume(length);
        }
        Ok(lines)
    }
}

/// A bar over the bytes of standard input on a terminal that doesn't show the
/// answers already; hidden elsewhere.
fn progress() -> ProgressBar {
    if !io::stderr().is_terminal() || io::stdout().is_terminal() {
        return ProgressBar::hidden();
    }
    let (length, template) = match input_length() {
        Some(length) => (
            Some(length),
            "{wide_bar} {bytes}/{total_bytes}, {bytes_per_sec}, {eta} left",
        ),
        None => (None, "{spinner} {bytes}, {bytes_per_sec}"),
    };
    let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::stderr());
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// How long standard input is, where it is a file.
fn input_length() -> Option<u64> {
    let file = io::stdin().as_fd().try_clone_to_owned().ok()?;
    let metadata = std::fs::File::from(file).metadata().ok()?;
    metadata.is_file().then_some(metadata.len())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn batches(text: &[u8], capacity: usize) -> Vec<Vec<u8>> {
        let mut lines = Lines::new(BufReader::with_capacity(capacity, text), 3);
        let mut all = Vec::new();
        loop {
            let batch = lines.batch().unwrap();
            if batch.is_empty() {
                return all;
            }
            all.extend(batch);
        }
    }

    #[test]
    fn lines_are_the_same_however_they_come_in() {
        for capacity in [1, 2, 3, 7, 100] {
            let lines = batches(b"a\n\nbcd\nefghij\nk\r\nl", capacity);
            assert_eq!(
                lines,
                [&b"a"[..], b"", b"bcd", b"efgh", b"k\r", b"l"],
                "{capacity}"
            );
            assert!(batches(b"", capacity).is_empty());
            assert_eq!(batches(b"\n", capacity), [b""]);
        }
    }
}
