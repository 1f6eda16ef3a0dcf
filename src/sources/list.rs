//! A Token Status List: its token checked, its bits unpacked, and what stands at
//! one place of it.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwapOption;
use serde_json::{Map, json};

use super::list_options::ListOptions;
use super::machine::SECOND;
use crate::codec::base64url;
use crate::codec::json::Raw;
use crate::error::{Error, ErrorKind, Result};
use crate::keys::Select;
use crate::policy::{Call, Claims, VerifierOptions};
use crate::token::Verifier;

/// What the header of a list's token says that it is.
const TYPE: &str = "statuslist+jwt";

/// How far in the future, in seconds, a list may have been issued: clocks differ.
const SKEW: i64 = 60;

const VALID: u8 = 0;
const INVALID: u8 = 1;
const SUSPENDED: u8 = 2;

/// A list, unpacked.
#[derive(Debug)]
pub(super) struct List {
    /// How many bits a status takes: 1, 2, 4 or 8.
    bits: u8,
    packed: Vec<u8>,
    issued: i64,
    /// From when on it says nothing any more.
    ends: Option<i64>,
    /// For how many seconds its issuer wants it kept.
    life: Option<i64>,
}

impl List {
    /// The status at `index`; statuses are packed from the least significant bit.
    fn status(&self, index: u64) -> Option<u8> {
        let each = u64::from(8 / self.bits);
        let byte = self.packed.get(usize::try_from(index / each).ok()?)?;
        let shift = u32::try_from(index % each).ok()? * u32::from(self.bits);
        Some((byte >> shift) & (u8::MAX >> (8 - self.bits)))
    }

    /// For how many milliseconds it is good: what the issuer says of it goes
    /// before what the server says of its answer, and nothing is good past its end.
    fn good_for(&self, answer: i64, now: i64) -> i64 {
        let life = self.life.map_or(answer, |life| life.saturating_mul(SECOND));
        self.ends.map_or(life, |ends| {
            life.min(ends.saturating_sub(now).saturating_mul(SECOND))
        })
    }

    fn has_ended(&self, now: i64) -> bool {
        self.ends.is_some_and(|ends| ends <= now)
    }

    /// As a source's status describes it.
    pub(super) fn describe(&self) -> Map<String, serde_json::Value> {
        let mut list = Map::new();
        let entries = self.packed.len() as u64 * u64::from(8 / self.bits);
        list.insert("bits".into(), self.bits.into());
        list.insert("entries".into(), entries.into());
        list.insert("issued".into(), self.issued.into());
        list.insert("ends".into(), json!(self.ends));
        list
    }
}

/// What a source needs that follows a list, and the list in force.
pub(super) struct Following {
    verifier: Verifier,
    pub(super) uri: String,
    /// The most bytes that it unpacks to.
    most: usize,
    /// The statuses that let a token pass, besides the one that says so.
    accept: Vec<u8>,
    in_force: ArcSwapOption<List>,
}

impl Following {
    pub(super) fn new(options: &ListOptions, keys: Arc<dyn Select>) -> Result<Self> {
        let document = json!({
            "issuer": options.issuer,
            "audience": null,
            "type": TYPE,
            "require": ["sub", "iat", "status_list"],
            "claims": { "sub": options.uri },
            "limits": { "bytes": options.source.https.bytes },
        });
        let policy = VerifierOptions::plain(document.to_string().as_bytes())?;
        Ok(Self {
            verifier: Verifier::new(vec![keys], None, policy)?,
            uri: options.uri.clone(),
            most: options.unpacked,
            accept: options.accept.clone(),
            in_force: ArcSwapOption::empty(),
        })
    }

    /// Reads the token of a list, which came at `now`. An older one than that in
    /// force is none: whoever replays it takes revocations back.
    pub(super) fn read(&self, body: &[u8], now: i64) -> Result<List> {
        self.verifier
            .verify(body.trim_ascii(), &Call::at(now))
            .and_then(|claims| self.unpacked(&claims, now))
            .and_then(|list| match &*self.in_force.load() {
                Some(known) if known.issued > list.issued => {
                    Err(refused("it is older than the one in force"))
                }
                Some(_) | None => Ok(list),
            })
            .map_err(|error| refused(format!("the status list: {}", error.message())))
    }

