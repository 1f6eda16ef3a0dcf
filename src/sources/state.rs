//! A source's keys as a document, for a process that starts without a fetch.

use std::sync::atomic::Ordering;

use serde::{Deserialize, Serialize};

use super::fetch::jitter;
use super::machine::SECOND;
use super::source::Source;
use crate::clock;
use crate::codec::document::read;
use crate::error::{Error, ErrorKind, Result};
use crate::fork;
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
    /// When the keys came, in seconds since 1970.
    fetched: i64,
    /// What they are labelled with, and under which URL.
    #[serde(default)]
    etag: Option<String>,
    #[serde(default)]
    url: Option<String>,
    /// A JWK Set.
    keys: serde_json::Value,
}

impl Source {
    /// The keys in force as a document for [`Source::open`].
    ///
    /// `keys-unavailable` where there are none yet, `misuse` for a file.
    pub fn export(&self) -> Result<String> {
        if self.options.is_file() {
            return Err(file());
        }
        let fault = |_| Error::new(ErrorKind::Internal, "keys that can't be written");
        let (fetched, etag, url) = {
            let _gate = fork::inside();
            let inner = self.inner.lock();
            let knowledge = &inner.knowledge;
            (
                inner.machine.fetched(),
                knowledge.etag.clone(),
                knowledge.labelled_url().map(str::to_owned),
            )
        };
        let fetched = fetched.ok_or_else(|| {
            Error::new(ErrorKind::KeysUnavailable, "no keys have been fetched yet")
        })?;
        let age = (clock::uptime() - fetched) / SECOND;
        let state = State {
            format: FORMAT.into(),
            version: VERSION,
            origin: self.options.origin.describe().1,
            fetched: clock::now() - age,
            etag,
            url,
            keys: serde_json::from_str(&self.ring.load().to_json(false)?).map_err(fault)?,
        };
        serde_json::to_string(&state).map_err(fault)
    }
}

fn file() -> Error {
    Error::new(ErrorKind::Misuse, "a source over a file needs no state")
}

/// Begins with the keys of `text`. Those of another origin are an error; those
/// too old, or from the future, are left alone.
pub(super) fn seed(source: &Source, text: &str, now: i64) -> Result<()> {
    if source.options.is_file() {
        return Err(file());
    }
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
    let set = KeySet::from_source(
        keys.as_bytes(),
        &source.options.keys,
        source.options.most,
        true,
    )
    .map_err(|error| fault(format!("keys: {}", error.message())))?;
    let age = clock::now()
        .saturating_sub(state.fetched)
        .saturating_mul(SECOND);
    let too_old = source.options.pace.stale.is_some_and(|stale| age > stale);
    if age < 0 || too_old {
        return Ok(());
    }
    source.ring.replace(set);
    let _gate = fork::inside();
    let inner = &mut *source.inner.lock();
    let fetched = now.saturating_sub(age);
    inner.machine.seed(fetched, 0, jitter());
    if let (Some(url), Some(etag)) = (state.url, state.etag) {
        inner.knowledge.label(&url, etag);
    }
    source.fetched.store(fetched, Ordering::Release);
    Ok(())
}
