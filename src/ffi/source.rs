//! Sources of keys.

use std::ffi::c_char;
use std::mem::MaybeUninit;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::boundary::{Out, bytes, given, guard, shield, text};
use super::error::jeton_error;
use super::fork;
use super::keys::{Held, jeton_keys};
use super::status::jeton_status;
use super::text::OutText;
use crate::codec::document;
use crate::error::{Error, ErrorKind};
use crate::sources::{ListOptions, Source, SourceOptions};

/// A key set, or a status list, that is kept fresh from a file, from an https URL,
/// or from what the host fetches. Any number of threads may share it, and forked children.
pub struct jeton_source(pub(super) Arc<Source>);

/// The longest time that a call waits.
const LONGEST_WAIT: u64 = 86_400_000;

/// What a caller may wait for, in milliseconds.
pub(super) fn limit(timeout_ms: u64) -> Duration {
    Duration::from_millis(timeout_ms.min(LONGEST_WAIT))
}

/// Opens a source. Options (include/options.schema.json): one of "url" (of a
/// JWK Set, https), "issuer" (whose metadata names that URL: OpenID Connect
/// Discovery, RFC 8414) and "file"; "stale" must be said: for how many seconds
/// keys are used when no fetch succeeds, or null. Seconds too: "minimum" (60)
/// and "maximum" (3600) life of an answer, "cooldown" (30) between fetches that
/// tokens of an unknown kid cause, "timeout" (5) of a whole fetch. "budget"
/// (120): how many fetches tokens may cause in an hour, half of them at once.
/// "limits": {"bytes", "keys"}, "algorithm" as for jeton_keys_new, "ca" (a PEM
/// file, in place of the platform's certificates), "proxy" ("http://…", which
/// then looks names up; the environment is not asked), "private" (true:
/// addresses that aren't public may be asked), "refresh" (false: nothing is
/// fetched unless the host does or says so).
///
/// `state`, which may be NULL, is what jeton_source_export wrote: keys to begin
/// with. A file is read at once. A thread that all sources of the process share
/// looks after the rest, with one more for each fetch under way; it starts with
/// the first source that is refreshed and goes with the last, and a forked
/// child has its own, from its first use of the source on.
///
/// A host that fetches by itself sets "refresh" to false and calls
/// jeton_source_claim, and jeton_source_accept or jeton_source_failed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_source_open(
    options: *const c_char,
    options_len: usize,
    state: *const c_char,
    state_len: usize,
    source: Option<&mut MaybeUninit<*mut jeton_source>>,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    let source = Out::new(source);
    guard(error, || {
        // SAFETY: readable by the header's contract.
        let (options, state) = unsafe {
            (
                bytes("options", options, options_len)?,
                text("state", state, state_len)?,
            )
        };
        let place = source.wanted()?;
        fork::prepare();
        let options = SourceOptions::read(options)?;
        place.set(jeton_source(Source::open(options, state)?));
        Ok(())
    })
}

/// Opens a source that follows a Token Status List: where an issuer publishes
/// what has become of its tokens, each of which names a place in the list by its
/// claim "status". `keys` verify the list's own token (typ "statuslist+jwt").
/// Give it to jeton_verifier_following.
///
/// Options (include/options.schema.json): "uri" is what tokens call the list, and
/// the sub of its token; it is fetched from there, unless "url" (https) or "file"
/// says otherwise; "issuer", the iss of that token, must be said, or null to waive
/// the check; "stale" must be said: for how many seconds the list is used when no
/// fetch succeeds, or null. "accept": the statuses that let a token pass besides
/// VALID, a list of "suspended" and of numbers from 3 on; none by default.
/// "limits": {"bytes" of the answer (1048576), "unpacked": the most bytes that it
/// unpacks to (1048576)}. "minimum", "maximum", "timeout", "ca", "proxy", "private"
/// and "refresh" are as for jeton_source_open. The "ttl" of the list goes before
/// its server's Cache-Control, within minimum and maximum; past its "exp" it says
/// nothing any more.
///
/// A list that is broken, another's, older than the one in force or expired is
/// refused (JETON_REVOCATIONS_UNAVAILABLE), and the last good one stays. All
/// functions of a source are for it, too, but for jeton_source_keys and
/// jeton_source_export (JETON_MISUSE). No token makes it fetch anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_source_open_list(
    keys: Option<&jeton_keys>,
    options: *const c_char,
    options_len: usize,
    source: Option<&mut MaybeUninit<*mut jeton_source>>,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    let source = Out::new(source);
    guard(error, || {
        let keys = given("keys", keys)?;
        // SAFETY: readable by the header's contract.
        let options = unsafe { bytes("options", options, options_len) }?;
        let place = source.wanted()?;
        fork::prepare();
        let options = ListOptions::read(options)?;
        place.set(jeton_source(Source::open_list(options, keys.select())?));
        Ok(())
    })
}

