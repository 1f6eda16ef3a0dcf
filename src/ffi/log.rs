//! What revocations hold, as a whole: listed, exported, published, counted.

use std::ffi::c_char;
use std::mem::MaybeUninit;

use super::boundary::{given, guard, text};
use super::call::{self, jeton_call};
use super::error::jeton_error;
use super::minter::jeton_minter;
use super::revocations::jeton_revocations;
use super::status::jeton_status;
use super::text::OutText;

/// Lists the rules in force and the switches as JSON: {"entries": [{"realm",
/// "claim", "value" or "key", "before", "until", "at", "note"}], "switches":
/// [{"scope", "name", "on"}]}.
///
/// JETON_MISCONFIGURED where no log is kept. Free the text with jeton_string_free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_revocations_list(
    revocations: Option<&jeton_revocations>,
    call: *const jeton_call,
    list: Option<&mut MaybeUninit<*mut c_char>>,
    len: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    let list = OutText::new(list, len);
    guard(error, || {
        let store = &given("revocations", revocations)?.0;
        // SAFETY: readable by the header's contract.
        let call = unsafe { call::read(call) }?;
        list.fill(|| store.list_json(call.time()))
    })
}

/// Writes all that is in force as a document for jeton_revocations_import.
///
/// JETON_MISCONFIGURED where no log is kept. Free the text with jeton_string_free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_revocations_export(
    revocations: Option<&jeton_revocations>,
    call: *const jeton_call,
    document: Option<&mut MaybeUninit<*mut c_char>>,
    len: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    let document = OutText::new(document, len);
    guard(error, || {
        let store = &given("revocations", revocations)?.0;
        // SAFETY: readable by the header's contract.
        let call = unsafe { call::read(call) }?;
        document.fill(|| store.export_json(call.time()))
    })
}

/// Makes the signed token of a Token Status List from the log, to be published
/// (as "application/statuslist+jwt") for verifiers that follow the list and not
/// the store. It has one bit a place; each rule in force whose value is a whole
/// number and whose claim is "claim" marks the token of that place as invalid.
///
/// `minter` signs, and says the iss, and with "lifetime" the exp; its "type" must
/// be "statuslist+jwt". Options {"uri": where it is published (must be said),
/// "realm": whose rules count (must be said), "size": how many places it has (must
/// be said), "claim" ("/status/status_list/idx", where tokens say their place),
/// "ttl": the seconds for which it may be kept}.
///
/// JETON_MISCONFIGURED where a rule is about a place that the list doesn't have,
/// or no log is kept. Free the token with jeton_string_free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_revocations_status_list(
    revocations: Option<&jeton_revocations>,
    minter: Option<&jeton_minter>,
    options: *const c_char,
    options_len: usize,
    call: *const jeton_call,
    token: Option<&mut MaybeUninit<*mut c_char>>,
    token_len: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    let token = OutText::new(token, token_len);
    guard(error, || {
        let store = &given("revocations", revocations)?.0;
        let minter = &given("minter", minter)?.0;
        // SAFETY: readable by the header's contract.
        let (options, call) =
            unsafe { (text("options", options, options_len)?, call::read(call)?) };
        token.fill(|| store.status_list(minter, options, &call))
    })
}

/// Adds what an export holds, all of it or, where the document is wrong,
/// nothing. An import never lets through what is refused already. `count`, if
/// not NULL, receives how many rules were still in force.
///
/// A server is told a thousand rules at a time, so that an import which fails
/// there may be in the store in part; it can be repeated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_revocations_import(
    revocations: Option<&jeton_revocations>,
    document: *const c_char,
    document_len: usize,
    call: *const jeton_call,
    count: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    guard(error, || {
        let store = &given("revocations", revocations)?.0;
        // SAFETY: readable by the header's contract.
        let (document, call) =
            unsafe { (text("document", document, document_len)?, call::read(call)?) };
        let imported = store.import_json(document, call.time())?;
        if let Some(count) = count {
            count.write(imported);
        }
        Ok(())
    })
}

/// Drops rules that have ended, which saves memory and changes no verdict.
/// `count`, if not NULL, receives how many there were.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_revocations_compact(
    revocations: Option<&jeton_revocations>,
    call: *const jeton_call,
    count: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    guard(error, || {
        let store = &given("revocations", revocations)?.0;
        // SAFETY: readable by the header's contract.
        let call = unsafe { call::read(call) }?;
        let dropped = store.compact(call.time())?;
        if let Some(count) = count {
            count.write(dropped);
        }
        Ok(())
    })
}

/// Brings this process up to date with a shared store: whatever any process had
/// been told is revoked, before this call, is in force here on return.
///
/// May wait for the disk or the network, and for "timeout" seconds. JETON_REVOCATIONS_UNAVAILABLE:
/// it can't be read; what was known stays in force.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_revocations_refresh(
    revocations: Option<&jeton_revocations>,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    guard(error, || given("revocations", revocations)?.0.refresh())
}

/// Takes what has happened to a shared store since the last call, as a JSON
/// array, oldest first, for a host that logs: [{"at": seconds, "event", …}].
///
/// Events: "append-failed" and "connection-lost" with a "message", "recovered",
/// "stale" with the "age" in seconds (null: nothing was ever read),
/// "no-follower" with a "message", and "dropped" with a "count" where more than
/// 64 waited; of a server also "lost" and "journal-failed" with a "message", and
/// "reappended" with the "count" of changes that it got back from a journal.
/// Free the text with jeton_string_free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_revocations_events(
    revocations: Option<&jeton_revocations>,
    events: Option<&mut MaybeUninit<*mut c_char>>,
    len: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    let events = OutText::new(events, len);
    guard(error, || {
        let store = &given("revocations", revocations)?.0;
        events.fill(|| Ok(store.events_json()))
    })
}

/// Describes the store as JSON: {"location", "entries" in force, "expired" and
/// not yet dropped, "switches", "names" of claims looked up}; of "memory:" also
/// "log"; of a shared store "sequence" (the number of the last change that was
/// read), "age" (seconds since the last look), "stale", "failures",
/// "last_error", "durable" and "rows"; of a file also "bytes"; of a server also
/// "server" (the one in use), "changes" (in its log), "lag" (changes that were not read
/// yet, up to 1000), "replicas", "reconnects", "lost" and "warnings", a list of
/// texts.
///
/// Free the text with jeton_string_free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn jeton_revocations_status(
    revocations: Option<&jeton_revocations>,
    call: *const jeton_call,
    status: Option<&mut MaybeUninit<*mut c_char>>,
    len: Option<&mut MaybeUninit<usize>>,
    error: Option<&mut MaybeUninit<*mut jeton_error>>,
) -> jeton_status {
    let status = OutText::new(status, len);
    guard(error, || {
        let store = &given("revocations", revocations)?.0;
        // SAFETY: readable by the header's contract.
        let call = unsafe { call::read(call) }?;
        status.fill(|| store.status_json(call.time()))
    })
}
