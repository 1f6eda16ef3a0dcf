//! A source's keys as a document, for a process that starts without a fetch.

use std::sync::atomic::Ordering;

use serde::{Deserialize, Serialize};

use super::fetch::jitter;
use super::machine::SECOND;
use super::source::Source;
use crate::clock;
use crate::codec::document::read;
use crate::error::{Error, ErrorKind, Result};
use crate::keys::KeySet;

const FORMAT: &str = "jeton-source";
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    format: String,
    version: u32,
    /// The url or the issuer.
    origin: String,
    /// When the keys came, in milliseconds since 1970.
    fetched: i64,
    /// A JWK Set: of the answer, what these options and this build could use.
    /// That is why its label isn't kept: by it a later build would never see more.
    keys: serde_json::Value,
}

/// How far in the future the keys may have come: clocks of machines differ.
const SKEW: i64 = 60 * SECOND;

impl Source {
    /// The keys in force as a document for [`Source::open`].
    ///
    /// `keys-unavailable` where there are none yet, `misuse` for a file.
    pub fn export(&self) -> Result<String> {
        need_state(self)?;
        let fetched = self.inner().machine.fetched().ok_or_else(|| {
            Error::new(ErrorKind::KeysUnavailable, "no keys have been fetched yet")
        })?;
        let fault = |_| Error::new(ErrorKind::Internal, "keys that can't be written");
        let state = State {
            format: FORMAT.into(),
            version: VERSION,
            origin: self.options.origin.describe().1,
            fetched: clock::now_in_milliseconds() - (clock::uptime() - fetched),
            keys: serde_json::from_str(&self.ring.load().to_json(false)?).map_err(fault)?,
        };
        serde_json::to_string(&state).map_err(fault)
    }
}

fn need_state(source: &Source) -> Result<()> {
    let misuse = |message| Err(Error::new(ErrorKind::Misuse, message));
    if source.options.is_file() {
        return misuse("a source over a file needs no state");
    }
    if source.is_list() {
        return misuse("a status list isn't kept from one process to the next");
    }
    Ok(())
}

/// Begins with the keys of `text`. Those of another origin are an error; those
/// too old, or from the future, are left alone.
pub(super) fn seed(source: &Source, text: &str, now: i64) -> Result<()> {
    need_state(source)?;
    let state: State = read("state", text.as_bytes())?;
    let fault = |message: String| Error::new(ErrorKind::Options, format!("state.{message}"));
    if state.format != FORMAT || state.version != VERSION {
        return Err(fault(format!(
            "format: must be {FORMAT}, version {VERSION}"
        )));
    }
    if state.origin != source.options.origin.describe().1 {
        return Err(fault("origin: the state is another source's".into()));
    }
    let keys = state.keys.to_string();
    let options = &source.options;
    let set = KeySet::from_source(keys.as_bytes(), &options.keys, options.most, true)
        .map_err(|error| fault(format!("keys: {}", error.message())))?;
    let age = clock::now_in_milliseconds().saturating_sub(state.fetched);
    let fetched = now.saturating_sub(age.max(0));
    if age < -SKEW || options.pace.is_stale(fetched, now) {
        return Ok(());
    }
    source.ring.replace(set);
    let jitter = jitter();
    source.inner().machine.seed(fetched, 0, jitter);
    source.fetched.store(fetched, Ordering::Release);
    Ok(())
}