/// The source's live set as keys, for verifiers: they see each new set at once.
///
/// A verifier over it answers, besides the ordinary: JETON_KEYS_UNAVAILABLE
/// before the first good fetch and when the keys are older than "stale";
/// JETON_KEY_PENDING for a kid that isn't in the set while a fetch that could
/// bring it is due or under way; JETON_UNKNOWN_KEY once it is known not to be
/// there. It never waits; see jeton_verifier_wait. jeton_keys_replace doesn't
/// take such keys. Free them with jeton_keys_free, before or after the source.
#[unsafe(no_mangle)]
pub extern "C" fn jeton_source_keys(
    source: Option<&jeton_source>,
    keys: Option<&mut MaybeUninit<*mut jeton_keys>>,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    let keys = Out::new(keys);
    guard(error, || {
        let source = given("source", source)?;
        let place = keys.wanted()?;
        if source.0.is_list() {
            return Err(Error::new(
                ErrorKind::Misuse,
                "the source follows a status list, and has no keys",
            ));
        }
        place.set(jeton_keys(Held::Live(Arc::clone(&source.0))));
        Ok(())
    })
}

/// Waits until there are keys, or is a list, and not older than "stale", at most
/// `timeout_ms` milliseconds, a day at most.
///
/// JETON_TIMEOUT when the time is up or more than 1024 callers wait;
/// JETON_KEYS_UNAVAILABLE (of a list JETON_REVOCATIONS_UNAVAILABLE), with the
/// reason, when it is up and a fetch has failed.
#[unsafe(no_mangle)]
pub extern "C" fn jeton_source_wait(
    source: Option<&jeton_source>,
    timeout_ms: u64,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    guard(error, || given("source", source)?.0.wait(limit(timeout_ms)))
}

/// Fetches now, in the calling thread, and returns how that went.
///
/// JETON_KEYS_UNAVAILABLE or JETON_KEY, of a list JETON_REVOCATIONS_UNAVAILABLE,
/// with the reason; what there was stays in force.
#[unsafe(no_mangle)]
pub extern "C" fn jeton_source_refresh(
    source: Option<&jeton_source>,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    guard(error, || given("source", source)?.0.refresh())
}

/// Hands out the request that is due, once: {"url", "etag" (to be sent as
/// If-None-Match, or null), and of a status list "accept" (to be sent as
/// Accept)}. NULL, with JETON_OK, when none is.
///
/// The host answers by jeton_source_accept or jeton_source_failed within the
/// option "timeout", and drops what comes later; after twice that time the
/// request is due again. For an issuer a second request follows the first.
/// JETON_MISUSE for a file. Free the text with jeton_string_free.
#[unsafe(no_mangle)]
pub extern "C" fn jeton_source_claim(
    source: Option<&jeton_source>,
    request: Option<&mut MaybeUninit<*mut c_char>>,
    len: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    let request = OutText::new(request, len);
    guard(error, || {
        let source = given("source", source)?;
        request.check()?;
        match source.0.claim()? {
            Some((url, etag)) => request.fill(|| {
                let said = match source.0.accepts() {
                    Some(accept) => json!({ "url": url, "etag": etag, "accept": accept }),
                    None => json!({ "url": url, "etag": etag }),
                };
                Ok(said.to_string())
            }),
            None => Ok(()),
        }
    })
}