    fn unpacked(&self, claims: &Claims, now: i64) -> Result<List> {
        let issued = claims.issued().unwrap_or(i64::MAX);
        if issued > now.saturating_add(SKEW) {
            return Err(refused("it was issued in the future"));
        }
        let member = |name: &str| claims.find("status_list")?.get(name);
        let bits = member("bits").and_then(Raw::integer);
        let bits = match bits {
            Some(bits @ (1 | 2 | 4 | 8)) => bits as u8,
            Some(_) | None => return Err(refused("\"bits\" must be 1, 2, 4 or 8")),
        };
        let packed = member("lst").and_then(Raw::plain);
        let packed = packed.ok_or_else(|| refused("\"lst\" must be a string"))?;
        let packed =
            base64url::decode(packed.as_bytes()).map_err(|_| refused("\"lst\" isn't base64url"))?;
        let life = match claims.find("ttl").map(Raw::number) {
            None => None,
            Some(Some(seconds)) if seconds > 0.0 => Some(seconds.ceil() as i64),
            Some(_) => return Err(refused("\"ttl\" must be a positive number")),
        };
        Ok(List {
            bits,
            packed: inflate(&packed, self.most)?,
            issued,
            ends: claims.ends(),
            life,
        })
    }

    /// Puts a list in force, if there is a new one; for how many milliseconds the
    /// one that is in force then is good.
    pub(super) fn replace(&self, list: Option<List>, answer: i64, now: i64) -> i64 {
        if let Some(list) = list {
            self.in_force.store(Some(Arc::new(list)));
        }
        let list = self.in_force.load();
        list.as_ref()
            .map_or(0, |list| list.good_for(answer, now).max(0))
    }

    /// The list in force, unless its end has come.
    pub(super) fn current(&self, now: i64) -> Option<Arc<List>> {
        self.in_force
            .load_full()
            .filter(|list| !list.has_ended(now))
    }

    /// Fails unless what stands at `index` lets a token pass at `now`.
    pub(super) fn check(&self, index: u64, now: i64) -> Result<()> {
        let guard = self.in_force.load();
        let Some(list) = guard.as_ref().filter(|list| !list.has_ended(now)) else {
            return Err(Error::new(
                ErrorKind::RevocationsStale,
                "the status list has ended (exp), and there is no newer one yet",
            ));
        };
        let revoked = |message: String| Err(Error::new(ErrorKind::Revoked, message));
        match list.status(index) {
            Some(VALID) => Ok(()),
            Some(status) if self.accept.contains(&status) => Ok(()),
            Some(INVALID) => revoked("JWT is revoked".into()),
            Some(SUSPENDED) => revoked("JWT is suspended".into()),
            Some(status) => revoked(format!("JWT has the status {status}")),
            None => Err(Error::new(
                ErrorKind::Claim,
                "Invalid status: \"idx\" lies behind the end of the list",
            )),
        }
    }
}

impl fmt::Debug for Following {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Following").field(&self.uri).finish()
    }
}

/// Unpacks `packed` (zlib, RFC 1950) into `most` bytes at most; no memory for
/// more is ever asked for, however much a few bytes may stand for.
fn inflate(packed: &[u8], most: usize) -> Result<Vec<u8>> {
    use miniz_oxide::inflate::{TINFLStatus, decompress_to_vec_zlib_with_limit};

    decompress_to_vec_zlib_with_limit(packed, most).map_err(|error| match error.status {
        TINFLStatus::HasMoreOutput => refused(format!(
            "it unpacks to more than {most} bytes (limits.unpacked)"
        )),
        _ => refused("\"lst\" isn't zlib (RFC 1950), or not all of it"),
    })
}

fn refused(reason: impl Into<Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::RevocationsUnavailable, reason)
}