/// Takes the answer to the claimed request: `answer` is {"status": 200,
/// "headers": {"etag": "…", "cache-control": "…"}}, NULL for a 200 without
/// headers; `body` is what came, any bytes.
///
/// JETON_MISUSE where no request is claimed, JETON_TIMEOUT where another fetch
/// has begun because this one counted as lost. Any other failure says why the
/// answer is of no use; the keys stay as they were, and the next request is due
/// after a pause.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_source_accept(
    source: Option<&jeton_source>,
    answer: *const c_char,
    answer_len: usize,
    body: *const c_char,
    body_len: usize,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    guard(error, || {
        let source = given("source", source)?;
        // SAFETY: readable by the header's contract.
        let (answer, body) = unsafe {
            (
                bytes("answer", answer, answer_len)?,
                bytes("body", body, body_len)?,
            )
        };
        let answer: Answer = match answer {
            [] => Answer::default(),
            answer => document::read("answer", answer)?,
        };
        let mut headers = Vec::new();
        for (name, value) in &answer.headers {
            let value = value.as_str().ok_or_else(|| {
                Error::new(
                    ErrorKind::Options,
                    format!("answer.headers.{name}: a string was expected"),
                )
            })?;
            headers.push((name.as_str(), value));
        }
        source.0.accept(answer.status, headers, body)
    })
}

/// What a host says of an answer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    status: u16,
    #[serde(default)]
    headers: Map<String, Value>,
}

impl Default for Answer {
    fn default() -> Self {
        Self {
            status: 200,
            headers: Map::new(),
        }
    }
}

/// Says that the claimed request failed; `message` is for the status and the
/// events. JETON_MISUSE where none is claimed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_source_failed(
    source: Option<&jeton_source>,
    message: *const c_char,
    message_len: usize,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    guard(error, || {
        let source = given("source", source)?;
        // SAFETY: readable by the header's contract.
        let message = unsafe { text("message", message, message_len) }?;
        source.0.failed(message)
    })
}

/// Describes the source as JSON: {"url", "issuer" or "file", "age" of the keys
/// (seconds, null before the first), "next" (seconds to the next fetch), "stale",
/// "last_error", "fetches", "failures", "asked" (fetches that tokens caused),
/// "unknown" (tokens of a kid that wasn't there), "skips" (keys skipped so far),
/// "keys" and "skipped" as jeton_keys_status has them}. Of a status list it is
/// {"url" or "file", "uri", "age", "next", "stale", "last_error", "fetches",
/// "failures", "list": {"bits", "entries", "issued", "ends"}, null where there is
/// none in force}.
///
/// Free the text with jeton_string_free.
#[unsafe(no_mangle)]
pub extern "C" fn jeton_source_status(
    source: Option<&jeton_source>,
    status: Option<&mut MaybeUninit<*mut c_char>>,
    len: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    let status = OutText::new(status, len);
    guard(error, || {
        let source = given("source", source)?;
        status.fill(|| source.0.status_json())
    })
}

/// Takes what has happened since the last call, as a JSON array, oldest first,
/// for a host that logs: [{"at": seconds, "event", …}]. Any thread may call it
/// at any time; each event is handed out once.
///
/// Events: "keys-rotated" with "added" and "removed" (kids, else thumbprints),
/// "key-skipped" with "index", "kid" and "reason", both with "more" where there
/// were more than 16; "fetch-failed" with a "message" (once for a failure that
/// goes on), "recovered", "stale", "no-refresher" with a "message", and "dropped"
/// with a "count" where more than 64 waited. Free the text with jeton_string_free.
#[unsafe(no_mangle)]
pub extern "C" fn jeton_source_events(
    source: Option<&jeton_source>,
    events: Option<&mut MaybeUninit<*mut c_char>>,
    len: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    let events = OutText::new(events, len);
    guard(error, || {
        let source = given("source", source)?;
        events.fill(|| Ok(source.0.events_json()))
    })
}

/// Writes the keys with what belongs to them, for jeton_source_open in a process
/// that wants to begin without a fetch. It holds public keys only.
///
/// JETON_KEYS_UNAVAILABLE before the first good fetch, JETON_MISUSE for a file.
/// Free the text with jeton_string_free.
#[unsafe(no_mangle)]
pub extern "C" fn jeton_source_export(
    source: Option<&jeton_source>,
    state: Option<&mut MaybeUninit<*mut c_char>>,
    len: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    let state = OutText::new(state, len);
    guard(error, || {
        let source = given("source", source)?;
        state.fill(|| source.0.export())
    })
}

/// Frees a source. NULL is fine; verifiers over its keys go on, and keep it
/// fresh until they are freed too. A fetch under way isn't waited for, and what
/// it brings is dropped.
#[unsafe(no_mangle)]
pub extern "C" fn jeton_source_free(source: Option<Box<jeton_source>>) {
    shield((), || drop(source));
}
